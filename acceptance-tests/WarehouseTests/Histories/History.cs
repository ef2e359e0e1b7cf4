using System.Text.Json;
using System.Text.Json.Nodes;
using KintoneSimulator;
using Xunit.Sdk;

namespace WarehouseTests;

/// <summary>
/// Weeks of a connection's life in virtual time: people work in the apps, also while they are read; a scheduler starts syncs; connectors are
/// killed at any byte and the platform tries again from the last STATE; now and then the form changes. After every sync
/// that nothing disturbed, and at the end, each table must equal its app.
/// </summary>
sealed class History : IDisposable
{
    const int MostAttempts = 4;

    /// <summary>Bytes for answers of which pages wait for each other, or come as smaller ones.</summary>
    const long TightMemory = 300_000;

    /// <summary>Seconds that Kintone's clock is ahead of the connector's.</summary>
    static readonly int[] s_skews = [0, 600, -600, 86_400, -86_400];

    static readonly string[] s_hidesAll = ["stopped showing any of its records", "shows none of the records of"];

    readonly Random _dice;
    readonly Lock _lock = new();
    readonly VirtualTime _time = new(new(2026, 3, 2, 8, 59, 30, TimeSpan.Zero));
    readonly Simulator _simulator;
    readonly Connector _connector;
    readonly Warehouses _warehouses;
    readonly List<SyncedApp> _apps = [];
    readonly SyncedAudit _audit;
    readonly DateTimeOffset? _start;
    readonly int _concurrency;

    /// <summary>
    /// Answers take so long that a STATE comes with almost every page: kills leave half a scan behind. Then one request at a time: the
    /// minutes that others take would count for each of them, until it has waited too long.
    /// </summary>
    readonly bool _isSlow;

    long _usualBytes = 4000;
    bool _isAnswered;

    /// <param name="records">How many records an app has at first, at most.</param>
    public History(int seed, int records)
    {
        _dice = new(seed);
        var isEventful = _dice.Next(2) == 0;
        _simulator = new(new()
        {
            Time = _time,
            ClockSkew = isEventful ? TimeSpan.FromSeconds(s_skews[_dice.Next(s_skews.Length)]) : TimeSpan.FromSeconds(_dice.Next(-20, 21)),
            DateHeader = isEventful && _dice.Next(3) == 0 ? DateHeader.Absent : DateHeader.Clock,
            FileKeysChange = _dice.Next(3) == 0,
        });
        _simulator.Domain.AddUser(Connector.User, Connector.Password);
        _warehouses = new(anyOfEqual: _dice.Next(2) == 0);
        _audit = new(_warehouses);
        DateTimeOffset? start = _dice.Next(4) == 0 ? new DateTimeOffset(2026, 3, 2, 8, 59, 0, TimeSpan.Zero).AddDays(-_dice.Next(20)) : null;
        for (var apps = _dice.Next(1, 3); apps > 0; apps--)
        {
            var life = new AppLife(_simulator.Domain, _dice, isEventful);
            life.Create(_dice.Next(records + 1));
            var mode = _dice.Next(8) switch { 0 => DestinationMode.Append, <= 2 => DestinationMode.Overwrite, _ => DestinationMode.AppendDedup };
            _apps.Add(new(life, _dice, mode, start) { IsFiltered = _dice.Next(2) == 0 });
        }
        (_start, _isSlow) = (start, _dice.Next(3) == 0);
        _concurrency = _isSlow ? 1 : _dice.Next(1, 5);
        _connector = new(_simulator, _time)
        {
            PageSize = _dice.Next(3) == 0 ? 500 : _dice.Next(1, 20) + (records / 20),
            Memory = _dice.Next(3) == 0 ? TightMemory : null,
        };
    }

    IEnumerable<SyncedStream> Streams => _apps.SelectMany(static a => a.Streams);

    JsonObject Config
    {
        get
        {
            var config = Connector.Config(_apps.Select(static a => a.Selection), _concurrency, startDate: _start);
            if (_isAnswered) config["deletion_guard_percent"] = 100;
            return config;
        }
    }

    public IEnumerable<Warehouse> Warehouses => _warehouses.All;

    public async Task RunAsync(int syncs)
    {
        await RefreshAsync();
        for (var sync = 0; sync < syncs; sync++)
        {
            Live(_dice.Next(12));
            if (_dice.Next(8) == 0)
            {
                Any().Life.Form.Change();
                if (_dice.Next(2) == 0 || _apps.Any(static a => a.NeedsRefresh)) await RefreshAsync();
            }
            if (_dice.Next(8) == 0) ChangeFilter(Any());
            if (_dice.Next(5) == 0) Any().ChangeOne(await _connector.DiscoverAsync(Config), _warehouses);
            await SyncAsync(isQuiet: _dice.Next(4) == 0);
        }
        Live(3);
        foreach (var app in _apps) app.Life.ShowWhereAllIsHidden();
        await RefreshStaleAsync();
        // What was cut off is read to its end, then what changed, and a week later everything.
        while (Streams.Any(static s => s.IsUnderWay)) await SyncAsync(isQuiet: true);
        await SyncAsync(isQuiet: true);
        _time.Advance(TimeSpan.FromDays(8));
        await SyncAsync(isQuiet: true, isReread: true);
        _audit.Check(Streams, isCertain: true);
        _audit.Damage(Streams, _dice);
    }

