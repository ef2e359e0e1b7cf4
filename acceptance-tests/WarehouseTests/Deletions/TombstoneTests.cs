using System.Globalization;
using System.Text.Json.Nodes;

namespace WarehouseTests;

/// <summary>
/// Times have whole minutes, destinations order rows by them and then by emission: a tombstone must win over every row before it and lose to
/// every row after it, also where all happens within one minute, and whichever of equal rows the destination likes.
/// </summary>
public class TombstoneTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_record_that_is_deleted_in_the_minute_of_its_edit_is_gone(bool lastOfEqual)
    {
        using var scene = new Scene();
        var (kept, lost) = (scene.App.Add(), scene.App.Add());
        var first = await scene.SyncedAsync();
        scene.App.Edit(lost, []);
        scene.At(15);
        var second = await scene.SyncedAsync();
        scene.App.Delete(lost);
        scene.At(25);
        var third = await scene.SyncedAsync();

        Assert.Equal([lost], third.DeletedIds(Scene.Stream));
        Assert.Equal([$"{kept}"], await PresentAsync(scene, lastOfEqual, first, second, third));
        var tombstone = third.Records(Scene.Stream).Single(static r => r.IsTombstone);
        Assert.Equal("2026-03-02T10:00:00Z", tombstone.Data.GetProperty("_kintone_updated_at").GetString());
        Assert.Equal("2026-03-02T10:00:25Z", tombstone.Data.GetProperty("_ab_cdc_deleted_at").GetString());
        Assert.All(third.Records(Scene.Stream).Where(static r => !r.IsTombstone), row => Assert.True(row.EmittedAt < tombstone.EmittedAt));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_record_that_is_deleted_after_its_row_was_read_in_the_same_sync_is_gone(bool lastOfEqual)
    {
        using var scene = new Scene();
        var (kept, lost, bait) = (scene.App.Add(), scene.App.Add(), scene.App.Add());
        var first = await scene.SyncedAsync();
        scene.App.Edit(lost, []);
        scene.App.Delete(bait); // so that there is a search
        var pages = 0;
        scene.Simulator.BeforeAnswer = entry =>
        {
            // After the head and the page of rows: a count or a listing of the search.
            if (entry.Resource == "records" && ++pages == 3) scene.App.Delete(lost);
        };
        var second = await scene.SyncedAsync();

        Assert.Contains(lost, second.DeliveredIds(Scene.Stream));
        Assert.Equal([lost, bait], second.DeletedIds(Scene.Stream));
        Assert.Equal([$"{kept}"], await PresentAsync(scene, lastOfEqual, first, second));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_record_that_leaves_the_filter_and_comes_back_within_a_minute_is_there(bool lastOfEqual)
    {
        using var scene = new Scene { Filter = "区分 in (\"A\")" };
        scene.App.AddChoice("区分", "DROP_DOWN", "A", "B");
        var moved = scene.App.Add(new() { ["区分"] = "A" });
        scene.App.Add(new() { ["区分"] = "A" });
        var first = await scene.SyncedAsync();
        scene.App.Edit(moved, new() { ["区分"] = "B" });
        scene.At(15);
        var second = await scene.SyncedAsync();
        scene.App.Edit(moved, new() { ["区分"] = "A" });
        scene.At(25);
        var third = await scene.SyncedAsync();

        Assert.Equal([moved], second.DeletedIds(Scene.Stream));
        Assert.Equal(["1", "2"], await PresentAsync(scene, lastOfEqual, first, second, third));
    }

    [Theory]
    [InlineData(-20)]
    [InlineData(0)]
    [InlineData(20)]
    public async Task No_tombstone_is_older_than_the_last_row_by_Kintone_s_clock(int skew)
    {
        using var scene = new Scene(clockSkew: TimeSpan.FromSeconds(skew));
        var (_, lost) = (scene.App.Add(), scene.App.Add());
        for (var second = 30; second < 59; second += 4)
        {
            scene.At(second);
            scene.App.Edit(lost, []);
            await scene.SyncedAsync();
        }
        var minute = scene.App.Records.Find(lost)!.Updated;
        scene.App.Delete(lost);
        var tombstone = (await scene.SyncedAsync()).Records(Scene.Stream).Single(static r => r.IsTombstone);
        Assert.True(DateTimeOffset.Parse(tombstone.Data.GetProperty("_kintone_updated_at").GetString()!, CultureInfo.InvariantCulture) >= minute);
    }

    /// <summary>Ids that a reader of the warehouse sees after all these syncs.</summary>
    static async Task<IReadOnlyList<string>> PresentAsync(Scene scene, bool lastOfEqual, params Output[] syncs)
    {
        var schema = (JsonObject)(await scene.DiscoverAsync())["json_schema"]!;
        using var warehouse = new Warehouse(new Reading(Newest.ByCursor, lastOfEqual));
        warehouse.Prepare(Scene.Stream, schema, "_kintone_updated_at", DestinationMode.Append);
        foreach (var sync in syncs) warehouse.Load(Scene.Stream, [.. sync.Records(Scene.Stream)], 1);
        var appended = warehouse.Column(Scene.Stream, "_kintone_id");

        using var merging = new Warehouse(new Reading(Newest.ByCursor, lastOfEqual));
        merging.Prepare(Scene.Stream, schema, "_kintone_updated_at", DestinationMode.AppendDedup);
        foreach (var sync in syncs) merging.Load(Scene.Stream, [.. sync.Records(Scene.Stream)], 1);
        Assert.Equal(appended, merging.Column(Scene.Stream, "_kintone_id"));
        return appended;
    }
}
