using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace AcceptanceTests;

/// <summary>
/// A stream's schema, applied as the strictest of the platforms do: an integer is written without a point or exponent, a
/// time in full, and what the schema does not declare is not sent. It knows the keywords that the connector's schemas are
/// made of, see <see cref="Keywords"/>; a general validator reads numbers into doubles, which Kintone's are too long for.
/// </summary>
sealed partial class RecordSchema(JsonElement json)
{
    /// <summary>What a schema may hold; texts for people do not decide about a value.</summary>
    public static IReadOnlySet<string> Keywords { get; } =
        new HashSet<string> { "$schema", "title", "description", "type", "format", "airbyte_type", "properties", "items", "additionalProperties" };

    /// <summary>Everything that is wrong with a record's data, and where.</summary>
    public IReadOnlyList<string> Problems(JsonElement data) => [.. Strictly(json, data, "")];

    /// <summary>All paths that the schema declares, as <c>明細[].品名</c>.</summary>
    public IReadOnlySet<string> Paths { get; } = new HashSet<string>(PathsOf(json, ""));

    /// <summary>The paths that a value has.</summary>
    public static IEnumerable<string> PathsIn(JsonElement value, string path = "") => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().SelectMany(p => PathsIn(p.Value, Below(path, p.Name)).Prepend(Below(path, p.Name))),
        JsonValueKind.Array => value.EnumerateArray().SelectMany(item => PathsIn(item, $"{path}[]")),
        _ => [],
    };

    static IEnumerable<string> PathsOf(JsonElement schema, string path)
    {
        if (schema.TryGetProperty("properties", out var properties))
        {
            foreach (var property in properties.EnumerateObject())
                foreach (var found in PathsOf(property.Value, Below(path, property.Name)).Prepend(Below(path, property.Name))) yield return found;
        }
        if (schema.TryGetProperty("items", out var items))
            foreach (var found in PathsOf(items, $"{path}[]")) yield return found;
    }

    static string Below(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    static IEnumerable<string> Strictly(JsonElement schema, JsonElement value, string path)
    {
        if (value.ValueKind == JsonValueKind.Null) return [];
        if (!schema.TryGetProperty("type", out var type)) return []; // a type that the connector does not know: anything
        var types = type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(static t => t.GetString()) : [type.GetString()];
        var wrong = types.Any(t => Is(t!, value)) ? null : $"{path}: {value.GetRawText()} is not of {type.GetRawText()}";
        if (wrong is null && schema.TryGetProperty("format", out var format) && !HasFormat(format.GetString()!, value.GetString()!))
            wrong = $"{path}: {value.GetRawText()} is not a {format}";
        return value.ValueKind switch
        {
            JsonValueKind.Object when schema.TryGetProperty("properties", out var declared) => value.EnumerateObject().SelectMany(p =>
                declared.TryGetProperty(p.Name, out var inner) ? Strictly(inner, p.Value, Below(path, p.Name)) : [$"{Below(path, p.Name)} is not declared"]),
            JsonValueKind.Array when schema.TryGetProperty("items", out var items) =>
                value.EnumerateArray().SelectMany(item => Strictly(items, item, $"{path}[]")),
            _ => wrong is null ? [] : [wrong],
        };
    }

    static bool Is(string type, JsonElement value) => type switch
    {
        "integer" => value.ValueKind == JsonValueKind.Number && value.GetRawText().All(static c => c == '-' || char.IsAsciiDigit(c)),
        "number" => value.ValueKind == JsonValueKind.Number,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        _ => false,
    };

    static bool HasFormat(string format, string text) => format switch
    {
        "date" => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        "time" => TimeOnly.TryParseExact(text, "HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        "date-time" => Timestamp().IsMatch(text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out _),
        _ => true,
    };

    [GeneratedRegex(@"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})\z")]
    private static partial Regex Timestamp();
}
