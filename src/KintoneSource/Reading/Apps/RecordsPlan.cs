using System.Collections.Immutable;
using KintoneSource.Kintone.Forms;
using KintoneSource.Kintone.Queries;
using KintoneSource.Reading.States;

namespace KintoneSource.Reading.Apps;

/// <summary>Why an incremental stream reads all records although an earlier sync has read them.</summary>
enum FullReadReason
{
    /// <summary>It does not, or it is the stream's first sync.</summary>
    None,

    /// <summary>The filter or the start date is another one.</summary>
    ConditionChanged,

    /// <summary>The destination starts the stream anew and keeps its rows.</summary>
    NewGeneration,

    /// <summary>Deleted records are wanted from now on.</summary>
    KnownIdsMissing,

    /// <summary>Contents of files are wanted that no sync so far has fetched.</summary>
    FilesWanted,

    /// <summary>The choices of a field or the statuses of the process are others.</summary>
    FormChanged,

    /// <summary>The last one was long ago.</summary>
    Periodic,
}

/// <summary>What a plan is made from, besides the question and the state.</summary>
/// <param name="Started">Kintone's clock when <paramref name="MaxId"/> was read, or an earlier time.</param>
/// <param name="Now">The time of day by which days are counted.</param>
/// <param name="MaxId">The greatest id that matches the question's condition.</param>
/// <param name="FindsDeleted">Deleted records are wanted, and so the ids of all that were delivered.</param>
/// <param name="Form">What the form says today; null in a full refresh.</param>
/// <param name="RereadDays">After so many days all records are read once more; 0 for never.</param>
sealed record PlanFacts(DateTimeOffset Started, DateTimeOffset Now, long MaxId, bool FindsDeleted, FormMark? Form = null, int RereadDays = 0);

/// <summary>What a sync does for a records stream.</summary>
/// <param name="Scan">What is to be read now; resumed or new.</param>
/// <param name="Previous">The state to carry on from: its cursor stays until the scan is done. Null for a start from nothing.</param>
/// <param name="IsResumed">The scan was begun by an earlier sync.</param>
/// <param name="IsFinished">A full refresh of this generation is complete already: nothing is to be read.</param>
/// <remarks>
/// An incremental scan, begun at T1 of Kintone's clock, after one begun at T0:
/// <code>
///             T0 − look-back   T0                    T1 − look-back   T1
///  ───────────────┼────────────┼─────────────────────────┼────────────┼────▶ update time
///  last scan  ════════════════════╡ ╌╌ (seen or not)
///  this scan      ╞══════════════════════════════════════════════════════╡ ╌╌ (seen or not)
///  next scan                                             ╞═══════════════════
/// </code>
/// What changes while a scan runs is updated at or after T1, and so in the next one. The look-back covers that Kintone's
/// times have whole minutes, clocks that differ by some seconds, and changes that are seen some minutes after the time that they carry.
/// Records created with a back-dated update time have an id above every earlier one: the second half of the condition finds them.
/// What no update time tells of is found by a full re-read: the same scan without a time, every so many days.
/// </remarks>
sealed record RecordsPlan(ScanState Scan, RecordsState? Previous, bool IsResumed, bool IsFinished)
{
    /// <summary>Kintone's update times are cut to whole minutes, servers' clocks differ a little, and a long write is seen only when it is done.</summary>
    static readonly TimeSpan s_lookBack = TimeSpan.FromMinutes(5);

    /// <summary>Why all records are read once more.</summary>
    public FullReadReason Reason { get; private init; }

    /// <summary>The choices or statuses have changed, and the user wants no re-read for it.</summary>
    public bool LeavesOldValues { get; private init; }

    /// <summary>What the state is to say of the form from now on.</summary>
    public FormMark? Form { get; private init; }

    /// <summary>When the last full scan started that is read to its end, once this one is done.</summary>
    public DateTimeOffset? FullReadAt { get; private init; }

    /// <summary>The scan reads all records of a stream that has delivered records before: what it does not see is to be searched.</summary>
    public bool IsReread => Scan.Since is null && Previous is not null;

