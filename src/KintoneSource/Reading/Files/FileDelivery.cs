using System.Collections.Immutable;
using KintoneSource.Catalog;
using KintoneSource.Kintone.Memory;
using KintoneSource.Protocol;
using KintoneSource.Reading.Transcoding;

namespace KintoneSource.Reading.Files;

/// <summary>A file's row that is written before the rest of its page is.</summary>
/// <param name="Size">Bytes of the file.</param>
sealed record FetchedRow(AttachedFile File, ReadOnlyMemory<byte> Line, long Size);

/// <summary>
/// Brings the files of a page's records. Each file's row is written as soon as its contents are there, so that a sync which is killed fetches no finished
/// file again; the page's position, when all of its files are done. A file that does not come has no row: destinations expect one with each.
/// </summary>
/// <param name="columns">As the catalog selects them.</param>
/// <param name="atOnce">How many files are asked for side by side; the slots of the process decide what runs.</param>
/// <param name="deliver">Writes a row in a step of its own, and notes that its file was fetched.</param>
sealed class FileDelivery(
    FileQuestion question, FileFetcher fetcher, RecordEnvelope envelope, ImmutableArray<Column> columns, string stream, int atOnce, AnswerMemory memory,
    FileTally tally,
    Func<FetchedRow, Task> deliver)
{
    /// <returns>The same records without a line.</returns>
    public async Task<PageLines> DeliverAsync(FilePage page, CancellationToken ct)
    {
        var files = WantedOf(page);
        tally.Expect(files.Sum(static file => file.Size ?? 0), files.Count, page.Ids.Length);
        await tally.TellAsync(ct);
        await Parallel.ForEachAsync(files, new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = ct }, async (file, token) =>
        {
            var result = await fetcher.FetchAsync(file, result => deliver(new(file, LineOf(file, result.Size), result.Size)), token);
            tally.Note(file, result);
            await tally.TellAsync(token);
        });
        return Rest(page);
    }

    List<AttachedFile> WantedOf(FilePage page)
    {
        var files = new List<AttachedFile>();
        foreach (var file in page.Files)
        {
            if (fetcher.Decide(file) is { } known) tally.Note(file, known);
            else files.Add(file);
        }
        return files;
    }

    PageLines Rest(FilePage page)
    {
        var rest = new PageLines(1, capacity: 4096, memory);
        for (var record = 0; record < page.Ids.Length; record++)
        {
            if (page.Versions.Count > 0) rest.Versions.Add(page.Versions[record]);
            rest.End(page.Ids[record]);
        }
        return rest;
    }

    ReadOnlyMemory<byte> LineOf(AttachedFile file, long size)
    {
        var path = FilePath.Of(stream, file);
        var row = new FileRow(file, path, size);
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        using var lines = new ColumnLines(envelope, columns);
        lines.Write(output, row, FileRow.Write, row.More(question.Staging.Resolve(path)).Span);
        return output.WrittenMemory;
    }
}
