using CsCheck;
using KintoneSimulator.Query;

namespace KintoneSimulator.Tests.Query;

/// <summary>Random conditions that are valid on <see cref="SampleForm"/>, and random records of it from the same small pools of values.</summary>
static class QueryGen
{
    static readonly string[] s_texts = ["a", "ab", "あ い", "引用\"符", @"back\slash", "tab\tnl\n", "😀", "limit 5", ") or (", "line\u2028sep"];
    static readonly string[] s_dates = ["2024-05-14", "2024-05-15", "2024-02-29", "2023-12-31"];
    static readonly string[] s_instants = ["2024-05-14T15:00:00Z", "2024-05-15T01:30:00Z", "2024-05-14T14:59:00Z", "2024-01-01T00:00:00Z"];
    static readonly string[] s_numbers = ["0", "-1", "1.5", "100", "12345678901234567890123456789.5", "0.0000000001"];

    public static readonly Gen<Operand> Function = Gen.OneOf<Operand>(
        Gen.OneOf(QueryFunction.Today, QueryFunction.Yesterday, QueryFunction.ThisYear, QueryFunction.LastWeek, QueryFunction.NextMonth)
            .Select(Operand (function) => new FunctionCall(function)),
        Gen.Select(Gen.Int[-40, 40], Gen.OneOf("DAYS", "WEEKS", "MONTHS", "YEARS"),
            Operand (number, unit) => new FunctionCall(QueryFunction.FromToday, number, unit)),
        Gen.Int[1, 31].Select(Operand (day) => new FunctionCall(QueryFunction.ThisMonth, day)),
        Gen.OneOf("LAST").Select(Operand (last) => new FunctionCall(QueryFunction.LastMonth, Word: last)),
        Gen.OneOf("SUNDAY", "FRIDAY").Select(Operand (day) => new FunctionCall(QueryFunction.ThisWeek, Word: day)));

    public static Gen<QueryContext> Context => Gen.OneOf(SampleRecord.Context, SampleRecord.Context with { PrimaryOrganization = null });

    /// <summary>Conditions that mean nothing to someone without a primary organization.</summary>
    public static Gen<Condition> PrimaryLeaf => Gen.OneOf([.. LeavesOf(new(SampleForm.Instance["orgs"]))]);

    static Gen<Operand> Pool(params string[] pool) => Gen.OneOf(pool).Select(Operand (text) => new Literal(text));

    static Gen<Operand> LiteralOf(FieldInfo field) => field switch
    {
        { Type: FieldType.Id or FieldType.RecordNumber } => Gen.Int[0, 12].Select(Operand (id) => Literal.Of(id)),
        { Options.Count: > 0 } => Pool([.. field.Options]),
        _ => Measure.KindOf(field) switch
        {
            MeasureKind.Number => Gen.OneOf(Pool(s_numbers), Gen.OneOf(s_numbers).Select(Operand (number) => new Literal(number, Quoted: false))),
            MeasureKind.Date => Pool(s_dates),
            MeasureKind.Instant => Pool(s_instants),
            MeasureKind.Time => Gen.OneOf(Pool("10:00", "23:59"), Gen.Const<Operand>(new Literal("10:00", Quoted: false))),
            MeasureKind.Duration => Pool("49:30", "0:00", "-1:15"),
            _ => Pool(s_texts),
        },
    };

    static Gen<Operand> OperandOf(FieldInfo field) =>
        QueryRules.Allows(field.Type, QueryFunction.Today) ? Gen.OneOf(LiteralOf(field), Function)
        : QueryRules.Allows(field.Type, QueryFunction.LoginUser) ? Gen.OneOf(LiteralOf(field), Gen.Const<Operand>(new FunctionCall(QueryFunction.LoginUser)))
        : QueryRules.Allows(field.Type, QueryFunction.PrimaryOrganization)
        ? Gen.OneOf(LiteralOf(field), Gen.Const<Operand>(new FunctionCall(QueryFunction.PrimaryOrganization)))
        : LiteralOf(field);

    static readonly List<FieldPath> s_paths =
    [
        .. SampleForm.Instance.Fields.Where(field => field.Enabled).Select(field => new FieldPath(field)),
        .. new[] { "$id", "title", "金額", "multi" }.Select(code => new FieldPath(SampleForm.Instance[code], SampleForm.Instance["関連"])),
    ];

