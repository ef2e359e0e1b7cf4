using KintoneSimulator;

namespace KintoneSource.Benchmarks.Processes;

/// <summary>Comments that may not be read.</summary>
static class CommentFacts
{
    const string Stream = "app_1_comments";
    const int Records = 20;

    public static IEnumerable<FactCase> Cases =>
    [
        new("the comments on one record of 20 may not be read, incremental", static s => OneRefused(s, Stream)),
        new("the same, full refresh", static s => OneRefused(s, $"full:{Stream}")),
        new("maintenance mode, 200 and nothing, with 20 comments known", static s => Closed(s, MaintenanceAnswer.Empty)),
        new("maintenance mode, 403, with 20 comments known", static s => Closed(s, MaintenanceAnswer.Refused)),
        new("maintenance mode begins while comments are read, full refresh", static s => ClosedWithin(s, $"full:{Stream}")),
        new("the same, incremental, and with the sync after it, when it is open", ClosedWithinAndOpened),
        new("the same where records have no comments either, 20 of which are known", ClosedAndEmpty),
    ];

    static App Fill(FactScene scene)
    {
        var app = scene.AddApp(Records);
        for (var i = 1; i <= Records; i++) app.AddComment(i, "ok");
        scene.AskFor("comments");
        return app;
    }

    static string OneRefused(FactScene scene, string stream)
    {
        Fill(scene);
        scene.Simulator.Faults.Always(Fault.Error(403, "CB_NO02"), static e => e.Resource == "record/comments" && e.Parameters.Number("record") == 7);
        return Told(scene.Sync(stream));
    }

    static string Closed(FactScene scene, MaintenanceAnswer answer)
    {
        scene.Set(o => o with { MaintenanceAnswer = answer });
        var app = Fill(scene);
        scene.Sync(Stream);
        app.Close();
        var run = scene.Sync(Stream);
        return $"{Facts.Of(run.Gone(Stream), "comment")} marked as deleted, {run.Exit}, {run.Sentence}";
    }

    static string ClosedWithin(FactScene scene, string stream)
    {
        CloseWithin(scene, Fill(scene));
        return Told(scene.Sync(stream));
    }

    static string ClosedWithinAndOpened(FactScene scene)
    {
        var app = Fill(scene);
        CloseWithin(scene, app);
        var cut = scene.Sync(Stream);
        scene.Simulator.BeforeAnswer = null;
        app.Open();
        return $"{Told(cut)} Then {cut.Rows(Stream).Concat(scene.Sync(Stream).Rows(Stream)).Select(static r => (long)r["_kintone_id"]!).Distinct().Count()}.";
    }

    static string ClosedAndEmpty(FactScene scene)
    {
        scene.Set(static o => o with { ClosedCommentsAreEmpty = true });
        var app = Fill(scene);
        scene.Sync(Stream);
        CloseWithin(scene, app);
        var run = scene.Sync(Stream);
        return $"{Facts.Of(run.Gone(Stream), "comment")} marked as deleted, {run.Exit}, {run.Sentence}";
    }

    static void CloseWithin(FactScene scene, App app)
    {
        scene.Set(static o => o with { MaintenanceAnswer = MaintenanceAnswer.Empty });
        scene.Before(10, static e => e.Resource == "record/comments", () => app.Close());
    }

    static string Told(FactRun run) => $"{run.Written(Stream)} of {Records} comments, {run.Status(Stream)}, {run.Exit}, {run.Sentence}";
}
