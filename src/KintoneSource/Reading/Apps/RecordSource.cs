using KintoneSource.Reading.Scanning;
using KintoneSource.Reading.Transcoding;

namespace KintoneSource.Reading.Apps;

/// <summary>Lines that are made of the records alone: of the records themselves, of their tables, of what is attached to them.</summary>
sealed class RecordSource(ScanScope scope, IReadOnlyList<ScanStream> streams, Func<Walk, PageSteps> stepsOf, ScanOutput output) : IScanSource
{
    public ValueTask BeginAsync(CancellationToken ct) => default;

    public IScanPages Open(Walk walk)
    {
        var steps = stepsOf(walk);
        var layout = PageLayout.Of(
            [.. streams.Select(s => PageStream.Of(s.Run.Name, scope.Form, s.Columns, s.Envelope(steps.EmittedAt)))], scope.Form.UpdatedTime?.Code,
            scope.Question.IsIncremental);
        return new AppPages(scope.App, walk, scope.Fields, layout, scope.FormWitness, async (page, place, ct) =>
        {
            while (!place.IsDone) await output.CommitAsync(() => steps.Make(page, place), ct);
        });
    }

    public ValueTask EndAsync(CancellationToken ct) => default;
}
