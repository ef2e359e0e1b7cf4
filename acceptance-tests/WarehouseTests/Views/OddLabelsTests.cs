using System.Text;
using System.Text.Json.Nodes;
using KintoneSimulator;

namespace WarehouseTests.Views;

/// <summary>Labels are what people type: equal ones, long ones, and those that look like SQL.</summary>
[Collection(PostgresServerCollection.Name)]
public sealed class OddLabelsTests(PostgresServer postgres)
{
    const string Quotes = """単価 "税込" 'x' {0} {} %s %I $$;--\n""";
    static readonly string s_long = new('長', 40);

    public static TheoryData<string> Databases => LabelDatabase.Kinds;

    static void Fill(Domain domain)
    {
        var prices = domain.AddApp("価格 \"表\"; DROP", id: 1);
        prices.AddField("key", "SINGLE_LINE_TEXT", Labelled("同じ"));
        prices.AddField("a1", "SINGLE_LINE_TEXT", Labelled("同じ"));
        prices.AddField("a2", "SINGLE_LINE_TEXT", Labelled("同じ_a1"));
        prices.AddField("b1", "SINGLE_LINE_TEXT", Labelled("Name"));
        prices.AddField("b2", "SINGLE_LINE_TEXT", Labelled("name"));
        prices.AddField("c", "SINGLE_LINE_TEXT", Labelled(Quotes));
        prices.AddField("d1", "SINGLE_LINE_TEXT", Labelled(s_long + "1"));
        prices.AddField("d2", "SINGLE_LINE_TEXT", Labelled(s_long + "2"));
        prices.AddField("e", "SINGLE_LINE_TEXT", Labelled(""));
        prices.AddField("f", "SINGLE_LINE_TEXT", Labelled("_kintone_id"));
        prices.AddField("g", "SINGLE_LINE_TEXT", Labelled("見ない"));
        prices.AddTable("rows", Field.Create("inner", "SINGLE_LINE_TEXT", Labelled("品名")));
        prices.Add(new()
        {
            ["key"] = "K1",
            ["a1"] = "A1",
            ["a2"] = "A2",
            ["b1"] = "B1",
            ["b2"] = "B2",
            ["c"] = "C",
            ["d1"] = "D1",
            ["d2"] = "D2",
            ["e"] = "E",
            ["f"] = "F"
        });
        prices.Add(new() { ["key"] = "K2" });
        prices.Add(new() { ["key"] = "K2" });

        var orders = domain.AddApp("価格 \"表\"; DROP", id: 2);
        orders.AddField("price", "SINGLE_LINE_TEXT", LooksUp(1, "key"));
        orders.AddField("number", "NUMBER", LooksUp(1, "レコード番号"));
        orders.AddField("elsewhere", "SINGLE_LINE_TEXT", LooksUp(3, "key"));
        orders.Add(new() { ["price"] = "K1", ["number"] = "2", ["elsewhere"] = "x" });
        orders.Add(new() { ["price"] = "K2" });
        domain.AddApp("見えない", id: 3).AddField("key", "SINGLE_LINE_TEXT");
    }

    [SkippableTheory]
    [MemberData(nameof(Databases))]
    public async Task Every_field_has_a_column_of_its_own(string kind)
    {
        using var database = LabelDatabase.Open(kind, postgres);
        using var apps = new LoadedApps(Fill, 1, 2);
        await apps.SyncAsync();
        apps.LoadInto(database, change: static (stream, schema) =>
        {
            if (stream == "app_1_records") ((JsonObject)schema["properties"]!).Remove("g");
            return stream.StartsWith("app_1_table_", StringComparison.Ordinal) ? null : schema;
        });
        database.MakeViews();

        string[] views = ["価格 \"表\"; DROP_app_1_records", "価格 \"表\"; DROP_app_2_records"];
        Assert.Equal(views, database.Views());
        var columns = database.Columns(views[0]);
        Assert.Equal(columns.Count, columns.Select(static c => c.ToLowerInvariant()).Distinct().Count());
        Assert.All(columns, c => Assert.True(kind != "PostgreSQL" || Encoding.UTF8.GetByteCount(c) <= 63, c));
        Assert.DoesNotContain("見ない", columns);
        Assert.Contains("rows", columns); // whose stream is not there
        Assert.Equal(["1 | K1 | A1 | A2 | B1 | B2 | C | E | F"],
            database.Rows(views[0], ["_kintone_id", "同じ_key", "同じ_a1", columns.Single(static c => c.StartsWith("同じ_a1_", StringComparison.Ordinal)), "Name_b1",
                "name_b2", Quotes, "e", "_kintone_id_f"]).Take(1));
        Assert.Equal(["D1", "D2"], columns.Where(static c => c.StartsWith("長長長", StringComparison.Ordinal)).Order(StringComparer.Ordinal)
            .Select(c => database.Rows(views[0], "_kintone_id", c)[0][^2..]).Order(StringComparer.Ordinal));

        // Two records have the key K2: whichever it was. The record number is a text, what looks it up a number.
        Assert.Equal(["1 | 1 | 2", "2 | ∅ | ∅"], database.Rows(views[1], "_kintone_id", "price_id", "number_id"));
        Assert.DoesNotContain("elsewhere_id", database.Columns(views[1]));
    }

