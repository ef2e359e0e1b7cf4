namespace KintoneSource.Benchmarks.Processes;

/// <summary>One thing to measure.</summary>
/// <param name="LatencyMilliseconds">What every request waits for on the server.</param>
readonly record struct Scenario(int Records, int LatencyMilliseconds);

/// <summary>How often each contestant runs in a scenario; 0: not at all.</summary>
sealed record Plan(Scenario Scenario, int Ours, int Floor, int Script, int Cli)
{
    public int RunsOf(string contestant) => contestant switch
    {
        Contestant.Ours or Contestant.Earlier => Ours,
        Contestant.Floor => Floor,
        Contestant.Script => Script,
        _ => Cli,
    };

    /// <summary>What the figures need, in some six minutes on a quiet machine of two cores.</summary>
    public static IReadOnlyList<Plan> Full { get; } =
    [
        new(new(10_000, 0), 7, 7, 5, 3),
        new(new(100_000, 0), 7, 7, 5, 3),
        new(new(1_000_000, 0), 3, 3, 0, 0),
        new(new(100_000, 50), 3, 3, 1, 0),
        new(new(100_000, 100), 3, 3, 2, 2),
        new(new(100_000, 200), 3, 3, 1, 0),
        new(new(10_000, 100), 3, 3, 1, 1),
        new(new(1_000_000, 100), 1, 1, 0, 0),
    ];

    /// <summary>The same on a small scale, to try the program.</summary>
    public static IReadOnlyList<Plan> Quick { get; } =
    [
        new(new(2_000, 0), 3, 3, 1, 1),
        new(new(10_000, 0), 3, 3, 1, 1),
        new(new(10_000, 20), 2, 2, 1, 0),
    ];
}
