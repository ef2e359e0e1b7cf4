using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace WarehouseTests;

/// <summary>
/// The column of a warehouse that a destination makes from a property of a stream's schema. Numbers become exact
/// decimals with as many digits as DuckDB has, so that a digit lost on the way shows.
/// </summary>
/// <param name="Sql">The DuckDB type.</param>
/// <param name="IsNested">Lists and structs travel as JSON text.</param>
sealed record ColumnType(string Sql, bool IsNested)
{
    public static ColumnType Of(JsonNode? schema)
    {
        var types = schema?["type"] switch
        {
            JsonArray list => list.Select(static t => (string)t!).Where(static t => t != "null").ToArray(),
            JsonValue one => [(string)one!],
            _ => [],
        };
        return (types, (string?)schema?["format"]) switch
        {
            (["string"], "date") => new("DATE", false),
            (["string"], "time") => new("TIME", false),
            (["string"], "date-time") => new("TIMESTAMPTZ", false),
            (["string"], null) => new("VARCHAR", false),
            (["integer"], _) => new("BIGINT", false),
            (["number"], _) => new("DECIMAL(38,10)", false),
            (["array"], _) => ListOf(Of(schema!["items"])),
            (["object"], _) => Struct(Properties(schema!).Select(static p => (p.Key, Of(p.Value)))),
            ([], _) => new("JSON", true),
            _ => throw new InvalidOperationException($"No destination knows what to do with {schema!.ToJsonString()}."),
        };
    }

    /// <summary>Members in the order of their names: it means nothing.</summary>
    public static ColumnType Struct(IEnumerable<(string Name, ColumnType Type)> members) => new(
        $"STRUCT({string.Join(", ", members.OrderBy(static m => m.Name, StringComparer.Ordinal).Select(static m => $"{Name(m.Name)} {m.Type.Sql}"))})", true);

    public static ColumnType ListOf(ColumnType item) => new($"{item.Sql}[]", true);

    public static IEnumerable<KeyValuePair<string, JsonNode?>> Properties(JsonNode schema) => schema["properties"] as JsonObject ?? [];

    public static string Name(string column) => $"\"{column.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>The value as text that DuckDB casts to the type, exactly: numbers never pass through a double.</summary>
    public static string? Text(JsonElement value, JsonNode? schema)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Null: return null;
            case JsonValueKind.String: return value.GetString();
            case JsonValueKind.Number: return value.GetRawText();
            case JsonValueKind.Array or JsonValueKind.Object: return Exact(value, schema)!.ToJsonString();
            default: throw new InvalidOperationException($"Unexpected value {value}.");
        }
    }

    /// <summary>Nested numbers as strings: DuckDB's JSON reader would make doubles of them.</summary>
    static JsonNode? Exact(JsonElement value, JsonNode? schema) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.Number => JsonValue.Create(value.GetRawText()),
        JsonValueKind.String => JsonValue.Create(value.GetString()),
        JsonValueKind.Array => new JsonArray([.. value.EnumerateArray().Select(item => Exact(item, schema?["items"]))]),
        _ => new JsonObject(value.EnumerateObject().Select(member => schema?["properties"]?[member.Name] is { } inner
            ? KeyValuePair.Create(member.Name, Exact(member.Value, inner))
            : throw new InvalidOperationException(
            string.Create(CultureInfo.InvariantCulture, $"The record has a member {member.Name} that the schema does not declare.")))),
    };
}
