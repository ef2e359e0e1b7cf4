using KintoneSource.Kintone.Apps;
using KintoneSource.Kintone.Http;
using KintoneSource.Kintone.Queries;
using KintoneSource.Protocol;
using KintoneSource.Reading.Deletions;
using KintoneSource.Reading.Output;
using KintoneSource.Reading.Scanning;
using KintoneSource.Reading.States;

namespace KintoneSource.Reading.Apps;

/// <summary>
/// What comes after a scan: which of the known records are gone, their tombstones, and what the search came across that no update time had told of.
/// </summary>
/// <param name="maxId">The greatest id that the scan asked for.</param>
/// <param name="walk">Delivers records.</param>
sealed class DeletedRecords(
    ScanScope scope, RecordsPlan plan, long maxId, IReadOnlyList<ScanStream> streams, Delivered delivered, ScanOutput output, AdaptiveLimiter limiter,
    SyncClock clock, Func<Walk, CancellationToken, Task> walk)
{
    /// <summary>More of them make a condition too long for an address.</summary>
    const int IdsPerCondition = 100;

    CountDifference _countOff = plan.Previous?.CountOff ?? default;
    bool _hasSearched;
    long? _settled = plan.Previous?.Settled;

    /// <summary>What explains that Kintone's count, asked for before the scan, differs from what is known after it.</summary>
    /// <param name="difference">How many more it counted.</param>
    public string ReasonOf(long difference) =>
        difference == _countOff.Confirmed ? "counted_not_listed"
        : difference == _countOff.Unconfirmed ? "being_looked_into"
        : _hasSearched ? "changed_meanwhile" : "not_looked_into";

    /// <summary>Puts what there is to remember into a state.</summary>
    public RecordsState Into(RecordsState state) => state with { CountOff = _countOff, Settled = _settled };

    /// <summary>
    /// Says which of the known records are gone. Every id that the scan delivered is among the known ones: the count that
    /// came with the newest record's id, asked before the scan, equals theirs unless something is missing. While nobody wants to know of deleted
    /// records they stay known, and suspects suspects: whoever wants them later finds them.
    /// </summary>
    public async Task FindAsync(RecordsHead head, CancellationToken ct)
    {
        if (delivered.Known is not { } known)
        {
            // Nobody ever wanted to know of deleted records, and so there is no search: what was left of some is read all the same.
            await DeliverAsync(delivered.Suspects, new(), ct);
            delivered.ForgetSuspects();
            return;
        }
        if (!scope.FindsDeleted) return;
        var count = plan.IsResumed ? null : head.Count; // a resumed scan's own head is gone
        if (plan.Previous is not null && (known.Count > 0 || count > 0) && (delivered.Suspects.Count > 0 || !IsExpected(count, known.Count, _countOff)))
        {
            await output.CheckpointAsync(ct);
            await SearchAsync(known, count, ct);
        }
        else
        {
            _countOff = _countOff.Agreed();
        }
        _settled = known.Count;
    }

    /// <summary>Kintone counts as many records as are known: nothing is gone, and nothing came back.</summary>
    public static bool IsExpected(long? count, long known, CountDifference countOff) => count == known + countOff.Confirmed;

    async Task SearchAsync(IdSet known, long? count, CancellationToken ct)
    {
        // Rows were delivered before this moment, and a record that comes back does so after it: to the minute of
        // Kintone's times, a tombstone is not older than the former and not newer than the latter.
        var deletedAt = await clock.CertainMinuteAsync(ct);
        var suspects = delivered.Suspects;
        var guard = new DeletionGuard(_settled ?? delivered.CountBefore, scope.GuardPercent);
        var found = await DeletionSearch.RunAsync(
            new(known, maxId, guard) { Suspects = suspects, Count = count, CountOff = _countOff.Confirmed },
            new WitnessedIndex(new RecordIndex(scope.App, scope.Question.Condition), scope.EnsureShownAsync), limiter.Ceiling, ct);
        var missed = UnionOf(found.Unknown, suspects.Between(0, suspects.Max).Where(id => !found.Lost.Contains(id)));
        if (found.Lost.Count > 0) await BuryAsync(found, deletedAt, ct);
        delivered.NoteListed();
        await DeliverAsync(missed, known, ct);
        _hasSearched = true;
        var before = _countOff;
        _countOff = before.After(found.CountOff);
        if (found.Difference != before.Confirmed) await TellAsync(found, ct);
    }

    async Task BuryAsync(DeletionSearchResult found, DateTimeOffset deletedAt, CancellationToken ct)
    {
        var (gone, counts, lists) = (Quantity.Of(found.Lost.Count, "record"), Quantity.Of(found.Counts, "count"), Quantity.Of(found.Lists, "list"));
        await output.Shared.NoteAsync(
            LogLevel.Info, "records of an app are gone", $"{output.Name}: {gone} gone since the last sync, found by {counts} and {lists} of ids.", ct);
        await output.CommitAsync(() => new([], () => delivered.AnnounceTombstones(found.Lost, WireTime.Minute(deletedAt))), ct);
        await output.CheckpointAsync(ct);
        // Later than the rows of this sync: where the times are equal, destinations take what was emitted last.
        var emittedAt = clock.EmittedAt.AddMilliseconds(1);
        foreach (var portion in Portions(found.Lost, deletedAt)) await output.CommitAsync(() => Bury(portion, emittedAt), ct);
    }

    /// <summary>Tombstones of one step.</summary>
    /// <param name="Done">Records of which all rows have theirs by then.</param>
    readonly record struct Portion(List<(ScanStream Stream, Tombstone Gone)> Tombstones, List<long> Done)
    {
        public bool IsFull => Tombstones.Count >= PageSteps.MostTombstones;
    }

    /// <summary>The tombstones of records and of all their rows, however many a record has: a step is bounded.</summary>
    IEnumerable<Portion> Portions(IdSet lost, DateTimeOffset deletedAt)
    {
        var portion = new Portion([], []);
        foreach (var id in lost.Between(0, lost.Max))
        {
            foreach (var stream in streams.Where(static s => s.Failure is null))
            {
                foreach (var row in stream.Run.HasRows ? stream.Rows?.RowsOf(id) ?? [] : [0])
                {
                    portion.Tombstones.Add((stream, new(id, row, deletedAt, 0)));
                    if (!portion.IsFull) continue;
                    yield return portion;
                    portion = new([], []);
                }
            }
            portion.Done.Add(id);
            if (!portion.IsFull && portion.Done.Count < PageSteps.MostTombstones) continue;
            yield return portion;
            portion = new([], []);
        }
        if (portion.Done.Count > 0) yield return portion;
    }

    Step Bury(Portion portion, DateTimeOffset emittedAt)
    {
        var byStream = portion.Tombstones.ToLookup(static t => t.Stream, static t => t.Gone);
        return new(
            [.. byStream.Select(of => new StepLines(of.Key.Output, Tombstones.Lines(of.Key.Envelope(emittedAt), of.Key.Columns, of), of.Count(), of.Count()))],
            () =>
            {
                foreach (var of in byStream)
                    foreach (var record in of.GroupBy(static gone => gone.Record)) of.Key.Rows?.Remove(record.Key, record.Select(static gone => gone.Row));
                delivered.NoteDeleted(portion.Done);
            });
    }

    /// <summary>
    /// Records that no update time told of and the search came across: those that came to match without being changed, as when a
    /// permission was widened, and those that were hidden just when a full re-read passed by. Where they stand close together, what lies
    /// between them comes with them, at the price of a scan.
    /// </summary>
    async Task DeliverAsync(IdSet missed, IdSet known, CancellationToken ct)
    {
        if (missed.Count == 0) return;
        var ranges = new ScanRanges(Together(missed, known), missed.Count, scope.App.PageSize, limiter.Ceiling);
        await walk(new(ranges, ConditionOf, new(scope.App.PageSize)), ct);

        string? ConditionOf(IdRange range)
        {
            lock (missed) // asked by all workers
            {
                if (missed.CountIn(range.After, range.UpTo) > IdsPerCondition) return scope.Question.Condition;
                long[] ids = [.. missed.Between(range.After, range.UpTo)];
                // a list of ids can't be empty
                return RecordQuery.And(scope.Question.Condition, RecordQuery.IdIn(ids is [] ? [range.UpTo] : ids));
            }
        }
    }

    static IdSet UnionOf(IdSet ids, IEnumerable<long> more)
    {
        foreach (var id in more) ids.Add(id);
        return ids;
    }

    /// <summary>Ranges of as many missed ids as a condition may name, or of a page of records where more of those are missed.</summary>
    IEnumerable<IdRange> Together(IdSet missed, IdSet known)
    {
        var (first, last, count) = (0L, 0L, 0);
        foreach (var id in missed.Between(0, missed.Max))
        {
            if (count >= IdsPerCondition && count + 1 + known.CountIn(first - 1, id) > scope.App.PageSize)
            {
                yield return new(first - 1, last);
                count = 0;
            }
            (first, last, count) = (count == 0 ? id : first, id, count + 1);
        }
        yield return new(first - 1, last);
    }

    ValueTask TellAsync(DeletionSearchResult found, CancellationToken ct) =>
        output.Shared.NoteAsync(LogLevel.Info, "Kintone's count of an app's records is to be made sure of, or fits again", found.Difference == 0
        ? $"{output.Name}: Kintone's count of records fits its lists again."
        : $"{output.Name}: Kintone counts {Quantity.Of(Math.Abs(found.Difference), "record")} {(found.Difference > 0 ? "more" : "fewer")} than it lists; "
            + $"{Quantity.Of(found.Counts + found.Lists, "request")} made sure of it, and no record is missing for that. "
            + (found.CountOff == 0 ? "So large a difference is looked into in every sync."
                : _countOff.Confirmed == 0 ? "If the next search finds the same, this difference is taken as usual."
                : "From now on this difference is taken as usual and not looked into again."), ct);
}
