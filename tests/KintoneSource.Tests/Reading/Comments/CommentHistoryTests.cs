using System.Text.Json;
using CsCheck;
using KintoneSimulator;
using KintoneSource.Catalog;
using KintoneSource.Tests.Simulation;

namespace KintoneSource.Tests.Reading.Comments;

/// <summary>
/// Comments are written and deleted, their records edited, created, deleted and hidden, while syncs run, are killed and go on. After a full
/// re-read a destination holds the app's comments, whatever the order of events; and what syncs say of themselves is what it holds.
/// </summary>
[Trait("Duration", "long")]
public class CommentHistoryTests
{
    static readonly int s_iterations = int.TryParse(Environment.GetEnvironmentVariable("HISTORY_ITERATIONS"), out var n) ? n : 150;

    internal sealed record Story(int Seed, int Records, int Syncs, double Rate, int Pace, int Concurrency, int PageSize, bool Moves, bool Hidden)
    {
        /// <summary>Something throws in the middle of a sync, now and then in the middle of a step.</summary>
        public bool Throws { get; init; }

        /// <summary>Answers come minutes after their siblings: that about the newest record, and those about the comments of one record.</summary>
        public bool Straggles { get; init; }

        /// <summary>Kintone refuses the comments of one record, for one sync.</summary>
        public bool Refuses { get; init; }

        /// <summary>How far Kintone's clock is ahead of the connector's.</summary>
        public TimeSpan Skew { get; init; }

        public DateHeader DateHeader { get; init; }
    }

    static readonly Gen<Story> s_stories =
        from seed in Gen.Int[0, 1_000_000]
        from records in Gen.Int[0, 12]
        from syncs in Gen.Int[1, 5]
        from rate in Gen.OneOf(Gen.Const(0.0), Gen.Const(0.3), Gen.Const(0.6))
        from pace in Gen.OneOf(Gen.Const(0), Gen.Const(3), Gen.Const(40))
        from concurrency in Gen.Int[1, 6]
        from pageSize in Gen.Int[1, 8]
        from moves in Gen.Bool
        from hidden in Gen.Bool
        from throws in Gen.Bool
        from straggles in Gen.Bool
        from refuses in Gen.Bool
        from skew in Gen.OneOf(Gen.Const(0), Gen.Const(0), Gen.Const(-600), Gen.Const(86_400))
        from dateHeader in Gen.OneOf(Gen.Const(DateHeader.Clock), Gen.Const(DateHeader.Clock), Gen.Const(DateHeader.Absent), Gen.Const(DateHeader.Absurd))
        select new Story(seed, records, syncs, rate, pace, concurrency, pageSize, moves, hidden)
        {
            Throws = throws,
            Straggles = straggles,
            Refuses = refuses,
            Skew = TimeSpan.FromSeconds(skew),
            DateHeader = dateHeader,
        };

    [Fact]
    public async Task After_a_full_re_read_a_destination_holds_the_app_s_comments() => await s_stories.SampleAsync(TellAsync, iter: s_iterations, threads: 2);

