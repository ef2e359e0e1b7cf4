using System.Globalization;
using KintoneSource.Kintone.Apps;
using KintoneSource.Kintone.Forms;
using KintoneSource.Kintone.Http;
using KintoneSource.Kintone.Queries;
using KintoneSource.Protocol;
using KintoneSource.Reading.Comments;
using KintoneSource.Reading.Deletions;
using KintoneSource.Reading.Files;
using KintoneSource.Reading.Output;
using KintoneSource.Reading.Scanning;
using KintoneSource.Reading.States;
using KintoneSource.Reading.Transcoding;

namespace KintoneSource.Reading.Apps;

/// <summary>What a scan of one app works with.</summary>
/// <param name="Form">As it is today.</param>
/// <param name="Fields">The fields to ask for; null for all.</param>
/// <param name="FindsDeleted">Looks for known ids that are gone; incremental only.</param>
/// <param name="GuardPercent">As <see cref="DeletionGuard"/>.</param>
/// <param name="StartedAt">The time of day when the sync started, for the state.</param>
/// <param name="Witness">Asked whenever the app shows nothing.</param>
sealed record ScanScope(
    KintoneApp App, Form Form, RecordsQuestion Question, IReadOnlyList<string>? Fields, bool FindsDeleted, int GuardPercent, DateTimeOffset StartedAt,
    EmptyAppWitness Witness)
{
    public Task EnsureShownAsync(CancellationToken ct) => Witness.EnsureShownAsync(App.Address.Name, ct);
}

