using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using KintoneSource.Kintone;

namespace KintoneSource.Reading;

/// <summary>What is asked of one app's records stream, apart from what its state says.</summary>
/// <param name="UpdatedTime">The code of the update time's field; null for a full refresh, which needs none.</param>
/// <param name="Filter">The user's condition, checked; null for all records.</param>
/// <param name="StartDate">Incremental streams start here.</param>
/// <param name="GenerationId">As the catalog says; null outside platforms that have generations.</param>
sealed record RecordsQuestion(string? UpdatedTime, string? Filter, DateTimeOffset? StartDate, long? GenerationId)
{
    public bool IsIncremental => UpdatedTime is not null;

    /// <summary>What belongs to the stream, at any time: the filter and the start date.</summary>
    public string? Condition => RecordQuery.And(
        Filter, UpdatedTime is not null && StartDate is { } start ? RecordQuery.UpdatedSince(UpdatedTime, start) : null);

    /// <summary>Stands in the state, so that a change of the question is noticed without showing the filter.</summary>
    public string Hash { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        $"{Filter}\n{(UpdatedTime is null ? null : StartDate)?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)}")));
}

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
/// times have whole minutes, and clocks that differ by some seconds. Records created with a back-dated update time have
/// an id above every earlier one: the second half of the condition finds them.
/// </remarks>
sealed record RecordsPlan(ScanState Scan, RecordsState? Previous, bool IsResumed, bool IsFinished)
{
    /// <summary>Kintone's update times are cut to whole minutes, and servers' clocks differ a little.</summary>
    static readonly TimeSpan s_lookBack = TimeSpan.FromMinutes(2);

    /// <summary>The previous syncs kept no ids, and this one needs them: it reads everything to have them.</summary>
    public bool LacksKnownIds { get; private init; }

    /// <param name="state">As the platform passed it.</param>
    /// <param name="started">Kintone's clock when <paramref name="maxId"/> was read.</param>
    /// <param name="maxId">The greatest id that matches the question's condition.</param>
    /// <param name="findsDeleted">Deleted records are wanted, and so the ids of all that were delivered.</param>
    public static RecordsPlan Make(RecordsQuestion question, RecordsState? state, DateTimeOffset started, long maxId, bool findsDeleted)
    {
        // A state of the other sync mode answers another question.
        if (state is not null && state.IsIncremental != question.IsIncremental) state = null;
        if (state is not null && state.GenerationId != question.GenerationId && (!question.IsIncremental || state.GenerationId is not null)) state = null;
        var isChanged = state?.Condition is { } condition && condition != question.Hash;
        var lacksKnownIds = findsDeleted && state is { KnownIds: null };
        if (state?.Scan is { } underWay && !isChanged && !lacksKnownIds) return new(underWay, state, IsResumed: true, IsFinished: false);
        if (!question.IsIncremental)
        {
            var isFinished = state is not null && !isChanged && question.GenerationId is not null;
            return new(New(null, null), null, IsResumed: false, isFinished);
        }
        return state is null || isChanged || lacksKnownIds
            // What was delivered under another condition is remembered: what matches no longer counts as deleted.
            ? new(New(null, null), state is null ? null : state with { Cursor = null, MaxId = null, Scan = null }, IsResumed: false, IsFinished: false) { LacksKnownIds = lacksKnownIds }
            : new(New(state.Cursor, state.MaxId), state, IsResumed: false, IsFinished: false);

        ScanState New(DateTimeOffset? since, long? maxIdBefore) =>
            new(since, since is null ? null : maxIdBefore, started, maxId > 0 ? [new IdRange(0, maxId)] : []);
    }

    /// <summary>The condition of the scan's pages, range aside.</summary>
    public string? ScanCondition(RecordsQuestion question) => Scan.Since is { } since
        ? RecordQuery.And(question.Condition, RecordQuery.ChangedSince(question.UpdatedTime!, since, Scan.MaxIdBefore ?? 0))
        : question.Condition;

    /// <summary>The next incremental sync reads what was updated at or after this.</summary>
    public DateTimeOffset NextCursor
    {
        get
        {
            var cursor = Scan.Started.ToUniversalTime() - s_lookBack;
            return new(cursor.Ticks - cursor.Ticks % TimeSpan.TicksPerMinute, TimeSpan.Zero);
        }
    }

    /// <summary>The state while the scan is under way and, with no range left and <paramref name="isDone"/>, after it.</summary>
    public RecordsState StateWith(RecordsQuestion question, ImmutableArray<IdRange> left, long maxId, string? knownIds, bool isDone) => new(
        question.IsIncremental,
        isDone ? (question.IsIncremental ? NextCursor : null) : Previous?.Cursor,
        maxId,
        Scan.Started,
        isDone ? null : Scan with { Ranges = left },
        knownIds,
        question.GenerationId,
        question.Hash);
}
