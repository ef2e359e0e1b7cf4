using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KintoneSimulator;

namespace AcceptanceTests;

/// <summary>
/// Today's program goes on where the last release stopped. The states are those that the release wrote when it was made
/// (tests/KintoneSource.Tests/Reading/States, the newest folder); with LAST_RELEASE, the path of the released program, that program writes
/// them here and now.
/// </summary>
public sealed class UpgradeTests
{
    const string Stream = "app_1_records";

    static readonly string? s_lastRelease = Environment.GetEnvironmentVariable("LAST_RELEASE") is { Length: > 0 } path ? path : null;

    [Theory]
    [InlineData("incremental-first-under-way", "incremental", 1L)]
    [InlineData("full-refresh-under-way", "full_refresh", 3L)]
    public async Task A_sync_that_was_stopped_is_read_to_its_end_and_nothing_twice(string name, string mode, long generation)
    {
        const int Records = 30_000;
        await using var kintone = await SimulatedKintone.StartAsync(new() { Latency = TimeSpan.FromMilliseconds(60) });
        var app = kintone.AddGenerated(Records);
        var catalog = StateFixtureTests.Catalog(app, mode, generation);
        var before = s_lastRelease is null ? Kept(name) : await StoppedAsync(kintone, app, catalog);
        kintone.Simulator.Options = new();

        using var connector = new Connector(kintone.Config(app));
        var after = (await connector.ReadAsync(catalog, before.State)).MustSucceed();

        // What this version did not read is exactly what the other one had delivered.
        var missing = Enumerable.Range(1, Records).Select(static id => (long)id).Except(after.IdsOf(Stream)).ToArray();
        Assert.Equal(before.Delivered, Digest(missing));
        Assert.InRange(missing.Length, 1, Records - 1);
    }

    [Fact]
    public async Task After_a_sync_that_was_complete_only_what_changed_is_read_and_what_went_is_found()
    {
        await using var kintone = await SimulatedKintone.StartAsync();
        var app = kintone.Domain.AddApp("案件", source: StateFixtureTests.IdsOfEveryKind);
        var catalog = StateFixtureTests.Catalog(app, "incremental", generation: 1);
        // A state is as old as its release: the days until a full re-read are long over.
        var config = kintone.Config(app).With("full_reread_days", 0);
        var state = s_lastRelease is null ? Kept("incremental-done").State : await FinishedAsync(config, catalog);

        app.Delete([65_537, 65_600]);
        using var connector = new Connector(config);
        var after = (await connector.ReadAsync(catalog, state)).MustSucceed();

        Assert.Equal([65_537, 65_600], after.IdsOf(Stream).Order());
        Assert.All(after.RecordsOf(Stream), static record => Assert.Equal(JsonValueKind.String, record.GetProperty("_ab_cdc_deleted_at").ValueKind));
    }

    static async Task<string> FinishedAsync(JsonObject config, string catalog)
    {
        using var connector = LastRelease(config);
        return (await connector.ReadAsync(catalog)).MustSucceed().StateToKeep();
    }

    static Connector LastRelease(JsonObject config) => new(config) { Program = s_lastRelease };

    static async Task<(string State, (int, string) Delivered)> StoppedAsync(SimulatedKintone kintone, App app, string catalog)
    {
        using var connector = LastRelease(kintone.Config(app));
        var run = await connector.RunAsync(
            connector.ReadArguments(catalog), static output => output.Span.IndexOf("\"RECORD\""u8) >= 0, static process => Shell.SignalAsync(process, "TERM"));
        return (run.StateToKeep(), Digest([.. run.IdsOf(Stream).Distinct().Order()]));
    }

    static (string State, (int, string) Delivered) Kept(string name)
    {
        var folder = Directory.EnumerateDirectories(Repository.File("tests/KintoneSource.Tests/Reading/States"))
            .MaxBy(static f => Version.Parse(Path.GetFileName(f)))!;
        var delivered = JsonElement.Parse(File.ReadAllBytes(Path.Combine(folder, $"{name}.means.json"))).GetProperty("delivered_in_this_scan");
        var state = File.ReadAllText(Path.Combine(folder, $"{name}.json"));
        return (state, (delivered.GetProperty("count").GetInt32(), delivered.GetProperty("sha256").GetString()!));
    }

    static (int, string) Digest(long[] ids) => (ids.Length, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Join(' ', ids.Select(static id => id.ToString(CultureInfo.InvariantCulture)))))));
}