    /// <summary>A while between syncs: minutes, hours, sometimes days.</summary>
    void Live(int steps)
    {
        for (; steps > 0; steps--)
        {
            lock (_lock) Any().Life.Step();
            _time.Advance(TimeSpan.FromSeconds(
                _dice.Next(4) switch { 0 => _dice.Next(5), 1 => _dice.Next(60), 2 => _dice.Next(3600), _ => _dice.Next(60_000) }));
        }
    }

    /// <summary>In a large app a narrower filter may bring up the question about mass disappearance.</summary>
    static void ChangeFilter(SyncedApp app)
    {
        if (app.Life.Count < 50) app.IsFiltered = !app.IsFiltered;
    }

    SyncedApp Any() => _apps[_dice.Next(_apps.Count)];

    async Task RefreshStaleAsync()
    {
        if (Streams.Any(static s => s.Stains.Count > 0)) await RefreshAsync();
    }

    async Task RefreshAsync()
    {
        var catalog = await _connector.DiscoverAsync(Config);
        foreach (var app in _apps) app.Refresh(catalog, _warehouses);
        _audit.Refresh(catalog);
    }

    /// <summary>One sync of the platform: attempts until one succeeds.</summary>
    /// <param name="isQuiet">Nobody works in the apps meanwhile, and nothing goes wrong.</param>
    /// <param name="isReread">By now everything is right, whatever no update time told of.</param>
    async Task SyncAsync(bool isQuiet, bool isReread = false)
    {
        foreach (var stream in Streams.Where(static s => s.Mode == DestinationMode.Overwrite && s.Generation > 0))
            if (!stream.IsUnderWay) stream.StartGeneration(forgetsState: _dice.Next(2) == 0);
        var isFresh = !Streams.Any(static s => s.IsUnderWay);
        if (!isQuiet)
        {
            _simulator.BeforeAnswer = _ => Meanwhile();
            if (_dice.Next(3) == 0) _simulator.Faults.Random(0.1, _dice.Next());
            // The newest record's answer comes minutes after its sibling.
            if (!_isSlow && _dice.Next(4) == 0) _simulator.Faults.Next(_dice.Next(1, 7), Fault.Maintenance, IsOfNewest);
        }
        for (var attempt = 1; ; attempt++)
        {
            var endsAfter = isQuiet || attempt >= MostAttempts || _dice.Next(2) == 0 ? long.MaxValue : _dice.NextInt64(1, _usualBytes);
            if (await AttemptAsync(endsAfter, throws: _dice.Next(3) == 0)) break; // or it was killed, or asked whether so many records are meant to be gone
            if (_dice.Next(3) == 0) Live(_dice.Next(3));
        }
        _simulator.BeforeAnswer = null;
        _simulator.Faults.Clear();
        if (isQuiet && isFresh) Check(isReread);
    }

    static bool IsOfNewest(JournalEntry request) => request.Query?.Contains("order by $id desc", StringComparison.Ordinal) == true;

    /// <param name="endsAfter">Bytes after which it is killed, or something throws in the middle of a step.</param>
    async Task<bool> AttemptAsync(long endsAfter, bool throws)
    {
        JsonElement[] states = [.. Streams.Select(static s => s.State).Append(_audit.State).OfType<JsonElement>()];
        var output = await _connector.ReadAsync(Config, Streams.Select(static s => s.Configured).Append(_audit.Configured), states.Length == 0 ? null : states,
            killAfter: throws ? long.MaxValue : endsAfter, throwAfter: throws ? endsAfter : long.MaxValue);
        var isAsked = !output.IsKilled && output.ExitCode != 0 && !_isAnswered
            && output.Errors.Any(static e => e.GetRawText().Contains("deletion_guard_percent", StringComparison.Ordinal));
        // An app that hides all that it has, before a full refresh or while it is read, ends the sync, and the platform tries again.
        var hidesAll = !output.IsKilled && output.ExitCode != 0 && output.Errors.Any(static e => s_hidesAll.Any(e.GetRawText().Contains));
        if (hidesAll)
            foreach (var app in _apps) app.Life.ShowWhereAllIsHidden();
        if (!output.IsKilled && output.ExitCode != 0 && !isAsked && !hidesAll)
            throw new XunitException($"A sync failed: {string.Join('\n', output.Errors)}");
        _isAnswered = isAsked;
        _usualBytes = Math.Max(_usualBytes / 2, output.Bytes);
        foreach (var stream in Streams)
            stream.Take(output, keepsTail: stream.Mode != DestinationMode.Overwrite && _dice.Next(2) == 0, _warehouses); // no key, no second copy
        _audit.Take(output, keepsTail: _dice.Next(2) == 0);
        if (!output.Succeeded) return false;
        foreach (var stream in Streams) stream.DropOrphans(_warehouses);
        _audit.Check(Streams, isCertain: false);
        return true;
    }

    /// <summary>Somebody works in the apps while they are read.</summary>
    void Meanwhile()
    {
        lock (_lock)
        {
            _time.Advance(TimeSpan.FromSeconds(_dice.Next(10) switch { 0 => _dice.Next(100), <= 4 => _dice.Next(_isSlow ? 100 : 5), _ => 0 }));
            while (_dice.Next(3) == 0) Any().Life.Step();
        }
    }

    void Check(bool isReread)
    {
        foreach (var stream in _apps.Where(app => isReread || !app.Life.IsEventful).SelectMany(static a => a.Streams))
            if (stream.Differences(_warehouses) is { Count: > 0 } differences)
                throw new XunitException($"{stream.Name} ({stream.Mode}) differs from its app:\n{string.Join('\n', differences)}");
    }

    public void Dispose()
    {
        _connector.Dispose();
        _warehouses.Dispose();
        _simulator.Dispose();
        _time.Dispose();
    }
}
