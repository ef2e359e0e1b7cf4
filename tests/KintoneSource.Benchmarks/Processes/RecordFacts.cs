using System.Globalization;
using System.Text.Json.Nodes;
using KintoneSimulator;

namespace KintoneSource.Benchmarks.Processes;

/// <summary>What stands in records, and what suddenly does not.</summary>
static class RecordFacts
{
    const string Stream = "app_1_records";
    const int Many = 50_000;

    public static IEnumerable<FactCase> Cases =>
    [
        .. Enum.GetValues<PlaceOfIds>().Select(static place => new FactCase(
            $"`$id` and `$revision`: {(place == PlaceOfIds.Anywhere ? "anywhere, elsewhere in every answer" : place == PlaceOfIds.First ? "first" : "last")}; "
                + "of 50,000 records", scene => Places(scene, place))),
        new("people who were deleted: value null", static s => People(s, "null")),
        new("people who were deleted: an empty code", static s => People(s, """{"code":"","name":""}""")),
        new("people who were deleted: no name", static s => People(s, """{"code":"gone"}""")),
        new("people who were deleted: an object with nothing in it", static s => People(s, "{}")),
        new("the code of a field is changed while 2,000 records are read", static s => Vanishes(s, static app => app.RenameField("金額", "税込金額"))),
        new("a field is removed while they are read", static s => Vanishes(s, static app => app.RemoveField("金額"))),
        new("another program saves a sub-table of three rows without their ids", RenewedRows),
    ];

    static string Places(FactScene scene, PlaceOfIds place)
    {
        scene.Set(o => o with { PlaceOfIds = place });
        scene.Domain.AddApp("案件", source: GeneratedRecords.Of(Many));
        var run = scene.Sync(Stream);
        var right = run.Rows(Stream).Count(static row => (long)row["_kintone_revision"]! > 0 && (string?)row["レコード番号"] == row["_kintone_id"]!.ToString());
        // One run says little of a busy machine: the best of a few, each from the start.
        var cpu = Enumerable.Range(0, 5).Min(_ => scene.SyncAnew(Stream).CpuSeconds);
        return string.Create(CultureInfo.InvariantCulture, $"{right:N0} right, {cpu:F2} s CPU");
    }

    static string People(FactScene scene, string left)
    {
        var app = scene.Domain.AddApp("案件");
        app.AddField("担当者", "USER_SELECT");
        var gone = scene.Domain.AddUser("gone", name: "Gone");
        var person = new JsonObject { ["code"] = gone.Code, ["name"] = gone.Name };
        var other = new JsonObject { ["code"] = FactScene.User, ["name"] = FactScene.User };
        app.Add(new() { ["担当者"] = new JsonArray(person, other) }, creator: gone.Entity);
        app.Add(new() { ["担当者"] = new JsonArray(other.DeepClone()) });
        app.AddComment(2, "ok", gone.Entity, ("gone", "USER"), (FactScene.User, "USER"));
        scene.AskFor("comments");
        scene.Replace(
            static e => e.Resource is "records" or "record/comments",
            ((string[])["""{"code":"gone","name":"Gone"}""", """{"code":"gone","type":"USER"}"""]).Select(written => (written, left)));
        var run = scene.Sync(Stream, "app_1_comments");
        var chosen = run.Rows(Stream).Where(static r => (long)r["_kintone_id"]! == 1).Select(static r => r["担当者"] as JsonArray).FirstOrDefault();
        var comment = run.Rows("app_1_comments").FirstOrDefault();
        return $"{run.Written(Stream)} of 2 records, {run.Written("app_1_comments")} of 1 comment, "
            + $"selection {Json(chosen)}, mentions {Json(comment?["mentions"])}, {run.Exit}";
    }

    static string Json(JsonNode? node) => $"`{node?.ToJsonString() ?? "null"}`";

    static string Vanishes(FactScene scene, Action<App> change)
    {
        var app = scene.Domain.AddApp("注文");
        app.AddField("品名", "SINGLE_LINE_TEXT");
        app.AddField("金額", "NUMBER");
        for (var i = 0; i < 2_000; i++) app.Add(new() { ["金額"] = "120" });
        scene.Before(3, static e => e.Resource == "records" && e.Query!.Contains("limit 500", StringComparison.Ordinal), () => change(app));
        var run = scene.SyncWithout("品名", Stream);
        var nulls = run.Rows(Stream).Count(static row => row["金額"] is null);
        return $"{Facts.Of(nulls, "record")} of {Facts.Number(run.Written(Stream))} with null for a value, {run.Exit}, {run.Sentence}";
    }

    static string RenewedRows(FactScene scene)
    {
        var app = scene.Domain.AddApp("注文");
        app.AddTable("明細", Field.Create("摘要", "SINGLE_LINE_TEXT"));
        app.Add(new() { ["明細"] = Rows() });
        var name = scene.Discover().Streams.Select(static s => (string)s["name"]!).Single(static s => s.StartsWith("app_1_table_", StringComparison.Ordinal));
        scene.Sync(name);
        scene.Wait(TimeSpan.FromMinutes(20));
        app.Edit(1, new() { ["明細"] = Rows() });
        var run = scene.Sync(name);
        return $"{Facts.Of(run.Written(name), "row")} new, {Facts.Of(run.Gone(name), "row")} marked as deleted, {run.Exit}";
    }

    static JsonArray Rows() => new([.. ((string[])["赤", "青", "黄"]).Select(static text => new JsonObject { ["value"] = new JsonObject { ["摘要"] = text } })]);
}
