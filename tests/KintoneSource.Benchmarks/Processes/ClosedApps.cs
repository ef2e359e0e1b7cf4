using KintoneSimulator;

namespace KintoneSource.Benchmarks.Processes;

/// <summary>Apps that show nothing: in maintenance mode, emptied, deleted.</summary>
static class ClosedApps
{
    const string Stream = "app_1_records";
    const int Records = 60, ManyRecords = 3_000;

    public static IEnumerable<FactCase> Cases =>
    [
        new("maintenance mode, 403 GAIA_NO02", static s => Closed(s, MaintenanceAnswer.Refused)),
        new("maintenance mode, 200 and nothing: 60 records, a password", static s => Closed(s, MaintenanceAnswer.Empty)),
        new("the same with an API token", static s => Closed(s.ByToken(), MaintenanceAnswer.Empty)),
        new("403 from the fourth page of 3,000 records on, full refresh", static s => ClosedWithin(s, MaintenanceAnswer.Refused, $"full:{Stream}")),
        new("200 and nothing from the fourth page on, full refresh", static s => ClosedWithin(s, MaintenanceAnswer.Empty, $"full:{Stream}")),
        new("the same, incremental", static s => ClosedWithin(s, MaintenanceAnswer.Empty, Stream)),
        new("200 and nothing while deleted records are searched (one was deleted)", ClosedInSearch),
        new("a full refresh that begins in it, 200 and nothing, a password", static s => ClosedFirst(s, $"full:{Stream}")),
        new("the same with an API token: nobody says", static s => ClosedFirst(s.ByToken(), $"full:{Stream}")),
        new("a first incremental sync that begins in it, and the one when it is open", static s => ClosedFirst(s, Stream)),
        new("maintenance mode, *Deleted records* off: what was changed meanwhile", Unseen),
        new("an app that was really emptied, a password", static s => Emptied(s)),
        new("the same with an API token", static s => Emptied(s.ByToken())),
        new("an app that was deleted, and restored within its 14 days", Deleted),
    ];

    static FactScene ByToken(this FactScene scene)
    {
        scene.Credentials = FactScene.Tokens(scene.AddApp(Records).AddToken());
        return scene;
    }

    static string Closed(FactScene scene, MaintenanceAnswer answer)
    {
        scene.Set(o => o with { MaintenanceAnswer = answer });
        var app = scene.Domain.App(1) ?? scene.AddApp(Records);
        scene.Sync(Stream);
        app.Close();
        var closed = scene.Sync(Stream);
        app.Open();
        app.Edit(7, []);
        var open = scene.Sync(Stream);
        return $"{Facts.Of(closed.Gone(Stream), "record")} marked as deleted, {closed.Exit}, {closed.Sentence} When it opens, 1 was "
            + $"changed and {Facts.Number(open.Written(Stream))} of {Records} come.";
    }

    static string ClosedWithin(FactScene scene, MaintenanceAnswer answer, string stream)
    {
        scene.Set(o => o with { MaintenanceAnswer = answer });
        var app = scene.AddApp(ManyRecords);
        scene.Before(4, static e => e.Resource == "records" && e.Query!.Contains("limit 500", StringComparison.Ordinal), () => app.Close());
        var cut = scene.Sync(stream);
        scene.Simulator.BeforeAnswer = null;
        app.Open();
        var rest = scene.Sync(stream);
        var arrived = cut.Ids(Stream).Concat(rest.Ids(Stream)).Distinct().Count();
        return $"{Facts.Of(cut.Written(Stream), "record")}, {cut.Status(Stream)}, {cut.Exit}, {cut.Sentence} "
            + $"With the sync after it: {arrived:N0} of {ManyRecords:N0}.";
    }

    static string ClosedInSearch(FactScene scene)
    {
        scene.Set(static o => o with { MaintenanceAnswer = MaintenanceAnswer.Empty });
        var app = scene.AddApp(Records);
        scene.Sync(Stream);
        app.Delete(Records);
        scene.Before(1, static e => e.Resource == "records" && e.Query!.Contains("order by $id asc", StringComparison.Ordinal)
            && !e.Query.Contains("更新日時", StringComparison.Ordinal), () => app.Close());
        var run = scene.Sync(Stream);
        return $"{Facts.Of(run.Gone(Stream), "record")} marked as deleted, {run.Exit}, {run.Sentence}";
    }

    static string ClosedFirst(FactScene scene, string stream)
    {
        scene.Set(static o => o with { MaintenanceAnswer = MaintenanceAnswer.Empty });
        var app = scene.Domain.App(1) ?? scene.AddApp(Records);
        app.Close();
        var run = scene.Sync(stream);
        app.Open();
        return $"{Facts.Of(run.Written(Stream), "record")}, {run.Status(Stream)}, {run.Exit}, {run.Sentence} "
            + $"When it opens: {Facts.Of(scene.Sync(stream).Written(Stream), "record")}.";
    }

    static string Unseen(FactScene scene)
    {
        scene.Set(static o => o with { MaintenanceAnswer = MaintenanceAnswer.Empty });
        scene.More["emit_deleted_records"] = false;
        var app = scene.AddApp(Records);
        scene.Sync(Stream);
        scene.Wait(TimeSpan.FromHours(1));
        app.Close();
        app.Edit(7, []);
        for (var sync = 0; sync < 2; sync++)
        {
            scene.Wait(TimeSpan.FromHours(1));
            scene.Sync(Stream);
        }
        app.Open();
        return scene.Sync(Stream).Ids(Stream).Contains(7) ? "arrives when it opens" : "does not arrive before the next full re-read";
    }

    static string Emptied(FactScene scene)
    {
        var app = scene.Domain.App(1) ?? scene.AddApp(Records);
        scene.Sync(Stream);
        for (var id = 1; id <= Records; id++) app.Delete(id);
        for (var day = 1; day < 15; day++)
        {
            scene.Age("empty_since", TimeSpan.FromDays(1));
            var gone = scene.Sync(Stream).Gone(Stream);
            if (gone > 0) return $"{Facts.Of(gone, "record")} marked as deleted on day {day}";
        }
        return "never told";
    }

    static string Deleted(FactScene scene)
    {
        var app = scene.AddApp(Records);
        scene.Sync(Stream);
        scene.Simulator.Faults.Always(Fault.Error(404, "GAIA_AP01"), static e => e.Path.Contains("/v1/", StringComparison.Ordinal));
        var deleted = scene.Sync(Stream);
        scene.Simulator.Faults.Clear();
        app.Edit(7, []);
        var restored = scene.Sync(Stream);
        return $"{Facts.Of(deleted.Gone(Stream), "record")} marked as deleted, {deleted.Exit}, {deleted.Sentence} When it is back, "
            + $"1 was changed and {Facts.Number(restored.Written(Stream))} of {Records} come.";
    }
}
