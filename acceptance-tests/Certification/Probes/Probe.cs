using KintoneSimulator;

namespace KintoneSource.Certification;

/// <summary>
/// A fact about Kintone that no source settles, and how to ask for it. The simulator has a switch for it, and what it answers at
/// a setting of that switch is known here, so that a report can say which setting is right.
/// </summary>
/// <param name="Id">Its name in reports; a contract, since reports are compared.</param>
/// <param name="Switch">The member of <see cref="SimulatorOptions"/>; null when the simulator knows one answer only.</param>
/// <param name="Expected">What a simulator with these options answers.</param>
/// <param name="Ask">Asks; whatever it changes it puts back.</param>
public sealed record Probe(string Id, string Group, string Question, string? Switch, Func<SimulatorOptions, string> Expected, Func<Session, Task<Answer>> Ask)
{
    /// <summary>The switch in its other position.</summary>
    public Func<SimulatorOptions, SimulatorOptions>? OtherWay { get; init; }

    /// <summary>For a fact without a switch: what makes a simulator answer otherwise, to prove that the question is a good one.</summary>
    public Action<Faults>? Lie { get; init; }

    /// <summary>Why it cannot be asked here; null when it can.</summary>
    public Func<Settings, string?> Needs { get; init; } = static _ => null;
}

/// <param name="Value">In few words, without data: answers are compared.</param>
/// <param name="Note">What else was seen, for a reader.</param>
public sealed record Answer(string Value, string? Note = null)
{
    public static implicit operator Answer(string value) => new(value);

    public static Answer ToAnswer(string value) => new(value);
}
