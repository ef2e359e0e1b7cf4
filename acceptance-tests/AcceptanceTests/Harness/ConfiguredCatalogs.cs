using System.Text.Json;
using System.Text.Json.Nodes;

namespace AcceptanceTests;

/// <summary>Catalogs to read by, made from what discover offered.</summary>
static class ConfiguredCatalogs
{
    public static string FullRefresh(IEnumerable<JsonElement> streams, long? generation = null) => Of(streams, _ => "full_refresh", generation);

    /// <summary>Incremental where the stream can, full refresh elsewhere, as the platform lets people choose.</summary>
    public static string Incremental(IEnumerable<JsonElement> streams, long? generation = null) =>
        Of(streams, static stream => SyncModes(stream).Contains("incremental") ? "incremental" : "full_refresh", generation);

    public static string Of(IEnumerable<JsonElement> streams, Func<JsonElement, string> mode, long? generation = null) => new JsonObject
    {
        ["streams"] = new JsonArray([.. streams.Select(stream => Configured(stream, mode(stream), generation))]),
    }.ToJsonString();

    public static IEnumerable<string> SyncModes(JsonElement stream) => stream.GetProperty("supported_sync_modes").EnumerateArray()
        .Select(static m => m.GetString()!);

    /// <summary>By name alone, as somebody writes one by hand.</summary>
    public static string ByName(string mode, params IEnumerable<string> streams) => new JsonObject
    {
        ["streams"] = new JsonArray([.. streams.Select(name => Named(name, mode))]),
    }.ToJsonString();

    /// <summary>One stream of attached files, with their contents.</summary>
    public static string WithFiles(string mode, string stream) => WithFilesBeside(mode, [], [stream]);

    /// <summary>Streams of attached files, with their contents, beside others.</summary>
    public static string WithFilesBeside(string mode, IEnumerable<string> others, IEnumerable<string> files) => new JsonObject
    {
        ["streams"] = new JsonArray([.. others.Select(name => Named(name, mode)), .. files.Select(name => IncludingFiles(Named(name, mode)))]),
    }.ToJsonString();

    static JsonObject IncludingFiles(JsonObject stream)
    {
        stream["include_files"] = true;
        return stream;
    }

    static JsonObject Named(string name, string mode) => new()
    {
        ["stream"] = new JsonObject { ["name"] = name, ["json_schema"] = new JsonObject(), ["supported_sync_modes"] = new JsonArray("full_refresh") },
        ["sync_mode"] = mode,
        ["destination_sync_mode"] = "append",
    };

    /// <summary>Records streams with the key and the update time alone: many records, few bytes.</summary>
    public static string OnlyKeys(string mode, params IEnumerable<string> streams) => new JsonObject
    {
        ["streams"] = new JsonArray([.. streams.Select(name => new JsonObject
        {
            ["stream"] = new JsonObject
            {
                ["name"] = name,
                ["json_schema"] = new JsonObject
                {
                    ["type"] = "object",
                    ["properties"] = new JsonObject
                    {
                        ["_kintone_id"] = new JsonObject { ["type"] = new JsonArray("null", "integer") },
                        ["_kintone_updated_at"] = new JsonObject { ["type"] = new JsonArray("null", "string"), ["format"] = "date-time" },
                    },
                },
            },
            ["sync_mode"] = mode,
            ["destination_sync_mode"] = "append",
            ["generation_id"] = 1,
        })]),
    }.ToJsonString();

    static JsonObject Configured(JsonElement stream, string mode, long? generation)
    {
        var configured = new JsonObject
        {
            ["stream"] = JsonNode.Parse(stream.GetRawText()),
            ["sync_mode"] = mode,
            ["destination_sync_mode"] = mode == "incremental" ? "append_dedup" : "overwrite",
        };
        if (stream.TryGetProperty("source_defined_primary_key", out var key)) configured["primary_key"] = JsonNode.Parse(key.GetRawText());
        if (stream.TryGetProperty("default_cursor_field", out var cursor)) configured["cursor_field"] = JsonNode.Parse(cursor.GetRawText());
        if (generation is not null) (configured["generation_id"], configured["minimum_generation_id"], configured["sync_id"]) = (generation, generation, 1);
        return configured;
    }
}
