using CsCheck;
using KintoneSimulator;
using KintoneSource.Catalog;
using KintoneSource.Tests.Simulation;

namespace KintoneSource.Tests.Reading;

/// <summary>
/// A history of changes goes on while an app is synced again and again, by a connector that is killed, asked to stop, and refused.
/// Whatever the order of events, a destination holds what the app holds in the end.
/// </summary>
[Trait("Duration", "long")]
public class HistoryTests
{
    /// <summary>How many histories are told; <c>HISTORY_ITERATIONS</c> for more.</summary>
    static readonly int s_iterations = int.TryParse(Environment.GetEnvironmentVariable("HISTORY_ITERATIONS"), out var n) ? n : 800;

    static readonly IReadOnlyList<Fault> s_faults =
    [
        .. Faults.Passing, Fault.Html, Fault.Garbage, Fault.Delay(TimeSpan.FromSeconds(7)), Fault.TooManyRequests(TimeSpan.FromSeconds(20)),
        Fault.Hang,
    ];

    /// <param name="Rate">How likely a change is, with every request.</param>
    /// <param name="Pace">Most seconds that pass with every request.</param>
    internal sealed record Story(
        int Seed, int Apps, int Records, int Syncs, double Rate, int Pace, double FaultRate, int Concurrency, int PageSize, bool HasFilter, bool HasStart)
    {
        public Events Events { get; init; }

        /// <summary>How far Kintone's clock is ahead of the connector's.</summary>
        public TimeSpan Skew { get; init; }

        public DateHeader DateHeader { get; init; }

        /// <summary>One runner knows of generations and another does not; some start new ones and keep the rows.</summary>
        public bool MovesStates { get; init; }

        /// <summary>Somebody switches deleted records off and on.</summary>
        public bool TogglesDeleted { get; init; }

        /// <summary>An answer comes minutes after its sibling, because it had to be asked for again: that about the newest record.</summary>
        public bool Straggles { get; init; }

        /// <summary>Something throws in the middle of a sync, now and then in the middle of a step.</summary>
        public bool Throws { get; init; }

        /// <summary>Streams of tables and attachments are selected: from the start, from a later sync on, and now and then one is refreshed or left
        /// out for a while.</summary>
        public int RelatedFrom { get; init; } = int.MaxValue;
    }

    static Gen<T> Any<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    static readonly Gen<Story> s_stories =
        from seed in Gen.Int[0, 1_000_000]
        from apps in Gen.Int[1, 2]
        from records in Gen.Frequency((4, Gen.Int[0, 60]), (1, Gen.Int[100, 150]))
        from syncs in Gen.Int[1, 5]
        from rate in Any(0, 0.3, 0.6)
        from pace in Any(0, 3, 15, 40)
        from faultRate in Any(0, 0, 0.05, 0.2)
        from concurrency in Gen.Int[1, 8]
        from pageSize in Gen.Int[1, 30]
        from hasFilter in Gen.Bool
        from hasStart in Gen.Bool
        select new Story(seed, apps, records, syncs, rate, pace, faultRate, concurrency, pageSize, hasFilter, hasStart);

    static readonly Gen<Story> s_eventful =
        from story in s_stories
        from events in Gen.Int[0, 31]
        from skew in Any(0, 0, 600, -600, 86_400, -86_400)
        from dateHeader in Any(DateHeader.Clock, DateHeader.Clock, DateHeader.Absent, DateHeader.Absurd)
        from movesStates in Gen.Bool
        from togglesDeleted in Gen.Bool
        from relatedFrom in Any(0, 0, 1, 2, int.MaxValue)
        from straggles in Gen.Bool
        from throws in Gen.Bool
        select story with
        {
            Events = (Events)events,
            Skew = TimeSpan.FromSeconds(skew),
            DateHeader = dateHeader,
            MovesStates = movesStates,
            TogglesDeleted = togglesDeleted,
            RelatedFrom = relatedFrom,
            Straggles = straggles,
            Throws = throws,
        };

