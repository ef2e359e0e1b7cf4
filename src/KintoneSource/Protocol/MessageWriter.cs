using System.Buffers;
using System.Text.Json;

namespace KintoneSource.Protocol;

/// <summary>
/// The only writer of stdout: UTF-8 without a BOM, whole lines, in call order. A STATE is visible to the
/// platform no earlier than the records it covers. The first write that fails is final: every later call
/// throws the same, so that nothing counts as delivered behind a gap.
/// </summary>
sealed class MessageWriter(Stream stdout, SecretMask mask, int flushThreshold = 64 * 1024) : IAsyncDisposable
{
    readonly ArrayBufferWriter<byte> _buffer = new(flushThreshold * 2);
    readonly SemaphoreSlim _turn = new(1, 1);
    Exception? _failure;
    long _warnings;

    /// <summary>WARN lines so far.</summary>
    public long Warnings => Interlocked.Read(ref _warnings);

    /// <summary>What never leaves through this writer: secrets that come up later are added here.</summary>
    public SecretMask Mask => mask;

    /// <summary>Writes one message and flushes, behind what is already buffered.</summary>
    public async ValueTask WriteAsync(AirbyteMessage message, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            Append(message);
            Flush();
        }
        finally { _turn.Release(); }
    }

    /// <summary>
    /// One atomic step: appends complete RECORD lines, then, in the same turn, runs <paramref name="commit"/>,
    /// which moves the reader's position and gives the STATEs, if any, that stand right behind the lines. Where the lines
    /// could not be written, <paramref name="commit"/> does not run.
    /// </summary>
    /// <param name="lines">Of one stream or several.</param>
    public async ValueTask CommitAsync(Func<IReadOnlyList<ReadOnlyMemory<byte>>> lines, Func<IReadOnlyList<AirbyteMessage>> commit, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            foreach (var part in lines()) AppendLines(part.Span);
            var messages = commit();
            foreach (var message in messages) Append(message);
            if (messages.Count > 0) Flush();
        }
        finally { _turn.Release(); }
    }

    void Append(AirbyteMessage message)
    {
        if (message is LogMessage { Body.Level: LogLevel.Warn }) Interlocked.Increment(ref _warnings);
        var before = _buffer.WrittenCount;
        try
        {
            // A catalog of a thousand apps is ten megabytes: it leaves as it is made.
            using var json = new Utf8JsonWriter(message is CatalogMessage ? new Spilling(this) : _buffer, JsonText.Writer);
            JsonSerializer.Serialize(json, mask.Apply(message), ProtocolJson.Default.AirbyteMessage);
        }
        catch when (message is not CatalogMessage)
        {
            // No memory for a large state, say. Whoever tells of it begins a line of its own, and not behind half of this one.
            var whole = _buffer.WrittenSpan[..before].ToArray();
            _buffer.ResetWrittenCount();
            _buffer.Write(whole);
            throw;
        }
        _buffer.Write("\n"u8);
        FlushIfFull();
    }

    /// <summary>The buffer, written out whenever it holds enough.</summary>
    sealed class Spilling(MessageWriter writer) : IBufferWriter<byte>
    {
        public void Advance(int count)
        {
            writer._buffer.Advance(count);
            writer.FlushIfFull();
        }

        public Memory<byte> GetMemory(int sizeHint = 0) => writer._buffer.GetMemory(sizeHint);

        public Span<byte> GetSpan(int sizeHint = 0) => writer._buffer.GetSpan(sizeHint);
    }

    void FlushIfFull()
    {
        if (_buffer.WrittenCount >= flushThreshold) Flush();
    }

    void AppendLines(ReadOnlySpan<byte> lines)
    {
        if (lines.Length >= flushThreshold)
        {
            Flush();
            WriteOut(lines);
            return;
        }
        _buffer.Write(lines);
        FlushIfFull();
    }

    void Flush()
    {
        if (_failure is not null) throw _failure;
        if (_buffer.WrittenCount == 0) return;
        WriteOut(_buffer.WrittenSpan);
        _buffer.ResetWrittenCount();
    }

    void WriteOut(ReadOnlySpan<byte> bytes)
    {
        if (_failure is not null) throw _failure;
        try
        {
            stdout.Write(bytes);
            stdout.Flush();
        }
        catch (IOException e)
        {
            _failure = e is OutputException ? e : new OutputException(e.Message, isClosed: false, e);
            throw _failure;
        }
    }

    public ValueTask DisposeAsync()
    {
        if (_failure is null) Flush();
        _turn.Dispose();
        return default;
    }
}

/// <summary>Standard output can't be written any more.</summary>
/// <param name="isClosed">The reader has gone: nobody is left to tell. Otherwise the disk is full, or the like.</param>
sealed class OutputException(string message, bool isClosed, Exception? inner = null) : IOException(message, inner)
{
    public bool IsClosed => isClosed;
}