    static IEnumerable<Gen<Condition>> LeavesOf(FieldPath path)
    {
        var operators = QueryRules.OperatorsOf(path.Field.Type);
        var operand = OperandOf(path.Field);
        ComparisonOperator[] signs =
        [
            .. operators.HasFlag(Operators.Equality) && path.Rows is null ? [ComparisonOperator.Equal, ComparisonOperator.NotEqual]
                : Array.Empty<ComparisonOperator>(),
            .. operators.HasFlag(Operators.Order) ? Enum.GetValues<ComparisonOperator>()[2..] : [],
        ];
        if (signs.Length > 0)
            yield return Gen.Select(Gen.OneOf(signs), operand, Condition (sign, right) => new Comparison(path, sign, right));
        if (operators.HasFlag(Operators.List))
            yield return Gen.Select(Gen.Bool, Gen.OneOf(operand, operand, Pool("")).List[1, 3], Condition (negated, list) => new InList(path, negated, list));
        if (operators.HasFlag(Operators.Words))
            yield return Gen.Select(Gen.Bool, Gen.OneOf(s_texts), Condition (negated, words) => new Like(path, negated, words));
        if (operators.HasFlag(Operators.Emptiness))
            yield return Gen.Bool.Select(Condition (negated) => new IsEmpty(path, negated));
    }

    public static readonly Gen<Condition> Leaf = Gen.OneOf([.. s_paths.SelectMany(LeavesOf)]);

    public static readonly Gen<Condition> IdLeaf = Gen.OneOf([.. LeavesOf(new(FieldInfo.Id)), .. LeavesOf(new(SampleForm.Instance["レコード番号"]))]);

    public static Gen<Condition> Tree(Gen<Condition> leaf, int depth) => depth == 0 ? leaf : Gen.Frequency(
        (2, leaf),
        (2, Tree(leaf, depth - 1).List[2, 3].Select(Condition (operands) => new And(operands))),
        (2, Tree(leaf, depth - 1).List[2, 3].Select(Condition (operands) => new Or(operands))));

    public static readonly Gen<RecordQuery> Query = Gen.Select(
        Gen.OneOf(Tree(Leaf, 3).Select(Condition? (condition) => condition), Gen.Const((Condition?)null)),
        Gen.Select(Gen.OneOf(SampleForm.Instance.Fields.Where(field => field.Enabled && QueryRules.IsSortable(field)).ToArray()), Gen.Bool,
            (field, descending) => new OrderBy(field, descending)).List[0, 3],
        Gen.Int[-1, 500],
        Gen.Int[-1, 10_000],
        (where, order, limit, offset) => new RecordQuery(where, order, limit < 0 ? null : limit, offset < 0 ? null : offset));

    static Gen<SampleRecord> Fill(Gen<SampleRecord> gen, IEnumerable<FieldInfo> fields) => fields.Aggregate(gen, (record, field) =>
        Gen.Select(record, ValueOf(field), (filled, value) => filled.With(field.Code, value)));

    static Gen<FieldValue> ValueOf(FieldInfo field)
    {
        Gen<string> member = LiteralOf(field).Select(operand => ((Literal)operand).Text);
        var value = field.Type is FieldType.CheckBox or FieldType.MultiSelect or FieldType.UserSelect or FieldType.OrganizationSelect or FieldType.GroupSelect
                or FieldType.StatusAssignee or FieldType.File
            ? Gen.OneOf(member, Gen.OneOf("hanako", "eigyo")).List[0, 2].Select(list => FieldValue.Of(list))
            : Gen.OneOf(member, Gen.Const("")).Select(FieldValue.Of);
        return Measure.KindOf(field) == MeasureKind.Number
            ? Gen.OneOf(value, Gen.Int[-2, 101].Select(number => FieldValue.Of(number / 2m)))
            : value;
    }

    static readonly FieldInfo[] s_stored = [.. SampleForm.Instance.Fields.Where(field =>
        field.Enabled && field.Table is null && !Measure.IsNumbered(field) && QueryRules.OperatorsOf(field.Type) != Operators.None)];

    static readonly Gen<SampleRecord> s_row = Fill(Gen.Int[1, 1].Select(id => new SampleRecord(id)),
        SampleForm.Instance.Fields.Where(field => field.Table is not null));

    static readonly Gen<SampleRecord> s_plain = Fill(Gen.Int[1, 12].Select(id => new SampleRecord(id)), s_stored);

    public static readonly Gen<SampleRecord> Record = Gen.Select(s_plain, s_row.Array[0, 3], s_plain.Array[0, 2],
        (record, rows, related) => record.WithRows("明細", rows).WithRows("関連", related));
}
