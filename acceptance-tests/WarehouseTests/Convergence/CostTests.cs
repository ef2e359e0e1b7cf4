using KintoneSimulator;

namespace WarehouseTests.Convergence;

/// <summary>What convergence costs.</summary>
public class CostTests
{
    const int Records = 100_000;

    [Fact]
    public async Task A_full_re_read_takes_the_requests_of_a_first_sync_and_an_idle_one_as_many_as_ever()
    {
        using var scene = new Scene(GeneratedRecords.Of(Records, IdPattern.Gaps(0.01))) { HasWarehouses = false };
        var output = await scene.SyncedAsync();
        Assert.Equal(Records, output.DeliveredIds(Scene.Stream).Count());
        var first = scene.Requests;
        await scene.LaterAsync(TimeSpan.FromHours(1));
        Assert.InRange(scene.Requests, 1, 3);
        var idle = scene.StreamState.GetRawText().Length;

        output = await scene.LaterAsync(TimeSpan.FromDays(8));
        Assert.Equal(Records, output.DeliveredIds(Scene.Stream).Count());
        Assert.InRange(first, 1, (1.02 * Records / 500) + 20);
        Assert.InRange(scene.Requests, 1, first + 2);
        Assert.InRange(scene.StreamState.GetRawText().Length, idle - 10, idle + 10);
    }

    [Fact]
    public async Task The_state_grows_by_no_more_than_two_hundred_bytes()
    {
        using var scene = new Scene();
        for (var i = 0; i < 50; i++) scene.App.Add();
        await scene.LaterAsync(TimeSpan.FromHours(1));
        scene.App.Delete(7);
        await scene.LaterAsync(TimeSpan.FromHours(1));
        var added = scene.StreamState.EnumerateObject()
            .Where(static p => p.Name is "full_read_at" or "newest_update" or "form" or "settled" or "tombstones" or "count_off" or "count_off_once" or "unseen_ids" or "returned_ids")
            .Sum(static p => p.Name.Length + p.Value.GetRawText().Length + 4);
        Assert.InRange(added, 1, 200);
    }
}
