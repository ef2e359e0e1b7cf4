using System.Globalization;
using System.Text.Json.Nodes;
using KintoneSimulator;
using KintoneSource.Catalog;

namespace WarehouseTests.Views;

/// <summary>The scripts of docs/warehouse on real databases: what they show is what people see in Kintone.</summary>
[Collection(PostgresServerCollection.Name)]
public sealed class LabelledViewsTests(PostgresServer postgres)
{
    public static TheoryData<string> Databases => LabelDatabase.Kinds;

    public static TheoryData<string, string> DatabasesAndNames
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (var kind in Databases)
                foreach (var names in (string[])["field_code", "ascii", "label", "label_ascii"]) all.Add(kind, names);
            return all;
        }
    }

    [SkippableTheory]
    [MemberData(nameof(DatabasesAndNames))]
    public async Task Every_record_and_row_of_the_sample_company_stands_under_its_labels(string kind, string names)
    {
        using var database = LabelDatabase.Open(kind, postgres);
        using var company = new LoadedApps(SampleCompany.Fill, SampleCompany.CustomersApp, SampleCompany.DealsApp,
            SampleCompany.ExpensesApp)
        { ColumnNames = names };
        await company.SyncAsync();
        company.LoadInto(database);
        database.MakeViews();

        Assert.Equal(
            [
                "案件管理", "案件管理_attachments", "案件管理_明細",
                "経費精算 / Expenses", "経費精算 / Expenses_Attendees", "経費精算 / Expenses_Lines", "経費精算 / Expenses_attachments", "顧客", "顧客_attachments",
            ],
            database.Views());
        foreach (var app in new[] { company.App(SampleCompany.CustomersApp), company.App(SampleCompany.DealsApp), company.App(SampleCompany.ExpensesApp) })
        {
            var columns = company.Rows("app_fields").Where(row => (string?)row["appId"] == $"{app.Id}" && row["column"] is not null)
                .ToDictionary(static row => (string)row["code"]!, static row => (string)row["column"]!);
            Same(database, app.Name, company.Rows($"app_{app.Id}_records"), ["_kintone_id"], app.Form.Fields, columns);
            foreach (var table in app.Form.Fields.Where(static f => f.TypeName == "SUBTABLE"))
                Same(database, $"{app.Name}_{table.Label}", company.Rows(AppStreamName.OfTable(app.Id, table.Code).ToString()),
                    ["_kintone_id", "_kintone_row_id", "_kintone_row_number"], table.Fields, columns);
        }
        Assert.Equal("値引率 (NUMBER); unit: %", database.Comment("案件管理", "値引率"));
        Assert.Equal("区分 (DROP_DOWN); choices: 新規 | 追加 | 交換", database.Comment("案件管理_明細", "区分"));
    }

    [SkippableTheory]
    [MemberData(nameof(Databases))]
    public async Task A_lookup_leads_to_the_record_that_it_was_copied_from(string kind)
    {
        using var database = LabelDatabase.Open(kind, postgres);
        using var company = new LoadedApps(SampleCompany.Fill, SampleCompany.CustomersApp, SampleCompany.DealsApp);
        await company.SyncAsync();
        company.LoadInto(database);
        database.MakeViews();

        Assert.Equal([("1155", "1160")],
            database.Rows("SELECT count(c._kintone_id), count(*) FROM kintone.\"案件管理\" d LEFT JOIN kintone.\"顧客\" c ON c._kintone_id = d.\"顧客番号_id\" AND "
            + "c.\"会社名\" = d.\"会社名\"")
            .Select(static r => (r[0], r[1])));
        // Of a customer who was deleted there is no id, and no row.
        Assert.Empty(database.Rows("SELECT 1 FROM kintone.\"案件管理\" WHERE \"顧客番号\" = 'C-0120' AND \"顧客番号_id\" IS NOT NULL"));
        Assert.Equal("The _kintone_id of the record that 顧客番号 was copied from: 顧客番号 of app 1", database.Comment("案件管理", "顧客番号_id"));

        // An app that is not synced has no view, and nothing leads to it.
        database.Execute("DROP TABLE app_1_records CASCADE");
        database.Execute("DROP TABLE app_1_attachments CASCADE");
        database.MakeViews();
        Assert.Equal(["案件管理", "案件管理_attachments", "案件管理_明細"], database.Views());
        Assert.DoesNotContain("顧客番号_id", database.Columns("案件管理"));
    }

    [SkippableTheory]
    [MemberData(nameof(Databases))]
    public async Task Columns_stand_in_the_order_of_the_form(string kind)
    {
        using var database = LabelDatabase.Open(kind, postgres);
        using var company = new LoadedApps(SampleCompany.Fill, SampleCompany.DealsApp);
        await company.SyncAsync();
        company.LoadInto(database);
        database.MakeViews();

        var places = company.Rows("app_fields").Where(static row => row["table"] is null && row["position"] is not null)
            .ToDictionary(static row => (string)row["label"]!, static row => (int)row["position"]!);
        var placed = database.Columns("案件管理").Where(places.ContainsKey).ToArray();
        Assert.True(placed.Length > 10);
        Assert.Equal(placed.OrderBy(name => places[name]), placed);
        Assert.NotEqual(placed.Order(StringComparer.Ordinal), placed);
        Assert.Equal("_kintone_id", database.Columns("案件管理")[0]);
        Assert.Equal("_kintone_updated_at", database.Columns("案件管理")[^1]);
    }

    [SkippableTheory]
    [MemberData(nameof(Databases))]
    public async Task Attached_files_stand_beside_the_labels_of_their_fields_and_comments_beside_the_names_of_people(string kind)
    {
        using var database = LabelDatabase.Open(kind, postgres);
        using var company = new LoadedApps(SampleCompany.Fill, SampleCompany.DealsApp) { ReadsComments = true };
        await company.SyncAsync();
        company.LoadInto(database);
        database.MakeViews();

        var labels = company.Rows("app_fields").ToDictionary(static row => (string)row["code"]!, static row => (string)row["label"]!);
        var files = company.Rows($"app_{SampleCompany.DealsApp}_attachments").ToArray();
        Assert.NotEmpty(files);
        Assert.Equal(
            files.Select(row => $"{row["_kintone_id"]} | {row["_kintone_file_number"]} | {row["field"]} | {labels[(string)row["field"]!]} | {row["name"]}")
                .Order(StringComparer.Ordinal),
            database.Rows("案件管理_attachments", "_kintone_id", "_kintone_file_number", "field", "field_label", "name").Order(StringComparer.Ordinal));
        var comments = company.Rows($"app_{SampleCompany.DealsApp}_comments").ToArray();
        Assert.Contains(comments, static row => row["mentions"]!.AsArray().Count > 0);
        Assert.Equal(
            comments.Select(static row => $"{row["_kintone_id"]} | {row["_kintone_comment_id"]} | {row["creator"]!["name"]} | {Mentioned(row)}")
                .Order(StringComparer.Ordinal),
            database.Rows("案件管理_comments", "_kintone_id", "_kintone_comment_id", "creator", "mentions").Order(StringComparer.Ordinal));
    }

    static string Mentioned(JsonObject row) =>
        row["mentions"]!.AsArray() is { Count: > 0 } people ? string.Join(", ", people.Select(static p => (string?)p!["code"])) : "∅";

    [SkippableTheory]
    [MemberData(nameof(Databases))]
    public async Task A_label_that_changed_is_the_view_s_while_the_table_keeps_its_column(string kind)
    {
        using var database = LabelDatabase.Open(kind, postgres);
        using var company = new LoadedApps(SampleCompany.Fill, SampleCompany.CustomersApp) { ColumnNames = "label", KeepsCatalog = true };
        await company.SyncAsync();
        company.App(SampleCompany.CustomersApp).ChangeField("会社名", new() { ["label"] = "取引先名" });
        company.App(SampleCompany.CustomersApp).AddField("新", "SINGLE_LINE_TEXT", new() { ["label"] = "会社名" });
        company.App(SampleCompany.CustomersApp).TouchAllRecords();
        await company.SyncAsync(TimeSpan.FromDays(1));
        company.LoadInto(database);
        database.MakeViews();

        Assert.DoesNotContain("会社名", database.Columns("顧客"));
        Assert.Equal(
            company.Rows("app_1_records").Select(static row => $"{row["_kintone_id"]} | {row["会社名"]}").Distinct().Order(StringComparer.Ordinal),
            database.Rows("顧客", "_kintone_id", "取引先名").Order(StringComparer.Ordinal));
    }

    [SkippableTheory]
    [MemberData(nameof(Databases))]
    public async Task Labels_in_a_language_where_the_app_has_them(string kind)
    {
        using var database = LabelDatabase.Open(kind, postgres);
        using var company = new LoadedApps(SampleCompany.Fill, SampleCompany.CustomersApp);
        await company.SyncAsync();
        company.LoadInto(database);
        database.Settings["label_language"] = "'en'";
        database.MakeViews();

        Assert.Equal(["1 | 株式会社川ノ辺製作所", "2 | 株式会社北浜町製作所"], database.Rows("顧客", "_kintone_id", "Company").Take(2));
        Assert.Contains("サイト", database.Columns("顧客"));
    }

    /// <summary>What a view shows is what the records say, by a reading of its own.</summary>
    static void Same(LabelDatabase database, string view, IEnumerable<JsonObject> rows, string[] own, IReadOnlyList<Field> fields, Dictionary<string,
        string> columns)
    {
        var shown = fields.Where(static f => f.IsInRecords && f.TypeName != "SUBTABLE").ToArray();
        var expected = rows.Select(row =>
            string.Join(" | ", own.Select(name => row[name]!.ToString()).Concat(shown.Select(f => Cell(f, row[columns[f.Code]]) ?? "∅"))))
            .Order(StringComparer.Ordinal).ToArray();
        Assert.NotEmpty(expected);
        Assert.Equal(expected, database.Rows(view, [.. own, .. shown.Select(static f => f.Label)]).Order(StringComparer.Ordinal));
    }

    static string? Cell(Field field, JsonNode? value) => value switch
    {
        null or JsonArray { Count: 0 } => null,
        JsonArray list => string.Join(", ", list.Select(static item => item is JsonObject entity ? (string?)entity["name"] : (string?)item)),
        JsonObject entity => (string?)entity["name"],
        JsonValue number when field.TypeName is "NUMBER" or "CALC" && decimal.TryParse(number.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture,
            out var digits) => digits.ToString("0.####################", CultureInfo.InvariantCulture),
        _ => (string?)value,
    };
}