    static readonly IReadOnlyList<AppStreamKind> s_all = [AppStreamKind.Table, AppStreamKind.Records, AppStreamKind.Attachments];

    [Fact]
    public async Task Incremental_syncs_converge_whatever_happens() =>
        await s_eventful.SampleAsync(TellAsync, iter: s_iterations, threads: 2);

    static async Task TellAsync(Story story)
    {
        using var world = new World(story.Seed, story.Apps, story.Skew, story.DateHeader, story.Events)
        {
            Filter = story.HasFilter ? $"{History.Visibility} in (\"{History.Open}\")" : null,
            StartDate = story.HasStart ? "2026-04-29T00:00:00Z" : null,
        };
        var dice = new Random(story.Seed);
        foreach (var history in world.Histories) history.Begin(dice.Next(story.Records + 1));
        var hasClock = story.DateHeader == DateHeader.Clock;
        var platform = new Platform(hasClock: hasClock, isOneClock: hasClock && story.Skew == default);

        for (var sync = 0; sync < story.Syncs; sync++)
        {
            world.Start(story.Rate, story.Pace);
            world.Simulator.Faults.Random(story.FaultRate, story.Seed + sync, s_faults);
            if (story.Straggles) world.Simulator.Faults.Next(dice.Next(1, 13), Fault.Maintenance, OneApp.IsOfNewest);
            if (sync >= story.RelatedFrom) world.Kinds = [.. s_all.Where(kind => kind == AppStreamKind.Records || dice.Next(5) > 0)];
            if (dice.Next(8) == 0) platform.Refresh(World.StreamOf(world.Histories[0], s_all[dice.Next(3)]));
            if (story.MovesStates) world.Generation = dice.Next(3) switch { 0 => null, 1 => world.Generation ?? 1, _ => world.Generation + dice.Next(2) };
            // Who never wanted deleted records has no state that could tell of those before.
            if (story.TogglesDeleted) world.EmitDeletedRecords = !world.Histories.All(history =>
                world.Kinds.All(kind => platform.States.Has(World.StreamOf(history, kind)))) || dice.Next(3) > 0;
            var run = await world.SyncAsync(platform.States, Somehow(dice, story));
            platform.Take(run);
            platform.Audits.AssertCertain(run, world);
            world.Pass(dice.Next(6), dice.Next(2) == 0 ? 20 : 200);
        }
        world.Quiet();
        world.EmitDeletedRecords = true;
        if (story.RelatedFrom < int.MaxValue) world.Kinds = s_all;
        // Of an app that hides all that it has, nothing is ever marked as deleted (docs/decisions/0017).
        var undoes = dice.Next(2) == 0;
        foreach (var history in world.Histories.Where(history => undoes || history.HidesAll)) history.Undo();
        await FinishAsync(world, platform, dice, story);

        world.Time.Advance(TimeSpan.FromMinutes(10));
        platform.Take(await world.SyncAsync(platform.States, new())); // what the look-back repeats
        world.Time.Advance(TimeSpan.FromMinutes(10));
        var idle = await world.SyncAsync(platform.States, new());
        if (hasClock) Assert.Equal(0, idle.Records); // without a clock, the last minutes before the newest change come again
        Assert.InRange(idle.Requests, 1, (hasClock ? 2 : 5) * story.Apps);

        foreach (var point in platform.ResumePoints.OrderBy(_ => dice.Next()).Take(3))
            await FinishAsync(world, point(), dice, story);
    }

    [Fact]
    public async Task A_full_refresh_is_complete_in_every_generation_however_often_it_is_cut_off() =>
        await s_stories.SampleAsync(TellGenerationsAsync, iter: Math.Max(1, s_iterations / 8), threads: 2);

