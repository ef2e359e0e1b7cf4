using System.Globalization;

namespace KintoneSimulator.Query;

/// <summary>The text of a query. <c>QueryParser.Parse(Print(query))</c> gives the query again.</summary>
public static class QueryPrinter
{
    public static string Print(RecordQuery query)
    {
        var parts = new List<string>();
        if (query.Where is { } where)
            parts.Add(Print(where));
        if (query.OrderBy.Count > 0)
            parts.Add($"order by {string.Join(", ", query.OrderBy.Select(order => $"{order.Field.Code} {(order.Descending ? "desc" : "asc")}"))}");
        if (query.Limit is { } limit)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"limit {limit}"));
        if (query.Offset is { } offset)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"offset {offset}"));
        return string.Join(' ', parts);
    }

    public static string Print(Condition condition) => condition switch
    {
        And all => string.Join(" and ", all.Operands.Select(operand => operand is FieldCondition ? Print(operand) : $"({Print(operand)})")),
        Or any => string.Join(" or ", any.Operands.Select(operand => operand is Or ? $"({Print(operand)})" : Print(operand))),
        Comparison comparison => $"{comparison.Path} {Sign(comparison.Operator)} {Print(comparison.Operand)}",
        InList list => $"{list.Path} {(list.IsNegative ? "not in" : "in")} ({string.Join(", ", list.Operands.Select(Print))})",
        Like like => $"{like.Path} {(like.Negated ? "not like" : "like")} {Quote(like.Words)}",
        IsEmpty empty => $"{empty.Path} {(empty.Negated ? "is not empty" : "is empty")}",
        _ => throw new ArgumentOutOfRangeException(nameof(condition)),
    };

    public static string Sign(ComparisonOperator @operator) => @operator switch
    {
        ComparisonOperator.Equal => "=",
        ComparisonOperator.NotEqual => "!=",
        ComparisonOperator.Less => "<",
        ComparisonOperator.Greater => ">",
        ComparisonOperator.LessOrEqual => "<=",
        _ => ">=",
    };

    static string Print(Operand operand) => operand switch
    {
        Literal { Quoted: false } literal => literal.Text,
        Literal literal => Quote(literal.Text),
        FunctionCall call => $"{QueryFunctions.NameOf(call.Function)}({Arguments(call)})",
        _ => throw new ArgumentOutOfRangeException(nameof(operand)),
    };

    static string Arguments(FunctionCall call)
    {
        var number = call.Number?.ToString(CultureInfo.InvariantCulture);
        return number is null ? call.Word ?? "" : call.Word is null ? number : $"{number}, {call.Word}";
    }

    static string Quote(string text) => $"\"{text
        .Replace(@"\", @"\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("\t", @"\t", StringComparison.Ordinal)
        .Replace("\n", @"\n", StringComparison.Ordinal)}\"";
}
