using KintoneSource.Kintone.Http;
using KintoneSource.Kintone.Queries;
using KintoneSource.Protocol;
using KintoneSource.Reading.Files;
using KintoneSource.Reading.Output;
using KintoneSource.Reading.Scanning;
using KintoneSource.Reading.Transcoding;

namespace KintoneSource.Reading.Apps;

/// <summary>The pages of a scan that brings files: the same records, whose rows are written one by one as their files come.</summary>
/// <param name="records">How many are to be looked at; null where nobody counted them.</param>
sealed class FileScan(
    ScanScope scope, ScanStream stream, FileQuestion question, long? records, SharedOutput output, AdaptiveLimiter limiter, SyncClock clock, TimeProvider time)
{
    readonly RecordFiles _files = new(scope.App, scope.Form, scope.Fields, scope.Question.IsIncremental);
    readonly FileTally _tally = new(output.Name, question, records, output.LogAsync, time);
    FileFetcher? _fetcher;

    public ValueTask BeginAsync(CancellationToken ct) => _tally.BeginAsync(ct);

    public ValueTask EndAsync(CancellationToken ct) => _tally.EndAsync(ct);

    /// <param name="step">Notes a page as it is delivered, and gives what is left of its lines.</param>
    public AppPages Pages(
        Func<IdRange, string?> condition, PageLimit limit, EarlyPage? ready, Func<PageLines, ScanStep, DateTimeOffset, IReadOnlyList<StepLines>> step,
        Func<IReadOnlyList<RawJson>> states)
    {
        var now = clock.EmittedAt;
        var delivery = new FileDelivery(
            question, _fetcher ??= new(scope.App, stream.Run.Name.ToString(), question, _files.ReadAsync), stream.Envelope(now), stream.Columns, stream.Run.Name.ToString(),
            limiter.Ceiling, scope.App.Memory, _tally, row => DeliverAsync(row, states));
        return new(scope.App, condition, scope.Fields, _files.Layout, limit, ready, async (page, advance, ct) =>
        {
            await output.RunAsync(ct);
            using var rest = await delivery.DeliverAsync(page, ct);
            await output.CommitAsync(() => step(rest, advance(), now), states, ct);
        });
    }

    /// <summary>One row and what is known by it, in one step: the position stays where it is until its page is done.</summary>
    /// <remarks>Whatever else goes wrong meanwhile: a file that is there is not fetched for nothing.</remarks>
    async Task DeliverAsync(FetchedRow row, Func<IReadOnlyList<RawJson>> states) => await output.CommitAsync(
        () =>
        {
            question.Fetched.Note(row.File.Row, row.File.Fingerprint);
            return [new StepLines(stream.Output, row.Line, 1)];
        },
        states, CancellationToken.None, row.Size);
}
