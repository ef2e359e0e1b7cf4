using KintoneSource.Kintone.Apps;
using KintoneSource.Kintone.Forms;
using KintoneSource.Kintone.Http;
using KintoneSource.Kintone.Queries;
using KintoneSource.Protocol;
using KintoneSource.Reading.Deletions;
using KintoneSource.Reading.Files;
using KintoneSource.Reading.Output;
using KintoneSource.Reading.Scanning;
using KintoneSource.Reading.States;

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
    /// <summary>Asked of fields that a page does not have.</summary>
    public FormWitness FormWitness { get; } = new(App, Form);

    public Task EnsureShownAsync(CancellationToken ct) => Witness.EnsureShownAsync(App.Address.Name, ct);
}

/// <summary>
/// One scan of an app under way, for all streams that start from the same point: what has been delivered, and the states that say so. Ids,
/// cursor and position are the same for all of them; each has its own known rows.
/// </summary>
sealed class AppScan
{
    readonly ScanScope _scope;
    readonly RecordsPlan _plan;
    readonly RecordsHead _head;
    readonly IReadOnlyList<ScanStream> _streams;
    readonly ScanOutput _output;
    readonly AdaptiveLimiter _limiter;
    readonly SyncClock _clock;
    readonly EarlyPage? _early;
    readonly long _maxId;
    readonly ScanRanges _ranges;
    readonly Delivered _delivered;
    readonly DeletedRecords _deleted;
    readonly IScanSource _source;
    readonly RequestUse? _useBefore;
    bool _isDone;

    /// <param name="early">A page of the scan that is there already.</param>
    /// <param name="files">What is wanted of files, where the one stream brings them.</param>
    public AppScan(
        ScanScope scope, RecordsPlan plan, RecordsHead head, IReadOnlyList<ScanStream> streams, SharedOutput output, AdaptiveLimiter limiter,
        SyncClock clock, TimeProvider time, EarlyPage? early = null, FileQuestion? files = null)
    {
        (_scope, _plan, _head, _streams, _limiter, _clock, _early, _isDone) = (scope, plan, head, streams, limiter, clock, early, plan.IsFinished);
        _output = new(output, States);
        // Not less than what is scanned, even if the newest record is gone: ids are never given again.
        var scanned = plan.Scan.Ranges.Select(static r => r.UpTo).DefaultIfEmpty(0).Max();
        _maxId = Math.Max(plan.IsResumed ? plan.Previous!.MaxId ?? head.MaxId : head.MaxId, scanned);
        _ranges = new(plan.Scan.Ranges, Estimate(plan, head), scope.App.PageSize, limiter.Ceiling);
        _delivered = new(scope.Question.IsIncremental ? plan.Previous : null, scope.FindsDeleted);
        _useBefore = RequestUse.Latest(streams.Select(static s => s.Run.Previous?.Requests));
        _deleted = new(scope, plan, _maxId, streams, _delivered, _output, limiter, clock, WalkAsync);
        _source = streams[0].Run.IsComments ? new CommentSource(scope, streams[0], _delivered, StepsOf, _output, limiter, clock)
            : files is not null ? new FileSource(scope, streams[0], files, Estimate(plan, head), StepsOf, _output, limiter, time)
            : new RecordSource(scope, streams, StepsOf, _output);

        PageSteps StepsOf(Walk walk) => new(scope, streams, _delivered, clock, walk.SeesAll, clock.EmittedAt);
    }

    public async Task RunAsync(CancellationToken ct)
    {
        if (_delivered.NewestUpdate is { } newest) _clock.ObserveUpdate(newest);
        if (Estimate(_plan, _head) is { } rows && _streams.FirstOrDefault(static s => !s.Run.HasRows) is { } records)
            await records.Output.EstimateAsync(rows, ct);
        try
        {
            if (!_isDone) await ScanAsync(ct);
            _isDone = _source.Left.Count == 0; // whatever the search for deleted records says: what changed has been delivered
            await _deleted.FindAsync(_head, ct);
            await _source.EndAsync(ct);
        }
        catch (Exception e) when (e is not OutputException)
        {
            ScanAudit.NotePosition(_scope, _plan, _head, _streams, _isDone);
            await _output.CheckpointAsync(CancellationToken.None); // cut off: the next sync goes on from here
            throw;
        }
        ScanAudit.NotePosition(_scope, _plan, _head, _streams, _isDone);
        ScanAudit.NoteEnd(_scope, _plan, _streams, _delivered, _deleted);
        await _output.CheckpointAsync(CancellationToken.None); // whoever stops it now still gets the STATE of all that was written
    }

    async Task ScanAsync(CancellationToken ct)
    {
        await _source.BeginAsync(ct);
        var isOfChanges = _plan.Scan.Since is not null;
        await WalkAsync(
            new(_ranges, range => _plan.ConditionOf(range, _scope.Question), new(_scope.App.PageSize))
            {
                SeesAll = _plan.IsReread,
                DeliveredBefore = isOfChanges ? _plan.Previous?.Cursor : null,
                Early = _early,
                MayCount = isOfChanges,
            }, ct);
        if (_plan.IsReread) _delivered.NoteRestUnseen(_maxId);
    }

    async Task WalkAsync(Walk walk, CancellationToken ct)
    {
        using var pages = new WitnessedPages(_source.Open(walk), _scope.EnsureShownAsync, MayBeEmpty);
        await new Scan(walk.Ranges, pages, () => _limiter.Limit, walk.Limit, walk.MayCount).RunAsync(ct);
    }

    /// <summary>Nothing was changed, in an app that showed records a moment ago.</summary>
    bool MayBeEmpty(IdRange range) => _plan.Scan.Since is not null && range.UpTo <= (_plan.Scan.MaxIdBefore ?? 0) && _head.MaxId > 0;

    /// <summary>The position as it stands, in the order of the streams; null for one that has failed, whose last STATE stands.</summary>
    IReadOnlyList<RawJson?> States()
    {
        var left = IdRanges.Merge(_ranges.Left.Concat(_source.Left));
        var position = _plan.StateWith(_scope.Question, [.. left], _maxId, _isDone, _scope.StartedAt);
        var shared = _deleted.Into(_delivered.Into(position)) with
        {
            Requests = RequestUse.After(_useBefore, _scope.StartedAt, _scope.App.Requests, readsAll: _plan.Scan.Since is null, _plan.IsResumed),
        };
        return [.. _streams.Select(s => s.Failure is null ? s.StateOf(shared).ToJson() : default(RawJson?))];
    }

    /// <summary>How many records the scan is about to read; null for changes, which nobody has counted.</summary>
    public static long? Estimate(RecordsPlan plan, RecordsHead head)
    {
        if (plan.Scan.Since is not null || head.Count is not { } count) return null;
        var left = plan.IsFinished ? 0 : plan.Scan.Ranges.Sum(static r => r.Width);
        return head.MaxId == 0 ? 0 : (long)Math.Ceiling(count * Math.Min(1, left / (double)head.MaxId));
    }
}
