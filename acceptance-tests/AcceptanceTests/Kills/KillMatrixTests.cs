using System.Globalization;

namespace AcceptanceTests;

/// <summary>
/// Each way in which a run can end before its time, in each phase of a sync, at a request that the seed chooses; twice in a row, and then a
/// run that nothing happens to. What the platform kept is the whole app. <c>KILL_MATRIX_ROUNDS=n</c> plays it with n seeds.
/// </summary>
public sealed class KillMatrixTests
{
    static readonly int s_rounds = int.Parse(Environment.GetEnvironmentVariable("KILL_MATRIX_ROUNDS") is { Length: > 0 } text ? text : "1",
        CultureInfo.InvariantCulture);

    /// <summary>At rest nobody has read a large app for a reader who stopped: what the pipe, the pages under way and their successors hold.</summary>
    const int MostRequestsUnread = 60;

    public static TheoryData<Phase, Disturbance> Cells
    {
        get
        {
            var cells = new TheoryData<Phase, Disturbance>();
            foreach (var phase in Enum.GetValues<Phase>())
                foreach (var how in Enum.GetValues<Disturbance>()) cells.Add(phase, how);
            return cells;
        }
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task Resumed_runs_give_the_whole_app(Phase phase, Disturbance how)
    {
        for (var round = 1; round <= s_rounds; round++)
        {
            var seed = (round * 1_000) + ((int)phase * 10) + (int)how;
            var dice = new Random(seed);
            await using var scene = await KillScene.StartAsync(phase, seed);
            var (requests, undisturbed) = await scene.MeasureAsync();
            Assert.InRange(requests, 1, 1_000);
            for (var attempt = 0; attempt < 2; attempt++)
            {
                using var disturbed = new DisturbedRun(scene.Simulator, scene.IsInPhase, dice.Next(1, requests + 1));
                var run = await disturbed.RunAsync(scene.Connector, scene.Arguments(scene.Kept.State), how);
                // The first attempt meets the request for sure; a later one may have little left to ask for.
                Assert.True(disturbed.WasDisturbed || attempt > 0, "The request never came.");
                if (disturbed.WasDisturbed) AssertEnd(run, how, $"{phase}, {how}, seed {seed}");
                else run.MustSucceed();
                // A STATE covers every row that was written; streams of settings are read in one go.
                if (run.ExitCode is 143 or 130 && phase != Phase.Settings)
                    Assert.Equal(run.Records.Count(), run.States.Sum(static s => s.GetProperty("sourceStats").GetProperty("recordCount").GetDouble()));
                scene.Kept.Take(run);
            }
            scene.Kept.Take((await scene.Connector.RunAsync(scene.Arguments(scene.Kept.State))).MustSucceed());
            scene.AssertWhole(undisturbed);
        }
    }

    static void AssertEnd(ConnectorRun run, Disturbance how, string cell)
    {
        var expected = how switch
        {
            Disturbance.Kill => [128 + 9],
            Disturbance.Terminate => [143],
            Disturbance.Interrupt => [130],
            Disturbance.CloseOutput => [141],
            Disturbance.StallOutput => [0],
            // All that is left may fit into the pipe: then it had ended before.
            Disturbance.StallAndKill => [128 + 9, 0],
            _ => (int[])[143, 0],
        };
        Assert.True(expected.Contains(run.ExitCode), $"{cell}: exit code {run.ExitCode}, {run.Errors}\n{string.Join('\n', run.Lines.TakeLast(5))}");
        Assert.Empty(run.Errors);
        foreach (var line in run.Lines.Where(static line => !line.StartsWith("{\"type\":\"RECORD\"", StringComparison.Ordinal))) ProtocolSchema.MustHold(line);
    }

    /// <summary>Nobody reads a large app for a reader who has stopped, and nothing is lost by it.</summary>
    [Fact]
    public async Task A_reader_that_stops_is_waited_for()
    {
        const int Records = 200_000;
        await using var kintone = await SimulatedKintone.StartAsync();
        var app = kintone.AddGenerated(Records);
        using var connector = new Connector(kintone.Config(app));
        var catalog = ConfiguredCatalogs.ByName("full_refresh", $"app_{app.Id}_records");
        using var disturbed = new DisturbedRun(kintone.Simulator, static request => request.Resource == "records", nth: 20);
        var run = await disturbed.RunAsync(connector, connector.ReadArguments(catalog), Disturbance.StallAndTerminate);
        Assert.Equal(143, run.ExitCode);
        Assert.InRange(disturbed.RequestsAtRest, 20, MostRequestsUnread);
        Assert.Equal(run.Records.Count(), run.States.Sum(static s => s.GetProperty("sourceStats").GetProperty("recordCount").GetDouble()));
    }

    /// <summary>A disk that fills up while the sync runs: a file that may not grow beyond some size is to the program what a full disk is.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_disk_that_fills_up_at_any_byte_costs_nothing(int seed)
    {
        for (var round = 1; round <= s_rounds; round++)
        {
            var dice = new Random((round * 1_000) + seed);
            await using var scene = await KillScene.StartAsync(seed == 3 ? Phase.Search : Phase.Scan, seed);
            var (_, undisturbed) = await scene.MeasureAsync();
            for (var attempt = 0; attempt < 2; attempt++)
            {
                var blocks = dice.Next(2, (undisturbed.Output.Length / 1024) + 3);
                var arguments = scene.Arguments(scene.Kept.State);
                // The compiler of a build that is not native writes its code through a file of its own, which the limit would hit too.
                // SIGXFSZ, which would end it, stays ignored; the write fails instead. Dash counts 512 bytes, bash 1024: either will do.
                var (exitCode, _, errors) = await Shell.RunAsync(
                    $"trap '' XFSZ; ulimit -f {blocks}; DOTNET_EnableWriteXorExecute=0 "
                        + $"{ConnectorProgram.ShellEntrypoint} {string.Join(' ', arguments.Select(Shell.Quote))} > full", scene.Connector.Folder);
                var output = await File.ReadAllBytesAsync(Path.Combine(scene.Connector.Folder, "full"));
                scene.Kept.Take(new ConnectorRun("full disk", exitCode, output, errors, isCut: true));
                if (exitCode == 0) continue; // the rest did fit
                Assert.Equal(1, exitCode);
                Assert.Contains("standard output can't be written", Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)),
                    StringComparison.Ordinal);
                scene.Connector.AssertNoSecret(errors);
            }
            scene.Kept.Take((await scene.Connector.RunAsync(scene.Arguments(scene.Kept.State))).MustSucceed());
            scene.AssertWhole(undisturbed);
        }
    }
}
