using KintoneSource.Kintone.Http;
using KintoneSource.Kintone.Queries;
using KintoneSource.Protocol;
using KintoneSource.Reading.Comments;
using KintoneSource.Reading.Output;
using KintoneSource.Reading.Scanning;

namespace KintoneSource.Reading.Apps;

/// <summary>Lines of comments, which are asked for record by record.</summary>
sealed class CommentSource(
    ScanScope scope, ScanStream stream, Delivered delivered, Func<Walk, PageSteps> stepsOf, ScanOutput output, AdaptiveLimiter limiter, SyncClock clock)
    : IScanSource
{
    readonly HashSet<IdRange> _left = [];
    readonly CommentEvidence _evidence = new();
    bool _isOpened;

    /// <summary>Of a full refresh; an incremental stream's later search asks for them again.</summary>
    public IReadOnlyCollection<IdRange> Left => _left;

    public ValueTask BeginAsync(CancellationToken ct) => default;

    public IScanPages Open(Walk walk)
    {
        if (_isOpened) _evidence.NoteOthers();
        _isOpened = true;
        var steps = stepsOf(walk);
        var question = new CommentQuestion(record => stream.Rows?.RowsOf(record) ?? [], walk.DeliveredBefore, scope.FindsDeleted, () => clock.Now);
        var reader = new CommentReader(scope.App, question, _evidence, scope.EnsureShownAsync, (message, ct) =>
        {
            var text = $"{output.Name}: {message}";
            return output.Shared.NoteAsync(LogLevel.Warn, "the comments on a record were not read", text, ct);
        });
        return new CommentPages(
            scope.App, walk.Condition, scope.Fields, scope.Form.UpdatedTime?.Code, stream.Envelope(steps.EmittedAt), stream.Columns, reader, walk.Limit,
            limiter.Ceiling, async (page, place, ct) =>
            {
                while (!place.IsDone) await output.CommitAsync(() => Noting(page, steps.Make(page.Lines, place, page.AskedAt)), ct);
            });
    }

    Step Noting(CommentPages.Page page, Step step) => step with
    {
        Apply = () =>
        {
            // Before the step is applied: with it the clock hears of the newest time that was delivered, which no tombstone may fall behind.
            if (page.Newest is { } newest) delivered.NoteTime(newest);
            step.Apply();
            foreach (var record in page.Unread)
            {
                if (scope.Question.IsIncremental) delivered.NoteLeft(record);
                else _left.Add(new(record - 1, record));
            }
        },
    };

    public ValueTask EndAsync(CancellationToken ct) => _left.Count == 0 ? default : throw new UnexpectedResponseException(
        $"The comments on {Quantity.Of(_left.Count, "record")} of {scope.App.Address.Name} were not read, so this full refresh is not whole; "
        + $"those of the others are delivered, and the next sync asks for what is left. {_evidence.Failure?.Message}");
}
