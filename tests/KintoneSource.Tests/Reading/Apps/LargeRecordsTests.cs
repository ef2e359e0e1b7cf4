using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KintoneSimulator;
using KintoneSource.Catalog;
using KintoneSource.Commands;
using KintoneSource.Configuration;
using KintoneSource.Kintone.Http;
using KintoneSource.Protocol;
using KintoneSource.Reading.States;
using KintoneSource.Tests.Simulation;
using App = KintoneSimulator.App;

namespace KintoneSource.Tests.Reading.Apps;

/// <summary>Records of any size under any memory: all of them, in pages as small as it takes, or an error that names the one that can't be held.</summary>
public class LargeRecordsTests
{
    const int Megabyte = 1024 * 1024;

    [Theory]
    [InlineData(400, 40_000, 16, 60)] // 16 MB in pages of a megabyte
    [InlineData(1300, 10_000, 16, 60)]
    [InlineData(12, 3_000_000, 16, 40)] // one at a time
    [InlineData(1200, 300, 16, 6)] // small ones cost what they always did
    [Trait("Duration", "long")]
    public async Task All_are_read_in_pages_that_fit(int records, int size, int memory, int mostRequests)
    {
        using var simulator = With(records, _ => size, out var app);
        var run = await ReadAsync(simulator, app, memory * Megabyte);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(Enumerable.Range(1, records).Select(static i => (long)i),
            run.Records($"app_{app.Id}_records").Select(static r => r.GetProperty("_kintone_id").GetInt64()).Order());
        Assert.InRange(simulator.Journal.Count, 1, mostRequests);
    }

    [Fact]
    public async Task A_single_large_record_among_small_ones_is_read_too()
    {
        using var simulator = With(600, static id => id == 300 ? 6_000_000 : 100, out var app);
        var run = await ReadAsync(simulator, app, 16 * Megabyte);
        Assert.Equal(600, run.Records($"app_{app.Id}_records").Count);
        Assert.InRange(simulator.Journal.Count, 3, 30);
    }

    [Fact]
    public async Task One_that_can_not_be_held_is_named_and_the_rest_is_kept()
    {
        using var simulator = With(40, static id => id == 37 ? 12_000_000 : 1_000, out var app);
        var run = await ReadAsync(simulator, app, 16 * Megabyte);
        Assert.Equal(1, run.ExitCode);
        var error = Assert.Single(run.Errors);
        Assert.Equal("config_error", error.GetProperty("failure_type").GetString());
        Assert.StartsWith($"Record 37 of app {app.Id} is larger than ", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(36, run.Records($"app_{app.Id}_records").Count);
    }

    static Simulator With(int records, Func<int, int> size, out App app)
    {
        var simulator = new Simulator(new() { Time = InProcess.Clock() });
        simulator.Domain.AddUser("sync", "open sesame");
        app = simulator.Domain.AddApp("app");
        app.AddField("text", "MULTI_LINE_TEXT");
        for (var id = 1; id <= records; id++) app.Add(new JsonObject { ["text"] = new string('あ', size(id) / 3) });
        return simulator;
    }

    static async Task<Run> ReadAsync(Simulator simulator, App app, long memory)
    {
        using var stdout = new MemoryStream();
        int exitCode;
        await using (var writer = new MessageWriter(stdout, new()))
        {
            var config = SourceConfig.Parse(Encoding.UTF8.GetBytes(TestConfig.Of(TestConfig.Password("sync", "open sesame"), TestConfig.Listed(app.Id))));
            using var source = Source.Over(new InMemoryHandler(simulator), config, Patience.ForSync, writer, simulator.Options.Time, terminal: null,
                memory: new(memory));
            var catalog = JsonSerializer.SerializeToUtf8Bytes(
                new { streams = new[] { new { stream = new { name = $"app_{app.Id}_records", json_schema = new { } }, sync_mode = "full_refresh" } } });
            exitCode = await new ReadCommand(source).RunAsync(ConfiguredCatalog.Parse(catalog, "catalog"), InputState.Empty, CancellationToken.None);
        }
        return new(exitCode, Encoding.UTF8.GetString(stdout.ToArray()));
    }
}
