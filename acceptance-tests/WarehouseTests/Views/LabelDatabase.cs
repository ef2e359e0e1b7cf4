using System.Data.Common;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AcceptanceTests;

namespace WarehouseTests.Views;

/// <summary>A database into which a destination has loaded streams, and the script of docs/warehouse for it.</summary>
abstract class LabelDatabase(DbConnection connection) : IDisposable
{
    public static TheoryData<string> Kinds => ["DuckDB", "DuckDB with JSON", "PostgreSQL"];

    /// <summary>An empty one; skips the test where PostgreSQL is not installed.</summary>
    public static LabelDatabase Open(string kind, PostgresServer postgres)
    {
        Skip.If(kind == "PostgreSQL" && postgres.Unavailable is not null, postgres.Unavailable);
        return kind == "PostgreSQL" ? new PostgresLabels(postgres) : new DuckDbLabels(hasNestedTypes: kind == "DuckDB");
    }

    /// <summary>The script's settings, by name, as SQL.</summary>
    public Dictionary<string, string> Settings { get; } = [];

    /// <summary>Runs the script as the page says.</summary>
    public abstract void MakeViews();

    /// <summary>Replaces a stream's table by one that holds these rows.</summary>
    /// <param name="schema">The stream's, from the catalog.</param>
    public abstract void Load(string stream, JsonObject schema, IReadOnlyList<JsonObject> rows);

    /// <summary>The names of the views of apps, without those that say what has become of all of them.</summary>
    public IReadOnlyList<string> Views() =>
        [.. Rows("SELECT table_name FROM information_schema.views WHERE table_schema = 'kintone' AND table_name NOT IN ('reconciliation', 'schema_changes')")
            .Select(static r => r[0]!).Order(StringComparer.Ordinal)];

    /// <summary>The columns of a view in their order.</summary>
    public IReadOnlyList<string> Columns(string view)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT * FROM {Name(view)} WHERE false";
        using var reader = command.ExecuteReader();
        return [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetName)];
    }

    /// <summary>What stands beside a column; null where nothing does.</summary>
    public abstract string? Comment(string view, string column);

    public IReadOnlyList<string?[]> Rows(string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        List<string?[]> rows = [];
        while (reader.Read()) rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? null : Text(reader.GetValue(i)))]);
        return rows;
    }

    /// <summary>Some columns of a view, by its first.</summary>
    public IReadOnlyList<string> Rows(string view, params IReadOnlyList<string> columns) =>
        [.. Rows($"SELECT {string.Join(", ", columns.Select(Quoted))} FROM {Name(view)} ORDER BY {(columns.Count == 1 ? "1" : "1, 2")}")
            .Select(static row => string.Join(" | ", row.Select(static cell => cell ?? "∅")))];

    public void Execute(string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public static string Quoted(string name) => ColumnType.Name(name);

    public static string Name(string view) => $"kintone.{Quoted(view)}";

    /// <summary>Values as every database says them.</summary>
    static string Text(object value) => value switch
    {
        decimal number => number.ToString("0.####################", CultureInfo.InvariantCulture),
        double number => number.ToString("0.####", CultureInfo.InvariantCulture),
        DateTime time => time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        TimeOnly time => time.ToString("HH:mm:ss", CultureInfo.InvariantCulture),
        TimeSpan time => time.ToString("hh\\:mm\\:ss", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    /// <summary>The script with the settings in place of its own.</summary>
    /// <param name="assignment">How the script sets <c>{0}</c>, up to the value: a pattern.</param>
    protected string Script(string file, string assignment)
    {
        var script = File.ReadAllText(Repository.File($"docs/warehouse/{file}"));
        foreach (var (name, value) in Settings)
        {
            var setting = new Regex($"({string.Format(CultureInfo.InvariantCulture, assignment, name)})[^;]*;");
            Assert.Single(setting.Matches(script));
            script = setting.Replace(script, $"$1{value};");
        }
        return script;
    }

    protected DbConnection Connection => connection;

    public void Dispose() => connection.Dispose();
}
