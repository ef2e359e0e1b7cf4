using System.Collections.Concurrent;
using System.Collections.Immutable;
using KintoneSource.Catalog;
using KintoneSource.Kintone;
using KintoneSource.Protocol;
using KintoneSource.Reading.Transcoding;

namespace KintoneSource.Reading;

/// <param name="ids">The records that are delivered, ascending.</param>
/// <param name="lines">Theirs; may be changed in place.</param>
/// <param name="covered">Every matching record in it is among them.</param>
delegate void PageDelivery(ReadOnlySpan<long> ids, Span<byte> lines, IdRange covered);

/// <summary>
/// The pages of one app's records stream: from Kintone, transcoded while their request still holds its slot, to
/// stdout. Memory is one body and its lines for each page under way, and is used again.
/// </summary>
/// <param name="condition">What every page's records match, range aside.</param>
/// <param name="fields">The fields to ask for; null for all.</param>
/// <param name="onDelivery">Hears of every page in the writer's turn, just before its lines are written.</param>
/// <param name="state">The position after a step; runs in the writer's turn.</param>
sealed class RecordPages(
    KintoneApp app,
    string? condition,
    IReadOnlyList<string>? fields,
    ImmutableArray<Column> columns,
    RecordEnvelope envelope,
    StreamOutput output,
    PageLimit limit,
    PageDelivery onDelivery,
    Func<RawJson> state) : IScanPages, IDisposable
{
    readonly ConcurrentBag<Page> _free = [];

    public async Task<ScannedPage> ReadAsync(IdRange range, int pageLimit, bool withCount, CancellationToken ct)
    {
        var page = _free.TryTake(out var free) ? free : new Page(this);
        try
        {
            return await app.ReadPageAsync(condition, range, pageLimit, fields, withCount, answer =>
            {
                page.Transcode(answer.Bytes);
                RecordIds.EnsurePage(page.Ids, range, pageLimit);
                limit.Observe(page.Ids.Length, answer.Bytes.Length);
                return page;
            }, ct);
        }
        catch
        {
            page.Dispose();
            throw;
        }
    }

    public async ValueTask CommitAsync(ScannedPage scanned, Func<ScanStep> advance, CancellationToken ct)
    {
        var page = (Page)scanned;
        await output.RunAsync(ct);
        await output.CommitAsync(
            () =>
            {
                var step = advance();
                var lines = page.Lines(step.Accepted);
                onDelivery(page.Ids[..step.Accepted], page.Written(lines.Length), step.Covered);
                return (lines, step.Accepted);
            },
            state, ct);
    }

    sealed class Page(RecordPages owner) : ScannedPage
    {
        readonly PageTranscoder _transcoder = new(PageLayout.Of([PageStream.OfRecords(owner.Columns, owner.Envelope)]));
        readonly PageLines _lines = new(1);
        long? _totalCount;

        public override ReadOnlySpan<long> Ids => _lines.Ids;

        public override long? TotalCount => _totalCount;

        /// <summary>Starts over: an attempt may be repeated.</summary>
        public void Transcode(ReadOnlySpan<byte> body)
        {
            _lines.Clear();
            _totalCount = _transcoder.Transcode(body, _lines).TotalCount;
        }

        /// <summary>The lines of the first records.</summary>
        public ReadOnlyMemory<byte> Lines(int records) => _lines.Streams[0].Of(records);

        public Span<byte> Written(int length) => _lines.Written(length);

        /// <summary>Lends the page to the next reader.</summary>
        public override void Dispose() => owner._free.Add(this);

        public void Release() => _lines.Dispose();
    }

    /// <summary>Call when no page is under way any more.</summary>
    public void Dispose()
    {
        while (_free.TryTake(out var page)) page.Release();
    }

    ImmutableArray<Column> Columns => columns;

    RecordEnvelope Envelope => envelope;
}
