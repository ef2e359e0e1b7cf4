using System.Text.RegularExpressions;

namespace WarehouseFiles.Dialects;

/// <summary>
/// What a warehouse's SQL says otherwise than the others'. The plan (<see cref="LabelPlan"/>, <see cref="CheckPlan"/>) is SQL that makes SQL:
/// the script runs it in the warehouse, and each row of its result is a view. Expressions of the plan are written here, and so are pieces of the views.
/// </summary>
abstract partial class Dialect
{
    public static IReadOnlyList<Dialect> All { get; } = [new BigQuery(), new DuckDb(), new PostgreSql(), new Snowflake()];

    [GeneratedRegex(@"\{([^{}]+)\}")]
    static partial Regex Hole { get; }

    /// <summary>Of the script in docs/warehouse.</summary>
    public abstract string File { get; }

    /// <summary>The whole script around the plan's common table expressions, which end with <c>statements</c>.</summary>
    public abstract string Script(string plan);

    /// <summary>A setting of the script.</summary>
    public abstract string Setting(string name);

    /// <summary>A text as a literal.</summary>
    protected abstract string Quote(string text);

    /// <summary>An expression that gives a piece of SQL: <c>SELECT {list} FROM {loaded}</c>, with expressions of the plan in braces.</summary>
    public string Text(string sql)
    {
        var lines = sql.Split('\n');
        var parts = lines.Select((line, i) => Line(i < lines.Length - 1 ? line + "\n" : line)).Where(static part => part.Length > 0);
        return string.Join(lines.Length > 2 ? "\n    || " : " || ", parts);
    }

    string Line(string line)
    {
        var parts = Hole.Split(line).Select((part, i) => i % 2 == 1 || part.Length == 0 ? part : Quote(part));
        return string.Join(" || ", parts.Where(static part => part.Length > 0));
    }

    protected static string Escaped(string text, string quote) =>
        text.Replace("'", quote, StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    /// <summary>An example: of when a record was changed.</summary>
    protected abstract string MonthInJapan { get; }

    /// <summary>Rows (base, column_name, actual_table, actual, type): every column of every table that is loaded; the actual names are quoted.</summary>
    public abstract string Present { get; }

    /// <summary>Where the plan itself reads app_fields from.</summary>
    public abstract string Dictionary { get; }

    /// <summary>
    /// Rows of app_fields under the plan's names, whatever the destination has made of names and types: app, app_name, path, code, type, subtable,
    /// column_name, related_app, related_key, label, records, table_rows, required, unit, choices, expression, form_place, revision, read_at.
    /// </summary>
    /// <param name="from">The table, called f.</param>
    /// <param name="language">An expression: the language of labels, or an empty text.</param>
    /// <param name="loadedAt">As <see cref="LoadedAt"/> takes it.</param>
    public abstract string Fields(string from, string language, string loadedAt);

    /// <summary>The name of the column with the time of a line, as <see cref="Fields"/> takes it in the plan itself.</summary>
    public virtual string LoadedAt => Setting("loaded_at");

    /// <summary>The same in a view: <c>loaded_at</c> is the quoted name.</summary>
    public virtual string LoadedAtInView => "{" + Identifier(Setting("loaded_at")) + "}";

    /// <summary>An identifier of the text that an expression gives.</summary>
    public virtual string Identifier(string expression) => $"'\"' || REPLACE({expression}, '\"', '\"\"') || '\"'";

    /// <summary>A literal of the text that an expression gives.</summary>
    public virtual string Literal(string expression) => $"'''' || REPLACE({expression}, '''', '''''') || ''''";

    /// <summary>Names of tables and columns, as they are compared.</summary>
    public virtual string Fold(string expression) => $"LOWER({expression})";

    /// <summary>Whether a column of <see cref="Present"/>, whose alias is given, is the one of a field.</summary>
    public virtual string IsColumn(string present, string field) => $"{present}.column_name = {field}.column_name";

    /// <summary>What a name may hold of a label.</summary>
    public virtual string Clean(string expression) => expression;

    /// <summary>A name of a length that is allowed, with what follows it. One that must differ ends on a hash of its key.</summary>
    public virtual string Fit(string name, string key, string mustDiffer = "FALSE", string followedBy = "")
    {
        var differing = mustDiffer == "FALSE" ? name : $"CASE WHEN {mustDiffer} THEN {name} || '_' || {Hash(key)} ELSE {name} END";
        return followedBy.Length == 0 ? differing : $"{differing} || {Quote(followedBy)}";
    }

    /// <summary>Of our own columns, which are not quoted in the views' SQL.</summary>
    public virtual string OwnName(string expression) => expression;

    /// <summary>Eight characters.</summary>
    protected virtual string Hash(string expression) => $"LEFT(MD5({expression}), 8)";

    /// <summary>All texts of a group as one.</summary>
    public virtual string Joined(string expression, string separator, string order) => $"STRING_AGG({expression}, {Quote(separator)} ORDER BY {order})";

    /// <summary>A column in front of a view's query, with its comment where that is said there: of quoted_name and comment.</summary>
    public virtual string ColumnHead => "quoted_name";

    public virtual string TextType => "VARCHAR";

    public string NullText => $"CAST(NULL AS {TextType})";

    public virtual string TimeType => "TIMESTAMPTZ";

    /// <summary>Some texts, of which any may be null, as one.</summary>
    public abstract string JoinedIfThere(params IEnumerable<string> expressions);

    /// <summary>
    /// Pieces of a view: the name in a person, a member of all items of a list of people or files, the items of a list; <c>{column}</c> is the quoted column.
    /// </summary>
    public abstract string PersonName { get; }

    public abstract string Members(string member);

    public abstract string Items { get; }

    /// <summary>
    /// Whether what is looked up equals the key, as a piece of a view: of alias, own_key, own_type and their_type. A number may look up a record number,
    /// which is a text.
    /// </summary>
    public abstract string LookupCondition { get; }

    /// <summary>Days between two times, with two decimals, as a piece of a view.</summary>
    public abstract string Days(string from, string to);

    /// <summary>A time to the minute, in UTC, as a piece of a view.</summary>
    public abstract string Minute(string time);

    public virtual string Now => "CURRENT_TIMESTAMP";
}
