using System.Text.Json.Nodes;

namespace AcceptanceTests.FaultMatrix;

/// <summary>JSON that is not what the documentation says, and values in it.</summary>
static class ShapeFaults
{
    static readonly Position[] s_records = [Position.First, Position.Middle, Position.Last];
    static readonly Position[] s_pages = [Position.Middle, Position.Last];
    static readonly Position[] s_form = [Position.Form];

    public static IEnumerable<WireFault> All =>
    [
        Whole("nothing", static _ => "") with { InCheck = true, Says = "is not JSON" },
        Whole("null", static _ => "null"), Whole("a list", static _ => "[]"), Whole("a text", static _ => "\"ok\""),
        Whole("an empty object", static _ => "{}"),
        Whole("half of it", static text => text[..(text.Length / 2)]),
        Whole("more behind it", static text => text + "}"),
        Whole("nested a thousand deep", static _ => new string('[', 1000) + new string(']', 1000)),
        Whole("an error with status 200", static _ => """{"code":"GAIA_DA02","id":"abc","message":"busy"}"""),
        .. ((string[])["null", "{}", "[null]", "[1]", "[[]]", "[{}]"]).Select(static records => Shape($"\"records\": {records}", records == "{}" ? _ => """{"records":{}}""" : _ => $$"""{"records":{{records}},"totalCount":"1200"}""") with { InCheck = records == "[null]", Says = "while " }),
        Shape("\"records\" twice", static text =>
            text.Replace("{\"records\":", "{\"records\":[],\"records\":", StringComparison.Ordinal)) with { Positions = s_pages },
        Shape("a count that is none", static text =>
            text.Replace("\"totalCount\":\"1200\"", "\"totalCount\":{}", StringComparison.Ordinal)) with { Positions = [Position.First] },
        Shape("a count, and none of the records", static _ => """{"records":[],"totalCount":"1200"}""") with { Positions = [Position.First] },
        Form("no fields", static form => form.Remove("properties")), Form("fields that are a list", static form => form["properties"] = new JsonArray()),
        Form("a field that is null", static form => form["properties"]!["メモ"] = null),
            Form("a field without a type", static form => form["properties"]!["メモ"]!.AsObject().Remove("type")),
        Form("a table without fields",
            static form => form["properties"]!["表"]!.AsObject().Remove("fields")) with { InCheck = true, Says = "sent no fields for the table" },
        Form("a table whose fields are null", static form => form["properties"]!["表"]!["fields"] = null),
        .. ((string[])["0", "-1", "abc", "1.5", "9223372036854775808", "", " 7"]).Select(static id => Id($"$id is \"{id}\"", _ => id)),
        Value("no $id", static records => records[0]!.AsObject().Remove("$id")), Value("$id is null", static records => records[0]!["$id"] = null),
        Value("$id has no value", static records => records[0]!["$id"]!.AsObject().Remove("value")),
        Value("ids that descend", static records => Move(records, 0, 1)) with { Positions = s_pages },
        Value("an id twice", static records => records.Add(records[^1]!.DeepClone())) with { Positions = s_pages },
        Id("an id of another range", static _ => "1") with { Positions = s_pages },
        Id("an id behind the range", static _ => "99999999") with { Positions = s_pages },
        Value("one record more than asked for",
            static records => { var more = records[^1]!.DeepClone(); more["$id"]!["value"] = "1001"; records.Add(more); }) with { Positions = [Position.Middle,
            Position.First] },
    ];

    static WireFault Whole(string name, Func<string, string> change) => WireFault.Changed("shape", name, Outcome.SameRows, answer => answer.Changed(change));

    static WireFault Shape(string name, Func<string, string> change) => Whole(name, change) with { Positions = s_records };

    static WireFault Form(string name, Action<JsonObject> change) => Whole($"form: {name}", text =>
    {
        var form = JsonNode.Parse(text)!.AsObject();
        change(form);
        return form.ToJsonString();
    }) with
    { Positions = s_form };

    static WireFault Value(string name, Action<JsonArray> change) => WireFault.Changed("value", name, Outcome.SameRows, answer => answer.Changed(text =>
    {
        var page = JsonNode.Parse(text)!;
        change(page["records"]!.AsArray());
        return page.ToJsonString();
    })) with
    { Positions = s_records };

    static WireFault Id(string name, Func<string, string> change) =>
        Value(name, records => records[0]!["$id"]!["value"] = change((string)records[0]!["$id"]!["value"]!));

    static void Move(JsonArray records, int from, int to)
    {
        var moved = records[from];
        records.RemoveAt(from);
        records.Insert(to, moved);
    }
}
