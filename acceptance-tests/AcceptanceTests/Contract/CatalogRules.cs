using System.Text.Json;

namespace AcceptanceTests.Contract;

/// <summary>What the platforms' acceptance tests and runners demand of a discovered catalog; each rule lists what breaks it.</summary>
static class CatalogRules
{
    static readonly string[] s_types = ["null", "string", "number", "integer", "boolean", "object", "array"];
    static readonly string[] s_forbidden = ["$ref", "allOf", "anyOf", "not", "const"];

    /// <summary>Property names that the platform's field selection renames and so deletes.</summary>
    static readonly string[] s_deleted = ["$id", "$comment", "$schema"];

    public static IEnumerable<string> Stream_names_are_unique(IReadOnlyList<JsonElement> streams) =>
        streams.GroupBy(static s => (Text(s, "namespace"), Text(s, "name"))).Where(static g => g.Count() > 1)
            .Select(static g => $"{g.Key} comes {g.Count()} times");

    public static IEnumerable<string> Schemas_are_valid_draft_07(IReadOnlyList<JsonElement> streams) => EverySchema(streams, static (schema, path) =>
        schema.EnumerateObject().Where(static p => !IsValid(p)).Select(p => $"{path}: {p}"));

    public static IEnumerable<string> Schemas_use_no_keyword_that_platforms_refuse(IReadOnlyList<JsonElement> streams) =>
        EverySchema(streams, static (schema, path) =>
        s_forbidden.Where(keyword => schema.TryGetProperty(keyword, out _)).Select(keyword => $"{path} has {keyword}"));

    public static IEnumerable<string> Objects_are_open(IReadOnlyList<JsonElement> streams) => EverySchema(streams, static (schema, path) =>
        schema.TryGetProperty("additionalProperties", out var open) && open.ValueKind != JsonValueKind.True ? [$"{path} is closed"] : []);

    public static IEnumerable<string> Every_property_may_be_null(IReadOnlyList<JsonElement> streams) => EverySchema(streams, static (schema, path) =>
        !path.EndsWith("json_schema", StringComparison.Ordinal) && schema.TryGetProperty("type", out var type)
        && !(type.ValueKind == JsonValueKind.Array && type.EnumerateArray().Any(static t => t.GetString() == "null")) ? [$"{path} may not be null"] : []);

    public static IEnumerable<string> No_column_has_a_name_that_the_platform_deletes(IReadOnlyList<JsonElement> streams) =>
        from stream in streams
        from column in Properties(stream).EnumerateObject()
        where s_deleted.Contains(column.Name)
        select $"{Text(stream, "name")}.{column.Name}";

    public static IEnumerable<string> Sync_modes_are_not_empty(IReadOnlyList<JsonElement> streams) =>
        streams.Where(static s => !ConfiguredCatalogs.SyncModes(s).Any()).Select(static s => Text(s, "name")!);

    public static IEnumerable<string> Incremental_streams_have_a_cursor_of_their_own(IReadOnlyList<JsonElement> streams) =>
        from stream in streams
        let isIncremental = ConfiguredCatalogs.SyncModes(stream).Contains("incremental")
        where isIncremental != (stream.TryGetProperty("source_defined_cursor", out var own) && own.ValueKind == JsonValueKind.True
            && Cursor(stream).Length > 0)
        select Text(stream, "name");

    public static IEnumerable<string> Cursors_exist_and_are_plain_values(IReadOnlyList<JsonElement> streams) =>
        streams.SelectMany(static s => Cursor(s).Length > 0 ? Plain(s, Cursor(s)) : []);

    public static IEnumerable<string> Every_stream_has_a_primary_key(IReadOnlyList<JsonElement> streams) =>
        streams.Where(static s => !Keys(s).Any()).Select(static s => Text(s, "name")!);

    public static IEnumerable<string> Primary_keys_exist_and_are_plain_values(IReadOnlyList<JsonElement> streams) =>
        streams.SelectMany(static s => Keys(s).SelectMany(key => Plain(s, key)));

    /// <summary>The test harness looks keys up with a path syntax of its own, in which these characters mean something.</summary>
    public static IEnumerable<string> Keys_and_cursors_have_names_that_are_no_patterns(IReadOnlyList<JsonElement> streams) =>
        from stream in streams
        from name in Keys(stream).Append(Cursor(stream)).SelectMany(static path => path)
        where name.Any("/*?[]!".Contains) || long.TryParse(name, out _)
        select $"{Text(stream, "name")}.{name}";

    public static JsonElement Properties(JsonElement stream) => stream.GetProperty("json_schema").GetProperty("properties");

    public static IEnumerable<string[]> Keys(JsonElement stream) => stream.TryGetProperty("source_defined_primary_key", out var keys)
        ? keys.EnumerateArray().Select(static key => key.EnumerateArray().Select(static part => part.GetString()!).ToArray()) : [];

    static string[] Cursor(JsonElement stream) => stream.TryGetProperty("default_cursor_field", out var cursor)
        ? [.. cursor.EnumerateArray().Select(static part => part.GetString()!)] : [];

    static IEnumerable<string> Plain(JsonElement stream, string[] path)
    {
        var at = $"{Text(stream, "name")}.{string.Join('.', path)}";
        var schema = stream.GetProperty("json_schema");
        foreach (var part in path)
            if (!schema.TryGetProperty("properties", out var properties)
                || !properties.TryGetProperty(part, out schema)) return [$"{at} is not in the schema"];
        var types = schema.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.Array
            ? type.EnumerateArray().Select(static t => t.GetString()) : [type.ToString()];
        return types.Any(static t => t is "object" or "array") ? [$"{at} is not a plain value"] : [];
    }

    /// <summary>Applies a rule to every schema at every depth.</summary>
    static IEnumerable<string> EverySchema(IEnumerable<JsonElement> streams, Func<JsonElement, string, IEnumerable<string>> rule)
    {
        return streams.SelectMany(stream => Visit(stream.GetProperty("json_schema"), $"{Text(stream, "name")}.json_schema"));

        IEnumerable<string> Visit(JsonElement schema, string path)
        {
            foreach (var problem in rule(schema, path)) yield return problem;
            if (schema.TryGetProperty("properties", out var properties))
            {
                foreach (var property in properties.EnumerateObject())
                    foreach (var problem in Visit(property.Value, $"{path}.{property.Name}")) yield return problem;
            }
            if (schema.TryGetProperty("items", out var items))
                foreach (var problem in Visit(items, $"{path}[]")) yield return problem;
        }
    }

    static bool IsValid(JsonProperty keyword) => keyword.Name switch
    {
        "type" => keyword.Value.ValueKind == JsonValueKind.Array
            ? keyword.Value.GetArrayLength() > 0 && keyword.Value.EnumerateArray().All(static t => s_types.Contains(t.ToString()))
                && keyword.Value.EnumerateArray().Select(static t => t.GetString()).Distinct().Count() == keyword.Value.GetArrayLength()
            : s_types.Contains(keyword.Value.ToString()),
        "properties" => keyword.Value.ValueKind == JsonValueKind.Object
            && keyword.Value.EnumerateObject().All(static p => p.Value.ValueKind == JsonValueKind.Object)
            && keyword.Value.EnumerateObject().Select(static p => p.Name).Distinct().Count() == keyword.Value.EnumerateObject().Count(),
        "items" => keyword.Value.ValueKind == JsonValueKind.Object,
        "additionalProperties" => keyword.Value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        _ => RecordSchema.Keywords.Contains(keyword.Name) && keyword.Value.ValueKind == JsonValueKind.String,
    };

    static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;
}
