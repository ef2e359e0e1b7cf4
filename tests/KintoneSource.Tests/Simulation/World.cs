using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KintoneSimulator;
using KintoneSource.Catalog;
using KintoneSource.Commands;
using KintoneSource.Configuration;
using KintoneSource.Protocol;
using KintoneSource.Reading.States;

namespace KintoneSource.Tests.Simulation;

/// <summary>How one sync is run. Same configuration, other circumstances.</summary>
/// <param name="BreakAfter">The byte of output at which it is killed.</param>
/// <param name="CancelAt">The request at which somebody asks it to stop.</param>
/// <param name="ThrowAfter">The byte of output at which something throws, whatever is under way.</param>
sealed record Circumstances(
    int Concurrency = 4, int PageSize = 500, long BreakAfter = long.MaxValue, int CancelAt = int.MaxValue, int FlushThreshold = 64 * 1024,
        long ThrowAfter = long.MaxValue);

/// <summary>
/// A simulated domain with a clock of its own, and the connector's whole <c>read</c> on top of it, all in this process.
/// </summary>
sealed class World : IDisposable
{
    /// <summary>Real time that a sync may take; nothing in it waits for real time.</summary>
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    readonly Random _dice;
    readonly Lock _lock = new();
    double _rate;
    int _pace;
    int _requests;
    Action? _onRequest;

    /// <param name="skew">How far Kintone's clock is ahead of the connector's.</param>
    public World(int seed, int apps = 1, TimeSpan skew = default, DateHeader dateHeader = DateHeader.Clock, Events events = Events.None)
    {
        _dice = new(seed);
        Time = new(new DateTimeOffset(2026, 5, 1, 3, 0, 0, TimeSpan.Zero).AddSeconds(_dice.Next(60)));
        Simulator = new(new() { Time = Time, ClockSkew = skew, DateHeader = dateHeader, FileKeysChange = seed % 2 == 0 }) { BeforeAnswer = _ => Live() };
        Time.IsHanging = () => Simulator.IsSilent;
        Simulator.Domain.AddUser("sync", "open sesame");
        Histories = [.. Enumerable.Range(1, apps).Select(i => new History(Simulator.Domain.AddApp($"アプリ {i}"), () => Simulator.Domain.Now, seed + i, events))];
    }

    public VirtualTime Time { get; }
    public Simulator Simulator { get; }
    public IReadOnlyList<History> Histories { get; }

    public string? Filter { get; init; }
    public string? StartDate { get; init; }
    public bool EmitDeletedRecords { get; set; } = true;
    public int GuardPercent { get; set; } = 50;
    public bool IsIncremental { get; init; } = true;
    public int? Generation { get; set; }

    /// <summary>Which streams of each app are selected.</summary>
    public IReadOnlyList<AppStreamKind> Kinds { get; set; } = [AppStreamKind.Records];

    /// <summary>Those that a sync reads, beside its account of itself.</summary>
    public IEnumerable<string> Streams => Histories.SelectMany(history => Kinds.Select(kind => StreamOf(history, kind)));

    public static string StreamOf(History history, AppStreamKind kind) => kind switch
    {
        AppStreamKind.Table => AppStreamName.OfTable(history.App.Id, History.Table).ToString(),
        AppStreamKind.Attachments => AppStreamName.Attachments(history.App.Id).ToString(),
        AppStreamKind.Comments => AppStreamName.Comments(history.App.Id).ToString(),
        _ => StreamOf(history),
    };

    public static string StreamOf(History history) => AppStreamName.Records(history.App.Id).ToString();

    /// <summary>What a destination should hold of an app now.</summary>
    public Dictionary<long, Truth> Expected(History history) => history.Records.Where(r => Matches(r.Value)).ToDictionary();

    public bool Matches(Truth record) =>
        (Filter is null || record.IsOpen) && (StartDate is null || !IsIncremental || string.CompareOrdinal(record.UpdatedAt, StartDate) >= 0);

    /// <param name="rate">How likely a change is, with every request.</param>
    /// <param name="pace">Most seconds that pass with every request.</param>
    public void Start(double rate, int pace) => (_rate, _pace) = (rate, pace);

    /// <summary>Nothing changes, nothing fails and no time passes any more.</summary>
    public void Quiet()
    {
        Start(0, 0);
        Simulator.Faults.Clear();
        foreach (var history in Histories) history.Settle();
    }

    /// <summary>What else happens with every request.</summary>
    public Action? Meanwhile { get; set; }

    /// <summary>Time between two syncs, with changes in it.</summary>
    public void Pass(int steps, int mostSeconds)
    {
        for (var i = 0; i < steps; i++)
        {
            Time.Advance(TimeSpan.FromSeconds(_dice.Next(mostSeconds + 1)));
            foreach (var history in Histories) history.Happen(_rate);
        }
    }

