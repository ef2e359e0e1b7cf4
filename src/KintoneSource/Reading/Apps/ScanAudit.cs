using KintoneSource.Kintone.Apps;
using KintoneSource.Reading.Audit;
using KintoneSource.Reading.Deletions;
using KintoneSource.Reading.States;
using KintoneSource.Reading.Transcoding;

namespace KintoneSource.Reading.Apps;

/// <summary>
/// What a scan tells <c>sync_audit</c> of its streams. Numbers of rows are given only where they are certain: what a destination holds that has applied
/// every line up to the STATE which this sync writes last (docs/decisions/0023).
/// </summary>
static class ScanAudit
{
    /// <summary>What is about to be done.</summary>
    public static void NotePlan(ScanGroup group)
    {
        foreach (var stream in group.Streams)
        {
            if (stream.Run.Audit is not { } audit) continue;
            audit.Kind = KindOf(group);
            audit.Reason = ReasonOf(group.Plan.Reason);
            audit.Find(stream.Run.Previous?.Cursor, stream.Run.Previous?.SyncedAt);
        }
    }

    static SyncKind KindOf(ScanGroup group) => group switch
    {
        { Plan.IsResumed: true } => SyncKind.Resumed,
        { Plan.IsFinished: true } => SyncKind.NothingChanged,
        { Question.IsIncremental: false } => SyncKind.FullRefresh,
        { Plan.Previous: null } => SyncKind.First,
        { Plan.Reason: FullReadReason.None } => SyncKind.Incremental,
        _ => SyncKind.FullReread,
    };

    static string? ReasonOf(FullReadReason reason) => reason switch
    {
        FullReadReason.ConditionChanged => "filter_changed",
        FullReadReason.NewGeneration => "new_generation",
        FullReadReason.KnownIdsMissing => "deleted_records_wanted",
        FullReadReason.FilesWanted => "files_wanted",
        FullReadReason.FormChanged => "form_changed",
        FullReadReason.Periodic => "periodic",
        _ => null,
    };

    /// <summary>Nothing was changed, added or deleted: what was known is what is there.</summary>
    /// <param name="state">What the new states share.</param>
    public static void NoteIdle(ScanGroup group, RecordsState state, RecordsHead head)
    {
        NotePlan(group);
        var known = group.FindsDeleted && group.Streams.Any(static s => s.Run is { HasRows: false, Audit.IsIdleWanted: true })
            ? IdSet.Decode(state.KnownIds!).Totals() : null;
        foreach (var stream in group.Streams)
        {
            if (stream.Run.Audit is not { } audit) continue;
            (audit.Kind, audit.Cursor, audit.SyncedAt) = (SyncKind.NothingChanged, state.Cursor, state.SyncedAt);
            if (!group.FindsDeleted || !audit.IsIdleWanted) continue;
            audit.Expected = !stream.Run.HasRows ? known : stream.Run.Previous!.KnownRows is { } rows ? KnownRows.Decode(rows).Totals() : null;
            if (!stream.Run.HasRows && head.Count is { } count) audit.Count = new(count, head.ServerTime, "counted_not_listed");
        }
    }

    /// <summary>Records of a page are written.</summary>
    /// <param name="isIncremental">What is there is known; of a full refresh it is not kept anywhere else.</param>
    public static void NoteWritten(AppStreamRun run, PageLines page, StreamLines lines, int from, int upTo, bool isIncremental)
    {
        if (run.Audit is not { } audit) return;
        for (var record = from; record < upTo; record++)
        {
            var hasLines = lines.CountOf(record, record + 1) > 0;
            if (hasLines && record < page.Versions.Count && page.Versions[record].UpdatedAt is { } updated) audit.NoteUpdate(updated);
            if (isIncremental) continue;
            if (!run.HasRows) audit.Written.Add(page.Ids[record]);
            foreach (var row in run.HasRows ? lines.RowsOf(record) : []) audit.Written.AddRow(page.Ids[record], row);
        }
    }

    /// <summary>How far the scan has come, whether it has ended or not.</summary>
    /// <param name="head">With Kintone's count, asked for before the scan.</param>
    public static void NotePosition(ScanScope scope, RecordsPlan plan, RecordsHead head, IReadOnlyList<ScanStream> streams, bool isDone)
    {
        foreach (var stream in streams)
        {
            if (stream is not { Run.Audit: { } audit, Failure: null }) continue;
            audit.SyncedAt = scope.StartedAt;
            // A resumed scan's own head is gone.
            if (!stream.Run.HasRows && !plan.IsResumed && head.Count is { } count) audit.Count = new(count, head.ServerTime, null);
            if (isDone && scope.Question.IsIncremental) audit.Cursor = plan.NextCursor;
        }
    }

    /// <summary>The scan has come to its end, and so has the search for deleted records.</summary>
    public static void NoteEnd(ScanScope scope, RecordsPlan plan, IReadOnlyList<ScanStream> streams, Delivered delivered, DeletedRecords deleted)
    {
        var isDoubtful = plan.IsResumed || plan.Reason == FullReadReason.KnownIdsMissing || delivered.LeavesSome;
        foreach (var stream in streams)
        {
            if (stream is not { Run.Audit: { } audit, Failure: null }) continue;
            if (isDoubtful)
            {
                audit.Doubt();
                continue;
            }
            if (audit is { Kind: SyncKind.Incremental, Output.Records: 0 }) audit.Kind = SyncKind.NothingChanged; // comments are never idle
            var expected = ExpectedOf(scope, plan, stream, delivered);
            audit.Expected = expected;
            if (expected is not null && audit.Count is { } count) audit.Count = count with { Reason = deleted.ReasonOf(count.Records - expected.Count) };
        }
    }

    static KeyTotals? ExpectedOf(ScanScope scope, RecordsPlan plan, ScanStream stream, Delivered delivered) =>
        !scope.Question.IsIncremental ? (stream.Run is { Stream.StartsEmpty: true, BringsFiles: false } && !plan.IsFinished ? stream.Run.Audit!.Written : null)
        : !scope.FindsDeleted ? null
        : stream.Run.HasRows ? stream.Rows?.Totals() : delivered.Known?.Totals();
}
