using System.Text.Json.Nodes;

namespace WarehouseTests.Views;

/// <summary>What <c>sync_audit</c> says of a stream after a sync, worked out from the lines that came.</summary>
static class ExpectedAudit
{
    public static JsonObject Stream { get; } = new()
    {
        ["source_defined_primary_key"] = new JsonArray(new JsonArray("sync_id"), new JsonArray("stream")),
        ["json_schema"] = new JsonObject
        {
            ["properties"] = new JsonObject(
            [
                .. from name in (string[])["sync_id", "stream", "appId", "app_name", "outcome", "kind"] select Column(name, "string"),
                .. from name in (string[])["rows_sent", "deletions_sent", "rows_expected", "ids_sum", "ids_max"] select Column(name, "integer"),
                .. from name in (string[])["finished_at", "newest_update"] select Column(name, "string", "date-time"),
            ]),
        },
    };

    public static JsonObject Of(string stream, string[] key, List<(JsonObject Row, int Order, int Sync)> rows, int sync, DateTimeOffset now)
    {
        var live = LoadedApps.Newest(rows, key).Select(static r => r.Row).Where(static row => row["_ab_cdc_deleted_at"] is null).ToArray();
        var sent = rows.Where(r => r.Sync == sync).ToArray();
        return new()
        {
            ["sync_id"] = $"{sync:00}",
            ["stream"] = stream,
            ["appId"] = stream.Split('_')[1],
            ["outcome"] = "complete",
            ["kind"] = "incremental",
            ["rows_sent"] = sent.Length,
            ["deletions_sent"] = sent.Count(static r => r.Row["_ab_cdc_deleted_at"] is not null),
            ["rows_expected"] = live.Length,
            ["ids_sum"] = live.Sum(row => key.Sum(k => (long)row[k]!)),
            ["ids_max"] = live.Length == 0 ? null : live.Max(row => (long)row[key[^1]]!),
            ["finished_at"] = LoadedApps.Text(now),
            ["_airbyte_extracted_at"] = LoadedApps.Text(now),
        };
    }

    static KeyValuePair<string, JsonNode?> Column(string name, string type, string? format = null)
    {
        var schema = new JsonObject { ["type"] = new JsonArray("null", type) };
        if (format is not null) schema["format"] = format;
        return new(name, schema);
    }
}
