namespace AcceptanceTests.FaultMatrix;

/// <summary>What becomes of a sync that meets a fault.</summary>
enum Outcome
{
    /// <summary>It tries again, and the rows are those of an untroubled sync, each once.</summary>
    SameRows,

    /// <summary>The row of a file says that its contents did not come, and why; everything else is as ever.</summary>
    RowSaysSo,

    ConfigError,
    TransientError,
    SystemError,
}

/// <summary>Something that goes wrong with one answer, and what must come of it.</summary>
/// <param name="Kind">Of what sort it is: transport, HTTP, encoding, shape, value, code.</param>
/// <param name="Name">As the page says it.</param>
/// <param name="Read">What comes of a sync where it happens once.</param>
/// <param name="Play">Does it, instead of sending the answer.</param>
sealed record WireFault(string Kind, string Name, Outcome Read, Func<Wire, WireAnswer, Task> Play)
{
    static readonly Position[] s_everywhere = [Position.Form, Position.First, Position.Middle, Position.Last];

    /// <summary>Where it makes sense.</summary>
    public IReadOnlyList<Position> Positions { get; init; } = s_everywhere;

    /// <summary>What comes of a sync of attached files, where it happens once with the contents of one; null where it makes no sense.</summary>
    public Outcome? WithFile { get; init; } = Kind is "transport" or "HTTP" or "encoding" or "code" ? Read : null;

    /// <summary>Part of the sentence of a sync that fails, and of a check that meets it every time.</summary>
    public string Says { get; init; } = "";

    /// <summary>What it does to a sync changes what is asked for later: each position has a sync of its own.</summary>
    public bool IsApart { get; init; }

    /// <summary>A check in front of it, every time, is tried too.</summary>
    public bool InCheck { get; init; }

    public static WireFault Changed(string kind, string name, Outcome read, Func<WireAnswer, WireAnswer> change) =>
        new(kind, name, read, (wire, answer) => wire.SendAsync(change(answer)));
}
