using System.Globalization;
using KintoneSimulator;

namespace KintoneSource.Certification;

/// <summary>What became of one question.</summary>
/// <param name="Answer">Null when it was not asked, or the question itself failed.</param>
/// <param name="NotAsked">Why there is no answer.</param>
public sealed record FactResult(Probe Probe, Answer? Answer, string? NotAsked)
{
    public string Default => Probe.Expected(new SimulatorOptions());

    public bool Differs => Answer is { } answer && answer.Value != Default && answer.Value != "not answered";

    /// <summary>What to do in the simulator when the answer differs.</summary>
    public string? Advice => !Differs ? null : Probe.Switch is { } name ? $"turn SimulatorOptions.{name}" : "the simulator has no switch for this yet";
}

/// <summary>All that a run found; no names, addresses, values or secrets of the domain are in it.</summary>
public sealed record CertificationReport
{
    public required string Version { get; init; }

    /// <summary>The suffix of the host, or "simulator".</summary>
    public required string Kind { get; init; }

    public required DateTimeOffset Started { get; init; }

    public required bool ConnectorIsPublished { get; init; }

    public IReadOnlyList<string> Streams { get; init; } = [];

    public IReadOnlyDictionary<string, int> Rows { get; init; } = new Dictionary<string, int>();

    public IReadOnlyList<Step> Steps { get; init; } = [];

    public string Client { get; init; } = "not compared";

    public bool? ClientAgrees { get; init; }

    public IReadOnlyList<PaceResult> Paces { get; init; } = [];

    public IReadOnlyList<FactResult> Facts { get; init; } = [];

    public IReadOnlyList<string> Left { get; init; } = [];

    /// <summary>Where the run ended early, and why.</summary>
    public string? CutShort { get; init; }

    public int Requests { get; init; }

    /// <summary>The connector was right in every step, whatever Kintone's answers were.</summary>
    public bool IsGreen => CutShort is null && Steps.Count > 0 && Steps.All(static step => step.IsRight) && ClientAgrees != false;

    /// <summary>The part of a host that says which Kintone it is, not whose.</summary>
    public static string KindOf(Uri address)
    {
        ArgumentNullException.ThrowIfNull(address);
        string[] known = ["cybozu.com", "kintone.com", "cybozu.cn", "cybozu-dev.com", "kintone-dev.com"];
        return address.IsLoopback ? "a loopback address"
            : known.FirstOrDefault(suffix => address.Host.EndsWith($".{suffix}", StringComparison.OrdinalIgnoreCase)) ?? "another host";
    }

    public static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s");
}
