using System.Text.Json.Nodes;
using KintoneSimulator;

namespace WarehouseTests.Views;

/// <summary>Where a destination keeps every version: histories, times in statuses, and what is gone.</summary>
[Collection(PostgresServerCollection.Name)]
public sealed class VersionsTests(PostgresServer postgres)
{
    public static TheoryData<string> Databases => LabelDatabase.Kinds;

    static void Fill(Domain domain)
    {
        var app = domain.AddApp("案件", id: 1);
        app.AddField("件名", "SINGLE_LINE_TEXT");
        app.AddTable("明細", Field.Create("品名", "SINGLE_LINE_TEXT"));
        app.SetProcess("未着手", "作業中", "完了");
        app.Add(new() { ["件名"] = "A", ["ステータス"] = "未着手", ["明細"] = Rows("ペン", "紙") });
        app.Add(new() { ["件名"] = "B", ["ステータス"] = "未着手" });
    }

    [SkippableTheory]
    [MemberData(nameof(Databases))]
    public async Task Each_version_has_its_time_each_status_its_days_and_what_is_gone_its_last_values(string kind)
    {
        using var database = LabelDatabase.Open(kind, postgres);
        using var apps = new LoadedApps(Fill, 1);
        await apps.SyncAsync(); // 2 March, 01:00
        apps.Time.Advance(TimeSpan.FromDays(1));
        apps.App(1).Edit(1, new() { ["ステータス"] = "作業中" });
        await apps.SyncAsync(TimeSpan.FromHours(1));
        apps.Time.Advance(TimeSpan.FromHours(22));
        apps.App(1).Edit(1, new() { ["件名"] = "A'" });
        apps.App(1).Delete(2);
        await apps.SyncAsync(TimeSpan.FromHours(1));
        apps.Time.Advance(TimeSpan.FromHours(11));
        apps.App(1).Edit(1, new() { ["ステータス"] = "完了", ["明細"] = Rows("鉛筆") });
        await apps.SyncAsync(TimeSpan.FromHours(1));
        await apps.SyncAsync(TimeSpan.FromDays(8)); // reads everything once more, and delivers it again
        apps.LoadInto(database, keepsVersions: true);
        database.MakeViews();

        Assert.Equal(["案件", "案件_deleted", "案件_history", "案件_statuses", "案件_明細", "案件_明細_deleted"], database.Views());
        Assert.Equal(["1 | A' | 完了"], database.Rows("案件", "_kintone_id", "件名", "ステータス"));
        Assert.Equal(["1 | 鉛筆"], database.Rows("案件_明細", "_kintone_id", "品名"));
        Assert.Equal(["1 | ペン | 2026-03-04T12:00:00Z", "1 | 紙 | 2026-03-04T12:00:00Z"],
            database.Rows("案件_明細_deleted", "_kintone_id", "品名", "_kintone_deleted_at"));
        Assert.Equal(
            [
                "1 | 2026-03-02T01:00:00Z | 2026-03-03T01:00:00Z | A | 未着手",
                "1 | 2026-03-03T01:00:00Z | 2026-03-04T00:00:00Z | A | 作業中",
                "1 | 2026-03-04T00:00:00Z | 2026-03-04T12:00:00Z | A' | 作業中",
                "1 | 2026-03-04T12:00:00Z | ∅ | A' | 完了",
                "2 | 2026-03-02T01:00:00Z | 2026-03-04T01:00:00Z | B | 未着手",
            ],
            database.Rows("案件_history", "_kintone_id", "_kintone_valid_from", "_kintone_valid_to", "件名", "ステータス"));
        Assert.Equal(
            [
                "1 | 2026-03-02T01:00:00Z | 2026-03-03T01:00:00Z | 未着手 | 1",
                "1 | 2026-03-03T01:00:00Z | 2026-03-04T12:00:00Z | 作業中 | 1.46",
                "2 | 2026-03-02T01:00:00Z | 2026-03-04T01:00:00Z | 未着手 | 2",
            ],
            database.Rows("案件_statuses", "_kintone_id", "entered_at", "left_at", "ステータス", "days")
                .Where(static r => !r.Contains("完了", StringComparison.Ordinal)));
        Assert.Equal(["1 | 2026-03-04T12:00:00Z | ∅ | 完了"], database.Rows("案件_statuses", "_kintone_id", "entered_at", "left_at", "ステータス")
            .Where(static r => r.Contains("完了", StringComparison.Ordinal)));
        Assert.StartsWith("2 | B | 2026-03-04T01:00:", Assert.Single(database.Rows("案件_deleted", "_kintone_id", "件名", "_kintone_deleted_at")),
            StringComparison.Ordinal);
    }

    static JsonArray Rows(params IEnumerable<string> names) =>
        [.. names.Select(static name => new JsonObject { ["value"] = new JsonObject { ["品名"] = new JsonObject { ["value"] = name } } })];
}
