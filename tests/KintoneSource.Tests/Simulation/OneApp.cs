using System.Text;
using System.Text.Json;
using KintoneSimulator;
using KintoneSource.Catalog;
using KintoneSource.Commands;
using KintoneSource.Configuration;
using KintoneSource.Kintone.Http;
using KintoneSource.Kintone.Memory;
using KintoneSource.Protocol;
using KintoneSource.Reading.Files;
using KintoneSource.Reading.States;

namespace KintoneSource.Tests.Simulation;

/// <summary>One simulated app, and one sync of it after the other by the connector's whole <c>read</c>, with the states in between.</summary>
sealed class OneApp : IDisposable
{
    public const string Records = "app_1_records", Lines = "app_1_table_lines", Attachments = "app_1_attachments", Files = "app_1_files",
        Comments = "app_1_comments";

    readonly DirectoryInfo _staging = Directory.CreateTempSubdirectory("staging-");

    /// <param name="isMeasured">The test counts on how long something took: the clock waits longer before it jumps, lest a busy machine adds minutes.</param>
    public OneApp(SimulatorOptions? options = null, bool isMeasured = false)
    {
        Time = new(new(2026, 5, 1, 3, 0, 0, TimeSpan.Zero)) { Stillness = TimeSpan.FromMilliseconds(isMeasured ? 20 : 1) };
        Simulator = new((options ?? new()) with { Time = Time });
        Simulator.Domain.AddUser("sync", "open sesame");
        App = Simulator.Domain.AddApp("案件");
        App.AddTable("lines", Field.Create("item", "SINGLE_LINE_TEXT"));
        App.AddField("files", "FILE");
        App.AddField("memo", "MULTI_LINE_TEXT");
    }

    public VirtualTime Time { get; }

    public Simulator Simulator { get; }
    public App App { get; }
    public SavedStates States { get; } = new();

    /// <summary>Options of the configuration beside the usual ones.</summary>
    public Dictionary<string, object> More { get; } = [];

    /// <summary>Bytes of answers; null for as much as usual.</summary>
    public long? Memory { get; set; }

    /// <summary>The message behind which the next sync is killed: no STATE comes after it. Null for none.</summary>
    public Func<Message, bool>? KilledAfter { get; set; }

    public string Staging => _staging.FullName;

    public void Wait(double days = 1.0 / 72) => Time.Advance(TimeSpan.FromDays(days)); // 20 minutes: beyond the look-back

    /// <param name="streams">By name; <c>full:</c> in front asks for a full refresh.</param>
    public async Task<Run> SyncAsync(params string[] streams)
    {
        var run = await ReadAsync(streams);
        Assert.True(run.ExitCode == 0, string.Join('\n', run.Errors));
        return run;
    }

    /// <summary>However it ends.</summary>
    public async Task<Run> ReadAsync(params string[] streams)
    {
        Simulator.Journal.Clear();
        using var stdout = new MemoryStream();
        var memory = Memory is { } bytes ? new AnswerMemory(bytes) : AnswerMemory.OfProcess();
        int exitCode;
        await using (var writer = new MessageWriter(stdout, new()))
        {
            using var source = Source.Over(
                new InMemoryHandler(Simulator), SourceConfig.Parse(Config()), Patience.ForSync, writer, Time, terminal: null, memory: memory,
                environment: name => name == StagingFolder.Variable ? Staging : null);
            var catalog = JsonSerializer.SerializeToUtf8Bytes(new
            {
                streams = streams.Select(static s => new
                {
                    stream = new { name = s.Split(':')[^1], json_schema = new { } },
                    sync_mode = s.StartsWith("full:", StringComparison.Ordinal) ? "full_refresh" : "incremental",
                    destination_sync_mode = s.StartsWith("full:", StringComparison.Ordinal) ? "overwrite" : "append_dedup",
                    include_files = s.EndsWith("_files", StringComparison.Ordinal),
                }),
            });
            var read = new ReadCommand(source).RunAsync(ConfiguredCatalog.Parse(catalog, "catalog"), InputState.Parse(States.ToFile(), "state"),
                CancellationToken.None);
            exitCode = await read.WaitAsync(TimeSpan.FromSeconds(60));
        }
        await AssertGivenBackAsync(memory);
        var run = new Run(exitCode, Encoding.UTF8.GetString(stdout.ToArray()));
        foreach (var message in SyncRun.Parse(stdout.ToArray()))
        {
            States.Apply(message);
            if (KilledAfter?.Invoke(message) == true) break;
        }
        return run;
    }

    /// <summary>Whoever keeps memory makes others wait, in the end for ever.</summary>
    static async Task AssertGivenBackAsync(AnswerMemory memory)
    {
        using var held = memory.TryHold(memory.HeldCapacity);
        Assert.True(held is not null, "Memory that is held while more is asked for was not given back.");
        using var all = await memory.ReserveAsync(memory.Capacity, CancellationToken.None).AsTask().WaitAsync(TimeSpan.FromSeconds(10));
    }

    public int Asked(string resource) => Simulator.Journal.CountOf(resource);

    /// <summary>A request for the newest record.</summary>
    public static bool IsOfNewest(JournalEntry request) => request.Query?.Contains("order by $id desc", StringComparison.Ordinal) == true;

    public static bool IsGone(JsonElement row) => row.TryGetProperty("_ab_cdc_deleted_at", out var deleted) && deleted.ValueKind != JsonValueKind.Null;

    byte[] Config() => JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object>(More)
    {
        ["subdomain"] = "example",
        ["base_url"] = "http://localhost:1",
        ["credentials"] = new { auth_type = "password", username = "sync", password = "open sesame" },
        ["app_selection"] = More.GetValueOrDefault("app_selection", new { mode = "single_app", app = 1 }),
    });

    public void Dispose()
    {
        Simulator.Dispose();
        Time.Dispose();
        _staging.Delete(recursive: true);
    }
}
