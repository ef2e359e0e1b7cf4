using System.Collections.Concurrent;
using AcceptanceTests;
using KintoneSource.Catalog;

namespace WarehouseTests;

/// <summary>The view <c>reconciliation</c> of docs/warehouse over these tables.</summary>
sealed partial class Warehouse
{
    /// <summary>What the script makes of tables of these columns: thousands of histories have a few dozens.</summary>
    static readonly ConcurrentDictionary<string, string[]> s_views = new();

    /// <summary>A verdict and, where it is not the best, what it goes by.</summary>
    const string Said =
        "CASE verdict WHEN 'equal' THEN verdict ELSE concat_ws(', ', verdict, rows_expected, rows_here, ids_sum_expected, ids_sum, one_id, kind, outcome) END";

    string? _viewed;

    /// <summary>The streams with what the view says of them: each by the script that suits its table.</summary>
    public IReadOnlyList<(string Stream, string Verdict)> Verdicts()
    {
        MakeReconciliation();
        return
        [
            .. from keepsVersions in (bool[])[true, false]
               where _tables.Any(t => KeepsVersions(t.Key) == keepsVersions)
               from row in Texts($"SELECT stream, {Said} FROM {SchemaOf(keepsVersions)}.reconciliation").Select(static row => row.Split(" | ", 2))
               where KeepsVersions(row[0]) == keepsVersions
               select (row[0], row[1]),
        ];
    }

    bool? KeepsVersions(string stream) => stream != "sync_audit" && _tables.TryGetValue(stream, out var table) ? table.Mode == DestinationMode.Append : null;

    /// <summary>
    /// Does something to a table that is equal, looks at the verdict, and undoes it: a row is lost, one too many, doubled, another one; a deleted one comes
    /// back. Where every version is kept, one that is there twice is none too many.
    /// </summary>
    /// <returns>What was said wrongly; null where nothing was.</returns>
    public string? Damage(string stream, Random dice)
    {
        var table = _tables[stream];
        var rows = Texts($"SELECT _row FROM ({Current(stream, _readings[0])}) ORDER BY _row");
        if (rows.Count == 0) return null;
        var one = $"FROM {stream} WHERE rowid = {rows[dice.Next(rows.Count)]}";
        var lost = $"DELETE FROM {stream} WHERE ({table.Key}) IN (SELECT ({table.Key}) {one})";
        var added = $"INSERT INTO {stream} SELECT * REPLACE (_kintone_id + 1000000 AS _kintone_id) {one}";
        var doubled = $"INSERT INTO {stream} SELECT * {one}";
        var revived = $"DELETE FROM {stream} WHERE _ab_cdc_deleted_at IS NOT NULL "
            + $"AND ({table.Key}) IN (SELECT ({table.Key}) FROM {stream} WHERE _ab_cdc_deleted_at IS NULL) "
            + $"AND ({table.Key}) NOT IN (SELECT ({table.Key}) FROM {stream} WHERE rowid IN ({Current(stream, _readings[0])}))";
        foreach (var (damage, right) in new[]
        {
            (lost, "rows missing"), (added, "rows too many"), (doubled, table.Mode == DestinationMode.Append ? "equal" : "rows too many"),
            ($"{added}; {lost}", "other rows"), (revived, "rows too many"),
        })
        {
            Execute("BEGIN");
            var before = Scalar($"SELECT count(*) FROM {stream}");
            Execute(damage);
            var said = Texts($"SELECT verdict FROM {SchemaOf(table.Mode == DestinationMode.Append)}.reconciliation WHERE stream = '{stream}'").Single();
            var changed = Scalar($"SELECT count(*) FROM {stream}") != before || right == "other rows";
            Execute("ROLLBACK");
            if (changed && said != right) return $"{stream} is {said} after {damage}";
        }
        return null;
    }

    static string SchemaOf(bool keepsVersions) => keepsVersions ? "versions_checked" : "rows_checked";

    void MakeReconciliation()
    {
        var tables = string.Join('\n', _tables.OrderBy(static t => t.Key, StringComparer.Ordinal)
            .Select(static t => $"{t.Key}: {string.Join(", ", ViewedColumns(t.Key, t.Value))}"));
        if (tables == _viewed) return;
        var fields = ResourceStreams.AppFields.Columns.Select(static c => $"\"{c.Name}\" {TypeOf(c.Type)}");
        Execute($"CREATE SCHEMA IF NOT EXISTS loaded; CREATE TABLE IF NOT EXISTS loaded.app_fields ({string.Join(", ", fields)}, "
            + "_airbyte_extracted_at TIMESTAMPTZ)");
        foreach (var (name, table) in _tables)
            Execute($"CREATE OR REPLACE VIEW loaded.{name} AS SELECT {string.Join(", ", ViewedColumns(name, table))}, "
                + $"make_timestamptz(_emitted * 1000) AS _airbyte_extracted_at FROM main.{name}");
        foreach (var keepsVersions in (bool[])[true, false])
            foreach (var statement in s_views.GetOrAdd($"{keepsVersions}\n{tables}", _ => Statements(keepsVersions))) Execute(statement);
        _viewed = tables;
    }

    static string TypeOf(ResourceType type) => type switch { ResourceType.Boolean => "BOOLEAN", ResourceType.Integer => "BIGINT", _ => "VARCHAR" };

    static IEnumerable<string> ViewedColumns(string name, Table table) => table.Columns.Keys
        .Where(c => name == "sync_audit" || c is "_kintone_id" or "_kintone_row_id" or "_kintone_file_number" or "_kintone_updated_at" or "_ab_cdc_deleted_at")
        .Select(ColumnType.Name);

    string[] Statements(bool keepsVersions)
    {
        var script = File.ReadAllText(Repository.File("docs/warehouse/duckdb.sql"));
        foreach (var (setting, value) in new[] { ("source_schema = 'main'", "loaded"), ("view_schema = 'kintone'", SchemaOf(keepsVersions)) })
            script = script.Replace(setting, $"{setting.Split(' ')[0]} = '{value}'", StringComparison.Ordinal);
        script = script.Replace("is_append = false", $"is_append = {(keepsVersions ? "true" : "false")}", StringComparison.Ordinal);
        List<string> statements = [];
        using var command = _connection.CreateCommand();
        command.CommandText = script;
        using var reader = command.ExecuteReader();
        do
            while (reader.Read()) statements.Add(reader.GetString(0));
        while (reader.NextResult());
        return [.. statements];
    }
}