    static async Task TellGenerationsAsync(Story story)
    {
        using var world = new World(story.Seed, story.Apps)
        {
            IsIncremental = false,
            Filter = story.HasFilter ? $"{History.Visibility} in (\"{History.Open}\")" : null,
            StartDate = story.HasStart ? "2026-04-29T00:00:00Z" : null, // for incremental streams only
        };
        var dice = new Random(story.Seed);
        foreach (var history in world.Histories) history.Begin(dice.Next(story.Records + 1));
        var states = new SavedStates();

        for (var generation = 1; generation <= 3; generation++)
        {
            world.Generation = story.HasStart ? generation : null;
            var platform = new Platform(dice.Next(2) == 0 ? states : new());
            var before = world.Histories.Select(world.Expected).ToArray();
            for (var attempt = 0; ; attempt++)
            {
                world.Start(story.Rate, story.Pace);
                world.Simulator.Faults.Random(story.FaultRate, story.Seed + attempt, s_faults);
                if (attempt == 5 || generation == 3) world.Quiet();
                // A runner without generations empties a table before each full refresh; one that goes on is the same.
                foreach (var stream in world.Histories.Select(World.StreamOf))
                    if (world.Generation is null && !platform.States.HasScan(stream)) platform.Empty(stream);
                if (generation == 3 && attempt == 0) before = [.. world.Histories.Select(world.Expected)];
                var how = Somehow(dice, story);
                var run = await world.SyncAsync(platform.States, attempt < 5 ? how
                    : how with { BreakAfter = long.MaxValue, CancelAt = int.MaxValue, ThrowAfter = long.MaxValue });
                platform.Take(run);
                if (run.ExitCode == 0) break;
                Assert.True(attempt < 5, string.Join('\n', run.Failures));
            }
            for (var i = 0; i < story.Apps; i++)
            {
                var (after, rows) = (world.Expected(world.Histories[i]), platform.Committed[0].Rows(World.StreamOf(world.Histories[i])));
                if (generation == 3) AssertSame(after, rows, "of a generation in which nothing changed");
                foreach (var (id, row) in before[i])
                {
                    if (after.TryGetValue(id, out var now) && (now == row || !story.HasFilter))
                        Assert.True(rows.TryGetValue(id, out var got) && got.Revision >= row.Revision && got.Revision <= now.Revision,
                            $"record {id}: {row}, {now}, {got}");
                }
            }
            if (world.Generation is not null) Assert.Equal(0, (await world.SyncAsync(platform.States, new())).Records);
            states = platform.States;
            world.Pass(5, 60);
        }
    }

    /// <summary>Two ordinary syncs, the first of which may go on with one that was cut off, and a full re-read: then everything is there.</summary>
    static async Task FinishAsync(World world, Platform platform, Random dice, Story story)
    {
        foreach (var pause in new[] { TimeSpan.Zero, TimeSpan.FromMinutes(20), TimeSpan.FromDays(8) })
        {
            world.Time.Advance(pause);
            var run = await AnsweredAsync(world, platform, Undisturbed(dice, story));
            platform.Take(run);
            platform.Audits.AssertCertain(run, world);
        }
        foreach (var stream in world.Streams) Assert.NotNull(Audits.Number(platform.Audits.Of(stream)!.Value, "rows_expected"));
        foreach (var history in world.Histories)
        {
            var (stream, expected) = (World.StreamOf(history), world.Expected(history));
            foreach (var committed in platform.Committed) AssertSame(expected, committed.Rows(stream),
                $"of the lines that a STATE stands behind, {committed.Newest}");
            foreach (var kind in world.Kinds.Where(static kind => kind != AppStreamKind.Records)) AssertSameRows(world, platform, history, kind,
                expected.Keys);
            foreach (var everything in platform.Everything)
            {
                var rows = everything.Rows(stream).Where(row => expected.ContainsKey(row.Key) || !platform.IsOrphan(new(stream, row.Key, 0)));
                AssertSame(expected, rows.ToDictionary(), $"of all lines, {everything.Newest}");
            }
        }
    }

