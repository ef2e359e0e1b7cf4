namespace KintoneSimulator.Query;

// What a query says before its names are looked up: a text that is no query is refused before a field that does not exist.
abstract record ConditionSyntax;

sealed record LogicSyntax(bool IsAnd, List<ConditionSyntax> Operands) : ConditionSyntax;

sealed record FieldSyntax(FieldName Field, string Operator, List<OperandSyntax> Operands) : ConditionSyntax;

readonly record struct FieldName(string Code, string? Child)
{
    public override string ToString() => Child is null ? Code : $"{Code}.{Child}";
}

/// <summary>A literal, or with <see cref="Arguments"/> the call of a function.</summary>
sealed record OperandSyntax(Token Value, List<Token>? Arguments = null);

sealed record QuerySyntax(ConditionSyntax? Where, List<(FieldName Field, bool Descending)> OrderBy, string? Limit, string? Offset);
