using System.Collections.Concurrent;
using KintoneSource.Kintone;
using KintoneSource.Reading.Transcoding;

namespace KintoneSource.Reading;

/// <summary>A page that was asked for before the scan began.</summary>
/// <param name="Body">Kintone's answer; the scan disposes it.</param>
sealed record EarlyPage(IdRange Range, int Limit, PageBuffer Body);

/// <summary>
/// The pages of one app: from Kintone, transcoded for every stream that hangs on them while their request still holds its slot, to
/// stdout. Memory is one body and its lines for each page under way, and is used again.
/// </summary>
/// <param name="condition">What the records of a range match, the range itself aside.</param>
/// <param name="fields">The fields to ask for; null for all.</param>
/// <param name="early">Is used for the first request that asks the same.</param>
/// <param name="commit">Delivers a page's lines in one step.</param>
sealed class AppPages(
    KintoneApp app,
    Func<IdRange, string?> condition,
    IReadOnlyList<string>? fields,
    PageLayout layout,
    PageLimit limit,
    EarlyPage? early,
    Func<PageLines, Func<ScanStep>, CancellationToken, ValueTask> commit) : IScanPages, IDisposable
{
    readonly ConcurrentBag<Page> _free = [];
    EarlyPage? _early = early;

    public async Task<ScannedPage> ReadAsync(IdRange range, int pageLimit, bool withCount, CancellationToken ct)
    {
        var page = _free.TryTake(out var free) ? free : new Page(this);
        try
        {
            if (Volatile.Read(ref _early) is { } ready && ready.Range == range && ready.Limit == pageLimit && Interlocked.Exchange(ref _early, null) is not null)
            {
                using (ready.Body) return Read(ready.Body.WrittenSpan);
            }
            return await app.ReadPageAsync(condition(range), range, pageLimit, fields, withCount, answer => Read(answer.Bytes), ct);
        }
        catch
        {
            page.Dispose();
            throw;
        }

        ScannedPage Read(ReadOnlySpan<byte> body)
        {
            page.Transcode(body);
            RecordIds.EnsurePage(page.Ids, range, pageLimit);
            limit.Observe(page.Ids.Length, body.Length);
            return page;
        }
    }

    public ValueTask CommitAsync(ScannedPage scanned, Func<ScanStep> advance, CancellationToken ct) => commit(((Page)scanned).Lines, advance, ct);

    sealed class Page(AppPages owner) : ScannedPage
    {
        readonly PageTranscoder _transcoder = new(owner.Layout);
        long? _totalCount;

        public PageLines Lines { get; } = new(owner.Layout.Streams.Length);

        public override ReadOnlySpan<long> Ids => Lines.Ids;

        public override long? TotalCount => _totalCount;

        /// <summary>Starts over: an attempt may be repeated.</summary>
        public void Transcode(ReadOnlySpan<byte> body)
        {
            Lines.Clear();
            _totalCount = _transcoder.Transcode(body, Lines).TotalCount;
        }

        /// <summary>Lends the page to the next reader.</summary>
        public override void Dispose() => owner._free.Add(this);
    }

    /// <summary>Call when no page is under way any more.</summary>
    public void Dispose()
    {
        while (_free.TryTake(out var page)) page.Lines.Dispose();
        Interlocked.Exchange(ref _early, null)?.Body.Dispose();
    }

    PageLayout Layout => layout;
}