/// <summary>
/// One scan of an app under way, for all streams that start from the same point: what has been delivered, and the states that say so. Ids,
/// cursor and position are the same for all of them; each has its own known rows.
/// </summary>
/// <param name="early">A page of the scan that is there already.</param>
/// <param name="files">What is wanted of files, where the one stream brings them.</param>
sealed class AppScan(
    ScanScope scope, RecordsPlan plan, RecordsHead head, IReadOnlyList<ScanStream> streams, SharedOutput output, AdaptiveLimiter limiter, SyncClock clock, TimeProvider time,
    EarlyPage? early = null, FileQuestion? files = null)
{
    const int TombstonesPerStep = 1000;
    const int IdsPerCondition = 100;

    /// <summary>Not less than what is scanned, even if the newest record is gone: ids are never given again.</summary>
    readonly long _maxId = Math.Max(
        plan.IsResumed ? plan.Previous!.MaxId ?? head.MaxId : head.MaxId, plan.Scan.Ranges.Select(static r => r.UpTo).DefaultIfEmpty(0).Max());
    readonly ScanRanges _ranges = new(plan.Scan.Ranges, Estimate(plan, head), scope.App.PageSize, limiter.Ceiling);
    readonly Delivered _delivered = new(scope.Question.IsIncremental ? plan.Previous : null, scope.FindsDeleted);
    readonly List<long> _removed = [];
    readonly RequestUse? _useBefore = RequestUse.Latest(streams.Select(static s => s.Run.Previous?.Requests));
    FileScan? _files;
    CountDifference _countOff = plan.Previous?.CountOff ?? default;
    long? _settled = plan.Previous?.Settled;
    bool _isDone = plan.IsFinished;

    public async Task RunAsync(CancellationToken ct)
    {
        if (_delivered.NewestUpdate is { } newest) clock.ObserveUpdate(newest);
        if (Estimate(plan, head) is { } rows && streams.FirstOrDefault(static s => !s.Run.HasRows) is { } records) await records.Output.EstimateAsync(rows, ct);
        if (files is not null) _files = new(scope, streams[0], files, Estimate(plan, head), output, limiter, clock, time);
        try
        {
            if (_files is not null && !_isDone) await _files.BeginAsync(ct);
            if (!_isDone) await ScanAsync(ct);
            _isDone = true; // whatever the search for deleted records says: what changed has been delivered
            if (_delivered.Known is { } known) await SettleAsync(known, ct);
            if (_files is not null) await _files.EndAsync(ct);
        }
        catch (Exception e) when (e is not OutputException)
        {
            await output.CheckpointAsync(States, CancellationToken.None); // cut off: the next sync goes on from here
            throw;
        }
        await output.CheckpointAsync(States, CancellationToken.None); // whoever stops it now still gets the STATE of all that was written
    }

    async Task ScanAsync(CancellationToken ct)
    {
        await WalkAsync(
            _ranges, range => plan.ConditionOf(range, scope.Question), scope.App.PageSize, seesAll: plan.IsReread,
            plan.Scan.Since is null ? null : plan.Previous?.Cursor, () => limiter.Limit, mayCount: plan.Scan.Since is not null, ct);
        if (plan.IsReread) _delivered.NoteUnseenAbove(_maxId);
    }

    /// <param name="seesAll">Known ids that a page does not hold are not to be seen.</param>
    /// <param name="deliveredBefore">Known comments that were written before this are not wanted again.</param>
    async Task WalkAsync(
        ScanRanges ranges, Func<IdRange, string?> condition, int pageSize, bool seesAll, DateTimeOffset? deliveredBefore, Func<int> slots, bool mayCount, CancellationToken ct)
    {
        var limit = new PageLimit(pageSize);
        if (streams[0].Run.IsComments)
        {
            var comments = Comments(condition, limit, seesAll, deliveredBefore);
            await new Scan(ranges, new WitnessedPages(comments, scope.EnsureShownAsync, MayBeEmpty), slots, limit, mayCount).RunAsync(ct);
            return;
        }
        var ready = ranges == _ranges ? early : null;
        using var pages = _files?.Pages(condition, limit, ready, (page, step, now) => Step(page, step, seesAll, now), States) ?? Pages(condition, limit, seesAll, ready);
        await new Scan(ranges, new WitnessedPages(pages, scope.EnsureShownAsync, MayBeEmpty), slots, limit, mayCount).RunAsync(ct);
    }

    /// <summary>Nothing was changed, in an app that showed records a moment ago.</summary>
    bool MayBeEmpty(IdRange range) => plan.Scan.Since is not null && range.UpTo <= (plan.Scan.MaxIdBefore ?? 0) && head.MaxId > 0;

    CommentPages Comments(Func<IdRange, string?> condition, PageLimit limit, bool seesAll, DateTimeOffset? deliveredBefore)
    {
        var (stream, now) = (streams[0], clock.EmittedAt);
        var question = new CommentQuestion(record => stream.Rows?.RowsOf(record) ?? [], deliveredBefore, () => clock.Now);
        return new(
            scope.App, condition, scope.Fields, scope.Form.UpdatedTime?.Code, stream.Envelope(now), stream.Columns, question, limit, limiter.Ceiling, async (page, advance, ct) =>
            {
                await output.RunAsync(ct);
                await output.CommitAsync(
                    () =>
                    {
                        if (page.Newest is { } newest) _delivered.NoteTime(newest);
                        return Step(page.Lines, advance(), seesAll, now, page.AskedAt);
                    },
                    States, ct);
            });
    }

    AppPages Pages(Func<IdRange, string?> condition, PageLimit limit, bool seesAll, EarlyPage? ready)
    {
        var now = clock.EmittedAt;
        var layout = PageLayout.Of(
            [.. streams.Select(s => PageStream.Of(s.Run.Name, scope.Form, s.Columns, s.Envelope(now)))], scope.Form.UpdatedTime?.Code, versioned: scope.Question.IsIncremental);
        return new(scope.App, condition, scope.Fields, layout, limit, ready, async (page, advance, ct) =>
        {
            await output.RunAsync(ct);
            await output.CommitAsync(() => Step(page, advance(), seesAll, now), States, ct);
        });
    }

    /// <summary>Notes what is delivered of a page, and gives its lines: those of each stream, and tombstones of rows that its records have no more.</summary>
    /// <param name="askedAt">Of comments: when those of each record were asked for.</param>
    List<StepLines> Step(PageLines page, ScanStep step, bool seesAll, DateTimeOffset emittedAt, IReadOnlyList<DateTimeOffset>? askedAt = null)
    {
        if (scope.Question.IsIncremental)
        {
            _delivered.Note(page, step.Accepted, seesAll ? step.Covered : default);
            if (_delivered.NewestUpdate is { } newest) clock.ObserveUpdate(newest);
        }
        var lines = new List<StepLines>(streams.Count);
        for (var i = 0; i < streams.Count; i++)
        {
            var (stream, written) = (streams[i], page.Streams[i]);
            lines.Add(new(stream.Output, written.Of(step.Accepted), written.CountOf(step.Accepted)));
            if (stream.Rows is { } rows && Removed(rows, page, written, step.Accepted, askedAt) is { Count: > 0 } removed)
                lines.Add(new(stream.Output, Tombstones.Lines(stream.Envelope(emittedAt.AddMilliseconds(1)), stream.Columns, removed), removed.Count, removed.Count));
        }
        streams[0].Output.Portion.Do(step.Accepted / (double)scope.App.PageSize);
        return lines;
    }

    /// <summary>
    /// Rows that were known of a record and are not there any more. They went with the edit that gave the record its present update time, so
    /// their tombstones carry it: no line of them was written with a later one. A comment goes without an
    /// edit: it was gone when the record's comments were asked for.
    /// </summary>
    List<Tombstone> Removed(KnownRows known, PageLines page, StreamLines lines, int records, IReadOnlyList<DateTimeOffset>? askedAt)
    {
        List<Tombstone> tombstones = [];
        for (var i = 0; i < records; i++)
        {
            if (!scope.FindsDeleted)
            {
                known.Add(page.Ids[i], lines.RowsOf(i));
                continue;
            }
            _removed.Clear();
            known.Replace(page.Ids[i], lines.RowsOf(i), _removed);
            var edited = page.Versions[i].UpdatedAt;
            var at = edited is { } then && !(askedAt?[i] > then) ? then : askedAt?[i] ?? clock.Now;
            foreach (var row in _removed) tombstones.Add(new(page.Ids[i], row, at, page.Versions[i].Revision));
        }
        return tombstones;
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
            await output.CheckpointAsync(States, ct);
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
            new(known, _maxId, guard) { Suspects = suspects, Count = count, CountOff = _countOff.Usual },
            new WitnessedIndex(new RecordIndex(scope.App, scope.Question.Condition), scope.EnsureShownAsync), limiter.Ceiling, ct);
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
        var (gone, counts, lists) = (Quantity.Of(found.Lost.Count, "record"), Quantity.Of(found.Counts, "count"), Quantity.Of(found.Lists, "list"));
        await output.NoteAsync(LogLevel.Info, "records of an app are gone",
            $"{output.Name}: {gone} gone since the last sync, found by {counts} and {lists} of ids.", ct);
        await output.RunAsync(ct);
        _delivered.NoteDoomed(found.Lost, WireTime.Minute(deletedAt));
        await output.CheckpointAsync(States, ct);
        // Later than the rows of this sync: where the times are equal, destinations take what was emitted last.
        var emittedAt = clock.EmittedAt.AddMilliseconds(1);
        foreach (var ids in found.Lost.Between(0, found.Lost.Max).Chunk(TombstonesPerStep))
        {
            await output.CommitAsync(
                () =>
                {
                    _delivered.NoteDeleted(ids);
                    return [.. streams.Select(s => Buried(s, ids, deletedAt, emittedAt)).Where(static l => l.Records > 0)];
                },
                States, ct);
        }
    }

    /// <summary>The tombstones of records, or of all their rows.</summary>
    StepLines Buried(ScanStream stream, long[] ids, DateTimeOffset deletedAt, DateTimeOffset emittedAt)
    {
        List<Tombstone> tombstones = [];
        foreach (var id in ids)
        {
            if (!stream.Run.HasRows) tombstones.Add(new(id, 0, deletedAt, 0));
            if (stream.Rows is not { } rows) continue;
            _removed.Clear();
            rows.Replace(id, [], _removed);
            foreach (var row in _removed) tombstones.Add(new(id, row, deletedAt, 0));
        }
        return new(stream.Output, Tombstones.Lines(stream.Envelope(emittedAt), stream.Columns, tombstones), tombstones.Count, tombstones.Count);
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
            await WalkAsync(
                new([new(ids[0] - 1, ids[^1])], ids.Length, ids.Length, workers: 1), _ => condition, ids.Length, seesAll: false, deliveredBefore: null, static () => 1, mayCount: false, ct);
        }
    }

    ValueTask TellAsync(DeletionSearchResult found, CancellationToken ct) => output.NoteAsync(LogLevel.Info, "Kintone's count of an app's records is to be made sure of, or fits again", found.Difference == 0
        ? $"{output.Name}: Kintone's count of records fits its lists again."
        : string.Create(CultureInfo.InvariantCulture, $"{output.Name}: Kintone counts {Math.Abs(found.Difference):N0} records {(found.Difference > 0 ? "more" : "fewer")} than it lists; {found.Counts + found.Lists} requests made sure of it, and no record is missing for that. ")
            + (found.CountOff == 0 ? "So large a difference is looked into in every sync."
                : _countOff.Usual == 0 ? "If the next search finds the same, this difference is taken as usual."
                : "From now on this difference is taken as usual and not looked into again."), ct);

    /// <summary>The position as it stands, in the order of the streams.</summary>
    IReadOnlyList<RawJson> States()
    {
        var shared = _delivered.Into(plan.StateWith(scope.Question, [.. _ranges.Left], _maxId, _isDone, scope.StartedAt) with
        {
            CountOff = _countOff,
            Settled = _settled,
            Requests = RequestUse.After(_useBefore, scope.StartedAt, scope.App.Requests, readsAll: plan.Scan.Since is null, plan.IsResumed),
        });
        return [.. streams.Select(s => s.StateOf(shared).ToJson())];
    }

    /// <summary>How many records the scan is about to read; null for changes, which nobody has counted.</summary>
    public static long? Estimate(RecordsPlan plan, RecordsHead head)
    {
        if (plan.Scan.Since is not null || head.Count is not { } count) return null;
        var left = plan.IsFinished ? 0 : plan.Scan.Ranges.Sum(static r => r.Width);
        return head.MaxId == 0 ? 0 : (long)Math.Ceiling(count * Math.Min(1, left / (double)head.MaxId));
    }
}
