using KintoneSource.Kintone.Apps;
using KintoneSource.Kintone.Http;
using KintoneSource.Kintone.Queries;
using KintoneSource.Reading.Deletions;
using KintoneSource.Reading.Scanning;
using KintoneSource.Reading.States;
using KintoneSource.Reading.Transcoding;

namespace KintoneSource.Reading.Apps;

/// <summary>What was learned of an app without its form.</summary>
/// <param name="Group">All its streams.</param>
/// <param name="Page">The first page of what was changed, where it was asked for and is of use.</param>
/// <param name="IsIdle">Nothing was changed, added or deleted.</param>
sealed record IdleCheckResult(ScanGroup Group, RecordsHead Head, EarlyPage? Page, bool IsIdle)
{
    /// <summary>How far Kintone's clock was known to be before anything was asked: where answers carry no time, no scan started later.</summary>
    public DateTimeOffset? AskedAt { get; init; }
}

/// <summary>
/// Asks whether anything happened in an app since its streams were last read, in one round trip: the newest record and the count on the one
/// hand, what was changed on the other. The form is not needed for that: the code of the update time's field stands in the state. A field that
/// was renamed meanwhile makes Kintone refuse, or the newest record show another type; then nothing is learned and the form is read.
/// </summary>
static class IdleCheck
{
    /// <param name="group">Streams that all go on from the same finished state.</param>
    /// <returns>Null where the update time's field is not what the state says.</returns>
    public static async Task<IdleCheckResult?> RunAsync(KintoneApp app, ScanGroup group, CancellationToken ct)
    {
        try
        {
            // Without deleted records, whether anything is to be read is all there is to know.
            return !group.FindsDeleted && group.Question.Condition is null ? await AskOnceAsync(app, group, ct) : await AskAsync(app, group, ct);
        }
        catch (KintoneException e) when (e.Code?.StartsWith("GAIA_IQ", StringComparison.Ordinal) == true)
        {
            return null; // the field is gone, or another one has its code
        }
    }

    static async Task<IdleCheckResult?> AskAsync(KintoneApp app, ScanGroup group, CancellationToken ct)
    {
        var (question, previous) = (group.Question, group.Plan.Previous!);
        var below = new IdRange(0, previous.MaxId ?? 0);
        var asked = app.ReadHeadAsync(question.Condition, ct, withCount: group.FindsDeleted, updatedTimeField: question.UpdatedTime);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var first = below.IsEmpty ? Task.FromResult<Answer>(default) : ReadFirstAsync(app, group, below, cancel.Token);
        RecordsHead head;
        try { head = await asked; }
        catch
        {
            await cancel.CancelAsync();
            await ((Task)first).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (first.IsCompletedSuccessfully) first.Result.Page?.Dispose();
            throw;
        }
        var page = await first;
        if (head.IsUpdatedTime == false)
        {
            page.Page?.Dispose();
            return null;
        }
        var isIdle = !page.HasRecords && head.MaxId <= previous.MaxId
            && (!group.FindsDeleted || DeletedRecords.IsExpected(head.Count, KnownCount(previous), previous.CountOff));
        // The cursor follows from when the question was answered that found nothing, or found the page: the other answer may be minutes younger, if it
        // was asked for again.
        var isOfUse = page.Page is not null || !page.HasRecords; // otherwise the scan asks for it, later than anything here
        if (!below.IsEmpty && isOfUse && !(page.ServerTime > head.ServerTime)) head = head with { ServerTime = page.ServerTime };
        return new(group, head, page.Page, isIdle);
    }

    /// <summary>The first page of what was changed. One that there is no memory for is asked for again by the scan, and so is one of files: their lists wait
    /// for the memory that it would hold meanwhile.</summary>
    static async Task<Answer> ReadFirstAsync(KintoneApp app, ScanGroup group, IdRange range, CancellationToken ct)
    {
        try
        {
            return await app.ReadPageAsync(
                group.Plan.ConditionOf(range, group.Question), range, app.PageSize, null, withCount: false,
                new PageLimit(app.PageSize).BodyOf(app.PageSize, alone: false),
                answer => Answer.Of(answer, group.Streams[0].Run.BringsFiles ? null : range, app), ct);
        }
        catch (BodyTooLargeException)
        {
            return new(HasRecords: true, null, null);
        }
    }

    /// <summary>The one <c>or</c> that this connector ever asks for: alone, with nothing to be joined to.</summary>
    static async Task<IdleCheckResult?> AskOnceAsync(KintoneApp app, ScanGroup group, CancellationToken ct)
    {
        var (question, scan, maxId) = (group.Question, group.Plan.Scan, group.Plan.Previous!.MaxId ?? 0);
        var condition = RecordQuery.ChangedSince(question.UpdatedTime!, scan.Since!.Value, maxId);
        var answer = await app.ReadAnyAsync(condition, static answer => Answer.Of(answer, null, null), ct);
        return !answer.HasRecords
            ? new(group, new(maxId, null, answer.ServerTime), null, IsIdle: true)
            : new(group, await app.ReadHeadAsync(null, ct, withCount: false, updatedTimeField: question.UpdatedTime), null, IsIdle: false);
    }

    static long KnownCount(RecordsState state) => state.KnownIds is { } known ? IdSet.Decode(known).Count : 0;

    /// <param name="Page">What to begin the scan with; null where it holds nothing, or there is no memory to keep it in meanwhile.</param>
    readonly record struct Answer(bool HasRecords, EarlyPage? Page, DateTimeOffset? ServerTime)
    {
        /// <param name="range">What was asked for; null where the page is of no use.</param>
        public static Answer Of(KintoneAnswer answer, IdRange? range, KintoneApp? app)
        {
            using var ids = new PageLines(0);
            new PageTranscoder(s_idsOnly).Transcode(answer.Bytes, ids);
            if (ids.Ids.IsEmpty || range is not { } asked || app!.Memory.TryHold(2L * answer.Bytes.Length) is not { } share) return new(!ids.Ids.IsEmpty, null,
                answer.ServerTime);
            var body = new PageBuffer(answer.Bytes.Length);
            body.Write(answer.Bytes);
            return new(true, new(asked, app.PageSize, body, share), answer.ServerTime);
        }
    }

    static readonly PageLayout s_idsOnly = PageLayout.Of([]);
}
