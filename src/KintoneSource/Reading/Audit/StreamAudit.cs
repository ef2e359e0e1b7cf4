using KintoneSource.Protocol;
using KintoneSource.Reading.Deletions;
using KintoneSource.Reading.Output;

namespace KintoneSource.Reading.Audit;

/// <summary>How the reading of a stream ended.</summary>
enum SyncOutcome
{
    /// <summary>The sync was asked to stop before.</summary>
    CutOff,

    /// <summary>It was read to its end.</summary>
    Complete,

    /// <summary>Somebody has to act before it can be read.</summary>
    Refused,

    /// <summary>Time may help, or the developers.</summary>
    Failed,
}

/// <summary>What a sync did for a stream.</summary>
enum SyncKind
{
    First, Incremental, NothingChanged, FullReread, FullRefresh,

    /// <summary>It went on with what an earlier sync had begun.</summary>
    Resumed,
}

/// <summary>Kintone's own count of the records that match, as it stood when reading began.</summary>
/// <param name="At">By Kintone's clock; null where its answers carry no time.</param>
/// <param name="Reason">What explains that it differs from what is expected; null for nothing.</param>
readonly record struct KintoneCount(long Records, DateTimeOffset? At, string? Reason);

/// <summary>
/// What there is to say of one stream of an app when the sync ends: whoever reads it notes what it learns. Of its lines, its output knows. Each
/// stream's is changed by one caller at a time.
/// </summary>
/// <param name="before">What earlier syncs have said.</param>
/// <param name="now">When this sync began.</param>
sealed class StreamAudit(StreamOutput output, long app, TimeProvider time, AuditState before, DateTimeOffset now)
{
    readonly long _begun = time.GetTimestamp();
    TimeSpan? _took;
    KeyTotals? _expected;
    DateTimeOffset? _newest;
    bool _isDoubtful;

    public StreamOutput Output => output;

    public long App => app;

    /// <summary>Until it ended, or until now. When it began, perhaps no answer had told Kintone's clock, by which its end is told.</summary>
    public TimeSpan Took => _took ?? time.GetElapsedTime(_begun);

    /// <summary>Null while it is read.</summary>
    public DateTimeOffset? FinishedAt { get; private set; }

    /// <summary>There is to be a row though nothing has changed.</summary>
    public bool IsIdleWanted { get; private set; } = before.WantsIdle(output.Stream.Name, now, null);

    public SyncOutcome Outcome { get; private set; } = SyncOutcome.CutOff;

    /// <summary>Why it was not read, or not to its end.</summary>
    public string? Message { get; private set; }

    /// <summary>Null where the stream ended before it was known.</summary>
    public SyncKind? Kind { get; set; }

    /// <summary>Why all records were read once more.</summary>
    public string? Reason { get; set; }

    /// <summary>Where the stream's state stood before and where it stands now.</summary>
    public DateTimeOffset? CursorBefore { get; private set; }

    public DateTimeOffset? Cursor { get; set; }

    /// <summary>When the sync began that the stream's state is of, as that state says.</summary>
    public DateTimeOffset? SyncedAt { get; set; }

    /// <summary>The greatest update time of the rows that were sent, as long as none of them may be gone again; null for none.</summary>
    public DateTimeOffset? NewestUpdate => output.Deletions == 0 ? _newest : null;

    /// <summary>The rows that a destination holds which has applied all that was written for the stream so far; null where that is not certain.</summary>
    public KeyTotals? Expected
    {
        get => Outcome == SyncOutcome.Complete ? _expected : null;
        set => _expected = value;
    }

    public KintoneCount? Count { get; set; }

    /// <summary>The rows of a full refresh that were written so far.</summary>
    public KeyTotals Written { get; } = new();

    /// <summary>The state that the stream goes on from.</summary>
    public void Find(DateTimeOffset? cursor, DateTimeOffset? syncedAt)
    {
        (CursorBefore, Cursor, SyncedAt) = (cursor, cursor, syncedAt);
        IsIdleWanted = before.WantsIdle(output.Stream.Name, now, syncedAt);
    }

    /// <summary>Rows with this update time are written.</summary>
    public void NoteUpdate(DateTimeOffset updated)
    {
        if (!(_newest >= updated)) _newest = updated;
    }

    /// <summary>Its row leaves open what must be there, as the next one will not.</summary>
    public bool IsUnsettled => _isDoubtful || Outcome != SyncOutcome.Complete;

    /// <summary>What is there is not certain in this sync; in the next one it is.</summary>
    public void Doubt() => _isDoubtful = true;

    /// <summary>It ends as if it had been read, and was not: Kintone does not show what belongs to it.</summary>
    public void Refuse(string message) => (Outcome, Message) = (SyncOutcome.Refused, message);

    public void End(DateTimeOffset at, TraceError? failure)
    {
        (FinishedAt, _took) = (at, Took);
        if (failure is { FailureType: var type })
            (Outcome, Message) = (type == FailureType.ConfigError ? SyncOutcome.Refused : SyncOutcome.Failed, failure.Message);
        else if (Outcome == SyncOutcome.CutOff) Outcome = SyncOutcome.Complete;
    }
}
