using System.Text.Json.Nodes;

namespace WarehouseTests;

/// <summary>Records that go and come without being changed: no update time tells of them, only their number does.</summary>
public class VisibilityTests
{
    [Fact]
    public async Task Records_that_a_permission_hides_go_and_come_back_when_it_shows_them()
    {
        using var scene = await CompanyAsync();
        scene.App.RecordIsVisible = static (_, id) => id is < 5 or > 8;
        var hidden = await LaterAsync(scene);
        scene.App.RecordIsVisible = null;
        var shown = await LaterAsync(scene);

        Assert.Equal([5L, 6, 7, 8], hidden.DeletedIds(Scene.Stream));
        Assert.Empty(hidden.DeliveredIds(Scene.Stream));
        Assert.Equal([5L, 6, 7, 8], shown.DeliveredIds(Scene.Stream).Order());
        await AssertEqualAsync(scene, hidden, shown);
    }

    [Fact]
    public async Task A_record_that_appears_as_another_is_deleted_hides_that_until_it_is_edited()
    {
        using var scene = await CompanyAsync();
        scene.App.RecordIsVisible = static (_, id) => id != 5;
        var before = await LaterAsync(scene);
        scene.App.RecordIsVisible = null;
        scene.App.Delete(9);
        var (number, edited) = (await LaterAsync(scene), await EditedAsync(5));
        Assert.Empty(number.Records(Scene.Stream)); // as many as before: nothing to ask about
        Assert.Equal([5L], edited.DeliveredIds(Scene.Stream));
        Assert.Equal([9L], edited.DeletedIds(Scene.Stream));
        await AssertEqualAsync(scene, before, number, edited);

        async Task<Output> EditedAsync(long id)
        {
            scene.App.Edit(id, []);
            return await LaterAsync(scene);
        }
    }

    [Fact]
    public async Task A_narrower_filter_deletes_what_it_leaves_out_and_a_wider_one_brings_it_back()
    {
        using var scene = await CompanyAsync();
        scene.Filter = "区分 in (\"A\")";
        var narrow = await LaterAsync(scene);
        Assert.Equal(Enumerable.Range(1, 20).Where(static id => id % 4 == 1).Select(static id => (long)id), narrow.DeletedIds(Scene.Stream));
        scene.Filter = null;
        var wide = await LaterAsync(scene);
        Assert.Empty(wide.DeletedIds(Scene.Stream));
        await AssertEqualAsync(scene, narrow, wide);
    }

    /// <summary>20 records that one sync has delivered: A, and every fourth B.</summary>
    static async Task<Scene> CompanyAsync()
    {
        var scene = new Scene();
        scene.App.AddChoice("区分", "DROP_DOWN", "A", "B");
        for (var i = 0; i < 20; i++) scene.App.Add(new() { ["区分"] = i % 4 == 0 ? "B" : "A" });
        scene.Time.Advance(TimeSpan.FromHours(1));
        scene.First = await scene.SyncedAsync();
        return scene;
    }

    static async Task<Output> LaterAsync(Scene scene)
    {
        scene.Time.Advance(TimeSpan.FromHours(1));
        return await scene.SyncedAsync();
    }

    static async Task AssertEqualAsync(Scene scene, params Output[] syncs)
    {
        using var warehouse = new Warehouse(new Reading(Newest.ByCursor));
        warehouse.Prepare(Scene.Stream, (JsonObject)(await scene.DiscoverAsync())["json_schema"]!, "_kintone_updated_at", DestinationMode.AppendDedup);
        foreach (var sync in syncs.Prepend(scene.First!)) warehouse.Load(Scene.Stream, [.. sync.Records(Scene.Stream)], 1);
        // A record that came back carries its tombstone's time as a cursor; its update time stands in the field's own column.
        Assert.Empty(warehouse.Differences(Scene.Stream, ExpectedTable.Of(scene.App, static _ => true), new HashSet<string> { "_kintone_updated_at" }));
    }
}