    static async Task TellAsync(Story story)
    {
        using var world = new World(story.Seed, skew: story.Skew, dateHeader: story.DateHeader, events: story.Hidden ? Events.Hidden : Events.None)
        {
            Kinds = [AppStreamKind.Comments, AppStreamKind.Records],
        };
        if (story.Moves) world.Simulator.Options = world.Simulator.Options with { UpdateTimeMovesWith = UpdateTimeMoves.Comments };
        var (dice, history) = (new Random(story.Seed), world.Histories[0]);
        var stream = World.StreamOf(history, AppStreamKind.Comments);
        history.Begin(story.Records);
        var people = new Commenters(history, new(story.Seed + 1), story.Moves);
        for (var i = 0; i < story.Records * 4; i++) people.Act();

        var (states, rows, lost) = (new SavedStates(), new Rows(), new HashSet<(long, long)>());
        var (audits, committed, records) = (new Audits(), new Rows(), new Destination(Newest.ByCursor)); // with the lines that a STATE stands behind
        world.Start(story.Rate, story.Pace);
        for (var sync = 0; sync < story.Syncs; sync++)
        {
            world.Meanwhile = () => { if (people.Chance(story.Rate)) people.Act(); };
            if (story.Straggles)
            {
                world.Simulator.Faults.Next(dice.Next(1, 8), Fault.Maintenance, OneApp.IsOfNewest);
                world.Simulator.Faults.Next(dice.Next(1, 8), Fault.Maintenance, CommentsOf(dice.Next(1, story.Records + 2)));
            }
            if (story.Refuses && dice.Next(2) == 0) world.Simulator.Faults.Always(Fault.Error(400, "CB_VA01"), CommentsOf(dice.Next(1, story.Records + 2)));
            await OnceAsync(new(story.Concurrency, story.PageSize, BreakAfter: dice.Next(3) == 0 ? dice.Next(200, 20_000) : long.MaxValue,
                CancelAt: dice.Next(4) == 0 ? dice.Next(1, 30) : int.MaxValue,
                ThrowAfter: story.Throws && dice.Next(2) == 0 ? dice.Next(200, 20_000) : long.MaxValue));
            world.Simulator.Faults.Clear();
            world.Pass(steps: dice.Next(4), mostSeconds: 3_000);
            for (var i = dice.Next(12); i > 0; i--) people.Act();
        }
        world.Quiet();
        if (history.HidesAll) history.Undo(); // of such an app nothing is ever marked as deleted (docs/decisions/0017)
        world.Meanwhile = null;
        world.Time.Advance(TimeSpan.FromMinutes(20));
        for (var i = 0; i < 2; i++) await OnceAsync(new(story.Concurrency, story.PageSize));
        // All of it is within the window; a record that is shown again while another goes waits for the re-read.
        if (!story.Hidden) Assert.Equal([], people.All().Except(rows.All()));
        world.Time.Advance(TimeSpan.FromDays(8));
        for (var i = 0; i < 2; i++) Assert.Equal(0, await OnceAsync(new(story.Concurrency, story.PageSize)));
        Assert.Equal([], people.All().Except(rows.All()));
        // A row behind the last STATE of a killed sync is in no state: if it was deleted since, nobody knows of it.
        Assert.Equal([], rows.All().Except(people.All()).Where(row => !lost.Contains((row.Record, row.Comment))));

        async Task<int?> OnceAsync(Circumstances how)
        {
            var run = await world.SyncAsync(states, how);
            Dictionary<string, List<Message>> open = new() { [stream] = [], [World.StreamOf(history)] = [] };
            foreach (var message in run.Messages)
            {
                states.Apply(message);
                audits.Apply(message);
                if (message.Stream is not { } of || !open.TryGetValue(of, out var lines)) continue;
                if (message.Type == "RECORD")
                {
                    lines.Add(message);
                    if (of == stream) rows.Apply(message.Json.GetProperty("record").GetProperty("data"));
                    continue;
                }
                foreach (var line in lines)
                    if (of == stream) committed.Apply(line.Json.GetProperty("record").GetProperty("data"));
                    else records.Apply(line);
                lines.Clear();
            }
            lost.UnionWith(open[stream].Select(static line => Rows.KeyOf(line.Json.GetProperty("record").GetProperty("data"))));
            audits.Forget();
            audits.AssertCertain(run, world, refused: run.Messages.Any(IsRefusal) ? stream : null);
            audits.AssertHeld(of => of == stream ? committed.All().Select(row => new RowKey(of, row.Record, row.Comment)) : records.Keys(of), "A destination");
            return run.ExitCode;
        }
    }

    /// <summary>The comments of some record are left out: they were refused, or the record was hidden while it was read.</summary>
    static bool IsRefusal(Message message) =>
        message.Type == "LOG" && message.Json.GetProperty("log").GetProperty("message").GetString()!.Contains("were not read", StringComparison.Ordinal);

    static Func<JournalEntry, bool> CommentsOf(int record) =>
        request => request.Resource == "record/comments" && request.Parameters.RequiredText("record") == $"{record}";

    /// <summary>A warehouse that keeps the newest row of each key: the greatest cursor, then the last to arrive.</summary>
    sealed class Rows
    {
        readonly Dictionary<(long Record, long Comment), (string Cursor, string? Text)> _rows = [];

        public static (long, long) KeyOf(JsonElement data) => (data.GetProperty("_kintone_id").GetInt64(), data.GetProperty("_kintone_comment_id").GetInt64());

        public void Apply(JsonElement data)
        {
            var key = KeyOf(data);
            var cursor = data.GetProperty("_kintone_updated_at").GetString()!;
            if (!_rows.TryGetValue(key, out var old) || string.CompareOrdinal(old.Cursor, cursor) <= 0)
                _rows[key] = (cursor, Destination.IsTombstone(data) ? null : data.GetProperty("text").GetString());
        }

        public IEnumerable<(long Record, long Comment, string Text)> All() =>
            _rows.Where(static r => r.Value.Text is not null).Select(static r => (r.Key.Record, r.Key.Comment, r.Value.Text!));
    }

    sealed class Commenters(History history, Random dice, bool moves)
    {
        readonly Lock _lock = new();
        int _texts;

        public bool Chance(double rate)
        {
            lock (_lock) return dice.NextDouble() < rate;
        }

        public void Act()
        {
            lock (_lock)
            {
                long[] records = [.. history.Records.Keys];
                if (records.Length == 0) return;
                var record = records[dice.Next(Math.Min(records.Length, 5))]; // some with many
                var comments = history.App.Comments(record);
                if (comments.Count > 0 && dice.Next(3) == 0)
                {
                    history.App.DeleteComment(record, comments[dice.Next(2) == 0 ? comments.Count - 1 : dice.Next(comments.Count)].Id);
                }
                else
                {
                    for (var i = dice.Next(6) == 0 ? 12 : 1; i > 0; i--) history.App.AddComment(record, $"{++_texts}");
                }
                if (moves) history.App.TouchRecord(record);
            }
        }

        /// <summary>What is shown.</summary>
        public (long Record, long Comment, string Text)[] All() =>
            [.. history.Records.Keys.SelectMany(record => history.App.Comments(record).Select(comment => (record, comment.Id, comment.Text[..^1])))];
    }
}
