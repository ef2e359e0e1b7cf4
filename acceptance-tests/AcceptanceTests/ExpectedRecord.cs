using System.Text.Json;
using System.Text.Json.Nodes;

namespace AcceptanceTests;

/// <summary>A record as Kintone's API gives it, turned into what the stream promises for it.</summary>
static class ExpectedRecord
{
    static readonly string[] s_notInRecords = ["REFERENCE_TABLE", "GROUP", "LABEL", "SPACER", "HR"];

    /// <param name="properties">The form, as form/fields.json gives it.</param>
    public static Dictionary<string, JsonNode?> Of(JsonElement record, JsonElement properties)
    {
        var expected = new Dictionary<string, JsonNode?>
        {
            ["_kintone_id"] = Digits(Text(record, "$id")),
            ["_kintone_revision"] = Digits(Text(record, "$revision")),
            ["_kintone_updated_at"] = Text(record, properties.EnumerateObject().Single(static p => Type(p.Value) == "UPDATED_TIME").Name),
            ["_ab_cdc_deleted_at"] = null,
        };
        foreach (var field in properties.EnumerateObject().Where(static f => !s_notInRecords.Contains(Type(f.Value))))
            expected[field.Name] = record.TryGetProperty(field.Name, out var cell) ? Value(field.Value, cell.GetProperty("value")) : null;
        return expected;
    }

    /// <summary>Where and how a record differs; null when it does not.</summary>
    public static string? Difference(Dictionary<string, JsonNode?> expected, JsonElement record)
    {
        var names = record.EnumerateObject().Select(static p => p.Name).ToHashSet();
        if (!names.SetEquals(expected.Keys)) return $"has other columns: {string.Join(", ", names.Except(expected.Keys).Concat(expected.Keys.Except(names)))}";
        return expected.Select(column => Difference(column.Value, record.GetProperty(column.Key), column.Key)).FirstOrDefault(static d => d is not null);
    }

    static string? Difference(JsonNode? expected, JsonElement seen, string at)
    {
        switch (expected, seen.ValueKind)
        {
            case (null, JsonValueKind.Null): return null;
            case (JsonObject fields, JsonValueKind.Object) when fields.Count == seen.EnumerateObject().Count():
                return fields.Select(f => seen.TryGetProperty(f.Key, out var inner) ? Difference(f.Value, inner, $"{at}.{f.Key}") : $"{at} has no {f.Key}")
                    .FirstOrDefault(static d => d is not null);
            case (JsonArray items, JsonValueKind.Array) when items.Count == seen.GetArrayLength():
                return items.Zip(seen.EnumerateArray(), (item, inner) => Difference(item, inner, $"{at}[]")).FirstOrDefault(static d => d is not null);
            // Numbers are compared by their digits: 1.10 is not 1.1, and no double holds 30 of them.
            case (JsonValue value, JsonValueKind.Number) when value.GetValueKind() == JsonValueKind.Number
                && value.ToJsonString() == seen.GetRawText():
                return null;
            case (JsonValue value, JsonValueKind.String) when value.GetValueKind() == JsonValueKind.String && (string)value! == seen.GetString(): return null;
            default: return $"{at}: the client has {expected?.ToJsonString() ?? "null"}, we have {seen.GetRawText()}";
        }
    }

    static JsonNode? Value(JsonElement field, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Null) return null;
        return Type(field) switch
        {
            "NUMBER" => Digits(value.GetString()!),
            "CALC" => field.GetProperty("format").GetString() switch
            {
                "NUMBER" or "NUMBER_DIGIT" => Digits(value.GetString()!),
                "TIME" => Clock(value.GetString()!),
                "DATE" or "DATETIME" => OrNull(value.GetString()!),
                _ => Same(value),
            },
            "TIME" => Clock(value.GetString()!),
            "DATE" or "DATETIME" => OrNull(value.GetString()!),
            "FILE" => new JsonArray([.. value.EnumerateArray().Select(static file => new JsonObject
            {
                ["fileKey"] = Same(file.GetProperty("fileKey")),
                ["name"] = Same(file.GetProperty("name")),
                ["contentType"] = Same(file.GetProperty("contentType")),
                ["size"] = Digits(file.GetProperty("size").GetString()!),
            })]),
            "SUBTABLE" => new JsonArray([.. value.EnumerateArray().Select(row => Row(row, field.GetProperty("fields")))]),
            _ => Same(value),
        };
    }

    static JsonObject Row(JsonElement row, JsonElement fields)
    {
        var expected = new JsonObject { ["_kintone_row_id"] = Digits(row.GetProperty("id").GetString()!) };
        foreach (var field in fields.EnumerateObject())
            expected[field.Name] = row.GetProperty("value").TryGetProperty(field.Name, out var cell) ? Value(field.Value, cell.GetProperty("value")) : null;
        return expected;
    }

    static JsonNode? Digits(string text) => text.Length == 0 ? null : JsonNode.Parse(text);

    static JsonValue? Clock(string text) => text.Length == 0 ? null : JsonValue.Create($"{text}:00");

    static JsonValue? OrNull(string text) => text.Length == 0 ? null : JsonValue.Create(text);

    static JsonNode? Same(JsonElement value) => JsonNode.Parse(value.GetRawText());

    static string Type(JsonElement field) => field.GetProperty("type").GetString()!;

    static string Text(JsonElement record, string code) => record.GetProperty(code).GetProperty("value").GetString()!;
}
