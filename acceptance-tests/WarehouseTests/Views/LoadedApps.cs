using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using KintoneSimulator;

namespace WarehouseTests.Views;

/// <summary>Apps, synced again and again, and what a destination has got of them.</summary>
sealed class LoadedApps : IDisposable
{
    readonly Connector _connector;
    readonly long[] _apps;
    readonly Dictionary<string, JsonElement> _states = [];
    readonly Dictionary<string, (JsonObject Stream, List<(JsonObject Row, int Order, int Sync)> Rows)> _loaded = [];
    int _syncs;

    /// <param name="apps">Those that are synced.</param>
    public LoadedApps(Action<Domain> fill, params long[] apps)
    {
        Simulator = new(new() { Time = Time, TimeZone = TimeZoneInfo.FindSystemTimeZoneById("Asia/Tokyo") });
        fill(Simulator.Domain);
        Simulator.Domain.AddUser("reader", "not-a-secret", "読み手", static user => user with { Administrator = true });
        (_connector, _apps) = (new(Simulator, Time), apps);
    }

    /// <summary>The option <c>column_names</c>.</summary>
    public string ColumnNames { get; init; } = "ascii";

    /// <summary>Comments are asked for, too, record by record.</summary>
    public bool ReadsComments { get; init; }

    /// <summary>Goes on with the catalog of the first sync, whatever discover would say later.</summary>
    public bool KeepsCatalog { get; init; }

    public VirtualTime Time { get; } = new(new(2026, 3, 2, 1, 0, 5, TimeSpan.Zero));

    public Simulator Simulator { get; }

    public App App(long id) => Simulator.Domain.App(id)!;

    /// <summary>What came for a stream, in the order of its lines; of the data dictionary what the last sync gave.</summary>
    public IEnumerable<JsonObject> Rows(string stream) => Rows(stream, allSyncs: stream != "app_fields").Select(static r => r.Row);

    IEnumerable<(JsonObject Row, int Order, int Sync)> Rows(string stream, bool allSyncs) => _loaded[stream].Rows.Where(r => allSyncs || r.Sync == _syncs);

    /// <summary>Reads every stream of the apps, and their data dictionary, a while after the last time.</summary>
    public async Task SyncAsync(TimeSpan pause = default)
    {
        Time.Advance(pause);
        var config = Connector.Config(_apps.Select(static a => (a, (string?)null)));
        config["credentials"] = new JsonObject { ["auth_type"] = "password", ["username"] = "reader", ["password"] = "not-a-secret" };
        config["column_names"] = ColumnNames;
        config["label_languages"] = new JsonArray("en");
        if (ReadsComments) config["related_streams"] = new JsonArray("tables", "attachments", "comments");
        var streams = KeepsCatalog && _loaded.Count > 0
            ? _loaded.ToDictionary(static s => s.Key, static s => s.Value.Stream)
            : (await _connector.DiscoverAsync(config)).Where(static s => s.Key == "app_fields" || s.Value["source_defined_cursor"] is not null).ToDictionary();
        var output = await _connector.ReadAsync(config, streams.Values.Select(Configured), _states.Values);
        Assert.True(output.Succeeded, string.Join('\n', output.Errors));
        _syncs++;
        foreach (var (name, stream) in streams)
        {
            var rows = _loaded.TryGetValue(name, out var before) ? before.Rows : [];
            foreach (var record in output.Records(name))
            {
                var row = JsonObject.Create(record.Data)!;
                row["_airbyte_extracted_at"] = Text(DateTimeOffset.FromUnixTimeMilliseconds(record.EmittedAt));
                rows.Add((row, rows.Count, _syncs));
            }
            _loaded[name] = (stream, rows);
            if (output.LastState(name) is { } state) _states[name] = state;
        }
    }

    /// <summary>Loads all that came.</summary>
    /// <param name="keepsVersions">Every line is a row; otherwise each key's newest is, the one that says that it is gone as well.</param>
    /// <param name="change">Makes of a stream's schema what the destination has; null for a stream that it does not have.</param>
    public void LoadInto(LabelDatabase database, bool keepsVersions = false, Func<string, JsonObject, JsonObject?>? change = null)
    {
        database.Settings["is_append"] = keepsVersions ? "true" : "false";
        foreach (var (name, (stream, _)) in _loaded)
        {
            var rows = Rows(name, allSyncs: keepsVersions || name != "app_fields");
            var schema = (JsonObject)stream["json_schema"]!.DeepClone();
            if (change is not null && change(name, schema) is null) continue;
            var key = KeyOf(stream);
            database.Load(name, schema, [.. (keepsVersions ? rows : Newest(rows, key)).Select(static r => r.Row)]);
        }
    }

    /// <summary>Of each key the row that a reader takes: the greatest cursor, then the last to arrive.</summary>
    public static IEnumerable<(JsonObject Row, int Order, int Sync)> Newest(IEnumerable<(JsonObject Row, int Order, int Sync)> rows, string[] key) =>
        rows.GroupBy(r => string.Join('\n', key.Select(k => r.Row[k]?.ToJsonString())))
            .Select(static g => g.OrderBy(static r => (string?)r.Row["_kintone_updated_at"], StringComparer.Ordinal).ThenBy(static r => r.Order).Last());

    public static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    static string[] KeyOf(JsonObject stream) => [.. stream["source_defined_primary_key"]!.AsArray().Select(static path => (string)path![0]!)];

    static JsonObject Configured(JsonObject stream)
    {
        var isIncremental = stream["source_defined_cursor"] is not null;
        return new()
        {
            ["stream"] = stream.DeepClone(),
            ["sync_mode"] = isIncremental ? "incremental" : "full_refresh",
            ["destination_sync_mode"] = isIncremental ? "append" : "overwrite",
            ["cursor_field"] = isIncremental ? stream["default_cursor_field"]!.DeepClone() : new JsonArray(),
            ["primary_key"] = stream["source_defined_primary_key"]!.DeepClone(),
            ["generation_id"] = 1,
            ["minimum_generation_id"] = isIncremental ? 0 : 1,
            ["sync_id"] = 1,
        };
    }

    public void Dispose()
    {
        _connector.Dispose();
        Simulator.Dispose();
        Time.Dispose();
    }
}
