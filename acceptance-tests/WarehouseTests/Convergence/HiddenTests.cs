namespace WarehouseTests.Convergence;

/// <summary>Permissions that hide records and show them again: no update time tells of it, and sums may agree.</summary>
public class HiddenTests
{
    static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    [Fact]
    public async Task The_largest_id_hidden_while_a_sync_runs_is_there_two_syncs_after_it_is_shown()
    {
        using var scene = await SyncedAsync();
        var largest = scene.App.Add();
        scene.Simulator.BeforeAnswer = entry =>
        {
            // Behind the newest record's id, before the page of rows.
            if (entry.Query?.Contains("asc", StringComparison.Ordinal) == true) scene.App.RecordIsVisible = (_, id) => id != largest;
        };
        await scene.LaterAsync(s_hour);
        scene.Simulator.BeforeAnswer = null;
        scene.App.RecordIsVisible = null;
        await scene.LaterAsync(s_hour);
        scene.AssertConverged();
    }

    [Fact]
    public async Task A_new_largest_id_that_was_hidden_arrives_when_it_is_shown()
    {
        using var scene = await SyncedAsync();
        var hidden = scene.App.Add();
        scene.App.RecordIsVisible = (_, id) => id != hidden;
        await scene.LaterAsync(s_hour);
        scene.App.Add(); // above the hidden one
        await scene.LaterAsync(s_hour);
        scene.App.RecordIsVisible = null;
        await scene.LaterAsync(s_hour);
        scene.AssertConverged();
    }

    [Fact]
    public async Task One_shown_and_another_deleted_whose_sums_agree_are_right_after_a_full_re_read()
    {
        using var scene = await SyncedAsync();
        scene.App.RecordIsVisible = static (_, id) => id != 5;
        await scene.LaterAsync(s_hour);
        scene.App.RecordIsVisible = null;
        scene.App.Delete(9);
        await scene.LaterAsync(s_hour);
        Assert.NotEmpty(scene.Differences()); // as many as before: nothing to ask about
        await scene.LaterAsync(TimeSpan.FromDays(7));
        scene.AssertConverged();
    }

    [Fact]
    public async Task A_record_that_flaps_while_a_re_read_passes_by_is_there_and_new()
    {
        using var scene = await SyncedAsync();
        scene.App.Rewrite(7, new() { ["件名"] = "新しい名前" });
        scene.Time.Advance(TimeSpan.FromDays(8));
        scene.Simulator.BeforeAnswer = entry =>
            scene.App.RecordIsVisible = entry.Query?.Contains("order by $id asc", StringComparison.Ordinal) == true
                && !entry.ToString().Contains("fields", StringComparison.Ordinal)
                && !entry.Query.Contains("$id in", StringComparison.Ordinal) ? static (_, id) => id != 7 : null;
        await scene.SyncedAsync();
        scene.Simulator.BeforeAnswer = null;
        scene.App.RecordIsVisible = null;
        scene.AssertConverged();
    }

    [Fact]
    public async Task What_was_hidden_while_deleted_records_were_switched_off_is_gone_when_they_are_on_again()
    {
        using var scene = await SyncedAsync();
        scene.EmitDeletedRecords = false;
        scene.App.RecordIsVisible = static (_, id) => id is < 5 or > 8;
        await scene.LaterAsync(s_hour);
        scene.EmitDeletedRecords = true;
        await scene.LaterAsync(s_hour);
        scene.AssertConverged();
        scene.App.RecordIsVisible = null;
        await scene.LaterAsync(s_hour);
        scene.AssertConverged();
    }

    [Fact]
    public async Task A_record_that_came_back_unedited_and_changes_unseen_is_new_after_a_full_re_read()
    {
        using var scene = await SyncedAsync();
        scene.App.RecordIsVisible = static (_, id) => id != 5;
        await scene.LaterAsync(s_hour);
        scene.App.RecordIsVisible = null;
        await scene.LaterAsync(s_hour);
        scene.AssertConverged();
        scene.App.Rewrite(5, new() { ["件名"] = "改姓" });
        await scene.LaterAsync(TimeSpan.FromDays(8));
        scene.AssertConverged();
        scene.App.Edit(5, new() { ["件名"] = "編集" });
        await scene.LaterAsync(s_hour);
        Assert.False(scene.StreamState.TryGetProperty("returned_ids", out _)); // its own time is the newer one again
        scene.AssertConverged();
    }

    static Task<Scene> SyncedAsync() => Scene.WithRecordsAsync(
        20, static app => app.AddField("件名", "SINGLE_LINE_TEXT"), static i => new() { ["件名"] = $"件 {i}" });
}
