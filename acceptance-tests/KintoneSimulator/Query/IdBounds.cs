namespace KintoneSimulator.Query;

/// <summary>
/// Ids between which every match of a condition lies, both included. <see cref="Exact"/> says that, besides, every id between them matches,
/// so that a store need not look at the records. <c>Min &gt; Max</c>: nothing matches.
/// </summary>
public readonly record struct IdBounds(long Min, long Max, bool Exact)
{
    public static IdBounds All => new(1, long.MaxValue, true);

    static IdBounds Unknown => All with { Exact = false };

    public bool Contains(long id) => id >= Min && id <= Max;

    public static IdBounds Of(Condition? condition) => condition switch
    {
        null => All,
        And all => all.Operands.Select(Of).Aggregate(All, (left, right) =>
            new(Math.Max(left.Min, right.Min), Math.Min(left.Max, right.Max), left.Exact && right.Exact)),
        Or any => any.Operands.Select(Of).Aggregate(Join),
        Comparison { Path: { Related: null, Field: var field }, Operand: Literal { Text: not "" } literal } comparison when Measure.IsNumbered(field) =>
            OfComparison(comparison.Operator, Measure.OfLiteral(field, literal.Text)),
        InList { IsNegative: false, Path: { Related: null, Field: var field } } list when Measure.IsNumbered(field) => OfList(field, list),
        _ => Unknown,
    };

    static IdBounds Join(IdBounds left, IdBounds right)
    {
        if (left.Min > left.Max)
            return right;
        if (right.Min > right.Max)
            return left;
        var (first, second) = left.Min <= right.Min ? (left, right) : (right, left);
        var touches = first.Max == long.MaxValue || second.Min <= first.Max + 1;
        return new(first.Min, Math.Max(left.Max, right.Max), touches && left.Exact && right.Exact);
    }

    static IdBounds OfComparison(ComparisonOperator @operator, Measure literal)
    {
        if (literal < new Measure(long.MinValue / 2) || literal > new Measure(long.MaxValue / 2))
            return Unknown;
        var (floor, ceiling) = ((long)Math.Floor(literal.Value), (long)Math.Ceiling(literal.Value));
        return @operator switch
        {
            ComparisonOperator.Equal => Of(ceiling, floor),
            ComparisonOperator.Less => Of(1, ceiling - 1),
            ComparisonOperator.LessOrEqual => Of(1, floor),
            ComparisonOperator.Greater => Of(floor + 1, long.MaxValue),
            ComparisonOperator.GreaterOrEqual => Of(ceiling, long.MaxValue),
            _ => Unknown,
        };
    }

    static IdBounds Of(long min, long max) => new(Math.Max(1, min), max, true);

    static IdBounds OfList(FieldInfo field, InList list) => list.Operands.OfType<Literal>().Where(literal => literal.Text.Length > 0)
        .Select(literal => OfComparison(ComparisonOperator.Equal, Measure.OfLiteral(field, literal.Text)))
        .Aggregate(new IdBounds(1, 0, true), Join);
}

/// <summary>
/// The shape of an incremental read, <c>field &gt;= t or $id &gt; m</c>, alone or joined by <c>and</c> to more: every match has
/// a time at or after <see cref="Since"/> in the field, or an id above <see cref="AboveId"/> (when there is no such half, no id is).
/// A store that keeps its records by time need not look at the others.
/// </summary>
public sealed record ChangedSince(FieldInfo Field, DateTimeOffset Since, long AboveId)
{
    public static ChangedSince? Find(Condition? condition) => condition switch
    {
        Comparison comparison => OfTime(comparison),
        Or { Operands: [Comparison time, Comparison id] } => OfPair(time, id) ?? OfPair(id, time),
        And all => all.Operands.Select(Find).FirstOrDefault(found => found is not null),
        _ => null,
    };

    static ChangedSince? OfPair(Comparison time, Comparison id) =>
        OfTime(time) is { } since && id.Path is { Related: null, Field.Type: FieldType.Id or FieldType.RecordNumber }
        && id.Operator is ComparisonOperator.Greater or ComparisonOperator.GreaterOrEqual
            ? since with { AboveId = IdBounds.Of(id).Min - 1 }
            : null;

    /// <summary>The literal's seconds are cut off, which is right for both readings of them.</summary>
    static ChangedSince? OfTime(Comparison time) =>
        time is { Path: { Rows: null, Field.Type: FieldType.UpdatedTime }, Operand: Literal { Text: not "" } literal }
        && time.Operator is ComparisonOperator.Greater or ComparisonOperator.GreaterOrEqual or ComparisonOperator.Equal
        && WireTime.TryParseInstant(literal.Text, out var ticks)
            ? new(time.Path.Field, new(ticks - ticks % TimeSpan.TicksPerMinute, TimeSpan.Zero), long.MaxValue)
            : null;
}
