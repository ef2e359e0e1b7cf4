using KintoneSource.Kintone.Http;
using KintoneSource.Reading.Comments;
using KintoneSource.Reading.Output;
using KintoneSource.Reading.Scanning;

namespace KintoneSource.Reading.Apps;

/// <summary>Lines of comments, which are asked for record by record.</summary>
sealed class CommentSource(
    ScanScope scope, ScanStream stream, Delivered delivered, Func<Walk, PageSteps> stepsOf, ScanOutput output, AdaptiveLimiter limiter, SyncClock clock) : IScanSource
{
    public ValueTask BeginAsync(CancellationToken ct) => default;

    public IScanPages Open(Walk walk)
    {
        var steps = stepsOf(walk);
        var question = new CommentQuestion(record => stream.Rows?.RowsOf(record) ?? [], walk.DeliveredBefore, () => clock.Now);
        return new CommentPages(
            scope.App, walk.Condition, scope.Fields, scope.Form.UpdatedTime?.Code, stream.Envelope(steps.EmittedAt), stream.Columns, question, walk.Limit, limiter.Ceiling,
            async (page, place, ct) =>
            {
                while (!place.IsDone) await output.CommitAsync(() => Noting(page, steps.Make(page.Lines, place, page.AskedAt)), ct);
            });
    }

    Step Noting(CommentPages.Page page, Step step) => step with
    {
        Apply = () =>
        {
            if (page.Newest is { } newest) delivered.NoteTime(newest);
            step.Apply();
        },
    };

    public ValueTask EndAsync(CancellationToken ct) => default;
}
