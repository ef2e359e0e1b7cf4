using System.Text.Json;

namespace KintoneSource.Catalog;

/// <summary>
/// The kind of a column from its JSON schema in a configured catalog. Runners rewrite schemas (order of types, left-out
/// <c>airbyte_type</c>, dropped inner schemas), so it asks for as little as tells the kinds apart.
/// </summary>
static class DeclaredKind
{
    /// <param name="today">What the field is now: decides where the declaration only says "array" or "object". Null when it is gone.</param>
    public static ColumnKind Of(JsonElement property, ColumnKind? today)
    {
        switch (TypeOf(property))
        {
            case "string":
                return Text(property, "format") switch
                {
                    "date" => ColumnKind.Date,
                    "time" => ColumnKind.Time,
                    "date-time" => ColumnKind.Timestamp,
                    _ => ColumnKind.Text,
                };
            case "integer": return ColumnKind.Integer;
            case "number": return Text(property, "airbyte_type") == "integer" ? ColumnKind.Integer : ColumnKind.Number;
            case "object": return Inner(property, "code") || today is ColumnKind.Entity ? ColumnKind.Entity : ColumnKind.Any;
            case "array": return OfArray(property, today);
            default: return ColumnKind.Any;
        }
    }

    static ColumnKind OfArray(JsonElement property, ColumnKind? today)
    {
        if (!property.TryGetProperty("items", out var items) || TypeOf(items) is not { } item || (item == "object" && !HasProperties(items)))
            return today is ColumnKind.TextList or ColumnKind.EntityList or ColumnKind.FileList or ColumnKind.Table ? today.Value : ColumnKind.Any;
        if (item == "string") return ColumnKind.TextList;
        if (Inner(items, Column.RowId)) return ColumnKind.Table;
        if (Inner(items, "fileKey")) return ColumnKind.FileList;
        return Inner(items, "code") ? ColumnKind.EntityList : ColumnKind.Any;
    }

    /// <summary>The declared columns of a table's rows; undefined when the declaration does not list them.</summary>
    public static JsonElement RowProperties(JsonElement property) =>
        property.ValueKind == JsonValueKind.Object && property.TryGetProperty("items", out var items) ? Properties(items) : default;

    public static JsonElement Properties(JsonElement schema) =>
        schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty("properties", out var properties) && properties.ValueKind == JsonValueKind.Object
            ? properties
            : default;

    static bool HasProperties(JsonElement schema) => Properties(schema).ValueKind == JsonValueKind.Object;

    static bool Inner(JsonElement schema, string name) => HasProperties(schema) && Properties(schema).TryGetProperty(name, out _);

    static string? TypeOf(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object || !schema.TryGetProperty("type", out var type)) return null;
        return type.ValueKind switch
        {
            JsonValueKind.String => type.GetString(),
            JsonValueKind.Array => Only(type.EnumerateArray().Where(static t => t.ValueKind == JsonValueKind.String)
                .Select(static t => t.GetString()).Where(static t => t != "null")),
            _ => null,
        };

        // A union of types says no more than that anything may come.
        static string? Only(IEnumerable<string?> types) => types.Take(2).ToArray() is [var one] ? one : null;
    }

    static string? Text(JsonElement schema, string name) =>
        schema.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
