using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using KintoneSimulator;
using WarehouseFiles.Dbt;
using YamlDotNet.Serialization;

namespace WarehouseTests.Views;

/// <summary>What a dbt project takes in: the shape that dbt reads, and tests that hold on what is loaded and fail where it is damaged.</summary>
[Collection(PostgresServerCollection.Name)]
public sealed partial class DbtFilesTests(PostgresServer postgres)
{
    /// <summary>What dbt knows in a source's table, and in a column, of what there could be.</summary>
    static readonly HashSet<string> s_ofTable = ["name", "description", "config", "data_tests", "columns"], s_ofColumn = ["name", "description", "data_tests"];

    public static TheoryData<string> Databases => ["DuckDB", "PostgreSQL"];

    static async Task<LoadedApps> CompanyAsync()
    {
        var company = new LoadedApps(SampleCompany.Fill, SampleCompany.CustomersApp, SampleCompany.DealsApp, SampleCompany.ExpensesApp);
        await company.SyncAsync();
        return company;
    }

    static string Sources(LoadedApps apps, bool keepsVersions = false) =>
        new DbtFiles(DictionaryRow.Read(apps.Rows("app_fields").Select(static row => row.ToJsonString())), keepsVersions).Sources();

    static List<(string Source, JsonObject Table)> Tables(string yaml)
    {
        var json = JsonNode.Parse(new SerializerBuilder().JsonCompatible().Build().Serialize(new DeserializerBuilder().Build().Deserialize(yaml)))!.AsObject();
        Assert.Equal(["version", "sources"], json.Select(static member => member.Key));
        return [.. from source in json["sources"]!.AsArray() from table in source["tables"]!.AsArray() select ((string)source["name"]!, (JsonObject)table)];
    }

    [Fact]
    public async Task Every_table_and_column_is_one_that_is_loaded_and_every_member_one_that_dbt_knows()
    {
        using var company = await CompanyAsync();
        var tables = Tables(Sources(company)).Where(static t => t.Source == "kintone").ToDictionary(static t => (string)t.Table["name"]!, static t => t.Table);
        Assert.Equal(7, tables.Count); // three apps, as many sub-tables, and the audit
        foreach (var (name, table) in tables)
        {
            Assert.Subset(s_ofTable, table.Select(static member => member.Key).ToHashSet());
            foreach (var column in table["columns"]!.AsArray().Cast<JsonObject>())
            {
                Assert.Subset(s_ofColumn, column.Select(static member => member.Key).ToHashSet());
                if (name != "sync_audit") Assert.Contains(company.Rows(name), row => row.ContainsKey((string)column["name"]!));
                foreach (var (test, arguments) in TestsOf(column))
                {
                    Assert.Contains(test, (string[])["not_null", "unique", "relationships"]);
                    if (test != "relationships") continue;
                    var to = Source.Match((string)arguments!["to"]!).Groups["table"].Value;
                    Assert.Contains(tables[to]["columns"]!.AsArray(), other => (string)other!["name"]! == (string)arguments["field"]!);
                }
            }
        }
    }

    [GeneratedRegex(@"^source\('kintone', '(?<table>\w+)'\)$")]
    static partial Regex Source { get; }

    static IEnumerable<(string Name, JsonObject? Arguments)> TestsOf(JsonObject holder) =>
        (holder["data_tests"] as JsonArray ?? []).Select(static test =>
            test is JsonObject named ? (named.Single().Key, (JsonObject?)named.Single().Value!["arguments"]) : ((string)test!, null));

    [SkippableTheory]
    [MemberData(nameof(Databases))]
    public async Task The_tests_hold_on_what_is_loaded_and_fail_where_a_row_comes_twice_or_is_lost(string kind)
    {
        using var database = LabelDatabase.Open(kind, postgres);
        using var company = await CompanyAsync();
        company.LoadInto(database);
        var tests = Tables(Sources(company)).Where(static t => t.Source == "kintone").SelectMany(static t => Queries(t.Table)).ToArray();
        Assert.True(tests.Count(static t => t.Test == "relationships") > 3);
        string[] Failing() => [.. tests.Where(test => database.Rows($"SELECT count(*) FROM ({test.Sql}) failing")[0][0] != "0")
            .Select(static t => t.Test).Distinct().Order(StringComparer.Ordinal)];

        Assert.Equal(["relationships"], Failing()); // a customer who was deleted
        database.Execute($"INSERT INTO app_{SampleCompany.ExpensesApp}_records SELECT * FROM app_{SampleCompany.ExpensesApp}_records");
        Assert.Equal(["relationships", "unique"], Failing());
    }

    /// <summary>A number may look up a record number, which is a text: dbt compares them as they are, and databases do not.</summary>
    [SkippableTheory]
    [MemberData(nameof(Databases))]
    public async Task A_lookup_is_tested_where_it_has_the_type_of_its_key(string kind)
    {
        static JsonObject LooksUp(string key) => new()
        {
            ["lookup"] = new JsonObject { ["relatedApp"] = new JsonObject { ["app"] = "1", ["code"] = "" }, ["relatedKeyField"] = key },
        };
        static void Fill(Domain domain)
        {
            var prices = domain.AddApp("価格", id: 1);
            prices.AddField("key", "SINGLE_LINE_TEXT");
            prices.AddField("price", "NUMBER");
            prices.Add(new() { ["key"] = "K1", ["price"] = "7" });
            var orders = domain.AddApp("注文", id: 2);
            orders.AddField("by_key", "SINGLE_LINE_TEXT", LooksUp("key"));
            orders.AddField("by_price", "NUMBER", LooksUp("price"));
            orders.AddField("by_number", "NUMBER", LooksUp("レコード番号"));
            orders.Add(new() { ["by_key"] = "K1", ["by_price"] = "7", ["by_number"] = "1" });
        }
        using var database = LabelDatabase.Open(kind, postgres);
        using var apps = new LoadedApps(Fill, 1, 2);
        await apps.SyncAsync();
        apps.LoadInto(database);
        var tests = Tables(Sources(apps)).Where(static t => t.Source == "kintone").SelectMany(static t => Queries(t.Table)).ToArray();
        Assert.Equal(2, tests.Count(static t => t.Test == "relationships"));
        Assert.All(tests, test => Assert.Empty(database.Rows(test.Sql)));
    }