    [SkippableTheory]
    [MemberData(nameof(Databases))]
    public async Task What_is_gone_is_left_out_and_what_was_renamed_leaves_nothing_behind(string kind)
    {
        using var database = LabelDatabase.Open(kind, postgres);
        using var apps = new LoadedApps(Fill, 1);
        await apps.SyncAsync();
        apps.LoadInto(database);
        database.MakeViews();
        Assert.Equal(3, database.Rows("価格 \"表\"; DROP", "_kintone_id", "e").Count);

        apps.App(1).Delete(2);
        apps.App(1).ChangeField("e", Labelled("備考"));
        await apps.SyncAsync(TimeSpan.FromHours(1));
        apps.LoadInto(database);
        database.MakeViews();
        Assert.DoesNotContain("e", database.Columns("価格 \"表\"; DROP"));
        Assert.Equal(["1 | E", "3 | "], database.Rows("価格 \"表\"; DROP", "_kintone_id", "備考"));
    }

    [SkippableTheory]
    [MemberData(nameof(Databases))]
    public async Task Histories_have_names_of_their_own(string kind)
    {
        using var database = LabelDatabase.Open(kind, postgres);
        using var apps = new LoadedApps(static domain =>
        {
            domain.AddApp(s_long, id: 1).Add();
            var app = domain.AddApp("案件", id: 2);
            app.AddTable("t", Field.Create("inner", "SINGLE_LINE_TEXT"));
            app.ChangeField("t", Labelled("History"));
            app.Add();
        }, 1, 2);
        await apps.SyncAsync();
        apps.LoadInto(database, keepsVersions: true);
        database.MakeViews();

        Assert.Equal(
            ["案件", "案件_History_app_2_table_t", "案件_History_app_2_table_t_deleted", "案件_deleted", "案件_history"],
            database.Views().Where(static v => v.StartsWith("案件", StringComparison.Ordinal)));
        Assert.Equal(["", "_deleted", "_history"], database.Views().Where(static v => v.StartsWith("長長", StringComparison.Ordinal))
            .Select(static v => v.EndsWith("_deleted", StringComparison.Ordinal) ? "_deleted" : v.EndsWith("_history", StringComparison.Ordinal) ? "_history"
            : "").Order(StringComparer.Ordinal));
        Assert.Equal(["1"], database.Rows($"SELECT count(*) FROM "
            + $"{LabelDatabase.Name(database.Views().Single(static v => v.StartsWith('長') && v.EndsWith("_history", StringComparison.Ordinal)))}")
            .Select(static r => r[0]));
    }

    /// <summary>Some loaders make names small, and PostgreSQL itself cuts long ones: neither costs a view a column.</summary>
    [SkippableFact]
    public async Task Names_that_a_loader_has_changed_are_found()
    {
        var code = new string('長', 30);
        using var database = LabelDatabase.Open("PostgreSQL", postgres);
        void Fill(Domain domain)
        {
            var app = domain.AddApp("案件", id: 1);
            app.AddField("Amount", "NUMBER", Labelled("金額"));
            app.AddField(code, "SINGLE_LINE_TEXT", Labelled("備考"));
            app.Add(new() { ["Amount"] = "7" });
        }
        using var apps = new LoadedApps(Fill, 1) { ColumnNames = "field_code" };
        await apps.SyncAsync();
        apps.LoadInto(database);
        database.MakeViews();
        Assert.Equal(["1 | 7 | ∅"], database.Rows("案件", "_kintone_id", "金額", "備考"));

        database.Execute("ALTER TABLE app_1_records RENAME COLUMN \"Amount\" TO amount");
        database.MakeViews();
        Assert.Equal(["1 | 7 | ∅"], database.Rows("案件", "_kintone_id", "金額", "備考"));
    }

    [SkippableFact]
    public async Task Rights_and_views_of_other_people_stay_where_nothing_has_changed()
    {
        using var database = LabelDatabase.Open("PostgreSQL", postgres);
        using var apps = new LoadedApps(Fill, 1, 2);
        await apps.SyncAsync();
        apps.LoadInto(database);
        database.MakeViews();
        database.Execute("CREATE ROLE reader; GRANT USAGE ON SCHEMA kintone TO reader; GRANT SELECT ON kintone.\"価格 \"\"表\"\"; DROP_app_1_records\" TO "
            + "reader; CREATE VIEW mine AS SELECT * FROM kintone.\"価格 \"\"表\"\"; DROP_app_1_records\"");
        database.Execute("CREATE VIEW kintone.stray AS SELECT 1 AS x");
        database.MakeViews();

        Assert.Equal("3", database.Rows("SET ROLE reader; SELECT count(*) FROM kintone.\"価格 \"\"表\"\"; DROP_app_1_records\"")[0][0]);
        database.Execute("RESET ROLE");
        Assert.Equal("3", database.Rows("SELECT count(*) FROM mine")[0][0]);
        Assert.DoesNotContain("stray", database.Views());
    }

    static JsonObject Labelled(string label) => new() { ["label"] = label };

    static JsonObject LooksUp(long app, string key) => new()
    {
        ["lookup"] = new JsonObject
        {
            ["relatedApp"] = new JsonObject { ["app"] = $"{app}", ["code"] = "" },
            ["relatedKeyField"] = key,
            ["fieldMappings"] = new JsonArray(),
            ["lookupPickerFields"] = new JsonArray(),
            ["filterCond"] = "",
            ["sort"] = "",
        },
    };
}