    /// <param name="state">As the platform passed it.</param>
    public static RecordsPlan Make(RecordsQuestion question, RecordsState? state, PlanFacts facts)
    {
        state = Usable(state, question);
        if (state?.Scan is { Ranges.IsEmpty: true }) state = Completed(state);
        var fresh = state is not null && question.IsIncremental && IsOtherGeneration(state, question);
        var changed = state?.Condition is { } condition && condition != question.Hash;
        var lacksKnownIds = facts.FindsDeleted && state is { KnownIds: null };
        var lacksFiles = state is not null && question.Files is { } files && files != state.FileLimits;
        if (state?.Scan is { } underWay && !changed && !fresh && !lacksKnownIds && !lacksFiles)
            return new(underWay with { Ranges = [.. underWay.Ranges.SelectMany(r => Split(r, underWay.MaxIdBefore))] }, state, IsResumed: true,
                IsFinished: false)
            { Form = state.Form, FullReadAt = underWay.Since is null ? underWay.Started : state.FullReadAt };
        if (!question.IsIncremental)
        {
            var isFinished = state is not null && !changed && !lacksFiles && question.GenerationId is not null && question.EndsWithGeneration;
            return new(Scan(null, null), null, IsResumed: false, isFinished);
        }

        var formChanged = state?.Form is { } before && facts.Form?.Differs(before) == true;
        var reason = state is null ? FullReadReason.None
            : changed ? FullReadReason.ConditionChanged
            : fresh ? FullReadReason.NewGeneration
            : lacksKnownIds ? FullReadReason.KnownIdsMissing
            : lacksFiles ? FullReadReason.FilesWanted
            : facts.RereadDays == 0 ? FullReadReason.None
            : formChanged ? FullReadReason.FormChanged
            : IsDue(state, facts) ? FullReadReason.Periodic
            : FullReadReason.None;
        if (state is not null && reason == FullReadReason.None)
        {
            var window = facts.Now - question.Window;
            return new(Scan(question.Window > TimeSpan.Zero && window < state.Cursor ? WireTime.Minute(window) : state.Cursor, state.MaxId), state,
                IsResumed: false, IsFinished: false)
            {
                Form = facts.Form ?? state.Form,
                FullReadAt = state.FullReadAt ?? state.SyncedAt ?? facts.Now,
                LeavesOldValues = formChanged,
            };
        }
        // What was delivered is remembered: what is not there any more counts as deleted.
        var starting = reason is FullReadReason.FormChanged or FullReadReason.Periodic ? state : state is null ? null
            : state with { Cursor = null, MaxId = null, Scan = null };
        return new(Scan(null, null), starting, IsResumed: false, IsFinished: false) { Reason = reason, Form = facts.Form, FullReadAt = facts.Now };

        ScanState Scan(DateTimeOffset? since, long? maxIdBefore) => NewScan(since, maxIdBefore, facts.Started, facts.MaxId);
    }

    /// <summary>Cursors that differ by less are brought together by reading the difference once more.</summary>
    static readonly TimeSpan s_closeTogether = TimeSpan.FromDays(1);

    /// <summary>Another stream's plan of the same question starts from the same point, or from one so close that both go on from the earlier one.</summary>
    public bool CanBeJoinedBy(RecordsPlan other)
    {
        if (IsFinished || other.IsFinished || IsResumed != other.IsResumed || Reason != other.Reason) return false;
        if (Previous is not { } a || other.Previous is not { } b) return Previous is null && other.Previous is null;
        if (IsResumed) return a.SameScanAs(b);
        return a.CanBeMergedWith(b) && ((a.Cursor - b.Cursor)?.Duration() <= s_closeTogether || (a.Cursor is null && b.Cursor is null));
    }

    /// <summary>One plan for both. Its reason is theirs: what made the one stream read everything makes both.</summary>
    public RecordsPlan JoinedBy(RecordsPlan other) => IsResumed || Previous is null ? this : this with
    {
        Scan = NewScan(Earlier(Scan.Since, other.Scan.Since), Least(Scan.MaxIdBefore, other.Scan.MaxIdBefore),
            Earlier(Scan.Started, other.Scan.Started)!.Value,
            Scan.Ranges.Concat(other.Scan.Ranges).Select(static r => r.UpTo).DefaultIfEmpty(0).Max()),
        Previous = RecordsState.Merged(Previous, other.Previous!),
        LeavesOldValues = LeavesOldValues || other.LeavesOldValues,
        FullReadAt = Earlier(FullReadAt, other.FullReadAt),
    };

    static DateTimeOffset? Earlier(DateTimeOffset? a, DateTimeOffset? b) => b < a ? b : a ?? b;

    static long? Least(long? a, long? b) => b < a ? b : a ?? b;

    static ScanState NewScan(DateTimeOffset? since, long? maxIdBefore, DateTimeOffset started, long maxId) =>
        new(since, since is null ? null : maxIdBefore, started, since is null ? Whole(0, maxId)
            : [.. Whole(0, maxIdBefore ?? 0), .. Whole(maxIdBefore ?? 0, maxId)]);

