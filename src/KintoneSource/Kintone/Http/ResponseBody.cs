using System.IO.Compression;
using KintoneSource.Kintone.Memory;

namespace KintoneSource.Kintone.Http;

/// <summary>How much an answer may be, and what it costs to read it.</summary>
/// <param name="Expected">Bytes that are likely to come: reserved before the request is sent.</param>
/// <param name="Longest">Bytes that are believed of such an answer.</param>
/// <param name="IsPage">A page of records: fewer may be asked for, and each byte of it is held twice, as it came and as a line.</param>
/// <param name="NeedsAllMemory">Waits until nobody else holds memory.</param>
/// <param name="HasPage">Whoever asks for it holds a page, and so waits for no memory that pages take.</param>
readonly record struct BodyLimit(long Expected, long Longest, bool IsPage = false, bool NeedsAllMemory = false, bool HasPage = false)
{
    /// <summary>An app's settings at their largest are a few megabytes (hundreds of views with HTML of their own).</summary>
    public static BodyLimit Document { get; } = new(64 * 1024, 16 * 1024 * 1024);

    /// <summary>500 ids are 25 KB.</summary>
    public static BodyLimit Ids { get; } = new(32 * 1024, 1024 * 1024);

    /// <summary>A file is not held: it goes to the disk through a buffer.</summary>
    public static BodyLimit File { get; } = new(256 * 1024, 256 * 1024);

    /// <summary>What reading it takes of the memory.</summary>
    public long CostOf(long bytes) => IsPage ? 2 * bytes : bytes;
}

/// <summary>A whole answer's body, decompressed. <see cref="Bytes"/> is valid until it is disposed.</summary>
sealed class ResponseBody : IDisposable
{
    /// <summary>A token of JSON costs as much again in the document that is made of it, and in its copy.</summary>
    const int BytesPerToken = 40;

    const int SmallestStep = 64 * 1024;

    readonly AnswerMemory _memory;
    readonly GrowingMemory _block;
    int _length;

    ResponseBody(AnswerMemory memory) => (_memory, _block) = (memory, memory.Rent());

    public ReadOnlySpan<byte> Bytes => _block.GetSpan()[.._length];

    /// <summary>For changes that leave the length as it is.</summary>
    public Span<byte> Editable => _block.GetSpan()[.._length];

    public ReadOnlyMemory<byte> Memory => _block.Memory[.._length];

