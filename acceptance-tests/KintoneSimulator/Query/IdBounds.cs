namespace KintoneSimulator.Query;

/// <summary>
/// Ids between which every match of a condition lies, both included. <see cref="Exact"/> says that, besides, every id between them matches,
/// so that a store need not look at the records. <c>Min &gt; Max</c>: nothing matches.
/// </summary>
public readonly record struct IdBounds(long Min, long Max, bool Exact)
{
    public static IdBounds All => new(1, long.MaxValue, true);

    public static IdBounds Of(Condition? condition) => condition is null ? All : All with { Exact = false };
}