    static ImmutableArray<IdRange> Whole(long after, long upTo) => upTo > after ? [new(after, upTo)] : [];

    /// <summary>A range below the greatest id that was known before, and one above it: they are asked for with other conditions.</summary>
    static IEnumerable<IdRange> Split(IdRange range, long? maxIdBefore) =>
        maxIdBefore is { } at && range.After < at && at < range.UpTo ? [new(range.After, at), new(at, range.UpTo)] : [range];

    /// <summary>Null where the state answers another question.</summary>
    static RecordsState? Usable(RecordsState? state, RecordsQuestion question) =>
        state is null || state.IsIncremental != question.IsIncremental ? null
        : !IsOtherGeneration(state, question) ? state
        : question.IsIncremental && question.MinimumGenerationId <= state.GenerationId ? state // the destination keeps its rows
        : null;

    /// <summary>A runner without generations, or a state from one, does not start an incremental stream anew.</summary>
    static bool IsOtherGeneration(RecordsState state, RecordsQuestion question) =>
        state.GenerationId != question.GenerationId && (!question.IsIncremental || (state.GenerationId is not null && question.GenerationId is not null));

    /// <summary>Nothing was left of the scan when it was cut off.</summary>
    static RecordsState Completed(RecordsState state) =>
        state with
        {
            Scan = null,
            Cursor = state.IsIncremental ? CursorAfter(state.Scan!) : null,
            FullReadAt = state.Scan!.Since is null ? state.Scan.Started
            : state.FullReadAt
        };

    /// <summary>A time ahead of now was another clock's.</summary>
    static bool IsDue(RecordsState state, PlanFacts facts) =>
        (state.FullReadAt ?? state.SyncedAt) is { } last && (facts.Now - last).Duration() >= TimeSpan.FromDays(facts.RereadDays);

    /// <summary>The condition of a range's pages, the range itself aside.</summary>
    /// <remarks>Below what was known before, what was changed since; above it everything. One condition for both would need an <c>or</c>, which can be
    /// slow.</remarks>
    public string? ConditionOf(IdRange range, RecordsQuestion question) => Scan.Since is { } since && range.UpTo <= (Scan.MaxIdBefore ?? 0)
        ? RecordQuery.And(question.Condition, RecordQuery.UpdatedSince(question.UpdatedTime!, since))
        : question.Condition;

    /// <summary>The next incremental sync reads what was updated at or after this.</summary>
    public DateTimeOffset NextCursor => CursorAfter(Scan);

    static DateTimeOffset CursorAfter(ScanState scan)
    {
        var minute = WireTime.Minute(scan.Started - s_lookBack);
        return minute > DateTimeOffset.UnixEpoch ? minute : DateTimeOffset.UnixEpoch;
    }

    /// <summary>The state after a sync that found nothing to read: what was delivered is known as before.</summary>
    /// <param name="isCounted">
    /// Kintone counts as many records as are known. Otherwise that nothing was changed is all that was asked: an app that is closed for now says so,
    /// too, and opens with changes of the meantime, which the cursor must not pass.
    /// </param>
    public RecordsState IdleState(RecordsQuestion question, long maxId, DateTimeOffset syncedAt, bool isCounted) => Previous! with
    {
        Cursor = isCounted ? NextCursor : Previous.Cursor,
        MaxId = isCounted ? maxId : Previous.MaxId,
        SyncedAt = syncedAt,
        FullReadAt = FullReadAt,
        CountOff = Previous.CountOff.Agreed(),
        EmptySince = isCounted && maxId > 0 ? null : Previous.EmptySince,
        Condition = question.Hash,
        FileLimits = question.Files,
    };

    /// <summary>The state while the scan is under way and, with no range left and <paramref name="isDone"/>, after it.</summary>
    /// <param name="syncedAt">When this sync started.</param>
    /// <returns>Without what was delivered, which <see cref="Delivered.Into"/> adds.</returns>
    public RecordsState StateWith(RecordsQuestion question, ImmutableArray<IdRange> left, long maxId, bool isDone, DateTimeOffset syncedAt) => new(
        question.IsIncremental,
        isDone ? (question.IsIncremental ? NextCursor : null) : Previous?.Cursor,
        maxId,
        syncedAt,
        isDone ? null : Scan with { Ranges = left },
        KnownIds: null,
        question.GenerationId ?? Previous?.GenerationId,
        question.Hash)
    {
        UpdatedTimeField = question.UpdatedTime,
        FileLimits = question.Files,
        Form = Form,
        FullReadAt = isDone ? FullReadAt : Previous?.FullReadAt,
    };
}
