using System.Text.RegularExpressions;
using AcceptanceTests;
using KintoneSimulator;
using KintoneSource.Catalog;

namespace WarehouseTests.Views;

/// <summary>docs/warehouse shows what the databases show, and all four scripts know the same.</summary>
[Collection(PostgresServerCollection.Name)]
public sealed partial class DocumentTests(PostgresServer postgres)
{
    [GeneratedRegex(@"```sql\n(?<sql>.+?)\n```\n\n(?<table>(?:\|[^\n]*\n)+)", RegexOptions.Singleline)]
    static partial Regex Example { get; }

    [SkippableTheory]
    [InlineData("DuckDB with JSON")]
    [InlineData("PostgreSQL")]
    public async Task Every_example_of_the_pages_is_true(string kind)
    {
        using var database = LabelDatabase.Open(kind, postgres);
        using var company = new LoadedApps(SampleCompany.Fill, SampleCompany.CustomersApp, SampleCompany.DealsApp);
        await company.SyncAsync();
        company.Time.Advance(TimeSpan.FromDays(2));
        company.App(SampleCompany.DealsApp).Edit(1, new() { ["ステータス"] = "受注" });
        company.App(SampleCompany.DealsApp).Delete(3);
        await company.SyncAsync(TimeSpan.FromHours(1));
        company.LoadInto(database, keepsVersions: true);
        database.MakeViews();

        foreach (var page in new[] { "docs/warehouse/README.md", "docs/warehouse/README.ja.md" })
        {
            var examples = Example.Matches(File.ReadAllText(Repository.File(page)));
            Assert.Equal(6, examples.Count);
            Assert.All(examples, example => Assert.Equal(
                string.Join('\n', example.Groups["table"].Value.TrimEnd('\n').Split('\n').Take(2)
                    .Concat(database.Rows(example.Groups["sql"].Value).Select(static row => $"| {string.Join(" | ", row)} |"))) + "\n",
                example.Groups["table"].Value));
        }
    }

    [Theory]
    [InlineData("duckdb.sql")]
    [InlineData("postgresql.sql")]
    [InlineData("bigquery.sql")]
    [InlineData("snowflake.sql")]
    public void Every_script_asks_for_columns_that_app_fields_has_and_makes_every_kind_of_view(string file)
    {
        var script = File.ReadAllText(Repository.File($"docs/warehouse/{file}"));
        var asked = DictionaryColumn.Matches(script).Select(static m => m.Groups["name"].Value.ToLowerInvariant()).ToHashSet();
        var known = ResourceStreams.AppFields.Columns.Select(static c => c.Name.ToLowerInvariant()).ToHashSet();
        string[] needed = ["appid", "appname", "code", "type", "table", "column", "relatedapp", "relatedkeyfield", "labels", "label", "stream", "tablestream",
            "required", "unit", "options", "expression", "enabled"];
        Assert.Subset(known, needed.ToHashSet());
        Assert.Subset(asked, needed.ToHashSet());
        Assert.All((string[])["source_schema", "view_schema", "label_language", "is_append", "_history", "_deleted", "_statuses", "_kintone_valid_from",
            "REFERENCE_TABLE"], part => Assert.Contains(part, script, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"\bf(?:->>?'|\.[""`]?)(?<name>\w+)")]
    static partial Regex DictionaryColumn { get; }
}