    /// <summary>Reads to the end.</summary>
    /// <param name="share">Grows with the body, to all that it will take to read it.</param>
    /// <exception cref="BodyTooLargeException">It is longer than its limit, or than what memory there is now.</exception>
    /// <exception cref="TransportException">It broke off, or is not compressed as it says.</exception>
    public static async Task<ResponseBody> ReadAsync(HttpContent content, BodyLimit limit, AnswerMemory memory, AnswerMemory.Share share, CancellationToken ct)
    {
        var body = new ResponseBody(memory);
        try
        {
            await body.FillAsync(content, limit, share, ct);
            if (!limit.IsPage && !share.TryExtendTo(body.CostOfDocument())) throw new BodyTooLargeException(body._length, 0, share.IsAll);
            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    /// <summary>The start of a body that should be a few hundred bytes, as an error's; a proxy's error page may be anything.</summary>
    /// <exception cref="TransportException">It broke off, or is not compressed as it says.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadSmallAsync(HttpContent content, CancellationToken ct)
    {
        var bytes = new byte[SmallestStep];
        await using var sent = new BoundedStream(await content.ReadAsStreamAsync(ct), SmallestStep);
        await using var plain = Decompress(sent, content);
        try
        {
            return bytes.AsMemory(0, await plain.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, ct));
        }
        catch (Exception e) when (e is InvalidDataException or InvalidOperationException or BodyTooLargeException)
        {
            throw new TransportException("The compressed answer is broken.");
        }
    }

    async Task FillAsync(HttpContent content, BodyLimit limit, AnswerMemory.Share share, CancellationToken ct)
    {
        await using var sent = new BoundedStream(await content.ReadAsStreamAsync(ct), Math.Min(limit.Longest, _memory.Capacity) + SmallestStep);
        await using var plain = Decompress(sent, content);
        // One byte more than announced, so that the end is seen without growing.
        var isAnnounced = content.Headers.ContentEncoding.Count == 0 && content.Headers.ContentLength is < int.MaxValue;
        var next = isAnnounced ? content.Headers.ContentLength!.Value + 1 : limit.Expected;
        try
        {
            while (true)
            {
                if (_length == _block.Capacity || _length >= Affordable(share, limit)) Grow(limit, share, next);
                var room = _block.Memory[_length..(int)Math.Min(_block.Capacity, Affordable(share, limit))];
                var read = await plain.ReadAsync(room, ct);
                if (read == 0) return;
                _length += read;
                next = _length + Math.Max(SmallestStep, _length / 2);
            }
        }
        catch (Exception e) when (e is InvalidDataException or InvalidOperationException)
        {
            throw new TransportException("The compressed answer is broken.");
        }
    }

    void Grow(BodyLimit limit, AnswerMemory.Share share, long wanted)
    {
        if (_length >= limit.Longest) throw new BodyTooLargeException(_length, RowsBegun(limit), isFinal: true);
        wanted = Math.Clamp(wanted, _length + 1, Math.Max(_length + 1, limit.Longest + 1));
        // The whole of what it would like, or the little that is left.
        if (!share.TryExtendTo(limit.CostOf(wanted)) && !share.TryExtendTo(limit.CostOf(wanted = _length + SmallestStep)))
            throw new BodyTooLargeException(_length, RowsBegun(limit), share.IsAll);
        _block.Reserve((int)Math.Min(wanted, Array.MaxLength));
    }

    static long Affordable(AnswerMemory.Share share, BodyLimit limit) => limit.IsPage ? share.Bytes / 2 : share.Bytes;

    /// <summary>The body, the document of its tokens and a copy of both.</summary>
    long CostOfDocument()
    {
        var tokens = 0L;
        for (var rest = Bytes; rest.IndexOfAny(s_betweenTokens) is >= 0 and var at; rest = rest[(at + 1)..]) tokens++;
        return 2L * _length + tokens * BytesPerToken;
    }

    static readonly System.Buffers.SearchValues<byte> s_betweenTokens = System.Buffers.SearchValues.Create(",:[{"u8);

    /// <summary>Every record names its <c>$id</c> once, and no text can hold these bytes, since a quote in it is escaped.</summary>
    int RowsBegun(BodyLimit limit) => limit.IsPage ? Bytes.Count("\"$id\""u8) : 0;

    /// <summary>The bytes as they were before they were compressed for the way.</summary>
    /// <exception cref="TransportException">It is compressed in a way that was not asked for.</exception>
    public static Stream Decompress(Stream sent, HttpContent content) => content.Headers.ContentEncoding.ToArray() switch
    {
        [] => sent,
        [var one] when one.Equals("identity", StringComparison.OrdinalIgnoreCase) => sent,
        [var one] when one.Equals("gzip", StringComparison.OrdinalIgnoreCase) => new GZipStream(sent, CompressionMode.Decompress),
        [var one] when one.Equals("br", StringComparison.OrdinalIgnoreCase) => new BrotliStream(sent, CompressionMode.Decompress),
        _ => throw new TransportException("The answer is compressed in a way that was not asked for."),
    };

    public void Dispose()
    {
        if (_length < 0) return;
        _length = -1;
        _memory.Return(_block);
    }

    /// <summary>Ends a body that is endless before it is decompressed.</summary>
    sealed class BoundedStream(Stream inner, long most) : IncomingStream
    {
        long _read;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await inner.ReadAsync(buffer, cancellationToken);
            if ((_read += read) > most) throw new BodyTooLargeException(_read, 0, isFinal: true);
            return read;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }
    }
}

/// <summary>An answer, of which not more is read, is larger than it may be, or than there is memory for now.</summary>
/// <param name="bytes">How much of it came.</param>
/// <param name="rows">Records of a page that had begun by then.</param>
/// <param name="isFinal">Waiting for memory would not help.</param>
sealed class BodyTooLargeException(long bytes, int rows, bool isFinal) : Exception($"The answer is longer than the {bytes} bytes that were read of it.")
{
    public long BytesRead => bytes;

    public int Rows => rows;

    public bool IsFinal => isFinal;
}
