using System.Text.Json;
using System.Text.Json.Nodes;

namespace KintoneSource.Certification;

/// <summary>Syncs of the suite's app, one after the other, as a platform runs them: every stream of the app that is offered, and the states kept.</summary>
public sealed class Sync(Surroundings kintone, TestApp app, ConnectorProcess connector)
{
    const string Audit = "sync_audit";

    /// <summary>The domain's, not of the suite's app.</summary>
    static readonly HashSet<string> s_others = ["users", "organizations", "groups", "spaces", "space_members", "app_statistics", "space_statistics"];

    JsonObject _catalog = [];
    JsonObject? _config;
    Dictionary<string, JsonNode> _states = [];
    JsonElement? _audit;

    public string RecordsStream => $"app_{app.Id}_records";

    public IReadOnlyList<string> Streams { get; private set; } = [];

    public Warehouse Warehouse { get; } = new();

    /// <summary>
    /// The records that are there are as many, with the same sum of their ids, as the last sync says that spoke of them: one that finds nothing changed
    /// need not.
    /// </summary>
    public bool HoldsWhatItMust => _audit is { } row
        && row.GetProperty("rows_expected").GetRawText() == $"{Warehouse.Count}" && row.GetProperty("ids_sum").GetRawText() == $"{Warehouse.Ids}";

    /// <summary>Rows that the last sync brought, by stream.</summary>
    public IReadOnlyDictionary<string, int> LastRows { get; private set; } = new Dictionary<string, int>();

    /// <summary>Asks what can be read, as a platform does after the form changed.</summary>
    public async Task DiscoverAsync()
    {
        var spec = (await connector.RunAsync("spec")).Only("SPEC", "spec");
        var offered = (await connector.RunAsync("discover", Config(spec))).Only("CATALOG", "catalog").GetProperty("streams").EnumerateArray()
            .Where(static stream => !s_others.Contains(stream.GetProperty("name").GetString()!) && !BringsFiles(stream)).ToList();
        Streams = [.. offered.Select(static stream => stream.GetProperty("name").GetString()!)];
        _catalog = new() { ["streams"] = new JsonArray([.. offered.Select(Configured)]) };
    }

    /// <summary>Contents go to a staging folder, from which nobody here takes them; their rows are in the stream of attachments.</summary>
    static bool BringsFiles(JsonElement stream) => stream.TryGetProperty("is_file_based", out var isFileBased) && isFileBased.GetBoolean();

    /// <summary>Forgets what was read: the next sync reads everything.</summary>
    public void StartOver()
    {
        _states = [];
        Warehouse.Clear();
    }

    /// <summary>One sync.</summary>
    /// <exception cref="CertificationException">It failed.</exception>
    public async Task<(int Rows, int Deletions)> RunAsync()
    {
        var output = await connector.RunAsync("read", Config(null), _catalog, _states.Count == 0 ? null
            : new JsonArray([.. _states.Values.Select(static state => state.DeepClone())]));
        if (output.ExitCode != 0 || Streams.Except(output.Completed).ToList() is { Count: > 0 })
            throw new CertificationException($"A sync ended with exit code {output.ExitCode}. {output.Problem}");
        foreach (var (stream, state) in output.States)
            _states[stream] = state;
        LastRows = output.Records.GroupBy(static record => record.Stream).ToDictionary(static records => records.Key, static records => records.Count());
        foreach (var row in output.Records.Where(record => record.Stream == Audit).Select(static record => record.Data))
            if (row.GetProperty("stream").GetString() == RecordsStream) _audit = row;
        return Warehouse.Take(output.Records.Where(record => record.Stream == RecordsStream).Select(static record => record.Data));
    }

    JsonObject Config(JsonElement? spec)
    {
        if (_config is not null)
            return _config;
        var settings = kintone.Settings;
        _config = new()
        {
            ["subdomain"] = settings.BaseUrl!.Host,
            ["base_url"] = settings.BaseUrl.GetLeftPart(UriPartial.Authority),
            ["credentials"] = new JsonObject { ["auth_type"] = "password", ["username"] = settings.Username, ["password"] = settings.Password },
            ["app_selection"] = new JsonObject { ["mode"] = "single_app", ["app"] = app.Id },
        };
        // A simulator's day passes at once; a week would be too far from this machine's clock to be believed.
        if (kintone.Simulator is not null)
            _config["full_reread_days"] = 1;
        if (settings.Basic is { } basic)
            (_config["basic_auth_username"], _config["basic_auth_password"]) = (basic.User, basic.Password);
        // Whatever this version can read beside records.
        if (spec is { } known && known.GetProperty("connectionSpecification").GetProperty("properties").TryGetProperty("related_streams", out var related)
            && related.TryGetProperty("items", out var items) && items.TryGetProperty("enum", out var kinds))
            _config["related_streams"] = JsonNode.Parse(kinds.GetRawText());
        return _config;
    }

    static JsonNode Configured(JsonElement stream)
    {
        var isIncremental = stream.GetProperty("supported_sync_modes").EnumerateArray().Any(static mode => mode.GetString() == "incremental");
        var configured = new JsonObject
        {
            ["stream"] = JsonNode.Parse(stream.GetRawText()),
            ["sync_mode"] = isIncremental ? "incremental" : "full_refresh",
            ["destination_sync_mode"] = isIncremental ? "append_dedup" : "overwrite",
        };
        if (stream.TryGetProperty("source_defined_primary_key", out var key))
            configured["primary_key"] = JsonNode.Parse(key.GetRawText());
        if (stream.TryGetProperty("default_cursor_field", out var cursor))
            configured["cursor_field"] = JsonNode.Parse(cursor.GetRawText());
        return configured;
    }
}
