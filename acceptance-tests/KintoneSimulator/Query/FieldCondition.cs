namespace KintoneSimulator.Query;

/// <summary>A field as a condition names it: <c>Field</c>, or <c>Related.Field</c> for the records that a REFERENCE_TABLE shows.</summary>
public readonly record struct FieldPath(FieldInfo Field, FieldInfo? Related = null)
{
    /// <summary>The sub-table or related-records field whose rows hold the value; null when the record itself does.</summary>
    public FieldInfo? Rows => Related ?? Field.Table;

    public override string ToString() => Related is null ? Field.Code : $"{Related.Code}.{Field.Code}";
}

/// <summary>
/// A condition on one field. On a field with rows it holds when some row satisfies it; a negative one
/// (not in, not like, is not empty) when there is a row and all rows satisfy it (measured by a third party).
/// </summary>
public abstract record FieldCondition(FieldPath Path) : Condition
{
    public abstract bool IsNegative { get; }

    public override bool NamesPrimaryOrganization => false;

    protected internal override bool LeavesNothing => false;

    /// <summary>The condition on one record or row.</summary>
    public abstract bool TestRow(IFieldValues row, QueryContext context);

    protected internal override bool Test(IRecordValues record, QueryContext context)
    {
        if (Path.Rows is not { } table)
            return TestRow(record, context);
        var rows = record.Rows(table);
        foreach (var row in rows)
            if (TestRow(row, context) != IsNegative)
                return !IsNegative;
        return IsNegative && rows.Count > 0;
    }
}

/// <summary><c>= != &lt; &gt; &lt;= &gt;=</c>. Only <c>!=</c>, and <c>= ""</c>, hold for a field without a value.</summary>
public sealed record Comparison : FieldCondition
{
    readonly Measure? _literal;
    readonly bool _isText;

    /// <exception cref="QueryException">The literal is not a value of the field's type.</exception>
    public Comparison(FieldPath path, ComparisonOperator @operator, Operand operand) : base(path)
    {
        (Operator, Operand) = (@operator, operand);
        _isText = Measure.KindOf(path.Field) == MeasureKind.None;
        if (!_isText && operand is Literal { Text: not "" } literal)
            _literal = Measure.OfLiteral(path.Field, literal.Text);
    }

    public ComparisonOperator Operator { get; }

    public Operand Operand { get; }

    public override bool IsNegative => false;

    public override bool TestRow(IFieldValues row, QueryContext context)
    {
        if (_isText || Operand is Literal { Text: "" })
            return TestText(row);
        if (!Measure.TryRead(Path.Field, row, out var value))
            return Operator == ComparisonOperator.NotEqual;
        var period = Operand is FunctionCall function
            ? RelativeDate.Resolve(function, Measure.KindOf(Path.Field), context)
            : Period.Of(_literal!.Value, Measure.KindOf(Path.Field), context);
        return Operator switch
        {
            ComparisonOperator.Equal => period.Contains(value),
            ComparisonOperator.NotEqual => !period.Contains(value),
            ComparisonOperator.Less => value < period.First,
            ComparisonOperator.LessOrEqual => value <= period.Last,
            ComparisonOperator.Greater => value > period.Last,
            _ => value >= period.First,
        };
    }

    bool TestText(IFieldValues row)
    {
        var text = ((Literal)Operand).Text;
        var isEqual = text.Length == 0
            ? !Measure.IsNumbered(Path.Field) && row.Get(Path.Field).IsEmpty
            : row.Get(Path.Field) is { Kind: FieldValueKind.Text } value && value.Text == text;
        return Operator switch
        {
            ComparisonOperator.Equal => isEqual,
            ComparisonOperator.NotEqual => !isEqual,
            _ => false,
        };
    }
}

public enum ComparisonOperator
{
    Equal,
    NotEqual,
    Less,
    Greater,
    LessOrEqual,
    GreaterOrEqual,
}

/// <summary><c>in</c> and <c>not in</c>. The text "" stands for no value.</summary>
public sealed record InList : FieldCondition
{
    readonly HashSet<Measure>? _measures;
    readonly HashSet<string> _texts;
    readonly FunctionCall[] _functions;

    /// <exception cref="QueryException">A literal is not a value of the field's type.</exception>
    public InList(FieldPath path, bool negated, IReadOnlyList<Operand> operands) : base(path)
    {
        (IsNegative, Operands) = (negated, operands);
        _texts = [.. operands.OfType<Literal>().Select(literal => literal.Text)];
        _functions = [.. operands.OfType<FunctionCall>()];
        NamesPrimaryOrganization = operands.Any(IsPrimaryOrganization);
        LeavesNothing = operands.All(IsPrimaryOrganization);
        if (Measure.KindOf(path.Field) != MeasureKind.None)
            _measures = [.. _texts.Where(text => text.Length > 0).Select(text => Measure.OfLiteral(path.Field, text))];
    }

    public override bool IsNegative { get; }

    public IReadOnlyList<Operand> Operands { get; }

    public override bool NamesPrimaryOrganization { get; }

    protected internal override bool LeavesNothing { get; }

    static bool IsPrimaryOrganization(Operand operand) => operand is FunctionCall { Function: QueryFunction.PrimaryOrganization };

    public override bool TestRow(IFieldValues row, QueryContext context) => Holds(row, context) != IsNegative;

    bool Holds(IFieldValues row, QueryContext context)
    {
        if (_measures is not null)
            return Measure.TryRead(Path.Field, row, out var measure) ? _measures.Contains(measure) : _texts.Contains("");
        var value = row.Get(Path.Field);
        if (value.Kind != FieldValueKind.List)
            return Holds(value.IsEmpty ? "" : value.Text, context);
        foreach (var member in value.List)
            if (Holds(member, context))
                return true;
        return false;
    }

    bool Holds(string member, QueryContext context)
    {
        if (_texts.Contains(member))
            return true;
        foreach (var function in _functions)
            if (member.Length > 0 && member == (function.Function == QueryFunction.LoginUser ? context.LoginUser : context.PrimaryOrganization))
                return true;
        return false;
    }

    public bool Equals(InList? other) =>
        other is not null && Path == other.Path && IsNegative == other.IsNegative && Operands.SequenceEqual(other.Operands);

    public override int GetHashCode() => Operands.Aggregate(HashCode.Combine(Path, IsNegative), HashCode.Combine);
}

/// <summary><c>like</c> and <c>not like</c>: a search for words, see <see cref="WordSearch"/>. A file is searched by its names.</summary>
public sealed record Like(FieldPath Path, bool Negated, string Words) : FieldCondition(Path)
{
    readonly WordSearch _search = new(Words);

    public override bool IsNegative => Negated;

    public override bool TestRow(IFieldValues row, QueryContext context) => Finds(row.Get(Path.Field)) != Negated;

    bool Finds(FieldValue value) => value.Kind switch
    {
        FieldValueKind.List => value.List.Any(_search.Finds),
        FieldValueKind.Text when Path.Field.Type == FieldType.RichText => _search.Finds(WordSearch.WithoutTags(value.Text)),
        FieldValueKind.Text => _search.Finds(value.Text),
        _ => false,
    };
}

/// <summary><c>is empty</c> and <c>is not empty</c>.</summary>
public sealed record IsEmpty(FieldPath Path, bool Negated) : FieldCondition(Path)
{
    public override bool IsNegative => Negated;

    public override bool TestRow(IFieldValues row, QueryContext context) => row.Get(Path.Field).IsEmpty != Negated;
}
