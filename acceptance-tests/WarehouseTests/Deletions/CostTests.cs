using System.Text.Json;
using KintoneSimulator;
using KintoneSource.Reading.Deletions;

namespace WarehouseTests;

/// <summary>What finding deleted records costs a whole sync, in requests that Kintone counts.</summary>
public class CostTests
{
    /// <summary>A sync's other requests: the form, the newest record, the page of changes.</summary>
    const int Others = 3;

    [Fact]
    public async Task No_deletion_among_a_million_records_costs_nothing_besides_the_sync()
    {
        using var scene = Synced(1_000_000);
        var output = await scene.SyncedAsync();
        Assert.Empty(output.Records(Scene.Stream));
        Assert.InRange(scene.Requests, 1, Others);
    }

    [Fact]
    public async Task Three_deletions_among_a_million_records_cost_at_most_60_requests()
    {
        using var scene = Synced(1_000_000);
        long[] gone = [.. new long[] { 123_456, 654_321, 999_000 }.Select(id => Next(scene, id))];
        scene.App.Delete(gone);
        var output = await scene.SyncedAsync();
        Assert.Equal(gone, output.DeletedIds(Scene.Stream));
        Assert.InRange(scene.Requests, 1, 60 + Others);
    }

    [Fact]
    public async Task Half_of_the_records_deleted_cost_no_more_than_their_listing()
    {
        const int Records = 20_000;
        using var scene = Synced(Records);
        long[] gone = [.. Ids(scene).Where(static (_, index) => index % 2 == 0)];
        scene.App.Delete(gone);
        var output = await scene.SyncedAsync();
        Assert.Equal(gone, output.DeletedIds(Scene.Stream));
        Assert.InRange(scene.Requests, 1, (Records / DeletionSearch.PageSize) + 10 + Others);
    }

    [Fact]
    public async Task A_count_that_is_too_low_costs_requests_and_deletes_nothing()
    {
        using var scene = Synced(5_000);
        scene.Simulator.Faults.Always(Fault.WrongTotalCount(-7), static entry => entry.Resource == "records");
        var output = await scene.SyncedAsync();
        Assert.Empty(output.DeletedIds(Scene.Stream));
        Assert.True(scene.Requests > Others);
    }

    [Fact]
    public async Task A_deletion_is_found_by_its_listing_where_counts_are_wrong_everywhere()
    {
        using var scene = Synced(5_000);
        var gone = Next(scene, 2_500);
        scene.App.Delete(gone);
        scene.Simulator.Faults.Always(Fault.WrongTotalCount(-7), static entry => entry.Resource == "records");
        Assert.Equal([gone], (await scene.SyncedAsync()).DeletedIds(Scene.Stream));
    }

    /// <summary>An app of generated records, 1 % of the ids missing, as a sync left it that delivered them all.</summary>
    static Scene Synced(int records)
    {
        var source = GeneratedRecords.Of(records, IdPattern.Gaps(0.01));
        var scene = new Scene(source);
        var known = new IdSet();
        foreach (var id in Ids(scene)) known.Add(id);
        scene.State = JsonSerializer.SerializeToElement(new
        {
            type = "STREAM",
            stream = new
            {
                stream_descriptor = new { name = Scene.Stream },
                stream_state = new
                {
                    cursor_field = "_kintone_updated_at",
                    cursor = "2026-03-01T10:00:00Z",
                    max_id = source.MaxId,
                    synced_at = "2026-03-01T10:02:10Z",
                    known_ids = known.Encode(),
                    generation_id = 1,
                },
            },
        });
        return scene;
    }

    static IEnumerable<long> Ids(Scene scene)
    {
        for (var id = 1L; id <= scene.App.Records.LastId; id++)
            if (scene.App.Records.Holds(id)) yield return id;
    }

    static long Next(Scene scene, long id) => scene.App.Records.Holds(id) ? id : Next(scene, id + 1);
}
