using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
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
/// stdout. Memory is one body and its lines for each page under way, out of what all pages of the process share.
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
            return await ReadAsync(page, range, pageLimit, withCount, alone: false, ct);
        }
        catch (BodyTooLargeException e) when (pageLimit > 1)
        {
            limit.ObserveTooLarge(e.BytesRead, e.Rows, app.ComfortableBody);
            page.Dispose();
            throw new PageTooLargeException(app.Address.Name, pageLimit, e.BytesRead);
        }
        catch (BodyTooLargeException)
        {
            page.Dispose();
            return await ReadAloneAsync(range, withCount, ct);
        }
        catch
        {
            page.Dispose();
            throw;
        }
    }

    Task<Page> ReadAsync(Page page, IdRange range, int pageLimit, bool withCount, bool alone, CancellationToken ct) =>
        app.ReadPageAsync(condition, range, pageLimit, fields, withCount, limit.BodyOf(pageLimit, alone), answer =>
        {
            page.Transcode(answer.Bytes);
            RecordIds.EnsurePage(page.Ids, range, pageLimit);
            limit.Observe(page.Ids.Length, answer.Bytes.Length, app.ComfortableBody);
            page.Keep(answer.Share);
            return page;
        }, ct);

    /// <summary>A single record that found no room: once more when nobody else holds memory.</summary>
    async Task<ScannedPage> ReadAloneAsync(IdRange range, bool withCount, CancellationToken ct)
    {
        var page = new Page(this);
        try
        {
            return await ReadAsync(page, range, 1, withCount, alone: true, ct);
        }
        catch (BodyTooLargeException e)
        {
            page.Dispose();
            var id = await app.ListIdsAsync(condition, range, 1, ct);
            throw new ConfigurationException(
                $"Record {id.DefaultIfEmpty(range.UpTo).First()} of {app.Address.Name} is larger than {e.BytesRead / (1024 * 1024)} MB, which is more than this program may hold at once "
                + $"({app.Memory.Capacity / (1024 * 1024)} MB for all records under way). Deselect the columns that hold so much text, or give the program more memory (up to 512 MB is of use).");
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
        readonly PageTranscoder _transcoder = new(owner.Columns, owner.Envelope);
        readonly PageBuffer _lines = new(memory: owner.Memory);
        readonly List<long> _ids = [];
        AnswerMemory.Share? _share;
        long? _totalCount;

        public override ReadOnlySpan<long> Ids => CollectionsMarshal.AsSpan(_ids);

        public override long? TotalCount => _totalCount;

        /// <summary>Starts over: an attempt may be repeated.</summary>
        public void Transcode(ReadOnlySpan<byte> body)
        {
            _lines.Clear();
            _ids.Clear();
            _totalCount = _transcoder.Transcode(body, _lines, _ids).TotalCount;
        }

        /// <summary>The body's part of the memory is free again, the lines' is not.</summary>
        public void Keep(AnswerMemory.Share share) => _share = share.Split(_lines.Length);

        /// <summary>The lines of the first records.</summary>
        public ReadOnlyMemory<byte> Lines(int records)
        {
            if (records == _ids.Count) return _lines.WrittenMemory;
            var end = 0;
            for (var i = 0; i < records; i++) end += _lines.WrittenSpan[end..].IndexOf((byte)'\n') + 1;
            return _lines.WrittenMemory[..end];
        }

        public Span<byte> Written(int length) => _lines.Written(length);

        /// <summary>Gives the memory back and lends the page to the next reader.</summary>
        public override void Dispose()
        {
            _lines.Dispose();
            _share?.Dispose();
            _share = null;
            owner._free.Add(this);
        }
    }

    /// <summary>Call when no page is under way any more.</summary>
    public void Dispose() => _free.Clear();

    AnswerMemory Memory => app.Memory;

    ImmutableArray<Column> Columns => columns;

    RecordEnvelope Envelope => envelope;
}
