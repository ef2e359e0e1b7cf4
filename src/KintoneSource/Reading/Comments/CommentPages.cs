using System.Collections.Immutable;
using KintoneSource.Catalog;
using KintoneSource.Kintone.Apps;
using KintoneSource.Kintone.Http;
using KintoneSource.Kintone.Memory;
using KintoneSource.Kintone.Queries;
using KintoneSource.Protocol;
using KintoneSource.Reading.Scanning;
using KintoneSource.Reading.Transcoding;

namespace KintoneSource.Reading.Comments;

/// <summary>What is wanted of the comments that a scan passes by.</summary>
/// <param name="KnownOf">The comments of a record that were delivered and are not known to be gone.</param>
/// <param name="DeliveredBefore">Known ones that were written before this are not read again, nor what is older than they; null reads all.</param>
/// <param name="FindsDeleted">Which of them are gone is wanted.</param>
/// <param name="Now">Kintone's clock, or an earlier time.</param>
sealed record CommentQuestion(Func<long, long[]> KnownOf, DateTimeOffset? DeliveredBefore, bool FindsDeleted, Func<DateTimeOffset> Now);

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
    KintoneApp app, Func<IdRange, string?> condition, IReadOnlyList<string>? fields, string? updatedTime, RecordEnvelope envelope,
    ImmutableArray<Column> columns,
    CommentReader reader, PageLimit limit, int atOnce, Func<CommentPages.Page, PagePlace, CancellationToken, Task> deliver) : IScanPages
{
    /// <summary>Records of a page, each of which costs a request: what a sync that is killed has to ask again.</summary>
    public const int Records = 100;

    readonly PageLayout _ids = PageLayout.Of([], updatedTime, versioned: true);

    /// <summary>What a byte of an answer takes as a comment, and as a line again.</summary>
    const int CostPerByte = 4;

    public async Task<ScannedPage> ReadAsync(IdRange range, int pageLimit, bool withCount, CancellationToken ct)
    {
        try
        {
            return await ReadAsync(range, pageLimit, withCount, app.Memory.HeldCapacity / atOnce, ct);
        }
        catch (NoRoomException e) when (pageLimit > 1)
        {
            limit.ObserveTooLarge(e.Bytes, 1, (int)Math.Max(1, e.Bytes / 2)); // half as many, whatever each takes
            throw new PageTooLargeException(app.Address.Name, pageLimit, e.Bytes);
        }
        catch (NoRoomException)
        {
            return await ReadAsync(range, pageLimit, withCount, app.Memory.HeldCapacity, ct); // a single record: once more when nobody else holds anything
        }
    }

    async Task<Page> ReadAsync(IdRange range, int pageLimit, bool withCount, long expected, CancellationToken ct)
    {
        var held = await app.Memory.HoldAsync(expected, ct);
        try
        {
            var kept = new Keeping(held);
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
            await Parallel.ForAsync(0, ids.Length, new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = ct }, async (i, token) =>
                comments[i] = await ReadOneAsync(ids, i, kept, token));
            await reader.ReviewAsync(ids, comments, kept.Keep, ct);
            limit.Observe(ids.Length, (int)Math.Min(kept.Bytes, int.MaxValue), (int)(app.Memory.HeldCapacity / atOnce / CostPerByte));
            return Write(ids, records.Versions, comments, count, held);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    async Task<RecordComments> ReadOneAsync(long[] ids, int i, Keeping kept, CancellationToken ct)
    {
        try
        {
            return await reader.ReadAsync(ids[i], kept.Keep, ct);
        }
        catch (NoRoomException e) when (ids.Length == 1 && kept.IsAll)
        {
            return reader.Unread(ids[i], new ConfigurationException($"{e.Message} They are larger than this program may hold at once: give it more memory "
                + "(up to 512 MB is of use).", e));
        }
    }

    /// <summary>What a page holds in memory so far.</summary>
    sealed class Keeping(AnswerMemory.Share held)
    {
        readonly Lock _lock = new();

        public long Bytes { get; private set; }

        /// <summary>Nobody else holds any.</summary>
        public bool IsAll => held.IsAll;

        /// <exception cref="NoRoomException">It does not fit beside what others hold.</exception>
        public void Keep(int bytes)
        {
            lock (_lock)
            {
                Bytes += bytes;
                if (!held.TryExtendTo(CostPerByte * Bytes)) throw new NoRoomException(Bytes);
            }
        }
    }

    sealed class NoRoomException(long bytes) : Exception($"There is no memory for more than {bytes / (1024 * 1024.0):0.#} MB of comments.")
    {
        public long Bytes => bytes;
    }

    Page Write(long[] ids, List<RecordVersion> versions, RecordComments[] comments, long? count, AnswerMemory.Share held)
    {
        var page = new Page(count, app.Memory, held);
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
            if (comments[i].Failure is not null) page.Unread.Add(ids[i]);
            page.Lines.Versions.Add(versions[i]);
            page.Lines.End(ids[i]);
        }
        return page;
    }

    public async ValueTask DeliverAsync(ScannedPage page, PagePlace place, CancellationToken ct) => await deliver((Page)page, place, ct);

    public void Dispose() { }

    /// <summary>Records and what is new of their comments, of which there is one stream.</summary>
    public sealed class Page(long? totalCount, AnswerMemory memory, AnswerMemory.Share held) : ScannedPage
    {
        public PageLines Lines { get; } = new(1, capacity: 4096, memory);

        /// <summary>When each record's comments were asked for: what is not among them was gone then, and a number that is given again is given
        /// later.</summary>
        public List<DateTimeOffset> AskedAt { get; } = [];

        /// <summary>Records whose comments were not read: they are asked for again.</summary>
        public HashSet<long> Unread { get; } = [];

        /// <summary>When the newest comment was written, to the minute; null where there is none.</summary>
        public DateTimeOffset? Newest { get; private set; }

        public override ReadOnlySpan<long> Ids => Lines.Ids;

        public override long? TotalCount => totalCount;

        public void Note(DateTimeOffset createdAt)
        {
            if (!(Newest >= createdAt)) Newest = WireTime.Minute(createdAt);
        }

        public override void Dispose()
        {
            Lines.Dispose();
            held.Dispose();
        }
    }
}
