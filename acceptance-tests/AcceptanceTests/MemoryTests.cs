using System.Globalization;
using System.Text.Json.Nodes;

namespace AcceptanceTests;

/// <summary>
/// Large apps and large records where memory is short. The program is told of as much as the runtime makes of a container's limit, which is
/// three quarters of it, and must stay below the limit itself.
/// </summary>
public sealed class MemoryTests
{
    [Theory]
    [InlineData(512, 50, 2_000)]
    [InlineData(256, 20, 2_000)]
    public async Task Many_apps_in_a_small_container(int container, int apps, int records)
    {
        await using var kintone = await SimulatedKintone.StartAsync();
        kintone.Simulator.Journal.Capacity = 0;
        var all = Enumerable.Range(0, apps).Select(_ => kintone.AddGenerated(records)).ToArray();
        using var connector = In(container, kintone.Config(all));
        var run = await connector.RunAsync(connector.ReadArguments(ConfiguredCatalogs.OnlyKeys("incremental", all.Select(static a => $"app_{a.Id}_records"))));
        AssertFits(run, container);
        Assert.All(all, app => Assert.Equal("COMPLETE", run.StatusesOf($"app_{app.Id}_records")[^1]));
        Assert.Equal((long)apps * records, run.Records.LongCount());
    }

    [Theory]
    [InlineData(256, 40 * 1024, 1500)]
    [InlineData(512, 20 * 1024 * 1024, 8)]
    [InlineData(256, 20 * 1024 * 1024, 4)]
    public async Task Large_records_in_a_small_container(int container, int size, int records)
    {
        await using var kintone = await SimulatedKintone.StartAsync(new() { Compression = size < 1024 * 1024 });
        var app = kintone.Domain.AddApp("app");
        app.AddField("text", "MULTI_LINE_TEXT");
        var text = new string('x', size);
        for (var i = 0; i < records; i++) app.Add(new JsonObject { ["text"] = text });
        using var connector = In(container, kintone.Config(app));
        var run = await connector.ReadAsync(ConfiguredCatalogs.ByName("incremental", $"app_{app.Id}_records"));
        AssertFits(run, container);
        Assert.Equal(records, run.IdsOf($"app_{app.Id}_records").Distinct().Count());
    }

    /// <summary>What a permission hid of a large app comes as a whole when it is shown, and no sum of the app tells which records it is.</summary>
    [Fact]
    public async Task Millions_of_records_that_are_shown_again()
    {
        const int Records = 3_000_000, Shown = 1_000, Container = 256;
        await using var kintone = await SimulatedKintone.StartAsync();
        kintone.Simulator.Journal.Capacity = 0;
        var app = kintone.AddGenerated(Records);
        app.RecordIsVisible = static (_, id) => id > Records - Shown;
        using var connector = In(Container, kintone.Config(app));
        var catalog = ConfiguredCatalogs.OnlyKeys("incremental", $"app_{app.Id}_records").Replace(
            "\"properties\":{", "\"properties\":{\"_ab_cdc_deleted_at\":{},", StringComparison.Ordinal);
        var first = await connector.ReadAsync(catalog);
        Assert.Equal(Shown, first.Records.Count());
        app.RecordIsVisible = null;
        var run = await connector.RunAsync(connector.ReadArguments(catalog, first.StateToKeep()));
        AssertFits(run, Container);
        Assert.Equal(Records - Shown, run.Records.LongCount());
    }

    internal static Connector In(int container, JsonObject config) => new(config)
    {
        WatchesMemory = true,
        Environment = new Dictionary<string, string>
        {
            ["DOTNET_GCHeapHardLimit"] = (container * 3L / 4 * 1024 * 1024).ToString("x", CultureInfo.InvariantCulture),
        },
    };

    internal static void AssertFits(ConnectorRun run, int container)
    {
        run.MustSucceed();
        AssertStaysBelow(container, run);
    }

    /// <summary>The program that is not published brings a compiler along, which no container has to hold.</summary>
    internal static void AssertStaysBelow(int container, ConnectorRun run)
    {
        var most = Math.Min(container, 300) + (ConnectorProgram.IsPublished ? 0 : 100);
        Assert.True(run.PeakMemory < most * 1024L * 1024, $"{run.PeakMemory / (1024 * 1024)} MB in a container of {container} MB");
    }
}
