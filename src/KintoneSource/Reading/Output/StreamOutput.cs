using KintoneSource.Protocol;

namespace KintoneSource.Reading.Output;

/// <summary>
/// One stream's messages: its statuses, its records, and a STATE as often as the platform should have one, each with
/// the number of records since the one before.
/// </summary>
sealed class StreamOutput(StreamDescriptor stream, MessageWriter writer, TimeProvider time)
{
    readonly StatePace _pace = new(time);
    long _total;
    long _sinceState;
    int _isRunning;

    public StreamDescriptor Stream => stream;

    /// <summary>Records written so far.</summary>
    public long Records => Interlocked.Read(ref _total);

    /// <summary>How many it will have at the end, where that is known.</summary>
    public long? Expected { get; private set; }

    public ValueTask StartAsync(CancellationToken ct) => StatusAsync(StreamStatus.Started, ct);

    /// <summary>Says once that the stream has answered; what comes next are its records.</summary>
    public ValueTask RunAsync(CancellationToken ct) =>
        Interlocked.Exchange(ref _isRunning, 1) == 0 ? StatusAsync(StreamStatus.Running, ct) : default;

    public ValueTask EstimateAsync(long rows, CancellationToken ct)
    {
        Expected = Records + rows;
        return writer.WriteAsync(AirbyteMessage.Estimate(stream, rows, time.GetUtcNow()), ct);
    }

    public ValueTask WaitingAsync(DateTimeOffset until, CancellationToken ct) =>
        writer.WriteAsync(AirbyteMessage.RateLimited(stream, until, time.GetUtcNow()), ct);

    public ValueTask LogAsync(LogLevel level, string message, CancellationToken ct) =>
        writer.WriteAsync(AirbyteMessage.Log(level, message), ct);

    public ValueTask CompleteAsync(CancellationToken ct) => StatusAsync(StreamStatus.Complete, ct);

    /// <summary>The stream has failed: the others go on. <paramref name="failure"/> decides whether the platform tries again.</summary>
    public async ValueTask FailAsync(TraceError failure, CancellationToken ct)
    {
        await writer.WriteAsync(AirbyteMessage.Error(failure with { StreamDescriptor = stream }, time.GetUtcNow()), ct);
        await StatusAsync(StreamStatus.Incomplete, ct);
    }

    /// <summary>
    /// One atomic step: <paramref name="advance"/> moves the reader's position and gives the lines to write and how
    /// many records they are; a STATE follows in the same step when it is time for one.
    /// </summary>
    /// <param name="state">The position as it stands; runs in the same turn, after the lines are written.</param>
    public ValueTask CommitAsync(Func<(ReadOnlyMemory<byte> Lines, int Records)> advance, Func<RawJson> state, CancellationToken ct)
    {
        return writer.CommitAsync(
            () =>
            {
                var (lines, records) = advance();
                Count(records);
                _pace.Wrote(records, lines.Length);
                return lines;
            },
            () => _pace.IsDue ? State(state) : null,
            ct);
    }

    /// <summary>A STATE now: at a stream's end, an empty one's too, and when it is cut off.</summary>
    public ValueTask CheckpointAsync(Func<RawJson> state, CancellationToken ct) =>
        writer.CommitAsync(static () => default(ReadOnlyMemory<byte>), () => State(state), ct);

    AirbyteMessage State(Func<RawJson> state)
    {
        var json = state();
        _pace.WroteState(json.Utf8.Length);
        return State(json);
    }

    /// <summary>Lines of this stream are about to be written; call it in the writer's turn.</summary>
    public void Count(int records)
    {
        Interlocked.Add(ref _total, records);
        _sinceState += records;
    }

    /// <summary>A STATE for the lines counted since the one before; to be written in this turn.</summary>
    public AirbyteMessage State(RawJson state)
    {
        var message = AirbyteMessage.StreamState(stream, state, _sinceState);
        _sinceState = 0;
        return message;
    }

    ValueTask StatusAsync(StreamStatus status, CancellationToken ct) =>
        writer.WriteAsync(AirbyteMessage.Status(stream, status, time.GetUtcNow()), ct);
}