    /// <summary>As dbt's own macros write them.</summary>
    static IEnumerable<(string Test, string Sql)> Queries(JsonObject table)
    {
        var name = (string)table["name"]!;
        var ofTable = TestsOf(table).Select(static t => (Column: (string)t.Arguments!["column_name"]!, Test: t));
        var ofColumns = table["columns"]!.AsArray().Cast<JsonObject>().SelectMany(static c => TestsOf(c).Select(t => (Column: (string)c["name"]!, Test: t)));
        foreach (var (column, (test, arguments)) in ofTable.Concat(ofColumns))
            yield return (test, test switch
            {
                "not_null" => $"SELECT 1 FROM {name} WHERE {column} IS NULL",
                "unique" => $"SELECT {column} FROM {name} WHERE {column} IS NOT NULL GROUP BY {column} HAVING count(*) > 1",
                _ => $"SELECT 1 FROM {name} child LEFT JOIN {Source.Match((string)arguments!["to"]!).Groups["table"].Value} parent "
                    + $"ON child.{column} = parent.{arguments["field"]} WHERE child.{column} IS NOT NULL AND parent.{arguments["field"]} IS NULL",
            });
    }

    [Fact]
    public async Task Where_every_version_is_kept_nothing_is_unique()
    {
        using var company = await CompanyAsync();
        Assert.Contains("unique", Sources(company), StringComparison.Ordinal);
        Assert.DoesNotContain("unique", Sources(company, keepsVersions: true), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Labels_are_text_whatever_stands_in_them()
    {
        const string Label = "\"引用\" {{ run() }} {% x %} {{{ y {# \\ 𠮷: - #\n2";
        using var apps = new LoadedApps(static domain => domain.AddApp(Label, id: 1).AddField("a", "SINGLE_LINE_TEXT", new() { ["label"] = Label }), 1);
        await apps.SyncAsync();
        var yaml = Sources(apps);

        Assert.DoesNotMatch("{[{%#]", yaml.Replace("\"{{ var('", "", StringComparison.Ordinal));
        Assert.Contains("𠮷", yaml, StringComparison.Ordinal); // as it is: dbt's reader takes escapes of its halves for two characters
        var table = Tables(yaml).Single(static t => (string)t.Table["name"]! == "app_1_records").Table;
        Assert.StartsWith("\"引用\" { { run() }} { % x %} { { { y { # \\ 𠮷: - #\n2 (app 1)", (string?)table["description"], StringComparison.Ordinal);
    }

    /// <summary>Loaders make names of columns small, Snowflake large; BigQuery's command line writes booleans as texts.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Rows_from_a_warehouse_are_taken_however_it_spells_them(bool isLarge)
    {
        using var company = await CompanyAsync();
        var rows = company.Rows("app_fields").Select(row => new JsonObject(row.Select(member => KeyValuePair.Create(
            isLarge ? member.Key.ToUpperInvariant() : member.Key.ToLowerInvariant(),
            member.Value is JsonValue value && value.TryGetValue<bool>(out var flag) ? flag ? "true" : "false" : member.Value?.DeepClone()))));
        Assert.Equal(Sources(company), new DbtFiles(DictionaryRow.Read(rows.Select(static row => row.ToJsonString())), keepsVersions: false).Sources());
    }

    [Fact]
    public async Task The_program_takes_what_the_connector_wrote_and_writes_into_a_project()
    {
        using var apps = new LoadedApps(static domain => domain.AddApp("案件", id: 1), 1);
        await apps.SyncAsync();
        var folder = Directory.CreateTempSubdirectory("dbt-");
        try
        {
            var file = Path.Combine(folder.FullName, "messages.jsonl");
            await File.WriteAllLinesAsync(file,
            [
                """{"type":"LOG","log":{"level":"INFO","message":"x"}}""",
                .. apps.Rows("app_fields").Select(static row =>
                    $"{{\"type\":\"RECORD\",\"record\":{{\"stream\":\"app_fields\",\"data\":{row.ToJsonString()}}}}}"),
            ]);
            await DbtFiles.WriteAsync(file, folder.FullName, keepsVersions: false);

            Assert.Equal(Sources(apps), await File.ReadAllTextAsync(Path.Combine(folder.FullName, DbtFiles.SourcesFile)));
            var test = await File.ReadAllTextAsync(Path.Combine(folder.FullName, DbtFiles.ReconciliationFile));
            Assert.Contains("source('kintone_views', 'reconciliation')", test, StringComparison.Ordinal);
            await File.WriteAllTextAsync(file, "nothing");
            await Assert.ThrowsAsync<FormatException>(() => DbtFiles.WriteAsync(file, folder.FullName, keepsVersions: false));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
