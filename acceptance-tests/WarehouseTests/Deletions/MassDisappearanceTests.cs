namespace WarehouseTests;

/// <summary>More than half of more than a hundred records vanish at once: a question for people, not a deletion.</summary>
public class MassDisappearanceTests
{
    [Fact]
    public async Task A_permission_that_hides_most_records_ends_the_stream_and_marks_nothing_as_deleted()
    {
        using var scene = await CompanyAsync();
        scene.App.RecordIsVisible = static (_, id) => id > 70;
        AssertRefused(await scene.SyncAsync());
        AssertRefused(await scene.SyncAsync());

        scene.App.RecordIsVisible = null;
        scene.App.Delete(3);
        var output = await scene.SyncedAsync();
        Assert.Equal([3L], output.DeletedIds(Scene.Stream));
        Assert.False(scene.StreamState.TryGetProperty("scan", out _));
    }

    [Fact]
    public async Task A_filter_that_selects_few_is_asked_about_and_the_former_one_goes_on()
    {
        using var scene = await CompanyAsync();
        scene.Filter = "区分 in (\"B\")";
        AssertRefused(await scene.SyncAsync());

        scene.Filter = null;
        scene.App.Edit(5, []);
        scene.App.Delete(3);
        var output = await scene.SyncedAsync();
        Assert.Equal([3L], output.DeletedIds(Scene.Stream));
        Assert.Contains(5L, output.DeliveredIds(Scene.Stream));
    }

    [Fact]
    public async Task A_filter_that_is_meant_goes_on_after_a_reset()
    {
        using var scene = await CompanyAsync();
        scene.Filter = "区分 in (\"B\")";
        AssertRefused(await scene.SyncAsync());

        scene.State = null;
        Assert.Equal(30, (await scene.SyncedAsync()).DeliveredIds(Scene.Stream).Count());
    }

    [Fact]
    public async Task What_changes_while_the_question_is_open_arrives_when_it_is_answered()
    {
        using var scene = await CompanyAsync();
        scene.App.RecordIsVisible = static (_, id) => id > 70;
        AssertRefused(await scene.SyncAsync());
        scene.Time.Advance(TimeSpan.FromHours(5));
        scene.App.Edit(10, []);
        var created = scene.App.Add();
        AssertRefused(await scene.SyncAsync());
        scene.Time.Advance(TimeSpan.FromHours(5));

        scene.App.RecordIsVisible = null;
        var first = await scene.SyncedAsync();
        scene.Time.Advance(TimeSpan.FromHours(1));
        var second = await scene.SyncedAsync();
        Assert.Superset(new HashSet<long> { 10, created }, first.DeliveredIds(Scene.Stream).Concat(second.DeliveredIds(Scene.Stream)).ToHashSet());
        Assert.Empty(first.DeletedIds(Scene.Stream).Concat(second.DeletedIds(Scene.Stream)));
    }

    [Fact]
    public async Task Half_of_the_records_may_go()
    {
        using var scene = await CompanyAsync();
        scene.App.Delete(Enumerable.Range(1, 60).Select(static id => (long)id));
        Assert.Equal(60, (await scene.SyncedAsync()).DeletedIds(Scene.Stream).Count());
    }

    /// <summary>120 records, 90 of them A and 30 B, synced an hour ago.</summary>
    static Task<Scene> CompanyAsync() => Scene.WithRecordsAsync(
        120, static app => app.AddChoice("区分", "DROP_DOWN", "A", "B"), static i => new() { ["区分"] = i % 4 == 0 ? "B" : "A" });

    static void AssertRefused(Output output)
    {
        Assert.Equal(1, output.ExitCode);
        Assert.Empty(output.DeletedIds(Scene.Stream));
        Assert.NotNull(output.LastState(Scene.Stream));
        Assert.False(output.IsComplete(Scene.Stream));
        var error = Assert.Single(output.Errors);
        Assert.Equal("config_error", error.GetProperty("failure_type").GetString());
        var message = error.GetProperty("message").GetString()!;
        Assert.All(["120", "half", "permission", "filter", "backup", "undo", "reset"], part => Assert.Contains(part, message, StringComparison.Ordinal));
    }
}
