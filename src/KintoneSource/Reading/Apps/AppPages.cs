using System.Collections.Concurrent;
using System.Text.Json;
using KintoneSource.Kintone.Apps;
using KintoneSource.Kintone.Http;
using KintoneSource.Kintone.Memory;
using KintoneSource.Kintone.Queries;
using KintoneSource.Protocol;
using KintoneSource.Reading.Scanning;
using KintoneSource.Reading.Transcoding;

namespace KintoneSource.Reading.Apps;

/// <summary>A page that was asked for before the scan began.</summary>
/// <param name="Body">Kintone's answer.</param>
/// <param name="Share">The memory that it takes, and its lines will.</param>
sealed record EarlyPage(IdRange Range, int Limit, PageBuffer Body, AnswerMemory.Share Share) : IDisposable
{
    public void Dispose()
    {
        Body.Dispose();
        Share.Dispose();
    }
}

/// <summary>
/// The pages of one app: from Kintone, transcoded for every stream that hangs on them while their request still holds its slot, to
/// stdout. Memory is one body and its lines for each page under way, out of what all pages of the process share.
/// </summary>
/// <param name="walk">Its early page is used for the first request that asks the same.</param>
/// <param name="fields">The fields to ask for; null for all.</param>
/// <param name="form">Asked before nulls take the place of fields that no record of a page has.</param>
/// <param name="deliver">Delivers a page's lines in steps.</param>
sealed class AppPages(
    KintoneApp app, Walk walk, IReadOnlyList<string>? fields, PageLayout layout, FormWitness form,
    Func<PageLines, PagePlace, CancellationToken, Task> deliver) : IScanPages
{
    readonly ConcurrentBag<Page> _free = [];
    readonly PageLimit _limit = walk.Limit;
    EarlyPage? _early = walk.Early;

    public async Task<ScannedPage> ReadAsync(IdRange range, int pageLimit, bool withCount, CancellationToken ct)
    {
        var page = await ReadAnyAsync(range, pageLimit, withCount, ct);
        try
        {
            await form.EnsureKnownAsync(page.AbsentFields, ct);
            return page;
        }
        catch
        {
            page.Dispose();
            throw;
        }
    }

    async Task<Page> ReadAnyAsync(IdRange range, int pageLimit, bool withCount, CancellationToken ct)
    {
        var page = _free.TryTake(out var free) ? free : new Page(this);
        try
        {
            if (Volatile.Read(ref _early) is { } ready && ready.Range == range && ready.Limit == pageLimit
                && Interlocked.Exchange(ref _early, null) is not null)
            {
                if (ReadEarly(page, ready)) return page;
            }
            return await ReadAsync(page, range, pageLimit, withCount, alone: false, ct);
        }
        catch (BodyTooLargeException e) when (pageLimit > 1)
        {
            _limit.ObserveTooLarge(e.BytesRead, e.Rows, app.ComfortableBody);
            page.Dispose();
            throw new PageTooLargeException(app.Address.Name, pageLimit, e.BytesRead);
        }
        catch (BodyTooLargeException)
        {
            page.Dispose();
            return await ReadWithAllMemoryAsync(range, withCount, ct);
        }
        catch
        {
            page.Dispose();
            throw;
        }
    }

    /// <summary>False where it is not the page that it should be: it is asked for once more.</summary>
    bool ReadEarly(Page page, EarlyPage ready)
    {
        try
        {
            Read(page, ready.Body.WrittenSpan, ready.Range, ready.Limit);
        }
        catch (Exception e) when (e is UnexpectedResponseException or MalformedPageException or JsonException)
        {
            ready.Dispose();
            return false;
        }
        page.Keep(ready.Share);
        ready.Body.Dispose();
        return true;
    }

    Page Read(Page page, ReadOnlySpan<byte> body, IdRange range, int pageLimit)
    {
        page.Transcode(body);
        RecordIds.EnsurePage(page.Ids, range, pageLimit);
        _limit.Observe(page.Ids.Length, body.Length, app.ComfortableBody);
        return page;
    }

    Task<Page> ReadAsync(Page page, IdRange range, int pageLimit, bool withCount, bool alone, CancellationToken ct) =>
        app.ReadPageAsync(walk.Condition(range), range, pageLimit, fields, withCount, _limit.BodyOf(pageLimit, alone), answer =>
        {
            Read(page, answer.Bytes, range, pageLimit);
            page.Keep(answer.Share.Split(page.Lines.Length));
            return page;
        }, ct);

    /// <summary>A single record that found no room: once more when nobody else holds memory.</summary>
    async Task<Page> ReadWithAllMemoryAsync(IdRange range, bool withCount, CancellationToken ct)
    {
        var page = new Page(this);
        try
        {
            return await ReadAsync(page, range, 1, withCount, alone: true, ct);
        }
        catch (BodyTooLargeException e)
        {
            page.Dispose();
            var id = await app.ListIdsAsync(walk.Condition(range), range, 1, ct);
            throw new ConfigurationException(
                $"Record {id.DefaultIfEmpty(range.UpTo).First()} of {app.Address.Name} is larger than {e.BytesRead / (1024 * 1024)} MB, which is more than "
                + "this program may hold at once "
                + $"({app.Memory.Capacity / (1024 * 1024)} MB for all records under way). Deselect the columns that hold so much text, or give the program "
                + "more memory (up to 512 MB is of use).");
        }
        catch
        {
            page.Dispose();
            throw;
        }
    }

    public async ValueTask DeliverAsync(ScannedPage page, PagePlace place, CancellationToken ct) => await deliver(((Page)page).Lines, place, ct);

    /// <summary>A page of records as lines.</summary>
    public sealed class Page(AppPages owner) : ScannedPage
    {
        readonly PageTranscoder _transcoder = new(owner.Layout);
        AnswerMemory.Share? _share;
        long? _totalCount;

        public PageLines Lines { get; } = new(owner.Layout.Streams.Length, memory: owner.Memory);

        public IEnumerable<string> AbsentFields => _transcoder.AbsentFields;

        public override ReadOnlySpan<long> Ids => Lines.Ids;

        public override long? TotalCount => _totalCount;

        /// <summary>Starts over: an attempt may be repeated.</summary>
        public void Transcode(ReadOnlySpan<byte> body)
        {
            Lines.Clear();
            _totalCount = _transcoder.Transcode(body, Lines).TotalCount;
        }

        /// <summary>The memory that the lines take until they are written.</summary>
        public void Keep(AnswerMemory.Share share) => _share = share;

        /// <summary>Gives the memory back and lends the page to the next reader.</summary>
        public override void Dispose()
        {
            Lines.Dispose();
            _share?.Dispose();
            _share = null;
            owner._free.Add(this);
        }
    }

    /// <summary>Call when no page is under way any more.</summary>
    public void Dispose()
    {
        _free.Clear();
        Interlocked.Exchange(ref _early, null)?.Dispose();
    }

    AnswerMemory Memory => app.Memory;

    PageLayout Layout => layout;
}
