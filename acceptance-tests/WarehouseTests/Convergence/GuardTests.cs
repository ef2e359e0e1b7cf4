using System.Text.Json;
using System.Text.Json.Nodes;
using KintoneSimulator;

namespace WarehouseTests.Convergence;

/// <summary>
/// Once a scan is done its cursor counts, whatever the search for deleted records says: a question about mass
/// disappearance, or a failure, never keeps changes from arriving.
/// </summary>
public class GuardTests
{
    static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    [Fact]
    public async Task An_app_that_a_nightly_import_empties_and_refills_is_right_after_one_sync()
    {
        using var scene = await Scene.WithRecordsAsync(200);
        scene.App.Delete(Enumerable.Range(1, 200).Select(static id => (long)id));
        for (var i = 0; i < 150; i++) scene.App.Add();

        var output = await scene.LaterAsync(s_hour);
        Assert.Equal(150, output.DeliveredIds(Scene.Stream).Count());
        Assert.Equal(200, output.DeletedIds(Scene.Stream).Count());
        scene.AssertConverged();
    }

    [Fact]
    public async Task While_the_guard_asks_edits_and_new_records_arrive_in_every_sync()
    {
        using var scene = await Scene.WithRecordsAsync(200);
        scene.App.Delete(Enumerable.Range(1, 180).Select(static id => (long)id));
        for (var round = 0; round < 3; round++)
        {
            scene.Time.Advance(s_hour);
            scene.App.Edit(190, []);
            var created = scene.App.Add();
            var output = await scene.SyncAsync();
            Assert.Contains("deletion_guard_percent", Assert.Single(output.Errors).GetProperty("message").GetString(), StringComparison.Ordinal);
            Assert.Equal([190, created], output.DeliveredIds(Scene.Stream).Where(id => id >= created || id == 190).Order());
            Assert.Empty(output.DeletedIds(Scene.Stream));
            Assert.False(scene.StreamState.TryGetProperty("scan", out _));
        }

        scene.DeletionGuardPercent = 100;
        Assert.Equal(180, (await scene.LaterAsync(s_hour)).DeletedIds(Scene.Stream).Count());
        scene.AssertConverged();
        scene.DeletionGuardPercent = null;
        await scene.LaterAsync(s_hour); // and the question is not asked again
        scene.AssertConverged();
    }

    [Fact]
    public async Task An_accident_that_is_undone_has_lost_no_edit_made_meanwhile()
    {
        using var scene = await Scene.WithRecordsAsync(200);
        scene.App.RecordIsVisible = static (_, id) => id > 190;
        scene.Time.Advance(s_hour);
        Assert.Equal(1, (await scene.SyncAsync()).ExitCode);
        scene.App.Edit(5, []); // behind the curtain
        scene.Time.Advance(s_hour);
        Assert.Equal(1, (await scene.SyncAsync()).ExitCode);

        scene.App.RecordIsVisible = null;
        await scene.LaterAsync(s_hour);
        await scene.LaterAsync(TimeSpan.FromDays(8)); // the edit's time is before a cursor that did not see it
        scene.AssertConverged();
    }

    [Fact]
    public async Task Clearing_old_years_is_a_question_and_what_changes_goes_on()
    {
        using var scene = await Scene.WithRecordsAsync(300);
        scene.App.Delete(Enumerable.Range(1, 200).Select(static id => (long)id));
        scene.App.Edit(250, []);
        scene.Time.Advance(s_hour);
        var output = await scene.SyncAsync();
        Assert.Equal(1, output.ExitCode);
        Assert.Equal([250L], output.DeliveredIds(Scene.Stream));

        scene.DeletionGuardPercent = 70;
        Assert.Equal(200, (await scene.LaterAsync(s_hour)).DeletedIds(Scene.Stream).Count());
        scene.AssertConverged();
    }

    [Fact]
    public async Task A_stream_that_an_earlier_version_froze_goes_on()
    {
        using var scene = await Scene.WithRecordsAsync(200);
        var state = JsonObject.Create(scene.State!.Value)!;
        var own = state["stream"]!["stream_state"]!.AsObject();
        own["scan"] = new JsonObject
        {
            ["since"] = own["cursor"]!.DeepClone(),
            ["max_id_before"] = 200,
            ["started"] = own["synced_at"]!.DeepClone(),
            ["ranges"] = new JsonArray()
        };
        scene.State = JsonSerializer.SerializeToElement(state);
        scene.App.Edit(7, []);
        var created = scene.App.Add();

        var output = await scene.LaterAsync(s_hour);
        Assert.Superset(new HashSet<long> { 7, created }, output.DeliveredIds(Scene.Stream).ToHashSet());
        scene.AssertConverged();
    }

    [Fact]
    public async Task After_a_search_that_failed_the_next_sync_delivers_what_changed_and_what_is_gone()
    {
        using var scene = await Scene.WithRecordsAsync(200);
        scene.App.Delete([3, 5]);
        // Counts and lists of the search ask for ids alone; the newest record, asked for in descending order, does too.
        scene.Simulator.Faults.Always(Fault.Html, static entry => entry.ToString().Contains("fields", StringComparison.Ordinal)
            && entry.Query?.Contains("desc", StringComparison.Ordinal) == false);
        scene.Time.Advance(s_hour);
        Assert.Equal(1, (await scene.SyncAsync()).ExitCode);
        scene.Simulator.Faults.Clear();

        scene.App.Edit(9, []);
        var output = await scene.LaterAsync(s_hour);
        Assert.Equal([3L, 5], output.DeletedIds(Scene.Stream));
        Assert.Contains(9, output.DeliveredIds(Scene.Stream));
        scene.AssertConverged();
    }
}
