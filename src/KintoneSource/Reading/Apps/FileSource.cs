using KintoneSource.Kintone.Http;
using KintoneSource.Reading.Files;
using KintoneSource.Reading.Output;
using KintoneSource.Reading.Scanning;

namespace KintoneSource.Reading.Apps;

/// <summary>Lines of attached files with their contents: the same records, whose rows are written one by one as their files come.</summary>
/// <param name="records">How many are to be looked at; null where nobody counted them.</param>
sealed class FileSource(
    ScanScope scope, ScanStream stream, FileQuestion question, long? records, Func<Walk, PageSteps> stepsOf, ScanOutput output, AdaptiveLimiter limiter,
    TimeProvider time) : IScanSource
{
    readonly RecordFiles _files = new(scope.App, scope.Form, scope.Fields, scope.Question.IsIncremental);
    readonly FileTally _tally = new(output.Name, question, records, output.Shared.LogAsync, time);
    FileFetcher? _fetcher;

    public ValueTask BeginAsync(CancellationToken ct) => _tally.BeginAsync(ct);

    public ValueTask EndAsync(CancellationToken ct) => _tally.EndAsync(ct);

    public IScanPages Open(Walk walk)
    {
        var steps = stepsOf(walk);
        var name = stream.Run.Name.ToString();
        var delivery = new FileDelivery(
            question, _fetcher ??= new(scope.App, name, question, _files.ReadAsync, scope.EnsureShownAsync), stream.Envelope(steps.EmittedAt),
            stream.Columns, name, limiter.Ceiling, scope.App.Memory, _tally, DeliverAsync);
        var records = new AppPages(
            scope.App, walk, scope.Fields, _files.Layout, scope.FormWitness,
            static (_, _, _) => throw new InvalidOperationException("Records are delivered with their files."));
        return new FilePages(scope.App, walk.Limit, records, limiter.Ceiling, async (page, place, ct) =>
        {
            await output.Shared.RunAsync(ct);
            using var rest = await delivery.DeliverAsync(page, ct);
            while (!place.IsDone) await output.CommitAsync(() => steps.Make(rest, place), ct);
        });
    }

    /// <summary>One row and what is known by it, in one step: the position stays where it is until its page is done.</summary>
    /// <remarks>Whatever else goes wrong meanwhile: a file that is there is not fetched for nothing.</remarks>
    async Task DeliverAsync(FetchedRow row) => await output.CommitAsync(
        () => new(
            [new StepLines(stream.Output, row.Line, 1, Nulled: row.File.Nulled)], () => question.Fetched.Note(row.File.Row, row.File.Fingerprint), row.Size),
        CancellationToken.None);
}
