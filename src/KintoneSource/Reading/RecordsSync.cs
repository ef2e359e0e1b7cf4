using System.Collections.Immutable;
using KintoneSource.Catalog;
using KintoneSource.Kintone;
using KintoneSource.Protocol;
using KintoneSource.Reading.Deletions;

namespace KintoneSource.Reading;

/// <summary>One sync of one records stream under way: what has been delivered, and the state that says so.</summary>
/// <param name="fields">The fields to ask for; null for all.</param>
/// <param name="findsDeleted">Keeps the ids that were delivered, and looks for those that are gone; incremental only.</param>
sealed class RecordsSync(
    KintoneApp app,
    RecordsQuestion question,
    RecordsPlan plan,
    RecordsHead head,
    ImmutableArray<Column> columns,
    IReadOnlyList<string>? fields,
    bool findsDeleted,
    StreamOutput output,
    AdaptiveLimiter limiter,
    SyncClock clock,
    Progress progress,
    TimeProvider time)
{
    const int TombstonesPerStep = 1000;
    const int IdsPerCondition = 100;

    readonly long _maxId = plan.IsResumed ? plan.Previous!.MaxId ?? plan.Scan.Ranges.Select(static r => r.UpTo).DefaultIfEmpty(head.MaxId).Max() : head.MaxId;
    readonly ScanRanges _ranges = new(plan.Scan.Ranges, Estimate(plan, head), app.PageSize, limiter.Ceiling);
    IdSet? _known;
    bool _isDone;

    public async Task RunAsync(CancellationToken ct)
    {
        _isDone = plan.IsFinished;
        _known = findsDeleted ? (plan.Previous?.KnownIds is { } ids ? IdSet.Decode(ids) : new()) : null;
        if (Estimate(plan, head) is { } rows)
        {
            progress.Expect(rows);
            await output.EstimateAsync(rows, ct);
        }
        try
        {
            if (!_isDone) await ScanAsync(ct);
            if (!_isDone && _known is { Count: > 0 } && plan.Previous is not null) await FindDeletedAsync(_known, ct);
            _isDone = true;
        }
        catch (Exception e) when (e is not OutputException)
        {
            await output.CheckpointAsync(State, CancellationToken.None); // cut off: the next sync goes on from here
            throw;
        }
        await output.CheckpointAsync(State, ct);
    }

    async Task ScanAsync(CancellationToken ct)
    {
        var limit = new PageLimit(app.PageSize);
        using var pages = Pages(plan.ScanCondition(question), limit);
        await new Scan(_ranges, pages, () => limiter.Limit, limit, countsFirst: plan.Scan.Since is not null).RunAsync(ct);
    }

    RecordPages Pages(string? condition, PageLimit limit) => new(
        app, condition, fields, columns, new(output.Stream, time.GetUtcNow()), output, limit, delivered => _known?.AddRange(delivered), State);

    /// <summary>
    /// Says which of the known records are gone. Every id that the scan delivered is among the known ones: the count that
    /// came with the newest record's id, asked before the scan, equals theirs unless something is missing.
    /// </summary>
    async Task FindDeletedAsync(IdSet known, CancellationToken ct)
    {
        var index = new RecordIndex(app, question.Condition);
        var count = plan.IsResumed ? null : head.Count; // a resumed scan's own head is gone
        if (count == known.Count) return;

        // Rows were delivered before this moment, and a record that comes back does so after it: to the minute of
        // Kintone's times, a tombstone is not older than the former and not newer than the latter.
        var deletedAt = await clock.CertainMinuteAsync(ct);
        var found = await DeletionSearch.RunAsync(known, index, count, limiter.Ceiling, ct);
        if (found.Lost.Count > 0) await BuryAsync(known, found, deletedAt, ct);
        if (found.Unknown.Count > 0) await DeliverAsync([.. found.Unknown.Between(0, found.Unknown.Max)], ct);
    }

    async Task BuryAsync(IdSet known, DeletionSearchResult found, DateTimeOffset deletedAt, CancellationToken ct)
    {
        await output.LogAsync(LogLevel.Info,
            $"{output.Stream.Name}: {found.Lost.Count} records are gone since the last sync; {found.Counts} counts and {found.Lists} lists of ids found them.", ct);
        await output.RunAsync(ct);
        // Later than the rows of this sync: where the times are equal, destinations take what was emitted last.
        var tombstones = new Tombstones(new(output.Stream, time.GetUtcNow().AddMilliseconds(1)), columns, deletedAt);
        foreach (var ids in found.Lost.Between(0, found.Lost.Max).Chunk(TombstonesPerStep))
        {
            await output.CommitAsync(
                () =>
                {
                    foreach (var id in ids) known.Remove(id);
                    return (tombstones.Lines(ids), ids.Length);
                },
                State, ct);
        }
    }

    /// <summary>
    /// Records that came to match without being changed, as when a permission was widened: no update time tells of
    /// them, but the search for deleted ones came across their ids.
    /// </summary>
    async Task DeliverAsync(long[] unknown, CancellationToken ct)
    {
        foreach (var ids in unknown.Chunk(IdsPerCondition))
        {
            var condition = RecordQuery.And(question.Condition, RecordQuery.IdIn(ids));
            using var pages = Pages(condition, new(ids.Length));
            using var page = await pages.ReadAsync(new(ids[0] - 1, ids[^1]), ids.Length, withCount: false, ct);
            await pages.CommitAsync(page, () => page.Ids.Length, ct);
        }
    }

    RawJson State() => plan.StateWith(question, [.. _ranges.Left], _maxId, _known?.Encode(), _isDone).ToJson();

    /// <summary>How many records the scan is about to read; null for changes, which nobody has counted.</summary>
    static long? Estimate(RecordsPlan plan, RecordsHead head)
    {
        if (plan.Scan.Since is not null || head.Count is not { } count) return null;
        var left = plan.IsFinished ? 0 : plan.Scan.Ranges.Sum(static r => r.Width);
        return head.MaxId == 0 ? 0 : (long)Math.Ceiling(count * Math.Min(1, left / (double)head.MaxId));
    }
}
