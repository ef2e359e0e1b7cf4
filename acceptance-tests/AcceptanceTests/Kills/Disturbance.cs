namespace AcceptanceTests;

/// <summary>What happens to a run while one of its requests waits for its answer.</summary>
public enum Disturbance
{
    /// <summary>SIGKILL: gone at once.</summary>
    Kill,

    /// <summary>SIGTERM, as platforms and <c>docker stop</c> end a sync.</summary>
    Terminate,

    /// <summary>SIGINT, as a person does.</summary>
    Interrupt,

    /// <summary>Whoever reads its output goes away.</summary>
    CloseOutput,

    /// <summary>Whoever reads its output stops, and goes on once the run has come to rest.</summary>
    StallOutput,

    /// <summary>Whoever reads its output stops, and kills the run once that has come to rest.</summary>
    StallAndKill,

    /// <summary>Whoever reads its output stops, asks the run to end, and reads on.</summary>
    StallAndTerminate,
}
