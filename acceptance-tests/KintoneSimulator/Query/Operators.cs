namespace KintoneSimulator.Query;

/// <summary>Groups of operators that Kintone allows or refuses together.</summary>
[Flags]
public enum Operators
{
    None = 0,
    /// <summary><c>= !=</c></summary>
    Equality = 1,
    /// <summary><c>&lt; &gt; &lt;= &gt;=</c></summary>
    Order = 2,
    /// <summary><c>in, not in</c></summary>
    List = 4,
    /// <summary><c>like, not like</c></summary>
    Words = 8,
    /// <summary><c>is empty, is not empty</c></summary>
    Emptiness = 16,
}

/// <summary>What a query may say about a field of each type (official docs; STATUS_ASSIGNEE and sorting are unverified).</summary>
public static class QueryRules
{
    public const int MaxLimit = 500;
    public const int MaxOffset = 10_000;
    public const int DefaultLimit = 100;

    public static Operators OperatorsOf(FieldType type) => type switch
    {
        FieldType.Id or FieldType.RecordNumber or FieldType.Number or FieldType.Calc => Operators.Equality | Operators.Order | Operators.List,
        FieldType.CreatedTime or FieldType.UpdatedTime or FieldType.DateTime or FieldType.Date or FieldType.Time => Operators.Equality | Operators.Order,
        FieldType.SingleLineText or FieldType.Link => Operators.Equality | Operators.List | Operators.Words,
        FieldType.MultiLineText or FieldType.File => Operators.Words | Operators.Emptiness,
        FieldType.RichText => Operators.Words,
        FieldType.CheckBox or FieldType.RadioButton or FieldType.DropDown or FieldType.MultiSelect => Operators.List,
        FieldType.Creator or FieldType.Modifier or FieldType.UserSelect or FieldType.StatusAssignee => Operators.List,
        FieldType.OrganizationSelect or FieldType.GroupSelect => Operators.List,
        FieldType.Status => Operators.Equality | Operators.List,
        _ => Operators.None,
    };

    public static bool Allows(FieldType type, QueryFunction function) => function switch
    {
        QueryFunction.LoginUser => type is FieldType.Creator or FieldType.Modifier or FieldType.UserSelect or FieldType.StatusAssignee,
        QueryFunction.PrimaryOrganization => type is FieldType.OrganizationSelect,
        QueryFunction.Now => type is FieldType.CreatedTime or FieldType.UpdatedTime or FieldType.DateTime,
        _ => type is FieldType.CreatedTime or FieldType.UpdatedTime or FieldType.DateTime or FieldType.Date,
    };

    /// <summary>Whether a query may name only the field's own choices.</summary>
    public static bool HasChoices(FieldType type) =>
        type is FieldType.CheckBox or FieldType.RadioButton or FieldType.DropDown or FieldType.MultiSelect;

    public static bool IsSortable(FieldInfo field) => field.Table is null && field.Type is FieldType.Id or FieldType.RecordNumber
        or FieldType.Creator or FieldType.Modifier or FieldType.CreatedTime or FieldType.UpdatedTime or FieldType.DateTime or FieldType.Date
        or FieldType.Time or FieldType.SingleLineText or FieldType.Link or FieldType.Number or FieldType.Calc or FieldType.RadioButton
        or FieldType.DropDown or FieldType.Status;
}

/// <summary>The functions' names and what they take.</summary>
public static class QueryFunctions
{
    static readonly Dictionary<string, QueryFunction> s_functions = new(StringComparer.OrdinalIgnoreCase)
    {
        ["LOGINUSER"] = QueryFunction.LoginUser,
        ["PRIMARY_ORGANIZATION"] = QueryFunction.PrimaryOrganization,
        ["NOW"] = QueryFunction.Now,
        ["TODAY"] = QueryFunction.Today,
        ["YESTERDAY"] = QueryFunction.Yesterday,
        ["TOMORROW"] = QueryFunction.Tomorrow,
        ["FROM_TODAY"] = QueryFunction.FromToday,
        ["THIS_WEEK"] = QueryFunction.ThisWeek,
        ["LAST_WEEK"] = QueryFunction.LastWeek,
        ["NEXT_WEEK"] = QueryFunction.NextWeek,
        ["THIS_MONTH"] = QueryFunction.ThisMonth,
        ["LAST_MONTH"] = QueryFunction.LastMonth,
        ["NEXT_MONTH"] = QueryFunction.NextMonth,
        ["THIS_YEAR"] = QueryFunction.ThisYear,
        ["LAST_YEAR"] = QueryFunction.LastYear,
        ["NEXT_YEAR"] = QueryFunction.NextYear,
    };

    static readonly Dictionary<QueryFunction, string> s_names = s_functions.ToDictionary(pair => pair.Value, pair => pair.Key);

    public static bool TryFind(string name, out QueryFunction function) => s_functions.TryGetValue(name, out function);

    public static string NameOf(QueryFunction function) => s_names[function];

    public static bool IsWeek(QueryFunction function) =>
        function is QueryFunction.ThisWeek or QueryFunction.LastWeek or QueryFunction.NextWeek;

    public static bool IsMonth(QueryFunction function) =>
        function is QueryFunction.ThisMonth or QueryFunction.LastMonth or QueryFunction.NextMonth;
}
