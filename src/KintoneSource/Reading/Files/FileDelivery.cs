using System.Collections.Immutable;
using KintoneSource.Catalog;
using KintoneSource.Kintone.Http;
using KintoneSource.Protocol;
using KintoneSource.Reading.Transcoding;

namespace KintoneSource.Reading.Files;

/// <summary>A file's row that is written before the rest of its page is.</summary>
/// <param name="Line">Makes the line in the writer's turn.</param>
/// <param name="Size">Bytes of the file.</param>
sealed record FetchedRow(AttachedFile File, Func<DateTimeOffset?, ReadOnlyMemory<byte>> Line, long Size);

/// <summary>
/// Brings the files of a page's records. Each file's row is written as soon as its contents are there, so that a sync which is killed fetches no finished
/// file again; the rest of the page, rows without contents and the position, when all of its files are done.
/// </summary>
/// <param name="columns">As the catalog selects them.</param>
/// <param name="atOnce">How many files are asked for side by side; the slots of the process decide what runs.</param>
/// <param name="deliver">Writes a row in a step of its own, and notes that its file was fetched.</param>
sealed class FileDelivery(
    FileQuestion question, FileFetcher fetcher, RecordEnvelope envelope, ImmutableArray<Column> columns, string stream, int atOnce, AnswerMemory memory, FileTally tally,
    Func<FetchedRow, Task> deliver)
{
    readonly record struct Wanted(AttachedFile File, int Record, FileResult? Result);

    /// <returns>The same records with the lines that are left to be written, and all rows that each has.</returns>
    public async Task<PageLines> DeliverAsync(FilePage page, CancellationToken ct)
    {
        var files = Decided(page);
        tally.Expect(files.Where(static f => f.Result is null).Sum(static f => f.File.Size ?? 0), files.Count(static f => f.Result is null), page.Ids.Length);
        await tally.TellAsync(ct);
        await Parallel.ForEachAsync(
            Enumerable.Range(0, files.Length).Where(i => files[i].Result is null), new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = ct }, async (i, token) =>
            {
                var file = files[i].File;
                var result = await fetcher.FetchAsync(file, result => deliver(new(file, updatedAt => LineOf(file, result, updatedAt), result.Size)), token);
                files[i] = files[i] with { Result = result };
                tally.Note(file, result);
                await tally.TellAsync(token);
            });
        return Rest(page, files);
    }

    Wanted[] Decided(FilePage page)
    {
        var files = new List<Wanted>();
        for (var record = 0; record < page.Ids.Length; record++)
        {
            foreach (var file in page.Files[record])
            {
                var result = fetcher.Decide(file);
                if (result is { } known) tally.Note(file, known);
                files.Add(new(file, record, result));
            }
        }
        return [.. files];
    }

    PageLines Rest(FilePage page, Wanted[] files)
    {
        var rest = new PageLines(1, capacity: 4096, memory);
        var (lines, next) = (rest.Streams[0], 0);
        for (var record = 0; record < page.Ids.Length; record++)
        {
            for (; next < files.Length && files[next].Record == record; next++)
            {
                var (file, result) = (files[next].File, files[next].Result!.Value);
                if (result.Outcome == FileOutcome.Fetched)
                {
                    lines.Keep(file.Number); // its row is written
                    continue;
                }
                lines.Bytes.Write(LineOf(file, result, null).Span);
                lines.EndLine(file.Number);
            }
            if (page.Versions.Count > 0) rest.Versions.Add(page.Versions[record]);
            rest.End(page.Ids[record]);
        }
        return rest;
    }

    ReadOnlyMemory<byte> LineOf(AttachedFile file, FileResult result, DateTimeOffset? updatedAt)
    {
        var path = FilePath.Of(stream, file);
        var row = new FileRow(file, result, path, updatedAt);
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        using var lines = new ColumnLines(envelope, columns);
        lines.Write(output, row, FileRow.Write, row.More(result.Outcome == FileOutcome.Fetched ? question.Staging.Resolve(path) : null).Span);
        return output.WrittenMemory;
    }
}
