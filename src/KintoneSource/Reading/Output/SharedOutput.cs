using System.Globalization;
using KintoneSource.Protocol;

namespace KintoneSource.Reading.Output;

/// <summary>What one step writes to one stream.</summary>
/// <param name="Deletions">How many of the records say that something is gone.</param>
readonly record struct StepLines(StreamOutput Stream, ReadOnlyMemory<byte> Lines, int Records, int Deletions = 0);

/// <summary>
/// The messages of streams that are read together, or of one: records, and STATEs as often as the platform should have them. A step is atomic over all of them: lines of each, then, when it is time, a STATE of
/// each; so none of their states says more or less than the others'.
/// </summary>
/// <param name="stateBytes">What the states are thought to take together before the first ones are written.</param>
sealed class SharedOutput(IReadOnlyList<StreamOutput> streams, MessageWriter writer, TimeProvider time, long stateBytes = 0)
{
    readonly StatePace _pace = new(time, stateBytes);
    int _isRunning;

    public IReadOnlyList<StreamOutput> Streams => streams;

    /// <summary>How messages call them: the first one's name, and how many others there are.</summary>
    public string Name { get; } = streams.Count switch
    {
        1 => streams[0].Stream.Name,
        2 => $"{streams[0].Stream.Name} and {streams[1].Stream.Name}",
        _ => string.Create(CultureInfo.InvariantCulture, $"{streams[0].Stream.Name} and {streams.Count - 1} other streams of its app"),
    };

    public ValueTask LogAsync(LogLevel level, string message, CancellationToken ct) => writer.WriteAsync(AirbyteMessage.Log(level, message), ct);

    /// <summary>Something that may be said of many streams.</summary>
    public ValueTask NoteAsync(LogLevel level, string what, string message, CancellationToken ct) => streams[0].Notices.TellAsync(level, what, message, ct);

    /// <summary>Says once that the streams have answered; what comes next are their records.</summary>
    public async ValueTask RunAsync(CancellationToken ct)
    {
        if (Interlocked.Exchange(ref _isRunning, 1) != 0) return;
        foreach (var stream in streams) await stream.RunAsync(ct);
    }

    /// <summary>
    /// One atomic step: <paramref name="advance"/> moves the position and gives the lines of each stream; the STATEs follow in the same
    /// step when it is time for them.
    /// </summary>
    /// <param name="states">The position as it stands, as a state of each stream in their order; runs in the same turn, after the lines are written.</param>
    /// <param name="fileBytes">Of files that the lines refer to.</param>
    public ValueTask CommitAsync(Func<IReadOnlyList<StepLines>> advance, Func<IReadOnlyList<RawJson>> states, CancellationToken ct, long fileBytes = 0) => writer.CommitAsync(
        () =>
        {
            var step = advance();
            var (records, bytes) = (0, 0);
            foreach (var part in step)
            {
                part.Stream.Count(part.Records, part.Deletions);
                records = Math.Max(records, part.Records);
                bytes += part.Lines.Length;
            }
            _pace.Wrote(records, bytes, fileBytes);
            return [.. step.Select(static s => s.Lines)];
        },
        () => _pace.IsDue ? Messages(states()) : [],
        ct);

    /// <summary>STATEs now: at the end, where nothing was written too, and when the streams are cut off.</summary>
    public ValueTask CheckpointAsync(Func<IReadOnlyList<RawJson>> states, CancellationToken ct) =>
        writer.CommitAsync(static () => [], () => Messages(states()), ct);

    AirbyteMessage[] Messages(IReadOnlyList<RawJson> states)
    {
        _pace.WroteState(states.Sum(static s => (long)s.Utf8.Length));
        return [.. streams.Zip(states, static (stream, state) => stream.State(state))];
    }
}
