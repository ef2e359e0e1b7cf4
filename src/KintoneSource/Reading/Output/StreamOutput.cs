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
    long _total;
    long _deletions;
    long _sinceState;
    byte[] _stateHash = [];
    int _isRunning;

    public StreamDescriptor Stream => stream;

    /// <summary>Records written so far.</summary>
    public long Records => Interlocked.Read(ref _total);

    /// <summary>Those of them that say that something is gone.</summary>
    public long Deletions => Interlocked.Read(ref _deletions);

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

    public ValueTask LogAsync(LogLevel level, string message, CancellationToken ct) =>
        writer.WriteAsync(AirbyteMessage.Log(level, message), ct);

    /// <summary>Something that may be said of many streams: see <see cref="Notices"/>.</summary>
    public Notices Notices { get; } = notices ?? new(writer);

    public ValueTask CompleteAsync(CancellationToken ct) => StatusAsync(StreamStatus.Complete, ct);

    /// <summary>The stream has failed: the others go on. <paramref name="failure"/> decides whether the platform tries again.</summary>
    public async ValueTask FailAsync(TraceError failure, CancellationToken ct)
    {
        await writer.WriteAsync(AirbyteMessage.Error(failure with { StreamDescriptor = stream }, time.GetUtcNow()), ct);
        await StatusAsync(StreamStatus.Incomplete, ct);
    }

    /// <summary>Lines of this stream are about to be written; call it in the writer's turn.</summary>
    public void Count(int records, int deletions = 0)
    {
        Interlocked.Add(ref _total, records);
        Interlocked.Add(ref _deletions, deletions);
        _sinceState += records;
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
