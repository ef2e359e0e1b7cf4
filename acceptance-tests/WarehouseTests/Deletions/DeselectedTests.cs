namespace WarehouseTests;

/// <summary>Who does not want to know of deleted records pays nothing for it, and gets no row that could be taken for one.</summary>
public class DeselectedTests
{
    [Fact]
    public async Task Without_deleted_records_there_is_no_column_no_id_and_no_request_for_them()
    {
        using var scene = Company(records: 20);
        scene.EmitDeletedRecords = false;
        Assert.False((await scene.DiscoverAsync())["json_schema"]!["properties"]!.AsObject().ContainsKey("_ab_cdc_deleted_at"));
        await scene.SyncedAsync();
        await scene.SyncedAsync();
        var usual = scene.Requests;

        scene.App.Delete([2, 3, 5, 7]);
        var output = await scene.SyncedAsync();

        Assert.Equal(usual, scene.Requests);
        Assert.False(scene.StreamState.TryGetProperty("known_ids", out _));
        Assert.All(output.Records(Scene.Stream), static r => Assert.False(r.Data.TryGetProperty("_ab_cdc_deleted_at", out _)));
    }

    [Fact]
    public async Task Without_the_column_that_marks_them_no_tombstone_is_sent_and_a_warning_says_so_once()
    {
        using var scene = Company(records: 20);
        await scene.SyncedAsync();
        scene.Deselected.Add("_ab_cdc_deleted_at");
        scene.App.Delete([2, 3, 5, 7]);
        scene.Time.Advance(TimeSpan.FromHours(1));
        var output = await scene.SyncedAsync();

        Assert.DoesNotContain(output.Records(Scene.Stream), static r => r.Id is 2 or 3 or 5 or 7);
        Assert.True(scene.StreamState.TryGetProperty("known_ids", out _)); // whoever wants them again finds them
        Assert.Contains("_ab_cdc_deleted_at is not selected", Assert.Single(output.Logs("WARN")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Once_they_are_wanted_all_records_are_read_once_and_then_deleted_ones_are_found()
    {
        using var scene = Company(records: 20);
        scene.EmitDeletedRecords = false;
        await scene.SyncedAsync();
        scene.Time.Advance(TimeSpan.FromHours(1));

        scene.EmitDeletedRecords = true;
        var first = await scene.SyncedAsync();
        Assert.Equal(20, first.DeliveredIds(Scene.Stream).Count());
        Assert.Contains(first.Logs("INFO"), static log => log.Contains("reads all records once", StringComparison.Ordinal));
        scene.Time.Advance(TimeSpan.FromHours(1));

        scene.App.Delete(4);
        var second = await scene.SyncedAsync();
        Assert.Equal([4L], second.DeletedIds(Scene.Stream));
        Assert.Empty(second.DeliveredIds(Scene.Stream));
    }

    static Scene Company(int records)
    {
        var scene = new Scene();
        for (var i = 0; i < records; i++) scene.App.Add();
        scene.Time.Advance(TimeSpan.FromHours(1));
        return scene;
    }
}