    public async Task<SyncRun> SyncAsync(SavedStates states, Circumstances how)
    {
        Time.Advance(TimeSpan.FromSeconds(1)); // no process starts in the second in which the one before it ended
        var before = Simulator.Journal.Count;
        using var stop = new CancellationTokenSource();
        _requests = 0;
        _onRequest = () => { if (Interlocked.Increment(ref _requests) == how.CancelAt) stop.Cancel(); };
        await using var stdout = new BreakingStream(how.BreakAfter, how.ThrowAfter);
        var writer = new MessageWriter(stdout, new(), how.FlushThreshold);
        using var source = Source.Over(
            new UnorderedHandler(this, new InMemoryHandler(Simulator)), SourceConfig.Parse(Config(how.Concurrency)),
            KintoneSource.Kintone.Http.Patience.ForSync, writer, Time, terminal: null, how.PageSize);
        int? exitCode = null;
        var run = new ReadCommand(source).RunAsync(ConfiguredCatalog.Parse(Catalog(), "catalog"), InputState.Parse(states.ToFile(), "state"), stop.Token);
        try
        {
            exitCode = await run.WaitAsync(s_patience, CancellationToken.None);
            await writer.DisposeAsync();
        }
        catch (OutputException) when (stdout.IsBroken) { }
        catch (InvalidTimeZoneException) when (stdout.HasThrown) { await DisposeAsync(writer); }
        catch (OperationCanceledException) when (stop.IsCancellationRequested) { await writer.DisposeAsync(); }
        catch (TimeoutException)
        {
            Assert.Fail($"The sync hangs. The clock says {Time}. {Simulator.Running} requests under way. The last ones:\n"
                + string.Join('\n', Simulator.Journal.Entries.TakeLast(20)));
        }
        catch (IOException) when (stdout.IsBroken) { }
        var result = new SyncRun(SyncRun.Parse(stdout.Written), exitCode, Simulator.Journal.Count - before);
        result.AssertStates();
        if (!stdout.HasThrown) Assert.DoesNotContain(result.Failures, static f => f.Contains("unexpected went wrong", StringComparison.Ordinal));
        return result;
    }

    /// <summary>What is left in the buffer is written, unless standard output breaks over it.</summary>
    static async ValueTask DisposeAsync(MessageWriter writer)
    {
        try { await writer.DisposeAsync(); }
        catch (IOException) { }
    }

    byte[] Config(int concurrency)
    {
        var config = new JsonObject
        {
            ["subdomain"] = "example",
            ["base_url"] = "http://localhost:1",
            ["credentials"] = new JsonObject { ["auth_type"] = "password", ["username"] = "sync", ["password"] = "open sesame" },
            ["app_selection"] = new JsonObject
            {
                ["mode"] = "listed_apps",
                ["apps"] = new JsonArray([.. Histories.Select(history =>
                {
                    var app = new JsonObject { ["app"] = history.App.Id };
                    if (Filter is not null) app["filter"] = Filter;
                    return app;
                })]),
            },
            ["emit_deleted_records"] = EmitDeletedRecords,
            ["deletion_guard_percent"] = GuardPercent,
            ["max_concurrent_requests"] = concurrency,
        };
        if (StartDate is not null) config["start_date"] = StartDate;
        return Encoding.UTF8.GetBytes(config.ToJsonString());
    }

    byte[] Catalog() => JsonSerializer.SerializeToUtf8Bytes(new
    {
        streams = Streams.Append(Audits.Stream).Select(name => new
        {
            stream = new { name, json_schema = new { } },
            sync_mode = IsIncremental || name == Audits.Stream ? "incremental" : "full_refresh",
            destination_sync_mode = IsIncremental ? "append_dedup" : "overwrite",
            generation_id = Generation,
            minimum_generation_id = Generation is null ? default(int?) : 0,
        }),
    });

    /// <summary>Before every answer the clock moves on and records change.</summary>
    void Live()
    {
        _onRequest?.Invoke();
        Meanwhile?.Invoke();
        if (_pace > 0) Time.Advance(TimeSpan.FromSeconds(Roll(_pace + 1)));
        if (_rate > 0)
            foreach (var history in Histories) history.Happen(_rate);
    }

    int Roll(int sides)
    {
        lock (_lock) return _dice.Next(sides);
    }

    public void Dispose()
    {
        Time.Dispose();
        Simulator.Dispose();
    }

    /// <summary>Lets requests that are under way at the same time overtake each other.</summary>
    sealed class UnorderedHandler(World world, HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            world.Time.NoteActivity();
            for (var turns = world.Roll(4); turns >= 0; turns--) await Task.Yield();
            var response = await base.SendAsync(request, cancellationToken);
            world.Time.NoteActivity();
            return response;
        }
    }
}
