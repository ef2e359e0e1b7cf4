using System.Text.Json.Nodes;
using KintoneSimulator;

namespace WarehouseTests.Views;

/// <summary>The view <c>schema_changes</c>: what has become of forms between the syncs of a data dictionary that is only added to.</summary>
[Collection(PostgresServerCollection.Name)]
public sealed class SchemaChangesTests(PostgresServer postgres)
{
    public static TheoryData<string> Databases => LabelDatabase.Kinds;

    static void Fill(Domain domain)
    {
        var app = domain.AddApp("案件", id: 1);
        app.AddField("name", "SINGLE_LINE_TEXT", Labelled("件名"));
        app.AddField("memo", "MULTI_LINE_TEXT", Labelled("メモ"));
        app.AddField("文字列__1行_", "SINGLE_LINE_TEXT", Labelled("備考"));
        app.AddChoice("kind", "DROP_DOWN", "新規", "追加");
        app.AddTable("rows", Field.Create("inner", "NUMBER", Labelled("数量")));
        domain.AddApp("顧客", id: 2);
    }

    [SkippableTheory]
    [MemberData(nameof(Databases))]
    public async Task Each_change_of_a_form_stands_between_the_sync_before_and_the_one_that_saw_it(string kind)
    {
        using var database = LabelDatabase.Open(kind, postgres);
        using var apps = new LoadedApps(Fill, 1, 2);
        await apps.SyncAsync(); // 1:00
        await apps.SyncAsync(TimeSpan.FromHours(1));
        apps.App(1).ChangeField("name", Labelled("題名"));
        apps.App(1).AddField("price", "NUMBER", Labelled("金額"));
        apps.App(1).RemoveField("memo");
        await apps.SyncAsync(TimeSpan.FromHours(1)); // 3:00
        apps.App(1).RenameField("文字列__1行_", "note");
        apps.App(1).RenameChoice("kind", "追加", "増設");
        await apps.SyncAsync(TimeSpan.FromHours(2)); // 5:00
        apps.App(1).RemoveField("price");
        apps.App(1).AddField("price", "SINGLE_LINE_TEXT", Labelled("金額"));
        apps.App(1).ChangeField("inner", Labelled("個数"));
        await apps.SyncAsync(TimeSpan.FromHours(1)); // 6:00
        apps.App(1).RemoveField("note");
        apps.App(1).AddField("total", "NUMBER", Labelled("備考")); // another one, by its type
        apps.App(1).RemoveField("kind");
        apps.App(1).AddField("kind", "SINGLE_LINE_TEXT");
        await apps.SyncAsync(TimeSpan.FromHours(1)); // 7:00
        apps.LoadInto(database, keepsVersions: true);
        database.MakeViews();

        Assert.Equal(
            [
                "03 after 02 | 案件 | memo | メモ | removed | MULTI_LINE_TEXT | ∅",
                "03 after 02 | 案件 | name | 題名 | label renamed | 件名 | 題名",
                "03 after 02 | 案件 | price | 金額 | added | ∅ | NUMBER",
                "05 after 03 | 案件 | kind | kind | choices changed | 新規 | 追加 | 新規 | 増設",
                "05 after 03 | 案件 | note | 備考 | code renamed | 文字列__1行_ | note",
                "06 after 05 | 案件 | price | 金額 | type changed | NUMBER | SINGLE_LINE_TEXT",
                "06 after 05 | 案件 | rows.inner | 個数 | label renamed | 数量 | 個数",
                "07 after 06 | 案件 | kind | kind | choices changed | 新規 | 増設 | ∅",
                "07 after 06 | 案件 | kind | kind | type changed | DROP_DOWN | SINGLE_LINE_TEXT",
                "07 after 06 | 案件 | note | 備考 | removed | SINGLE_LINE_TEXT | ∅",
                "07 after 06 | 案件 | total | 備考 | added | ∅ | NUMBER",
            ],
            database.Rows("SELECT seen_at, unchanged_until, app_name, field, label, change, was, became FROM kintone.schema_changes")
                .Select(static row => $"{row[0]![11..13]} after {row[1]![11..13]} | {string.Join(" | ", row.Skip(2).Select(static cell => cell ?? "∅"))}")
                .Order(StringComparer.Ordinal));
    }

    /// <summary>PostgreSQL drops no table that a view reads: a destination that replaces the dictionary with each sync would fail.</summary>
    [SkippableTheory]
    [MemberData(nameof(Databases))]
    public async Task A_dictionary_that_is_replaced_each_time_is_read_by_no_view(string kind)
    {
        using var database = LabelDatabase.Open(kind, postgres);
        using var apps = new LoadedApps(Fill, 1, 2);
        await apps.SyncAsync();
        apps.App(1).RemoveField("memo");
        await apps.SyncAsync(TimeSpan.FromHours(1));
        apps.LoadInto(database);
        database.MakeViews();

        Assert.DoesNotContain("schema_changes", database.Rows("SELECT table_name FROM information_schema.views").Select(static row => row[0]));
        database.Execute("DROP TABLE app_fields");
    }

    static JsonObject Labelled(string label) => new() { ["label"] = label };
}
