using System.Globalization;
using KintoneSource.Protocol;

namespace KintoneSource.Reading.Output;

/// <summary>What one step writes to one stream.</summary>
/// <param name="Deletions">How many of the records say that something is gone.</param>
/// <param name="Nulled">How many of their values did not fit and are null.</param>
readonly record struct StepLines(StreamOutput Stream, ReadOnlyMemory<byte> Lines, int Records, int Deletions = 0, int Nulled = 0);

/// <summary>
/// What changes together: lines that are made already, and what is known once they are written. Nothing is changed before
/// <paramref name="Apply"/>, so a step that cannot be made has not happened.
/// </summary>
/// <param name="Lines">Of each stream; a stream may have several.</param>
/// <param name="Apply">Moves the position and notes what the lines deliver.</param>
/// <param name="FileBytes">Of the file that the lines refer to; null for none.</param>
readonly record struct Step(IReadOnlyList<StepLines> Lines, Action Apply, long? FileBytes = null);

/// <summary>
/// The messages of streams that are read together, or of one: records, and STATEs as often as the platform should have them. A step is atomic
/// over all of them: lines of each, then, when it is time, a STATE of each; so none of their states says more or less than the others'. When a
/// step breaks off between its first line and its last change, nobody can say what was delivered: no STATE is written any more, and the
/// next sync goes on from the last one.
/// </summary>
/// <param name="stateBytes">What the states are thought to take together before the first ones are written.</param>
sealed class SharedOutput(IReadOnlyList<StreamOutput> streams, MessageWriter writer, TimeProvider time, long stateBytes = 0)
{
    readonly StatePace _pace = new(time, stateBytes);
    int _isRunning;
    bool _isTorn;

    public IReadOnlyList<StreamOutput> Streams => streams;

    /// <summary>How messages call them: the first one's name, and how many others there are.</summary>
    public string Name { get; } = streams.Count switch
    {
        1 => streams[0].Stream.Name,
        2 => $"{streams[0].Stream.Name} and {streams[1].Stream.Name}",
        _ => string.Create(CultureInfo.InvariantCulture, $"{streams[0].Stream.Name} and {streams.Count - 1} other streams of its app"),
    };

    /// <summary>Said of all streams, and written once.</summary>
    public ValueTask LogAsync(LogLevel level, string message, CancellationToken ct)
    {
        CountForOthers(level);
        return streams[0].LogAsync(level, message, ct);
    }

    /// <summary>Something that may be said of other scans' streams, too: see <see cref="Notices"/>.</summary>
    public ValueTask NoteAsync(LogLevel level, string what, string message, CancellationToken ct)
    {
        CountForOthers(level);
        return streams[0].NoteAsync(level, what, message, ct);
    }

    void CountForOthers(LogLevel level)
    {
        foreach (var other in streams.Skip(1)) other.CountWarning(level);
    }

    /// <summary>Says once that the streams have answered; what comes next are their records.</summary>
    public async ValueTask RunAsync(CancellationToken ct)
    {
        if (Interlocked.Exchange(ref _isRunning, 1) != 0) return;
        foreach (var stream in streams) await stream.RunAsync(ct);
    }

    /// <summary>One atomic step; the STATEs follow in the same turn when it is time for them.</summary>
    /// <param name="make">Makes the step from what is known in the writer's turn, and changes nothing.</param>
    /// <param name="states">A state of each stream in their order, as it stands after the step; null for a stream that gets none any more.</param>
    public ValueTask CommitAsync(Func<Step> make, Func<IReadOnlyList<RawJson?>> states, CancellationToken ct)
    {
        Step step = default;
        return writer.CommitAsync(
            () =>
            {
                if (_isTorn)
                    throw new InvalidOperationException(
                        "A step before this one broke off half-way: nothing more is written, and the next sync goes on from the last STATE.");
                step = make();
                _isTorn = true;
                return [.. step.Lines.Select(static l => l.Lines)];
            },
            () =>
            {
                step.Apply();
                Count(step);
                _isTorn = false;
                return _pace.IsDue ? Messages(states()) : [];
            },
            ct);
    }

    /// <summary>STATEs now: at the end, where nothing was written too, and when the streams are cut off.</summary>
    public ValueTask CheckpointAsync(Func<IReadOnlyList<RawJson?>> states, CancellationToken ct) =>
        writer.CommitAsync(static () => [], () => _isTorn ? [] : Messages(states()), ct);

    void Count(Step step)
    {
        var (records, bytes) = (0, 0);
        foreach (var part in step.Lines)
        {
            part.Stream.Count(part, step.FileBytes);
            records = Math.Max(records, part.Records);
            bytes += part.Lines.Length;
        }
        _pace.Wrote(records, bytes, step.FileBytes ?? 0);
    }

    AirbyteMessage[] Messages(IReadOnlyList<RawJson?> states)
    {
        _pace.WroteState(states.Sum(static s => (long)(s?.Utf8.Length ?? 0)));
        return [.. streams.Zip(states).Select(static s => s.Second is { } state ? s.First.State(state) : null).OfType<AirbyteMessage>()];
    }
}
