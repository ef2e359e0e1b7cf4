namespace WarehouseTests.Convergence;

/// <summary>Values that change without an update time.</summary>
public class SilentChangeTests
{
    static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    [Fact]
    public async Task A_renamed_choice_is_right_after_the_next_sync_that_finds_a_change_which_says_what_it_costs()
    {
        using var scene = await SyncedAsync();
        scene.App.RenameChoice("区分", "A", "甲");
        Assert.Empty((await scene.LaterAsync(s_hour)).DeliveredIds(Scene.Stream)); // nothing else happened: the form is not read
        scene.App.Add(new() { ["担当"] = "鈴木" });
        var output = await scene.LaterAsync(s_hour);
        scene.AssertConverged();
        Assert.Contains(output.Logs("INFO"),
            static log => log.Contains("reads all records once, 21 of them in about 1 request, because the choices of a field", StringComparison.Ordinal));
        Assert.Empty((await scene.LaterAsync(s_hour)).DeliveredIds(Scene.Stream)); // once
    }

    [Fact]
    public async Task A_renamed_status_is_right_after_the_next_sync_that_finds_a_change_at_the_price_of_one_request()
    {
        using var scene = await SyncedAsync();
        scene.App.SetProcess("未着手", "完了");
        scene.App.Add(new() { ["担当"] = "鈴木" });
        scene.Time.Advance(s_hour);
        await scene.LaterAsync(s_hour);
        var idle = await scene.LaterAsync(s_hour);
        Assert.Empty(idle.DeliveredIds(Scene.Stream));
        Assert.DoesNotContain(scene.Simulator.Journal.Entries, static entry => entry.Resource == "app/status");

        scene.App.SetProcess("未対応", "完了"); // records that stand there show the new name
        scene.App.Add(new() { ["担当"] = "鈴木" });
        await scene.LaterAsync(s_hour);
        Assert.Single(scene.Simulator.Journal.Entries, static entry => entry.Resource == "app/status");
        scene.AssertConverged();
    }

    [Fact]
    public async Task A_renamed_user_is_right_after_the_periodic_re_read()
    {
        using var scene = await SyncedAsync();
        scene.App.Rewrite(5, new() { ["担当"] = "高橋（旧姓 佐藤）" });
        await scene.LaterAsync(s_hour);
        Assert.NotEmpty(scene.Differences());
        var output = await scene.LaterAsync(TimeSpan.FromDays(7));
        Assert.Contains(output.Logs("INFO"), static log => log.Contains("full_reread_days", StringComparison.Ordinal));
        scene.AssertConverged();
    }

    [Fact]
    public async Task A_re_read_that_is_cut_off_goes_on_and_forgets_nothing()
    {
        using var scene = await SyncedAsync();
        scene.App.Rewrite(5, new() { ["担当"] = "高橋" });
        scene.App.Delete(9);
        scene.App.Add(new() { ["担当"] = "鈴木" });
        scene.Time.Advance(TimeSpan.FromDays(8));
        scene.Simulator.Faults.Always(KintoneSimulator.Fault.Error(403, "CB_NO02"),
            static entry => entry.Query?.Contains("order by $id asc", StringComparison.Ordinal) == true);
        Assert.Equal(1, (await scene.SyncAsync()).ExitCode);
        Assert.True(scene.StreamState.TryGetProperty("scan", out var scan));
        Assert.False(scan.TryGetProperty("since", out _));
        scene.Simulator.Faults.Clear();
        await scene.LaterAsync(s_hour);
        scene.AssertConverged();
    }

    [Fact]
    public async Task Who_wants_no_re_read_is_told_that_values_may_be_old()
    {
        using var scene = await SyncedAsync();
        scene.FullRereadDays = 0;
        scene.App.RenameChoice("区分", "A", "甲");
        scene.App.Edit(7, new() { ["担当"] = "鈴木" });
        var output = await scene.LaterAsync(TimeSpan.FromDays(30));
        Assert.Equal([7], output.DeliveredIds(Scene.Stream));
        Assert.Contains("full_reread_days is 0", Assert.Single(output.Logs("WARN")), StringComparison.Ordinal);
        Assert.Empty((await scene.LaterAsync(s_hour)).Logs("WARN"));
    }

    static Task<Scene> SyncedAsync() => Scene.WithRecordsAsync(
        20,
        static app =>
        {
            app.AddChoice("区分", "DROP_DOWN", "A", "B");
            app.AddField("担当", "SINGLE_LINE_TEXT");
        },
        static i => new() { ["区分"] = i % 4 == 0 ? "B" : "A", ["担当"] = "佐藤" });
}