    static void AssertSameRows(World world, Platform platform, History history, AppStreamKind kind, IEnumerable<long> records)
    {
        var stream = World.StreamOf(history, kind);
        var expected = records.SelectMany(id => (kind == AppStreamKind.Table ? history.Rows(id) : history.Files(id))
            .Select(row => KeyValuePair.Create(new RowKey(stream, id, row.Key), row.Value)))
            .ToDictionary();
        foreach (var committed in platform.Committed) Compare(committed.RelatedRows(stream),
            $"of the lines of {stream} that a STATE stands behind, {committed.Newest}");
        foreach (var everything in platform.Everything)
            Compare(everything.RelatedRows(stream).Where(row => expected.ContainsKey(row.Key) || !platform.IsOrphan(row.Key)).ToDictionary(),
                $"of all lines of {stream}, {everything.Newest}");

        void Compare(Dictionary<RowKey, string> actual, string what)
        {
            string[] wrong =
            [
                .. from key in expected.Keys.Union(actual.Keys).OrderBy(static k => k.Id)
                   let should = expected.GetValueOrDefault(key, "gone")
                   let does = actual.GetValueOrDefault(key, "gone")
                   where should != does
                   select $"row {key.Row} of record {key.Id} is {should}, the destination says {does}",
            ];
            Assert.True(wrong is [], $"The union {what}:\n{string.Join('\n', wrong)}");
        }
    }

    /// <summary>A sync that succeeds: where the guard asks whether so many records are meant to be gone, they are.</summary>
    static async Task<SyncRun> AnsweredAsync(World world, Platform platform, Circumstances how)
    {
        var run = await world.SyncAsync(platform.States, how);
        if (run.ExitCode != 0 && run.Failures.Any(static f => f.Contains("deletion_guard_percent", StringComparison.Ordinal)))
        {
            platform.Take(run);
            world.GuardPercent = 100;
            run = await world.SyncAsync(platform.States, how);
            world.GuardPercent = 50;
        }
        Assert.True(run.ExitCode == 0, string.Join('\n', run.Failures));
        return run;
    }

    static Circumstances Undisturbed(Random dice, Story story) =>
        Somehow(dice, story) with { BreakAfter = long.MaxValue, CancelAt = int.MaxValue, ThrowAfter = long.MaxValue };

    static Circumstances Somehow(Random dice, Story story) => new(
        dice.Next(1, story.Concurrency + 1), dice.Next(1, story.PageSize + 1),
        BreakAfter: dice.Next(2) == 0 ? (long)Math.Pow(10, dice.NextDouble() * 4.5) : long.MaxValue,
        CancelAt: dice.Next(4) == 0 ? dice.Next(1, 30) : int.MaxValue,
        FlushThreshold: dice.Next(2) == 0 ? 64 * 1024 : dice.Next(1, 5_000),
        ThrowAfter: story.Throws && dice.Next(2) == 0 ? (long)Math.Pow(10, 2.5 + (dice.NextDouble() * 2)) : long.MaxValue);

    static void AssertSame(Dictionary<long, Truth> expected, Dictionary<long, Truth> actual, string what)
    {
        string[] wrong =
        [
            .. from id in expected.Keys.Union(actual.Keys).Order()
               let should = expected.TryGetValue(id, out var truth) ? truth : default(Truth?)
               let does = actual.TryGetValue(id, out var row) ? row : default(Truth?)
               where should != does
               select $"record {id} is {should?.ToString() ?? "gone"}, the destination says {does?.ToString() ?? "gone"}",
        ];
        Assert.True(wrong is [], $"The union {what}:\n{string.Join('\n', wrong)}");
    }

    /// <summary>What keeps states and rows between the runs.</summary>
    /// <param name="hasClock">Kintone's answers say what time it is.</param>
    /// <param name="isOneClock">And it is the connector's.</param>
    sealed class Platform(SavedStates? states = null, bool hasClock = true, bool isOneClock = true)
    {
        readonly List<SyncRun> _runs = [];
        bool _goesBackToPart;

