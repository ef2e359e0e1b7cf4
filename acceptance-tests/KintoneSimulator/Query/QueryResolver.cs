namespace KintoneSimulator.Query;

/// <summary>Gives the names in a query their fields, and refuses what Kintone refuses. The messages are ours; clients go by the codes.</summary>
sealed class QueryResolver(IFieldCatalog fields, bool assigneesCannotBeSearched = false)
{
    readonly IFieldCatalog _fields = fields;

    public Condition Resolve(ConditionSyntax syntax) => syntax switch
    {
        LogicSyntax { IsAnd: true } all => new And([.. all.Operands.Select(Resolve)]),
        LogicSyntax any => new Or([.. any.Operands.Select(Resolve)]),
        FieldSyntax field => ResolveField(field),
        _ => throw new ArgumentOutOfRangeException(nameof(syntax)),
    };

    /// <summary>Which fields cannot be sorted by is documented; the code for it is unverified.</summary>
    public OrderBy ResolveOrder(FieldName name, bool descending)
    {
        var field = ResolvePath(name);
        return field.Related is null && QueryRules.IsSortable(field.Field)
            ? new(field.Field, descending)
            : throw Refused("GAIA_IQ03", $"{name}フィールドでは並べ替えできません。");
    }

    FieldCondition ResolveField(FieldSyntax syntax)
    {
        var path = ResolvePath(syntax.Field);
        CheckChoices(path.Field, syntax.Operands);
        CheckOperator(path, syntax.Operator);
        if (assigneesCannotBeSearched && path.Field.Type == FieldType.StatusAssignee)
            throw Refused("GAIA_IQ03", $"{path}フィールドは検索できません。");
        switch (syntax.Operator)
        {
            case "in" or "not in":
                return new InList(path, syntax.Operator == "not in", [.. syntax.Operands.Select(operand => ResolveOperand(path.Field, operand))]);
            case "like" or "not like":
                return new Like(path, syntax.Operator == "not like", syntax.Operands[0].Value.Text);
            case "is" or "is not":
                return new IsEmpty(path, syntax.Operator == "is not");
            default:
                return new Comparison(path, Operator(syntax.Operator), ResolveOperand(path.Field, syntax.Operands[0]));
        }
    }

    FieldPath ResolvePath(FieldName name)
    {
        var field = Find(_fields, name.Code, name);
        if (name.Child is null)
            return field.Enabled ? new(field) : throw Refused("GAIA_ST02", $"プロセス管理が無効なため、{name}フィールドを使用できません。");
        if (field.Type != FieldType.ReferenceTable)
            throw Refused("GAIA_IR02", $"フィールド「{name}」の指定は、関連レコード一覧フィールドでのみ使用できます。");
        var related = field.RelatedFields?.Invoke() ?? throw NotFound(name);
        var child = Find(related, name.Child, name);
        return child.Table is null ? new(child, field) : throw NotFound(name);
    }

    static FieldInfo Find(IFieldCatalog catalog, string code, FieldName name) =>
        code == FieldInfo.Id.Code ? FieldInfo.Id : catalog.Find(code) ?? throw NotFound(name);

    /// <summary>Measured by a third party: an unknown choice is reported even where the operator would be refused too.</summary>
    static void CheckChoices(FieldInfo field, List<OperandSyntax> operands)
    {
        if (!QueryRules.HasChoices(field.Type))
            return;
        foreach (var operand in operands)
            if (operand is { Arguments: null, Value.Text: { Length: > 0 } choice } && !field.Options.Contains(choice))
                throw Refused("GAIA_IQ10", $"フィールド「{field.Code}」の項目に「{choice}」は存在しません。");
    }

    static void CheckOperator(FieldPath path, string sign)
    {
        // That the fields of related records answer like those of sub-tables is unverified.
        if (path.Rows is not null && sign is "=" or "!=")
            throw Refused("GAIA_IQ07", $"テーブルに設定している場合、{path}フィールドには、演算子{sign}を使用できません。");
        var needed = sign switch
        {
            "=" or "!=" => Operators.Equality,
            "in" or "not in" => Operators.List,
            "like" or "not like" => Operators.Words,
            "is" or "is not" => Operators.Emptiness,
            _ => Operators.Order,
        };
        if (!QueryRules.OperatorsOf(path.Field.Type).HasFlag(needed))
            throw Refused("GAIA_IQ03", $"{path}フィールドのフィールドタイプには演算子{sign}を使用できません。");
    }

    static Operand ResolveOperand(FieldInfo field, OperandSyntax syntax)
    {
        if (syntax.Arguments is { } arguments)
            return FunctionReader.Read(field, syntax.Value.Text, arguments);
        var isQuoted = syntax.Value.Kind == TokenKind.Text;
        var isPlain = isQuoted || Measure.TryParse(MeasureKind.Number, syntax.Value.Text, out _)
            || Measure.TryParse(MeasureKind.Duration, syntax.Value.Text, out _);
        return isPlain ? new Literal(syntax.Value.Text, isQuoted) : throw QueryException.Syntax();
    }

    static ComparisonOperator Operator(string sign) => sign switch
    {
        "=" => ComparisonOperator.Equal,
        "!=" => ComparisonOperator.NotEqual,
        "<" => ComparisonOperator.Less,
        ">" => ComparisonOperator.Greater,
        "<=" => ComparisonOperator.LessOrEqual,
        _ => ComparisonOperator.GreaterOrEqual,
    };

    static QueryException NotFound(FieldName name) => Refused("GAIA_IQ11", $"指定されたフィールド（{name}）が見つかりません。");

    static QueryException Refused(string code, string message) => new(400, code, message);
}
