using System.Collections.Immutable;
using KintoneSource.Catalog;
using KintoneSource.Kintone.Apps;
using KintoneSource.Kintone.Http;
using KintoneSource.Kintone.Queries;
using KintoneSource.Protocol;
using KintoneSource.Reading.Scanning;
using KintoneSource.Reading.Transcoding;

namespace KintoneSource.Reading.Comments;

/// <summary>What is wanted of the comments that a scan passes by.</summary>
/// <param name="KnownOf">The comments of a record that were delivered and are not known to be gone.</param>
/// <param name="DeliveredBefore">Known ones that were written before this are not read again, nor what is older than they; null reads all.</param>
/// <param name="Now">Kintone's clock, or an earlier time.</param>
sealed record CommentQuestion(Func<long, long[]> KnownOf, DateTimeOffset? DeliveredBefore, Func<DateTimeOffset> Now);

/// <summary>
/// The comments of an app, as pages of a scan over its records: the ids of a range, then the comments of each record, the newest first, up
/// to one that is known. A page is delivered as one step, so that what is known of a record's comments is never a part of what was read.
/// </summary>
/// <param name="condition">What the records of a range match, the range itself aside.</param>
/// <param name="fields">The fields to ask for: id, revision and update time.</param>
/// <param name="updatedTime">The code of the update time's field; null where the form has none.</param>
/// <param name="atOnce">How many records' comments are asked for side by side; the slots of the process decide what runs.</param>
/// <param name="deliver">Delivers a page's lines in steps.</param>
sealed class CommentPages(
    KintoneApp app, Func<IdRange, string?> condition, IReadOnlyList<string>? fields, string? updatedTime, RecordEnvelope envelope, ImmutableArray<Column> columns,
    CommentQuestion question, PageLimit limit, int atOnce, Func<CommentPages.Page, PagePlace, CancellationToken, Task> deliver) : IScanPages
{
    /// <summary>Records of a page, each of which costs a request: what a sync that is killed has to ask again.</summary>
    public const int Records = 100;

    readonly PageLayout _ids = PageLayout.Of([], updatedTime, versioned: true);

    public async Task<ScannedPage> ReadAsync(IdRange range, int pageLimit, bool withCount, CancellationToken ct)
    {
        using var records = new PageLines(0);
        var count = await app.ReadPageAsync(condition(range), range, pageLimit, fields, withCount, BodyLimit.Document, answer =>
        {
            records.Clear();
            var summary = new PageTranscoder(_ids).Transcode(answer.Bytes, records);
            RecordIds.EnsurePage(records.Ids, range, pageLimit);
            return summary.TotalCount;
        }, ct);
        var ids = records.Ids.ToArray();
        var comments = new RecordComments[ids.Length];
        var (bytes, done) = (0L, 0);
        await Parallel.ForAsync(0, ids.Length, new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = ct }, async (i, token) =>
        {
            comments[i] = await RecordComments.ReadAsync(app, ids[i], question, token);
            // Nobody else may be kept waiting for memory that a page holds while it asks for more, so it has its own measure.
            if (Interlocked.Add(ref bytes, comments[i].Bytes) <= app.ComfortableBody || ids.Length == 1)
            {
                Interlocked.Increment(ref done);
                return;
            }
            limit.ObserveTooLarge(bytes, done + 1, app.ComfortableBody);
            throw new PageTooLargeException(app.Address.Name, pageLimit, bytes);
        });
        limit.Observe(ids.Length, (int)Math.Min(bytes, int.MaxValue), app.ComfortableBody);
        return Write(ids, records.Versions, comments, count);
    }

    Page Write(long[] ids, List<RecordVersion> versions, RecordComments[] comments, long? count)
    {
        var page = new Page(count, app.Memory);
        var stream = page.Lines.Streams[0];
        using var lines = new ColumnLines(envelope, columns);
        for (var i = 0; i < ids.Length; i++)
        {
            foreach (var comment in comments[i].New)
            {
                lines.Write(stream.Bytes, new CommentRow(ids[i], versions[i].UpdatedAt, comment), CommentRow.Write);
                stream.EndLine(comment.Id);
                page.Note(comment.CreatedAt);
            }
            foreach (var comment in comments[i].Kept) stream.Keep(comment);
            page.AskedAt.Add(comments[i].AskedAt);
            page.Lines.Versions.Add(versions[i]);
            page.Lines.End(ids[i]);
        }
        return page;
    }

    public async ValueTask DeliverAsync(ScannedPage page, PagePlace place, CancellationToken ct) => await deliver((Page)page, place, ct);

    public void Dispose() { }

    /// <summary>Records and what is new of their comments, of which there is one stream.</summary>
    public sealed class Page(long? totalCount, AnswerMemory memory) : ScannedPage
    {
        public PageLines Lines { get; } = new(1, capacity: 4096, memory);

        /// <summary>When each record's comments were asked for: what is not among them was gone then, and a number that is given again is given later.</summary>
        public List<DateTimeOffset> AskedAt { get; } = [];

        /// <summary>When the newest comment was written, to the minute; null where there is none.</summary>
        public DateTimeOffset? Newest { get; private set; }

        public override ReadOnlySpan<long> Ids => Lines.Ids;

        public override long? TotalCount => totalCount;

        public void Note(DateTimeOffset createdAt)
        {
            if (!(Newest >= createdAt)) Newest = WireTime.Minute(createdAt);
        }

        public override void Dispose() => Lines.Dispose();
    }
}
