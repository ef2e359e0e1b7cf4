using System.Diagnostics;
using System.Text;
using KintoneSimulator;

namespace AcceptanceTests;

/// <summary>However a sync ends, its last whole STATE line is where the next one goes on, and nothing is lost.</summary>
public sealed class KillAndResumeTests
{
    const int Records = 35_000;

    [Theory]
    [InlineData("incremental", 1)]
    [InlineData("full_refresh", 3)]
    public async Task Killed_at_any_byte_and_resumed_from_the_last_whole_state_nothing_is_lost(string mode, int seed)
    {
        await using var kintone = await SimulatedKintone.StartAsync(new() { Latency = TimeSpan.FromMilliseconds(5) });
        kintone.Simulator.Faults.Random(0.03, seed);
        App[] apps = [kintone.AddGenerated(Records, IdPattern.Gaps(0.3, seed)), kintone.AddGenerated(3_000)];
        var streams = apps.Select(static app => $"app_{app.Id}_records").ToArray();
        using var connector = new Connector(kintone.Config(apps));
        var catalog = ConfiguredCatalogs.OnlyKeys(mode, streams);

        var dice = new Random(seed);
        var seen = streams.ToDictionary(static s => s, static _ => new HashSet<long>());
        string? state = null;
        var (kills, delivered) = (0, 0);
        while (true)
        {
            var after = dice.Next(1, 3_000_000);
            var run = await connector.RunAsync(connector.ReadArguments(catalog, state), output => kills < 4 && output.Length >= after, Kill);
            var isKilled = run.ExitCode == 128 + 9;
            if (isKilled) run = run.CutAt(after); // the platform had not read more
            else run.MustSucceed();
            foreach (var stream in streams)
            {
                var ids = run.IdsOf(stream).ToArray();
                delivered += ids.Length;
                seen[stream].UnionWith(ids);
            }
            if (!isKilled) break;
            kills++;
            if (run.States.Any()) state = Merged(state, run);
        }

        Assert.InRange(kills, 1, 4);
        Assert.NotNull(state);
        foreach (var app in apps) Assert.Equal(Ids(app), seen[$"app_{app.Id}_records"].Order());
        // A kill costs no more than what came since the last STATE, and what was on its way.
        Assert.InRange(delivered, Records + 3_000, Records + 3_000 + kills * 25_000);
    }

    [Theory]
    [InlineData("TERM", 143)]
    [InlineData("INT", 130)]
    [InlineData("HUP", 129)]
    [InlineData("QUIT", 131)]
    public async Task A_signal_leaves_a_last_state_and_its_exit_code(string signal, int exitCode)
    {
        await using var kintone = await SimulatedKintone.StartAsync(new() { Latency = TimeSpan.FromMilliseconds(100) });
        var app = kintone.AddGenerated(40_000);
        var stream = $"app_{app.Id}_records";
        using var connector = new Connector(kintone.Config(app));
        foreach (var mode in new[] { "incremental", "full_refresh" })
        {
            var catalog = ConfiguredCatalogs.OnlyKeys(mode, stream);
            var run = await connector.RunAsync(connector.ReadArguments(catalog), static output => output.Length > 500_000,
                process => Shell.SignalAsync(process, signal));
            Assert.Equal(exitCode, run.ExitCode);
            Assert.Contains("\"message\":\"Cut off: 0 of 1 stream read whole, 1 cut off; ", run.Lines[^1], StringComparison.Ordinal);
            Assert.Empty(run.Errors);
            foreach (var line in run.Lines) ProtocolSchema.MustHold(line);
            Assert.InRange(run.RecordsOf(stream).Count, 1, 39_999);
            // Every record that was written stands before a STATE that covers it.
            Assert.Equal(run.RecordsOf(stream).Count, run.States.Sum(static s => s.GetProperty("sourceStats").GetProperty("recordCount").GetDouble()));

            var rest = (await connector.ReadAsync(catalog, run.StateToKeep())).MustSucceed();
            Assert.Equal(Ids(app), run.IdsOf(stream).Concat(rest.IdsOf(stream)).Order()); // and none comes twice
        }
    }

