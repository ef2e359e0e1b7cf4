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
/// Asks whether anything happened in an app since its streams were last in step, in one round trip: the newest record and the count on the one
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
        var first = below.IsEmpty ? Task.FromResult<Answer>(default)
            : app.ReadPageAsync(group.Plan.ConditionOf(below, question), below, app.PageSize, null, withCount: false, new PageLimit(app.PageSize).BodyOf(app.PageSize, alone: false), static answer => Answer.Of(answer), cancel.Token);
        RecordsHead head;
        try { head = await asked; }
        catch
        {
            await cancel.CancelAsync();
            await ((Task)first).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (first.IsCompletedSuccessfully) first.Result.Body?.Dispose();
            throw;
        }
        Answer page;
        var isTooLarge = false;
        try { page = await first; }
        catch (BodyTooLargeException)
        {
            (page, isTooLarge) = (default, true); // the scan will ask for less, later than the newest record was asked for
        }
        if (head.IsUpdatedTime == false)
        {
            page.Body?.Dispose();
            return null;
        }
        var isIdle = page.Body is null && !isTooLarge && head.MaxId <= previous.MaxId
            && (!group.FindsDeleted || DeletedRecords.IsExpected(head.Count, KnownCount(previous), previous.CountOff));
        // The cursor follows from when the question was answered that found nothing, or found the page: the other answer may be minutes younger, if it was asked for again.
        if (!below.IsEmpty && !isTooLarge && !(page.ServerTime > head.ServerTime)) head = head with { ServerTime = page.ServerTime };
        return new(group, head, page.Body is null ? null : new(below, app.PageSize, page.Body), isIdle);
    }

    /// <summary>The one <c>or</c> that this connector ever asks for: alone, with nothing to be joined to.</summary>
    static async Task<IdleCheckResult?> AskOnceAsync(KintoneApp app, ScanGroup group, CancellationToken ct)
    {
        var (question, scan, maxId) = (group.Question, group.Plan.Scan, group.Plan.Previous!.MaxId ?? 0);
        var condition = RecordQuery.ChangedSince(question.UpdatedTime!, scan.Since!.Value, maxId);
        var answer = await app.ReadAnyAsync(condition, static answer => Answer.Of(answer), ct);
        answer.Body?.Dispose();
        return answer.Body is null
            ? new(group, new(maxId, null, answer.ServerTime), null, IsIdle: true)
            : new(group, await app.ReadHeadAsync(null, ct, withCount: false, updatedTimeField: question.UpdatedTime), null, IsIdle: false);
    }

    static long KnownCount(RecordsState state) => state.KnownIds is { } known ? IdSet.Decode(known).Count : 0;

    /// <param name="Body">Null where there are no records in it.</param>
    readonly record struct Answer(PageBuffer? Body, DateTimeOffset? ServerTime)
    {
        public static Answer Of(KintoneAnswer answer)
        {
            using var ids = new PageLines(0);
            new PageTranscoder(s_idsOnly).Transcode(answer.Bytes, ids);
            if (ids.Ids.IsEmpty) return new(null, answer.ServerTime);
            var body = new PageBuffer(answer.Bytes.Length);
            body.Write(answer.Bytes);
            return new(body, answer.ServerTime);
        }
    }

    static readonly PageLayout s_idsOnly = PageLayout.Of([]);
}
