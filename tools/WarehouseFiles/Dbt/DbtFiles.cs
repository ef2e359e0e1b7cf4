using System.Text;
using System.Text.RegularExpressions;

namespace WarehouseFiles.Dbt;

/// <summary>What a dbt project takes in: sources with tests of keys, lookups and freshness, and reconciliation as a test.</summary>
/// <param name="fields">The fields of all apps.</param>
/// <param name="keepsVersions">The destination keeps every version, so that keys come more than once.</param>
sealed partial class DbtFiles(IReadOnlyList<DictionaryRow> fields, bool keepsVersions)
{
    public const string SourcesFile = "models/kintone/kintone_sources.yml", ReconciliationFile = "tests/kintone_reconciliation.sql";

    /// <summary>Says which streams are not what Kintone shows; of a sync that has not said yet what must be there it says nothing.</summary>
    public const string Reconciliation = """
        -- Made by tools/WarehouseFiles, for the view that docs/warehouse makes.
        select stream, verdict, rows_expected, rows_here, one_id, find_rows
        from {{ source('kintone_views', 'reconciliation') }}
        where verdict not in ('equal', 'not certain yet')

        """;

    readonly StringBuilder _yaml = new();

    public static async Task WriteAsync(string dictionary, string folder, bool keepsVersions)
    {
        var fields = DictionaryRow.Read(await File.ReadAllLinesAsync(dictionary));
        await WriteAsync(SourcesFile, new DbtFiles(fields, keepsVersions).Sources());
        await WriteAsync(ReconciliationFile, Reconciliation.ReplaceLineEndings("\n"));

        async Task WriteAsync(string file, string text)
        {
            var path = Path.Combine(folder, file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllTextAsync(path, text);
        }
    }

    public string Sources()
    {
        Line(0, "# Made by tools/WarehouseFiles from the stream app_fields: make it anew when forms have changed. For dbt 1.10.5 or newer.");
        Line(0, "version: 2", "sources:");
        AddSource("kintone", "What source-kintone loads", "kintone_schema", "public");
        Line(4, "config:", "  loaded_at_field: _airbyte_extracted_at", "tables:");
        AddTable("sync_audit", "What each sync did, and what must be there after it: a row a day at least of each stream");
        Line(8, "config:", "  freshness:", "    warn_after: {count: 26, period: hour}", "    error_after: {count: 50, period: hour}", "columns:");
        AddColumn("sync_id", null, "not_null");
        AddColumn("stream", null, "not_null");
        foreach (var app in fields.GroupBy(static f => f.App).OrderBy(static a => a.Key.Length).ThenBy(static a => a.Key, StringComparer.Ordinal))
            if (app.First().Records is { } records) AddApp(records, [.. app]);
        AddSource("kintone_views", "The views that docs/warehouse makes", "kintone_views_schema", "kintone");
        Line(4, "tables:");
        AddTable("reconciliation", "What must be in each table, and what is");
        Line(8, "columns:");
        AddColumn("stream", null, "not_null");
        return _yaml.ToString();
    }

    void AddApp(string records, DictionaryRow[] app)
    {
        AddTable(records, $"{app[0].AppName} (app {app[0].App})");
        Line(8, "columns:");
        AddColumn("_kintone_id", null, keepsVersions ? ["not_null"] : ["not_null", "unique"]);
        AddFields(app.Where(static f => f.Table is null));
        foreach (var table in app.Where(static f => f.Type == "SUBTABLE" && f.TableRows is not null))
        {
            AddTable(table.TableRows!, $"{table.AppName} (app {table.App}): the rows of {table.Label}");
            if (!keepsVersions)
                Line(8, "data_tests:", "  - unique:", "      arguments:", "        column_name: \"concat(_kintone_id, '-', _kintone_row_id)\"");
            Line(8, "columns:");
            AddColumn("_kintone_id", null, "not_null", Relationship(records, "_kintone_id"));
            AddColumn("_kintone_row_id", null, "not_null");
            AddFields(app.Where(f => f.Table == table.Code));
        }
    }

    void AddFields(IEnumerable<DictionaryRow> shown)
    {
        foreach (var field in shown.Where(static f => f.Column is not null))
            AddColumn(field.Column!, $"{field.Label}: {field.Code} ({field.Type})", [.. TestsOf(field)]);
    }

    IEnumerable<string> TestsOf(DictionaryRow field)
    {
        if (!Plain.IsMatch(field.Column!)) yield break;
        if (field.IsUnique && !keepsVersions) yield return "unique";
        var key = field.IsLookup ? fields.FirstOrDefault(f => f.App == field.RelatedApp && f.Code == field.RelatedKey && f.Table is null) : null;
        if (key is { Records: { } records, Column: { } column } && Plain.IsMatch(column) && key.IsNumber == field.IsNumber)
            yield return Relationship(records, column);
    }

    /// <summary>A warning: Kintone lets a record be deleted that others were copied from.</summary>
    static string Relationship(string stream, string column) =>
        $"relationships: {{arguments: {{to: \"source('kintone', '{stream}')\", field: {column}}}, config: {{severity: warn}}}}";

    /// <summary>
    /// Names that need quotes have no tests, since quotes differ between warehouses; <c>column_names: ascii</c> and <c>label_ascii</c> give others.
    /// </summary>
    [GeneratedRegex("^[a-z_][a-z0-9_]*$")]
    static partial Regex Plain { get; }

    void AddSource(string name, string description, string variable, string schema) => Line(
        2, $"- name: {name}", $"  description: {Quoted(description)}", $"  schema: \"{{{{ var('{variable}', '{schema}') }}}}\"");

    void AddTable(string name, string description) => Line(6, $"- name: {name}", $"  description: {Quoted(description)}");

    void AddColumn(string name, string? description, params IReadOnlyCollection<string> tests)
    {
        Line(10, $"- name: {Quoted(name)}");
        if (description is not null) Line(12, $"description: {Quoted(description)}");
        if (tests.Count > 0) Line(12, ["data_tests:", .. tests.Select(static test => $"  - {test}")]);
    }

    void Line(int indentation, params IEnumerable<string> lines)
    {
        foreach (var line in lines) _yaml.Append(' ', indentation).Append(line).Append('\n');
    }

    /// <summary>
    /// What looks like dbt's own templates would be run by it. Escapes are for single units: a reader in Python makes of two that are a pair two halves,
    /// which nothing can write down again.
    /// </summary>
    static string Quoted(string text)
    {
        var harmless = TemplateStart.Replace(text, "{ ");
        return $"\"{Special.Replace(harmless, static m => m.Value is "\"" or "\\" ? $"\\{m.Value}" : $"\\u{(int)m.Value[0]:x4}")}\"";
    }

    [GeneratedRegex("{(?=[{%#])")]
    static partial Regex TemplateStart { get; }

    [GeneratedRegex(@"[""\\\p{Cc}\p{Cf}\p{Zl}\p{Zp}]")]
    static partial Regex Special { get; }
}