    [Fact]
    public async Task A_signal_ends_the_waiting_for_a_Kintone_that_is_down()
    {
        await using var kintone = await SimulatedKintone.StartAsync();
        var app = kintone.AddSmall(10);
        kintone.Simulator.Faults.Always(Fault.Maintenance);
        using var connector = new Connector(kintone.Config(app));
        var watch = new Stopwatch();
        var run = await connector.RunAsync(
            connector.ReadArguments(ConfiguredCatalogs.ByName("incremental", $"app_{app.Id}_records")),
            static output => Encoding.UTF8.GetString(output.Span).Contains("STARTED", StringComparison.Ordinal),
            async process =>
            {
                watch.Start();
                await Shell.SignalAsync(process, "TERM");
            });
        Assert.Equal(143, run.ExitCode);
        Assert.Empty(run.Errors);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task A_reader_that_goes_away_ends_it_quietly()
    {
        await using var kintone = await SimulatedKintone.StartAsync(new() { Latency = TimeSpan.FromMilliseconds(20) });
        var app = kintone.AddGenerated(500_000);
        using var connector = new Connector(kintone.Config(app));
        // the plan has two lines, and the stream has started
        var (_, output, error) = await Shell.RunAsync($"{{ {Call(connector, app)}; echo $? > code; }} | head -n 4", connector.Folder);
        Assert.Equal(4, output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Empty(error);
        Assert.NotEqual("0", (await File.ReadAllTextAsync(Path.Combine(connector.Folder, "code"))).Trim());
        Assert.InRange(kintone.Simulator.Journal.Count, 1, 500); // of a thousand pages: it does not read on for nobody
    }

    [SkippableFact]
    public async Task A_full_disk_is_told_on_stderr()
    {
        Skip.IfNot(File.Exists("/dev/full"), "This system has no /dev/full.");
        await using var kintone = await SimulatedKintone.StartAsync();
        var app = kintone.AddSmall(600);
        using var connector = new Connector(kintone.Config(app));
        var (exitCode, _, error) = await Shell.RunAsync($"{Call(connector, app)} > /dev/full", connector.Folder);
        Assert.Equal(1, exitCode);
        var line = Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("standard output can't be written", line, StringComparison.Ordinal);
        connector.AssertNoSecret(error);
    }

    [Fact]
    public async Task Output_into_a_file_that_stderr_shares_stays_whole_lines()
    {
        await using var kintone = await SimulatedKintone.StartAsync();
        var app = kintone.AddGenerated(3_000);
        using var connector = new Connector(kintone.Config(app));
        var (exitCode, _, _) = await Shell.RunAsync($"echo first > f; {Call(connector, app)} >> f 2>&1; code=$?; echo last >> f; exit $code",
            connector.Folder);
        Assert.Equal(0, exitCode);
        var lines = await File.ReadAllLinesAsync(Path.Combine(connector.Folder, "f"));
        Assert.Equal(("first", "last"), (lines[0], lines[^1]));
        foreach (var line in lines[1..^1]) ProtocolSchema.MustHold(line);
        Assert.Equal(3_000, lines.Count(static line => line.StartsWith("{\"type\":\"RECORD\"", StringComparison.Ordinal)));
    }

    static string Call(Connector connector, App app) =>
        $"{ConnectorProgram.ShellEntrypoint} {string.Join(' ', connector.ReadArguments(ConfiguredCatalogs.ByName("full_refresh", $"app_{app.Id}_records")).Select(Shell.Quote))}";

    static Task Kill(Process process)
    {
        process.Kill();
        return Task.CompletedTask;
    }

    /// <summary>The platform keeps the last state of each stream, those of earlier attempts too.</summary>
    static string Merged(string? state, ConnectorRun run)
    {
        var states = new Dictionary<string, string>();
        using (var earlier = System.Text.Json.JsonDocument.Parse(state ?? "[]"))
            foreach (var message in earlier.RootElement.EnumerateArray()) states[ConnectorRun.StreamOf(message)] = message.GetRawText();
        foreach (var message in run.States) states[ConnectorRun.StreamOf(message)] = message.GetRawText();
        return $"[{string.Join(',', states.Values)}]";
    }

    static IEnumerable<long> Ids(App app)
    {
        var ids = new List<long>();
        app.Records.Visit(static _ => Verdict.All, static _ => true, false, id =>
        {
            ids.Add(id);
            return true;
        });
        return ids.Order();
    }
}