        /// <summary>With the greatest cursor that each came with.</summary>
        readonly Dictionary<RowKey, string> _orphans = [];

        public Audits Audits { get; } = new();

        /// <summary>Its destinations have not got all that its states tell of: it begins behind a refresh of one stream of several.</summary>
        bool _lacksSome;

        public SavedStates States { get; } = new(states);

        /// <summary>Destinations that take every line.</summary>
        public IReadOnlyList<Destination> Everything { get; } = Destination.All();

        /// <summary>Destinations that take a run's records only up to its last STATE.</summary>
        public IReadOnlyList<Destination> Committed { get; } = Destination.All();

        public void Take(SyncRun run)
        {
            _runs.Add(run);
            Dictionary<string, List<Message>> pending = [];
            foreach (var message in run.Messages)
            {
                Audits.Apply(message);
                foreach (var destination in Everything) destination.Apply(message);
                if (message.Type == "RECORD" && message.Stream != Audits.Stream) Pending(message.Stream!).Add(message);
                if (message.Type != "STATE") continue;
                States.Apply(message);
                if (message.Stream == Audits.Stream) continue;
                foreach (var record in Pending(message.Stream!))
                {
                    foreach (var destination in Committed) destination.Apply(record);
                    var key = Destination.Key(record);
                    if (hasClock || (_orphans.TryGetValue(key, out var cursor)
                        && string.CompareOrdinal(Destination.Cursor(record), cursor) >= 0)) _orphans.Remove(key);
                }
                Pending(message.Stream!).Clear();
            }
            foreach (var record in pending.Values.SelectMany(static records => records))
            {
                var (key, cursor) = (Destination.Key(record), Destination.Cursor(record));
                if (!_orphans.TryGetValue(key, out var earlier) || string.CompareOrdinal(cursor, earlier) > 0) _orphans[key] = cursor;
            }

            Audits.Forget();
            foreach (var destination in _lacksSome ? [] : Committed) Audits.AssertHeld(destination, isOneClock);

            List<Message> Pending(string stream) => pending.TryGetValue(stream, out var list) ? list : pending[stream] = [];
        }

        /// <summary>
        /// Delivered by a run that was killed before its next STATE: no state knows of it, so that nobody finds out when
        /// the record is deleted before the next run. The one thing that a kill can leave behind; where Kintone's answers carry no time,
        /// also behind a tombstone, since the row's own time was the only sign that it was so late already (docs/decisions/0002).
        /// </summary>
        public bool IsOrphan(RowKey key) => _orphans.ContainsKey(key);

        /// <summary>Somebody refreshes a stream: its state and its data are cleared.</summary>
        public void Refresh(string stream)
        {
            States.Clear(stream);
            Empty(stream);
            foreach (var key in _orphans.Keys.Where(key => key.Stream == stream).ToArray()) _orphans.Remove(key);
            _runs.Clear(); // no platform goes back to a state from before a refresh
            _goesBackToPart = true;
        }

        /// <summary>The stream's data is cleared.</summary>
        public void Empty(string stream)
        {
            foreach (var destination in Everything.Concat(Committed)) destination.Clear(stream);
            Audits.Clear(stream);
        }

        /// <summary>For every STATE so far, a platform that lost all that came after it.</summary>
        public IEnumerable<Func<Platform>> ResumePoints =>
            from run in Enumerable.Range(0, _runs.Count)
            from line in Enumerable.Range(0, _runs[run].Messages.Count)
            where _runs[run].Messages[line].Type == "STATE"
            select new Func<Platform>(() => Until(run, line));

        Platform Until(int run, int line)
        {
            var platform = new Platform(hasClock: hasClock, isOneClock: isOneClock) { _lacksSome = _goesBackToPart };
            foreach (var earlier in _runs.Take(run)) platform.Take(earlier);
            platform.Take(_runs[run] with { Messages = [.. _runs[run].Messages.Take(line + 1)] });
            return platform;
        }
    }
}
