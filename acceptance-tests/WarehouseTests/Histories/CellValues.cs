using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using KintoneSimulator;

namespace WarehouseTests;

/// <summary>What people enter into the fields of a form: whole records, and changes of those that are there.</summary>
sealed class CellValues(App app, Random dice)
{
    static readonly string[] s_texts = ["", "a", "見積", "\"引用\" と \\ と\n改行", "𠮷野家🍜", "ａ\u2028ｂ", "<b>&amp;</b>", "null"];

    public static IReadOnlyList<string> Kinds { get; } = ["A", "B", "C"];

    /// <summary>How often the first choice of 色 was renamed.</summary>
    public int Renames { get; set; }

    public JsonObject New() => Of(app.Form.Fields);

    /// <summary>Some cells of a record anew. Tables and files mostly keep what they have: rows are edited, put elsewhere, added and removed.</summary>
    public JsonObject ChangeOf(long id)
    {
        var record = app.Records.Find(id)!;
        var values = new JsonObject();
        foreach (var field in app.Form.Fields)
        {
            if (dice.Next(3) > 0) continue;
            var cell = record.Cells.GetValueOrDefault(field.Uid);
            var value = dice.Next(4) == 0 ? Of(field) : field.TypeName switch
            {
                "SUBTABLE" => Changed((cell.Rows ?? []).Select(row => AsEntered(row, field)), () => NewRow(field), row => Edit(row, field)),
                "FILE" => Changed(Files(cell), () => NewFile(), static _ => { }),
                _ => Of(field),
            };
            if (value is not null) values[field.Code] = value;
        }
        return values;
    }

    JsonObject Of(IEnumerable<Field> fields) => new(fields.Select(f => KeyValuePair.Create(f.Code, Of(f))).Where(static v => v.Value is not null));

    JsonNode? Of(Field field) => field.TypeName switch
    {
        "SINGLE_LINE_TEXT" or "MULTI_LINE_TEXT" => s_texts[dice.Next(s_texts.Length)],
        "NUMBER" or "CALC" => Number(),
        "DATE" => dice.Next(3) == 0 ? "" : new DateOnly(2020, 1, 1).AddDays(dice.Next(5000)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        "TIME" => dice.Next(3) == 0 ? "" : new TimeOnly(dice.Next(24), dice.Next(60)).ToString("HH:mm", CultureInfo.InvariantCulture),
        "DATETIME" => dice.Next(3) == 0 ? ""
            : new DateTime(2020, 1, 1).AddMinutes(dice.Next(5_000_000)).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        "DROP_DOWN" when field.Code == "色" => dice.Next(2) == 0 ? $"色{Renames}" : "他",
        "DROP_DOWN" => Kinds[dice.Next(Kinds.Count)],
        "CHECK_BOX" => new JsonArray([.. new[] { "x", "y", "z" }.Where(_ => dice.Next(2) == 0).Select(static t => (JsonNode)t)]),
        "USER_SELECT" => new JsonArray(
            [.. Enumerable.Range(0, dice.Next(3))
            .Select(i => (JsonNode)new JsonObject { ["code"] = $"u{i}", ["name"] = s_texts[dice.Next(s_texts.Length)] })]),
        "FILE" => new JsonArray([.. Enumerable.Range(0, dice.Next(3)).Select(_ => (JsonNode)NewFile())]),
        "SUBTABLE" => new JsonArray([.. Enumerable.Range(0, dice.Next(4)).Select(_ => (JsonNode)NewRow(field))]),
        _ => null,
    };

    JsonObject NewRow(Field table) => new() { ["value"] = Of(table.Fields) };

    JsonObject NewFile() => new()
    {
        ["contentType"] = "text/plain",
        ["fileKey"] = $"key-{dice.Next(1000)}",
        ["name"] = $"契約{dice.Next(3)}.txt",
        ["size"] = $"{dice.NextInt64(5_000_000_000)}",
    };

    /// <summary>A row that keeps its id and its cells.</summary>
    static JsonObject AsEntered(TableRow row, Field table) => new()
    {
        ["id"] = row.Id.ToString(CultureInfo.InvariantCulture),
        ["value"] = new JsonObject(table.Fields.Where(f => row.Cells.ContainsKey(f.Uid))
            .Select(f => KeyValuePair.Create(f.Code, JsonNode.Parse(row.Cells[f.Uid].Value.GetRawText())))),
    };

    static IEnumerable<JsonObject> Files(Cell cell) =>
        cell.Value.ValueKind == JsonValueKind.Array ? cell.Value.EnumerateArray().Select(static file => JsonObject.Create(file)!) : [];

    void Edit(JsonObject row, Field table)
    {
        foreach (var field in table.Fields.Where(_ => dice.Next(2) == 0))
            if (Of(field) is { } value) row["value"]![field.Code] = value;
    }

    /// <summary>A list as it is after one of the things that people do to it.</summary>
    JsonArray Changed(IEnumerable<JsonObject> present, Func<JsonObject> create, Action<JsonObject> edit)
    {
        List<JsonObject> items = [.. present];
        switch (items.Count == 0 ? 0 : dice.Next(8))
        {
            case <= 1: items.Insert(dice.Next(items.Count + 1), create()); break;
            case <= 3: items.RemoveAt(dice.Next(items.Count)); break;
            case 4: // one is put elsewhere
                var moved = items[dice.Next(items.Count)];
                items.Remove(moved);
                items.Insert(dice.Next(items.Count + 1), moved);
                break;
            case 5: // one in the place of another
                items[dice.Next(items.Count)] = create();
                break;
            case 6: edit(items[dice.Next(items.Count)]); break;
            default: items.Clear(); break;
        }
        return [.. items];
    }

    /// <summary>Empty, short, long in both directions; sometimes what a calculation shows when it fails.</summary>
    string Number() => dice.Next(8) switch
    {
        0 => "",
        1 => "0",
        2 => "-0.0000000001",
        3 => "9007199254740993",
        4 => $"1{dice.NextInt64(1_000_000_000_000):D27}.{dice.NextInt64(10_000_000_000):D10}",
        5 => dice.Next(10) == 0 ? "#VALUE!" : "12.50",
        _ => $"{dice.Next(-100_000, 100_000)}.{dice.Next(100):D2}",
    };
}
