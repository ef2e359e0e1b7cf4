using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KintoneSimulator;

namespace AcceptanceTests;

/// <summary>
/// Every kind of state that this version writes, made by the program itself. What released versions wrote lies in
/// tests/KintoneSource.Tests/Reading/States, a folder per version, and is read by today's code for ever; these tests make
/// the next folder: <c>WRITE_STATES=folder dotnet test acceptance-tests/AcceptanceTests --filter StateFixtureTests</c>.
/// </summary>
/// <remarks>
/// Beside each state file lies what it must mean, told by the program's RECORD lines and not by its states: which ids had
/// been delivered, and what the stream was asked for.
/// </remarks>
public sealed class StateFixtureTests
{
    static readonly string? s_folder = Environment.GetEnvironmentVariable("WRITE_STATES") is { Length: > 0 } folder ? folder : null;

    [Fact]
    public async Task A_first_incremental_sync_under_way()
    {
        await using var kintone = await SimulatedKintone.StartAsync(s_slow);
        var app = kintone.AddGenerated(30_000);
        var run = await StopAsync(kintone, app, "incremental", generation: 1);
        await KeepAsync("incremental-first-under-way", run, new(app, "incremental") { Generation = 1, Then = "resumes" }, "cursor_field", "max_id",
            "synced_at", "scan", "known_ids", "generation_id", "condition");
    }

    /// <summary>Chunks of 65,536 ids: with long runs, with every id, with every second, with a few; and one that holds none.</summary>
    internal static GeneratedRecords IdsOfEveryKind => new(maxId: 5 << 16, new("one kind per chunk", static id => (id >> 16) switch
    {
        0 => id % 300 > 20,
        1 => true,
        3 => id % 2 == 0,
        4 => id % 97 == 0,
        _ => false,
    }));

    [Fact]
    public async Task A_complete_incremental_sync_with_known_ids_of_every_kind()
    {
        await using var kintone = await SimulatedKintone.StartAsync();
        var app = kintone.Domain.AddApp("案件", source: IdsOfEveryKind);
        using var connector = new Connector(kintone.Config(app));
        var run = (await connector.ReadAsync(Catalog(app, "incremental", 1))).MustSucceed();
        await KeepAsync("incremental-done", run, new(app, "incremental") { Generation = 1, Then = "reads changes" }, "cursor_field", "cursor", "max_id",
            "synced_at", "known_ids", "generation_id", "condition");
    }

    [Fact]
    public async Task A_later_incremental_sync_under_way()
    {
        await using var kintone = await SimulatedKintone.StartAsync();
        var app = kintone.AddSmall(12_000);
        using var connector = new Connector(kintone.Config(app));
        var first = (await connector.ReadAsync(Catalog(app, "incremental", 2))).MustSucceed();
        for (var id = 1; id <= 6_000; id++) app.Edit(id, new JsonObject { ["メモ"] = "あと" });
        kintone.Simulator.Options = s_slow;
        var run = await StopAsync(kintone, app, "incremental", generation: 2, state: first.StateToKeep());
        await KeepAsync("incremental-later-under-way", run, new(app, "incremental") { Generation = 2, Then = "resumes", Before = first }, "cursor_field",
            "cursor", "max_id", "synced_at", "scan", "known_ids", "generation_id", "condition");
        Assert.True(State(run, app).GetProperty("scan").TryGetProperty("since", out _));
    }

    /// <summary>The search for deleted records failed: half of the app and more had vanished.</summary>
    [Fact]
    public async Task A_sync_whose_search_for_deleted_records_failed()
    {
        await using var kintone = await SimulatedKintone.StartAsync();
        var app = kintone.AddSmall(300);
        using var connector = new Connector(kintone.Config(app));
        var first = (await connector.ReadAsync(Catalog(app, "incremental", 1))).MustSucceed();
        app.Delete(Enumerable.Range(1, 280).Select(static id => (long)id));
        var run = await connector.ReadAsync(Catalog(app, "incremental", 1), first.StateToKeep());
        Assert.Equal(1, run.ExitCode);
        await KeepAsync("incremental-search-failed", run, new(app, "incremental") { Generation = 1, Then = "goes on", Before = first }, "cursor_field",
            "max_id", "synced_at", "known_ids", "generation_id", "condition");
    }

