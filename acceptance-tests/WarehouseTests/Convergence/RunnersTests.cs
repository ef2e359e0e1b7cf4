namespace WarehouseTests.Convergence;

/// <summary>States that move from one runner to another.</summary>
public class RunnersTests
{
    static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    [Fact]
    public async Task A_state_with_a_generation_goes_on_in_a_runner_without_and_back()
    {
        using var scene = new Scene { Generation = 3 };
        for (var i = 0; i < 20; i++) scene.App.Add();
        await scene.LaterAsync(s_hour);
        foreach (var (generation, gone) in new (int?, long)[] { (null, 5), (3, 6), (null, 7) })
        {
            scene.Generation = generation;
            scene.App.Delete(gone);
            var output = await scene.LaterAsync(s_hour);
            Assert.Equal([gone], output.DeletedIds(Scene.Stream));
            Assert.Empty(output.DeliveredIds(Scene.Stream));
        }
        scene.AssertConverged();
    }

    [Fact]
    public async Task A_new_generation_that_keeps_the_rows_is_read_whole_and_tells_of_deletions()
    {
        using var scene = new Scene { Generation = 3 };
        for (var i = 0; i < 20; i++) scene.App.Add();
        await scene.LaterAsync(s_hour);
        scene.Generation = 4;
        scene.App.Delete(5);
        var output = await scene.LaterAsync(s_hour);
        Assert.Equal([5L], output.DeletedIds(Scene.Stream));
        Assert.Equal(19, output.DeliveredIds(Scene.Stream).Count());
        scene.AssertConverged();
    }

    [Fact]
    public async Task A_stream_without_an_update_time_is_read_by_every_incremental_sync_of_one_generation()
    {
        using var scene = new Scene();
        scene.Simulator.Options = scene.Simulator.Options with { HiddenFieldsLeaveForm = true };
        scene.App.HideField("更新日時");
        scene.App.Add();
        for (var round = 1; round <= 3; round++)
        {
            Assert.Equal(round, (await scene.LaterAsync(s_hour)).DeliveredIds(Scene.Stream).Count());
            scene.App.Add();
        }
    }
}
