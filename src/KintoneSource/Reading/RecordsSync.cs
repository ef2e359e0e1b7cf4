using System.Collections.Immutable;
using System.Globalization;
using KintoneSource.Catalog;
using KintoneSource.Kintone;
using KintoneSource.Protocol;
using KintoneSource.Reading.Deletions;

namespace KintoneSource.Reading;

/// <summary>What a sync of one app's records works with.</summary>
/// <param name="Fields">The fields to ask for; null for all.</param>
/// <param name="FindsDeleted">Looks for known ids that are gone; incremental only.</param>
/// <param name="GuardPercent">As <see cref="DeletionGuard"/>.</param>
/// <param name="StartedAt">The time of day when the sync started, for the state.</param>
sealed record SyncScope(
    KintoneApp App, RecordsQuestion Question, ImmutableArray<Column> Columns, IReadOnlyList<string>? Fields, bool FindsDeleted, int GuardPercent, DateTimeOffset StartedAt);

/// <summary>One sync of one records stream under way: what has been delivered, and the state that says so.</summary>
sealed class RecordsSync(
    SyncScope scope, RecordsPlan plan, RecordsHead head, StreamOutput output, AdaptiveLimiter limiter, SyncClock clock, Progress progress, TimeProvider time)
{
    const int TombstonesPerStep = 1000;
    const int IdsPerCondition = 100;

    readonly long _maxId = plan.IsResumed ? plan.Previous!.MaxId ?? plan.Scan.Ranges.Select(static r => r.UpTo).DefaultIfEmpty(head.MaxId).Max() : head.MaxId;
    readonly ScanRanges _ranges = new(plan.Scan.Ranges, Estimate(plan, head), scope.App.PageSize, limiter.Ceiling);
    readonly Delivered _delivered = new(scope.Question.IsIncremental ? plan.Previous : null, scope.FindsDeleted);
    CountDifference _countOff = plan.Previous?.CountOff ?? default;
    long? _settled = plan.Previous?.Settled;
    bool _isDone = plan.IsFinished;

    public async Task RunAsync(CancellationToken ct)
    {
        if (_delivered.NewestUpdate is { } newest) clock.ObserveUpdate(newest);
        if (Estimate(plan, head) is { } rows)
        {
            progress.Expect(rows);
            await output.EstimateAsync(rows, ct);
        }
        try
        {
            if (!_isDone) await ScanAsync(ct);
            _isDone = true; // whatever the search for deleted records says: what changed has been delivered
            if (_delivered.Known is { } known) await SettleAsync(known, ct);
        }
        catch (Exception e) when (e is not OutputException)
        {
            await output.CheckpointAsync(State, CancellationToken.None); // cut off: the next sync goes on from here
            throw;
        }
        await output.CheckpointAsync(State, CancellationToken.None); // whoever stops it now still gets the STATE of all that was written
    }

    async Task ScanAsync(CancellationToken ct)
    {
        var limit = new PageLimit(scope.App.PageSize);
        using var pages = Pages(plan.ScanCondition(scope.Question), limit, seesAll: plan.IsReread);
        await new Scan(_ranges, pages, () => limiter.Limit, limit, countsFirst: plan.Scan.Since is not null).RunAsync(ct);
        if (plan.IsReread) _delivered.NoteUnseenAbove(_maxId);
    }

    /// <param name="seesAll">Known ids that a page does not hold are not to be seen.</param>
    RecordPages Pages(string? condition, PageLimit limit, bool seesAll) => new(
        scope.App, condition, scope.Fields, scope.Columns, new(output.Stream, time.GetUtcNow()), output, limit,
        (ids, lines, covered) => Note(ids, lines, seesAll ? covered : default), State);

    void Note(ReadOnlySpan<long> ids, Span<byte> lines, IdRange covered)
    {
        if (!scope.Question.IsIncremental) return;
        _delivered.Note(ids, lines, covered);
        if (_delivered.NewestUpdate is { } newest) clock.ObserveUpdate(newest);
    }

    /// <summary>
    /// Says which of the known records are gone. Every id that the scan delivered is among the known ones: the count that
    /// came with the newest record's id, asked before the scan, equals theirs unless something is missing.
    /// </summary>
    async Task SettleAsync(IdSet known, CancellationToken ct)
    {
        if (!scope.FindsDeleted)
        {
            _delivered.NoteSettled(); // they stay known: whoever wants them later finds them by their number
            return;
        }
        var count = plan.IsResumed ? null : head.Count; // a resumed scan's own head is gone
        if (known.Count > 0 && plan.Previous is not null && (_delivered.Unseen.Count > 0 || count != known.Count + _countOff.Usual))
        {
            await output.CheckpointAsync(State, ct);
            await SearchAsync(known, count, ct);
        }
        else
        {
            _countOff = _countOff.Agreed;
        }
        _settled = known.Count;
    }

    async Task SearchAsync(IdSet known, long? count, CancellationToken ct)
    {
        // Rows were delivered before this moment, and a record that comes back does so after it: to the minute of
        // Kintone's times, a tombstone is not older than the former and not newer than the latter.
        var deletedAt = await clock.CertainMinuteAsync(ct);
        var suspects = _delivered.Unseen;
        var guard = new DeletionGuard(_settled ?? _delivered.CountBefore, scope.GuardPercent);
        var found = await DeletionSearch.RunAsync(
            new(known, _maxId, guard) { Suspects = suspects, Count = count, CountOff = _countOff.Usual }, new RecordIndex(scope.App, scope.Question.Condition), limiter.Ceiling, ct);
        long[] missed = [.. found.Unknown.Between(0, found.Unknown.Max).Concat(suspects.Between(0, suspects.Max).Where(id => !found.Lost.Contains(id))).Order()];
        if (found.Lost.Count > 0) await BuryAsync(found, deletedAt, ct);
        await DeliverAsync(missed, ct);
        _delivered.NoteSettled();
        var before = _countOff;
        _countOff = before.After(found.CountOff);
        if (found.Difference != before.Usual) await TellAsync(found, ct);
    }

    async Task BuryAsync(DeletionSearchResult found, DateTimeOffset deletedAt, CancellationToken ct)
    {
        await output.LogAsync(LogLevel.Info,
            $"{output.Stream.Name}: {found.Lost.Count} records are gone since the last sync; {found.Counts} counts and {found.Lists} lists of ids found them.", ct);
        await output.RunAsync(ct);
        // Later than the rows of this sync: where the times are equal, destinations take what was emitted last.
        var tombstones = new Tombstones(new(output.Stream, time.GetUtcNow().AddMilliseconds(1)), scope.Columns, deletedAt);
        _delivered.NoteDoomed(found.Lost, tombstones.Minute);
        await output.CheckpointAsync(State, ct);
        foreach (var ids in found.Lost.Between(0, found.Lost.Max).Chunk(TombstonesPerStep))
        {
            await output.CommitAsync(
                () =>
                {
                    _delivered.NoteDeleted(ids);
                    return (tombstones.Lines(ids), ids.Length);
                },
                State, ct);
        }
    }

    /// <summary>
    /// Records that no update time told of and the search came across: those that came to match without being changed, as when a
    /// permission was widened, and those that were hidden just when a full re-read passed by.
    /// </summary>
    async Task DeliverAsync(long[] missed, CancellationToken ct)
    {
        foreach (var ids in missed.Chunk(IdsPerCondition))
        {
            var condition = RecordQuery.And(scope.Question.Condition, RecordQuery.IdIn(ids));
            var limit = new PageLimit(ids.Length);
            using var pages = Pages(condition, limit, seesAll: false);
            await new Scan(new([new(ids[0] - 1, ids[^1])], ids.Length, ids.Length, workers: 1), pages, static () => 1, limit, countsFirst: false).RunAsync(ct);
        }
    }

    ValueTask TellAsync(DeletionSearchResult found, CancellationToken ct) => output.LogAsync(LogLevel.Info, found.Difference == 0
        ? $"{output.Stream.Name}: Kintone's count of records fits its lists again."
        : string.Create(CultureInfo.InvariantCulture, $"{output.Stream.Name}: Kintone counts {Math.Abs(found.Difference):N0} records {(found.Difference > 0 ? "more" : "fewer")} than it lists; {found.Counts + found.Lists} requests made sure of it, and no record is missing for that. ")
            + (found.CountOff == 0 ? "So large a difference is looked into in every sync."
                : _countOff.Usual == 0 ? "If the next search finds the same, this difference is taken as usual."
                : "From now on this difference is taken as usual and not looked into again."), ct);

    RawJson State() => _delivered.Into(plan.StateWith(scope.Question, [.. _ranges.Left], _maxId, _isDone, scope.StartedAt) with { CountOff = _countOff, Settled = _settled }).ToJson();

    /// <summary>How many records the scan is about to read; null for changes, which nobody has counted.</summary>
    static long? Estimate(RecordsPlan plan, RecordsHead head)
    {
        if (plan.Scan.Since is not null || head.Count is not { } count) return null;
        var left = plan.IsFinished ? 0 : plan.Scan.Ranges.Sum(static r => r.Width);
        return head.MaxId == 0 ? 0 : (long)Math.Ceiling(count * Math.Min(1, left / (double)head.MaxId));
    }
}