    [Fact]
    public async Task A_complete_incremental_sync_with_a_filter_and_a_start_date()
    {
        const string Filter = "メモ not like \"7番\"", StartDate = "2024-01-01T02:00:00Z";
        await using var kintone = await SimulatedKintone.StartAsync();
        var app = kintone.AddSmall(900);
        using var connector = new Connector(Configs.Password(kintone.Address, SimulatedKintone.User, SimulatedKintone.UserPassword)
            .WithApp(app.Id, filter: Filter).With("start_date", StartDate));
        var run = (await connector.ReadAsync(Catalog(app, "incremental", 1))).MustSucceed();
        Assert.InRange(run.RecordsOf(Stream(app)).Count, 1, 899);
        await KeepAsync("incremental-condition", run,
            new(app, "incremental") { Generation = 1, Then = "reads changes", Filter = Filter, StartDate = StartDate }, "cursor", "known_ids", "condition");
    }

    [Theory]
    [InlineData("incremental-empty-app", 0, true)]
    [InlineData("incremental-without-known-ids", 250, false)]
    public async Task A_complete_incremental_sync_outside_platforms_with_generations(string name, int records, bool emitDeleted)
    {
        await using var kintone = await SimulatedKintone.StartAsync();
        var app = kintone.AddSmall(records);
        using var connector = new Connector(kintone.Config(app).With("emit_deleted_records", emitDeleted));
        var run = (await connector.ReadAsync(ConfiguredCatalogs.ByName("incremental", Stream(app)))).MustSucceed();
        await KeepAsync(name, run, new(app, "incremental") { Then = "reads changes", FindsDeleted = emitDeleted }, "cursor_field", "cursor", "max_id",
            "synced_at", "condition");
    }

    [Theory]
    [InlineData("full-refresh-under-way", 3L)]
    [InlineData("full-refresh-under-way-without-generation", null)]
    public async Task A_full_refresh_under_way(string name, long? generation)
    {
        await using var kintone = await SimulatedKintone.StartAsync(s_slow);
        var app = kintone.AddGenerated(30_000);
        var run = await StopAsync(kintone, app, "full_refresh", generation);
        await KeepAsync(name, run, new(app, "full_refresh") { Generation = generation, Then = "resumes", FindsDeleted = false }, "max_id", "synced_at", "scan",
            "condition");
    }

    [Theory]
    [InlineData("full-refresh-done", 3L, "is finished")]
    [InlineData("full-refresh-done-without-generation", null, "reads anew")]
    public async Task A_complete_full_refresh(string name, long? generation, string then)
    {
        await using var kintone = await SimulatedKintone.StartAsync();
        var app = kintone.AddSmall(700);
        using var connector = new Connector(kintone.Config(app));
        var run = (await connector.ReadAsync(Catalog(app, "full_refresh", generation))).MustSucceed();
        await KeepAsync(name, run, new(app, "full_refresh") { Generation = generation, Then = then, FindsDeleted = false }, "max_id", "synced_at",
            "condition");
    }

    [Fact]
    public async Task Streams_that_are_read_in_one_go()
    {
        await using var kintone = await SimulatedKintone.StartAsync();
        var app = kintone.AddSmall(1);
        using var connector = new Connector(kintone.Config(app));
        var run = (await connector.ReadAsync(ConfiguredCatalogs.ByName("full_refresh", "apps", "app_fields", "app_layouts", "app_views"))).MustSucceed();
        Assert.Equal(4, run.States.Count());
        Assert.All(run.States, static state => Assert.Equal("{}", state.GetProperty("stream").GetProperty("stream_state").GetRawText()));
        if (s_folder is not null) await File.WriteAllTextAsync(Path.Combine(s_folder, "settings.json"), Pretty(run.StateToKeep()));
    }

