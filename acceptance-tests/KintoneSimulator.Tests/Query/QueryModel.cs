using System.Globalization;
using System.Numerics;
using KintoneSimulator.Query;

namespace KintoneSimulator.Tests.Query;

/// <summary>
/// Whether a record matches, told the obvious and slow way: every value becomes a CLR value of its type, every function two dates.
/// It shares the tree with the implementation, and WordSearch, which has examples of its own.
/// </summary>
static class QueryModel
{
    public static bool Matches(Condition condition, SampleRecord record, QueryContext context) =>
        Prune(condition, context) is not { } left || Holds(left, record, context);

    /// <summary>What is left of a condition for someone without a primary organization; null when nothing is.</summary>
    static Condition? Prune(Condition condition, QueryContext context)
    {
        List<Condition> Left(IEnumerable<Condition> operands) => [.. operands.Select(operand => Prune(operand, context)).OfType<Condition>()];
        return condition switch
        {
            And all => Left(all.Operands) is { Count: > 0 } operands ? new And(operands) : null,
            Or any => Left(any.Operands) is { Count: > 0 } operands ? new Or(operands) : null,
            InList list when context.PrimaryOrganization is null && list.Operands.All(operand => operand == s_primary) => null,
            _ => condition,
        };
    }

    static readonly Operand s_primary = new FunctionCall(QueryFunction.PrimaryOrganization);

    static bool Holds(Condition condition, SampleRecord record, QueryContext context) => condition switch
    {
        Or any => any.Operands.Any(operand => Holds(operand, record, context)),
        And all => MatchesAll(Flatten(all).ToList(), record, context),
        FieldCondition field => MatchesAll([field], record, context),
        _ => throw new ArgumentOutOfRangeException(nameof(condition)),
    };

    static bool MatchesAll(List<Condition> conditions, SampleRecord record, QueryContext context)
    {
        var inRows = conditions.OfType<FieldCondition>().Where(condition => condition.Path.Rows is not null).ToList();
        if (!conditions.Except(inRows).All(condition => condition is FieldCondition field ? HoldsIn(field, record, context)
            : Holds(condition, record, context)))
            return false;
        foreach (var table in inRows.GroupBy(condition => condition.Path.Rows!.Code))
        {
            var rows = record.RowsOf(table.Key);
            var (positive, negative) = (table.Where(condition => !condition.IsNegative).ToList(), table.Where(condition => condition.IsNegative).ToList());
            if (rows.Count == 0)
                return false;
            if (!rows.Any(row => positive.All(condition => HoldsIn(condition, row, context)))
                || !rows.All(row => negative.All(condition => HoldsIn(condition, row, context))))
                return false;
        }
        return true;
    }

    static IEnumerable<Condition> Flatten(And all) => all.Operands.SelectMany(operand => operand is And inner ? Flatten(inner) : [operand]);

    static bool HoldsIn(FieldCondition condition, SampleRecord row, QueryContext context)
    {
        var field = condition.Path.Field;
        var members = Members(row, field);
        switch (condition)
        {
            case IsEmpty empty:
                return members.Length == 0 != empty.Negated;
            case Like like:
                return members.Any(member => new WordSearch(like.Words).Finds(member)) != like.Negated;
            case InList list:
                var wanted = list.Operands.Select(operand => operand is Literal literal ? literal.Text : operand == s_primary ? context.PrimaryOrganization
                    ?? "nobody's" : context.LoginUser).ToList();
                var isIn = members.Length == 0 ? wanted.Contains("")
                    : members.Any(member => wanted.Any(text => text.Length > 0 && Point(field, text).Equals(Point(field, member))));
                return isIn != list.IsNegative;
            case Comparison comparison:
                return members.Length == 0
                    ? comparison.Operator == ComparisonOperator.NotEqual
                    : Compare(comparison, Point(field, members[0]), context);
            default:
                throw new ArgumentOutOfRangeException(nameof(condition));
        }
    }

    static string[] Members(SampleRecord row, FieldInfo field)
    {
        if (field.Type is FieldType.Id or FieldType.RecordNumber)
            return [row.Id.ToString(CultureInfo.InvariantCulture)];
        var value = row.Get(field);
        return value.Kind switch
        {
            FieldValueKind.Empty => [],
            FieldValueKind.List => [.. value.List],
            FieldValueKind.Number => [value.Number.ToString(CultureInfo.InvariantCulture)],
            _ => [value.Text],
        };
    }

    static bool Compare(Comparison comparison, IComparable value, QueryContext context)
    {
        var field = comparison.Path.Field;
        var (first, last) = comparison.Operand is FunctionCall function ? Span(function, value is DateOnly, context)
            : (Point(field, ((Literal)comparison.Operand).Text), Point(field, ((Literal)comparison.Operand).Text));
        return comparison.Operator switch
        {
            ComparisonOperator.Equal => value.CompareTo(first) >= 0 && value.CompareTo(last) <= 0,
            ComparisonOperator.NotEqual => value.CompareTo(first) < 0 || value.CompareTo(last) > 0,
            ComparisonOperator.Less => value.CompareTo(first) < 0,
            ComparisonOperator.LessOrEqual => value.CompareTo(last) <= 0,
            ComparisonOperator.Greater => value.CompareTo(last) > 0,
            _ => value.CompareTo(first) >= 0,
        };
    }

    static (IComparable First, IComparable Last) Span(FunctionCall function, bool isDate, QueryContext context)
    {
        var (first, last) = RelativeDate.Days(function, DateOnly.FromDateTime(context.Now.UtcDateTime.AddHours(9)));
        DateTimeOffset Midnight(DateOnly day) => new(day.ToDateTime(TimeOnly.MinValue), TimeSpan.FromHours(9));
        return isDate ? (first, last) : (Midnight(first), Midnight(last.AddDays(1)).AddTicks(-1));
    }

    static IComparable Point(FieldInfo field, string text) => Measure.KindOf(field) switch
    {
        MeasureKind.Date => DateOnly.Parse(text, CultureInfo.InvariantCulture),
        MeasureKind.Instant => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture),
        MeasureKind.Time => TimeOnly.Parse(text, CultureInfo.InvariantCulture),
        MeasureKind.Duration => Minutes(text),
        MeasureKind.Id or MeasureKind.Number => Scaled(text),
        _ => new OrdinalText(text),
    };

    static BigInteger Minutes(string text)
    {
        var parts = text.TrimStart('-').Split(':');
        return (text[0] == '-' ? -1 : 1) * (BigInteger.Parse(parts[0], CultureInfo.InvariantCulture) * 60
            + BigInteger.Parse(parts[1], CultureInfo.InvariantCulture));
    }

    /// <summary>The number in units of 10^-40.</summary>
    static BigInteger Scaled(string text)
    {
        var parts = text.Split('.');
        return BigInteger.Parse(parts[0] + (parts.Length > 1 ? parts[1] : "").PadRight(40, '0'), CultureInfo.InvariantCulture);
    }

    readonly record struct OrdinalText(string Text) : IComparable
    {
        public int CompareTo(object? obj) => string.CompareOrdinal(Text, ((OrdinalText)obj!).Text);
    }
}
