using KintoneSimulator;

namespace WarehouseTests.Convergence;

/// <summary>Kintone counts otherwise than it lists.</summary>
public class CountTests
{
    static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task A_count_that_is_always_off_is_told_twice_and_costs_nothing_from_then_on(int off)
    {
        using var scene = await Scene.WithRecordsAsync(5_000);
        scene.Simulator.Faults.Always(Fault.WrongTotalCount(off), static entry => entry.Resource == "records");
        foreach (var ending in new[] { "If the next search finds the same", "From now on" })
        {
            var search = await scene.LaterAsync(s_hour);
            Assert.Empty(search.Records(Scene.Stream));
            Assert.True(scene.Requests > 4);
            Assert.Contains(search.Logs("INFO"), log =>
                log.Contains(off > 0 ? "counts 1 record more" : "counts 1 record fewer", StringComparison.Ordinal)
                && log.Contains(ending, StringComparison.Ordinal));
        }
        for (var round = 0; round < 2; round++)
        {
            var idle = await scene.LaterAsync(s_hour);
            Assert.InRange(scene.Requests, 1, 3);
            Assert.DoesNotContain(idle.Logs("INFO"), static log => log.Contains("counts", StringComparison.Ordinal));
        }

        scene.App.Delete(2_345);
        Assert.Equal([2_345L], (await scene.LaterAsync(s_hour)).DeletedIds(Scene.Stream));
        await scene.LaterAsync(s_hour);
        Assert.InRange(scene.Requests, 1, 3);
        scene.AssertConverged();
    }

    /// <summary>As when a record comes while another goes, just between a count and its listing.</summary>
    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task A_count_that_was_off_once_hides_no_deletion(int off)
    {
        using var scene = await Scene.WithRecordsAsync(1_200);
        scene.Simulator.Faults.Always(Fault.WrongTotalCount(off), static entry => entry.Resource == "records");
        await scene.LaterAsync(s_hour);
        scene.Simulator.Faults.Clear();
        scene.App.Delete(345);
        Assert.Equal([345L], (await scene.LaterAsync(s_hour)).DeletedIds(Scene.Stream));
        await scene.LaterAsync(s_hour);
        Assert.InRange(scene.Requests, 1, 3);
        scene.AssertConverged();
    }

    [Fact]
    public async Task A_count_that_is_right_again_is_noticed()
    {
        using var scene = await Scene.WithRecordsAsync(1_200);
        scene.Simulator.Faults.Always(Fault.WrongTotalCount(-1), static entry => entry.Resource == "records");
        await scene.LaterAsync(s_hour);
        await scene.LaterAsync(s_hour);
        scene.Simulator.Faults.Clear();
        Assert.Contains((await scene.LaterAsync(s_hour)).Logs("INFO"), static log => log.Contains("fits its lists again", StringComparison.Ordinal));
        await scene.LaterAsync(s_hour);
        Assert.InRange(scene.Requests, 1, 3);
    }
}