    static readonly SimulatorOptions s_slow = new() { Latency = TimeSpan.FromMilliseconds(60) };

    static string Stream(App app) => $"app_{app.Id}_records";

    /// <summary>A catalog of the key alone, so that many records are few bytes.</summary>
    internal static string Catalog(App app, string mode, long? generation)
    {
        var catalog = JsonNode.Parse(ConfiguredCatalogs.OnlyKeys(mode, Stream(app)))!;
        var stream = catalog["streams"]![0]!.AsObject();
        if (mode == "incremental")
            stream["stream"]!["json_schema"]!["properties"]!["_ab_cdc_deleted_at"] = new JsonObject
            {
                ["type"] = new JsonArray("null", "string"),
                ["format"] = "date-time"
            };
        if (generation is { } id) stream["generation_id"] = id;
        else stream.Remove("generation_id");
        return catalog.ToJsonString();
    }

    /// <summary>A run that is asked to stop once records have come, and leaves the state of a scan under way.</summary>
    static async Task<ConnectorRun> StopAsync(SimulatedKintone kintone, App app, string mode, long? generation, string? state = null)
    {
        using var connector = new Connector(kintone.Config(app));
        var run = await connector.RunAsync(
            connector.ReadArguments(Catalog(app, mode, generation), state),
            static output => output.Span.IndexOf("\"RECORD\""u8) >= 0, static process => Shell.SignalAsync(process, "TERM"));
        Assert.Equal(143, run.ExitCode);
        return run;
    }

    static JsonElement State(ConnectorRun run, App app) => run.StatesOf(Stream(app)).Last().GetProperty("stream").GetProperty("stream_state");

    sealed record Meaning(App App, string Mode)
    {
        /// <summary>What the next sync does with it.</summary>
        public required string Then { get; init; }
        public long? Generation { get; init; }
        public string? Filter { get; init; }
        public string? StartDate { get; init; }
        public bool FindsDeleted { get; init; } = true;

        /// <summary>The sync before this one, whose records are known.</summary>
        public ConnectorRun? Before { get; init; }
    }

    static async Task KeepAsync(string name, ConnectorRun run, Meaning meaning, params string[] members)
    {
        var stream = Stream(meaning.App);
        Assert.Subset(State(run, meaning.App).EnumerateObject().Select(static p => p.Name).ToHashSet(), members.ToHashSet());
        var delivered = run.IdsOf(stream).ToHashSet();
        var known = delivered.Concat(meaning.Before?.IdsOf(stream) ?? []).Distinct().Order().ToArray();
        if (s_folder is null) return;
        Directory.CreateDirectory(s_folder);
        await File.WriteAllTextAsync(Path.Combine(s_folder, $"{name}.json"), Pretty(run.StateToKeep()));
        await File.WriteAllTextAsync(Path.Combine(s_folder, $"{name}.means.json"), Pretty(new JsonObject
        {
            ["stream"] = stream,
            ["mode"] = meaning.Mode,
            ["generation"] = meaning.Generation,
            ["filter"] = meaning.Filter,
            ["start_date"] = meaning.StartDate,
            ["finds_deleted"] = meaning.FindsDeleted,
            ["then"] = meaning.Then,
            ["delivered_in_this_scan"] = Ids([.. delivered.Order()]),
            ["delivered"] = Ids(known),
        }.ToJsonString()));
    }

    static JsonObject Ids(long[] ids) => new()
    {
        ["count"] = ids.Length,
        ["sha256"] = Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes(string.Join(' ', ids.Select(static id => id.ToString(CultureInfo.InvariantCulture)))))),
    };

    static readonly JsonWriterOptions s_pretty = new() { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    static string Pretty(string json)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, s_pretty))
        using (var document = JsonDocument.Parse(json)) document.RootElement.WriteTo(writer);
        return Encoding.UTF8.GetString(bytes.ToArray()) + "\n";
    }
}
