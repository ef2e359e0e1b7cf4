using System.Globalization;

namespace KintoneSimulator.Query;

/// <summary>
/// A condition on a record. The tree is immutable, compared by content, and printed as the query text that gives it again.
/// </summary>
public abstract record Condition
{
    /// <summary>Whether the record matches. A condition that is dropped for this user lets every record through.</summary>
    public bool Matches(IRecordValues record, QueryContext context) => IsDropped(context) || Test(record, context);

    /// <summary>Whether Kintone leaves the condition out for this user: PRIMARY_ORGANIZATION() of someone without one (official docs).</summary>
    public bool IsDropped(QueryContext context) => NamesPrimaryOrganization && context.PrimaryOrganization is null && LeavesNothing;

    /// <summary>Whether PRIMARY_ORGANIZATION() stands somewhere in the condition, so that it is not the same for everyone.</summary>
    public abstract bool NamesPrimaryOrganization { get; }

    /// <summary>Whether nothing is left of the condition without the parts that name PRIMARY_ORGANIZATION() alone.</summary>
    protected internal abstract bool LeavesNothing { get; }

    /// <summary>The condition itself; not asked when it is dropped.</summary>
    protected internal abstract bool Test(IRecordValues record, QueryContext context);

    public sealed override string ToString() => QueryPrinter.Print(this);
}

/// <summary>
/// All operands hold. Those on fields of one sub-table, unless negative, must hold in the same row of it
/// (measured by a third party); parentheses around further <c>and</c>s do not change that.
/// </summary>
public sealed record And : Condition
{
    readonly Condition[] _single;
    readonly FieldCondition[][] _sameRow;

    public And(params IReadOnlyList<Condition> operands)
    {
        Operands = operands;
        NamesPrimaryOrganization = operands.Any(operand => operand.NamesPrimaryOrganization);
        LeavesNothing = operands.All(operand => operand.LeavesNothing);
        var leaves = operands.SelectMany(Leaves).ToList();
        _sameRow = [.. leaves.OfType<FieldCondition>().Where(leaf => leaf is { Path.Rows: not null, IsNegative: false })
            .GroupBy(leaf => leaf.Path.Rows!).Where(group => group.Count() > 1).Select(group => group.ToArray())];
        var grouped = _sameRow.SelectMany(group => group).ToHashSet<Condition>(ReferenceEqualityComparer.Instance);
        _single = [.. leaves.Where(leaf => !grouped.Contains(leaf))];
    }

    public IReadOnlyList<Condition> Operands { get; }

    public override bool NamesPrimaryOrganization { get; }

    protected internal override bool LeavesNothing { get; }

    protected internal override bool Test(IRecordValues record, QueryContext context)
    {
        foreach (var condition in _single)
            if (!condition.Matches(record, context))
                return false;
        foreach (var conditions in _sameRow)
            if (!AnyRow(record, conditions, context))
                return false;
        return true;
    }

    static bool AnyRow(IRecordValues record, FieldCondition[] conditions, QueryContext context)
    {
        foreach (var row in record.Rows(conditions[0].Path.Rows!))
            if (conditions.All(condition => condition.IsDropped(context) || condition.TestRow(row, context)))
                return true;
        return conditions.All(condition => condition.IsDropped(context));
    }

    static IEnumerable<Condition> Leaves(Condition condition) =>
        condition is And all ? all.Operands.SelectMany(Leaves) : [condition];

    public bool Equals(And? other) => other is not null && Operands.SequenceEqual(other.Operands);

    public override int GetHashCode() => Operands.Aggregate(1, HashCode.Combine);
}

/// <summary>At least one of the operands that are not dropped holds.</summary>
public sealed record Or : Condition
{
    readonly Condition[] _operands;

    public Or(params IReadOnlyList<Condition> operands)
    {
        Operands = operands;
        _operands = [.. operands];
        NamesPrimaryOrganization = operands.Any(operand => operand.NamesPrimaryOrganization);
        LeavesNothing = operands.All(operand => operand.LeavesNothing);
    }

    public IReadOnlyList<Condition> Operands { get; }

    public override bool NamesPrimaryOrganization { get; }

    protected internal override bool LeavesNothing { get; }

    protected internal override bool Test(IRecordValues record, QueryContext context)
    {
        foreach (var operand in _operands)
            if (!operand.IsDropped(context) && operand.Test(record, context))
                return true;
        return false;
    }

    public bool Equals(Or? other) => other is not null && Operands.SequenceEqual(other.Operands);

    public override int GetHashCode() => Operands.Aggregate(2, HashCode.Combine);
}

/// <summary>The right side of a condition.</summary>
public abstract record Operand;

/// <summary>A text in quotes, or a bare number or time such as <c>12.5</c> and <c>10:00</c>.</summary>
public sealed record Literal(string Text, bool Quoted = true) : Operand
{
    public static Literal Of(long number) => new(number.ToString(CultureInfo.InvariantCulture), Quoted: false);
}

/// <summary>
/// A function. FROM_TODAY has a number and a unit (<c>DAYS</c> …); the months may have a day (<see cref="Number"/>) or the word
/// <c>LAST</c>, the weeks a weekday (<see cref="Word"/>), the others nothing.
/// </summary>
public sealed record FunctionCall(QueryFunction Function, int? Number = null, string? Word = null) : Operand;

public enum QueryFunction
{
    LoginUser,
    PrimaryOrganization,
    Now,
    Today,
    Yesterday,
    Tomorrow,
    FromToday,
    ThisWeek,
    LastWeek,
    NextWeek,
    ThisMonth,
    LastMonth,
    NextMonth,
    ThisYear,
    LastYear,
    NextYear,
}
