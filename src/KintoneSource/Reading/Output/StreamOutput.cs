using System.Security.Cryptography;
using KintoneSource.Protocol;

namespace KintoneSource.Reading.Output;

/// <summary>
/// One stream's messages: its statuses, and what counts its records, so that each STATE says how many came since the one before. Records
/// and STATEs are written by <see cref="SharedOutput"/>.
/// </summary>
/// <param name="notices">Of the sync; its own where nothing is given.</param>
sealed class StreamOutput(StreamDescriptor stream, MessageWriter writer, TimeProvider time, Notices? notices = null)
{
    readonly Notices _notices = notices ?? new(writer);
    long _total;
    long _deletions;
    long _nulled;
    long _bytes;
    long _files;
    int _warnings;
    long _sinceState;
    byte[] _stateHash = [];
    int _isRunning;

    public StreamDescriptor Stream => stream;

    /// <summary>Records written so far.</summary>
    public long Records => Interlocked.Read(ref _total);

    /// <summary>Those of them that say that something is gone.</summary>
    public long Deletions => Interlocked.Read(ref _deletions);

    /// <summary>Values that did not fit their columns and were written as null.</summary>
    public long Nulled => Interlocked.Read(ref _nulled);

    /// <summary>Files whose contents the records refer to.</summary>
    public long Files => Interlocked.Read(ref _files);

    /// <summary>Of the records' lines and of those files.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>WARN lines that were said of the stream, or of those that it shares a scan with.</summary>
    public int Warnings => Volatile.Read(ref _warnings);

    /// <summary>What it is a part of; its own, which nobody counts, where nothing is given.</summary>
    public Portion Portion { get; init; } = new(stream.Name, isCounted: false);

    public ValueTask StartAsync(CancellationToken ct) => StatusAsync(StreamStatus.Started, ct);

    /// <summary>Says once that the stream has answered; what comes next are its records.</summary>
    public ValueTask RunAsync(CancellationToken ct) =>
        Interlocked.Exchange(ref _isRunning, 1) == 0 ? StatusAsync(StreamStatus.Running, ct) : default;

    public ValueTask EstimateAsync(long rows, CancellationToken ct) =>
        writer.WriteAsync(AirbyteMessage.Estimate(stream, rows, time.GetUtcNow()), ct);

    public ValueTask WaitingAsync(DateTimeOffset until, CancellationToken ct) =>
        writer.WriteAsync(AirbyteMessage.RateLimited(stream, until, time.GetUtcNow()), ct);

    public ValueTask LogAsync(LogLevel level, string message, CancellationToken ct)
    {
        CountWarning(level);
        return writer.WriteAsync(AirbyteMessage.Log(level, message), ct);
    }

    /// <summary>Something that may be said of many streams: see <see cref="Notices"/>.</summary>
    public ValueTask NoteAsync(LogLevel level, string what, string message, CancellationToken ct)
    {
        CountWarning(level);
        return _notices.TellAsync(level, what, message, ct);
    }

    /// <summary>A line of the log is about this stream; the audit tells how many of them were warnings.</summary>
    public void CountWarning(LogLevel level)
    {
        if (level == LogLevel.Warn) Interlocked.Increment(ref _warnings);
    }

    public ValueTask CompleteAsync(CancellationToken ct) => StatusAsync(StreamStatus.Complete, ct);

    /// <summary>The stream has failed: the others go on. <paramref name="failure"/> decides whether the platform tries again.</summary>
    public async ValueTask FailAsync(TraceError failure, CancellationToken ct)
    {
        await writer.WriteAsync(AirbyteMessage.Error(failure with { StreamDescriptor = stream }, time.GetUtcNow()), ct);
        await StatusAsync(StreamStatus.Incomplete, ct);
    }

    /// <summary>Lines of this stream are about to be written; call it in the writer's turn.</summary>
    /// <param name="fileBytes">Of the file that they refer to; null for none.</param>
    public void Count(StepLines lines, long? fileBytes = null)
    {
        Interlocked.Add(ref _total, lines.Records);
        Interlocked.Add(ref _deletions, lines.Deletions);
        Interlocked.Add(ref _nulled, lines.Nulled);
        Interlocked.Add(ref _bytes, lines.Lines.Length + (fileBytes ?? 0));
        if (fileBytes is not null) Interlocked.Increment(ref _files);
        _sinceState += lines.Records;
    }

    /// <summary>
    /// A STATE for the lines counted since the one before; to be written in this turn. Null where it would only repeat that one: two equal STATEs
    /// of a stream in one sync switch the platform's statistics of it off.
    /// </summary>
    public AirbyteMessage? State(RawJson state)
    {
        var hash = SHA256.HashData(state.Utf8.Span);
        if (_sinceState == 0 && hash.AsSpan().SequenceEqual(_stateHash)) return null;
        var message = AirbyteMessage.StreamState(stream, state, _sinceState);
        (_sinceState, _stateHash) = (0, hash);
        return message;
    }

    ValueTask StatusAsync(StreamStatus status, CancellationToken ct) =>
        writer.WriteAsync(AirbyteMessage.Status(stream, status, time.GetUtcNow()), ct);
}
