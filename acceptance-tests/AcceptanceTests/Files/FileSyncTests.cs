using System.Globalization;
using System.Text.Json.Nodes;
using KintoneSimulator;

namespace AcceptanceTests;

/// <summary>Attached files over real sockets and onto a real disk, as the platform's containers share it. <c>FILES_MB=1000</c> moves a gigabyte.</summary>
public sealed class FileSyncTests
{
    static readonly long s_megabytes = long.TryParse(Environment.GetEnvironmentVariable("FILES_MB"), NumberStyles.None, CultureInfo.InvariantCulture,
        out var set) ? set : 100;

    [Fact]
    public async Task Over_a_slow_tearing_line_and_killed_at_random_every_byte_arrives_and_no_finished_file_is_fetched_again()
    {
        const int Files = 200;
        var size = s_megabytes * 1_000_000 / Files;
        await using var scene = await FileScene.StartAsync(Files, size, new() { FileBytesPerSecond = 10_000_000 }, watchesMemory: true);
        var dice = new Random(7);
        scene.Simulator.Faults.Random(0.05, 7, [.. Enumerable.Range(0, 20).Select(_ => Fault.TornBody(dice.NextInt64(size)))],
            static e => e.Resource == "file");

        var (covered, fetchedAgain, peak) = (new HashSet<string>(), new List<string>(), 0L);
        for (var kills = 0; ; kills++)
        {
            scene.Simulator.Journal.Clear();
            var after = kills < 3 ? dice.Next(5, Files / 3) : int.MaxValue;
            var run = await scene.Connector.RunAsync(scene.Arguments(), output => output.Span.Count("\"file_reference\""u8) >= after, static process =>
            {
                process.Kill();
                return Task.CompletedTask;
            });
            peak = Math.Max(peak, run.PeakMemory);
            fetchedAgain.AddRange(scene.Asked.Where(covered.Contains));
            scene.Take(run);
            covered.UnionWith(scene.Covered(run));
            if (run.ExitCode == 0) break;
            Assert.Equal(128 + 9, run.ExitCode);
            Assert.InRange(kills, 0, 2);
        }
        Assert.Equal(Files, covered.Count);
        Assert.Empty(fetchedAgain);
        Assert.Equal(Files, scene.Taken.Count);
        scene.AssertWhole();
        Assert.InRange(peak, 1, (ConnectorProgram.IsPublished ? 80 : 180) * 1024L * 1024);
    }

    [Fact]
    public async Task A_second_sync_fetches_what_changed_among_ten_thousand_and_no_more()
    {
        await using var scene = await FileScene.StartAsync(10_000, 100);
        (await scene.SyncAsync()).MustSucceed();
        Assert.Equal(10_000, scene.Taken.Count);
        scene.App.Edit(17, new JsonObject { ["請求書"] = new JsonArray(scene.File("請求書.pdf", 100, 20_000)) }); // replaced by one of the same name and size
        scene.App.Edit(4_711, new JsonObject { ["メモ"] = "編集" });
        scene.App.Edit(9_999, new JsonObject { ["請求書"] = new JsonArray(scene.File("新.pdf", 50, 20_001), scene.File("別.pdf", 60, 20_002)) });
        var run = (await scene.SyncAsync()).MustSucceed();
        Assert.Equal(["別.pdf", "新.pdf", "請求書.pdf"], run.Records.Where(static r => r.TryGetProperty("file_reference", out _))
            .Select(static r => r.GetProperty("data").GetProperty("name").GetString()).OrderBy(static n => n, StringComparer.Ordinal));
        Assert.Equal(3, scene.Asked.Count());
        scene.AssertWhole();
        scene.Simulator.Journal.Clear();
        Assert.DoesNotContain((await scene.SyncAsync()).MustSucceed().Records, static r => r.TryGetProperty("file_reference", out _));
        Assert.Empty(scene.Asked);
    }

    [Fact]
    public async Task What_Kintone_does_not_give_is_told()
    {
        await using var scene = await FileScene.StartAsync(8, 100_000);
        var keys = Enumerable.Range(1, 8)
            .Select(id => scene.App.Records.Find(id)!.Cells[scene.App.Form.Field("請求書")!.Uid].Value[0].GetProperty("fileKey").GetString()!).ToArray();
        Func<JournalEntry, bool> Of(int record) => e => e.Resource == "file" && e.Parameters.RequiredText("fileKey") == keys[record - 1];
        var faults = scene.Simulator.Faults;
        faults.Always(Fault.Error(404, "GAIA_BL01"), Of(2));
        faults.Always(Fault.Error(403, "CB_NO02"), Of(3));
        faults.Next(1, Fault.Garbage, Of(4)); // cut in the middle, and announced so
        faults.Next(1, Fault.TornBody(70_000), Of(5));
        faults.Next(1, Fault.Reset, Of(6));
        var run = (await scene.SyncAsync()).MustSucceed();
        Assert.Equal(
            [1, 4, 5, 6, 7, 8], run.RecordsOf(scene.Stream).Select(static r => r.GetProperty("_kintone_id").GetInt32()).Order());
        Assert.Equal(["2 (請求書)", "3 (請求書)"], run.Logs.Where(static l => l.Level == "WARN")
            .Select(static l => l.Message.Split("By record, for example: ")[^1].TrimEnd('.')).Order());
        Assert.Equal("COMPLETE", run.StatusesOf(scene.Stream)[^1]);
        scene.AssertWhole();
    }

    [SkippableFact]
    public async Task A_full_disk_is_one_transient_error_without_half_a_file_and_the_next_sync_goes_on()
    {
        const string Mounted = "/mnt";
        var (exitCode, _, _) = await Shell.RunAsync($"unshare -rm mount -t tmpfs -o size=1m tmpfs {Mounted}", "/");
        Skip.IfNot(exitCode == 0, "This system lets nobody mount a small tmpfs of their own.");
        await using var scene = await FileScene.StartAsync(20, 1_000_000, staging: Mounted);
        var call = $"{ConnectorProgram.ShellEntrypoint} {string.Join(' ', scene.Arguments().Select(Shell.Quote))} > out; echo $? > code";
        var (_, found, error) = await Shell.RunAsync(
            $"unshare -rm sh -c {Shell.Quote($"mount -t tmpfs -o size=8m tmpfs {Mounted} && {call}; find {Mounted} -type f -printf '%s %f\\n'")}",
            scene.Connector.Folder, ("AIRBYTE_STAGING_DIRECTORY", Mounted));
        Assert.Empty(error);
        Assert.Equal("1", (await File.ReadAllTextAsync(Path.Combine(scene.Connector.Folder, "code"))).Trim());
        var run = new ConnectorRun("full disk", 1, await File.ReadAllBytesAsync(Path.Combine(scene.Connector.Folder, "out")), error);
        var failure = Assert.Single(run.Traces("ERROR")).GetProperty("error");
        Assert.Equal("transient_error", failure.GetProperty("failure_type").GetString());
        Assert.Contains("could not be written to the staging folder /mnt", failure.GetProperty("message").GetString(), StringComparison.Ordinal);
        var whole = found.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(whole, static file => Assert.Equal("1000000 請求書.pdf", file));
        Assert.InRange(whole.Length, 1, 8);
        // Every row is of a file that is there, and the state says no more.
        Assert.Equal(whole.Length, run.RecordsOf(scene.Stream).Count);
        scene.Kept.Take(run);
        Assert.Equal(run.RecordsOf(scene.Stream).Count, run.States.Sum(static s => s.GetProperty("sourceStats").GetProperty("recordCount").GetDouble()));
        var connector = new Connector(
            JsonNode.Parse(await File.ReadAllTextAsync(scene.Connector.ConfigFile))!.AsObject())
        {
            Environment = new Dictionary<string,
            string>
            { ["AIRBYTE_STAGING_DIRECTORY"] = scene.Staging }
        };
        using (connector)
        {
            var rest = (await connector.RunAsync(scene.Arguments())).MustSucceed();
            Assert.Equal(20 - whole.Length, rest.Records.Count(static r => r.TryGetProperty("file_reference", out _)));
        }
    }

    [SkippableFact]
    public async Task A_staging_folder_that_may_not_be_written_to_is_said_before_anything_is_fetched()
    {
        Skip.IfNot(Directory.Exists("/sys"), "This system has no folder that nobody may write to.");
        await using var scene = await FileScene.StartAsync(3, 100, staging: "/sys");
        var run = await scene.Connector.RunAsync(scene.Arguments());
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("The staging folder for files, /sys, can't be written to", Assert.Single(run.ErrorMessages), StringComparison.Ordinal);
        Assert.Empty(scene.Asked);
    }

    [Fact]
    public async Task Records_do_not_wait_for_files_and_do_not_fail_with_them()
    {
        await using var scene = await FileScene.StartAsync(5, 100, staging: "/nowhere/at/all");
        var catalog = JsonNode.Parse(await File.ReadAllTextAsync(scene.Arguments()[4]))!;
        catalog["streams"]!.AsArray().Add(
            JsonNode.Parse(ConfiguredCatalogs.ByName("incremental", $"app_{scene.App.Id}_records"))!["streams"]![0]!.DeepClone());
        var run = await scene.Connector.ReadAsync(catalog.ToJsonString());
        Assert.Equal((1, "INCOMPLETE", "COMPLETE"), (run.ExitCode, run.StatusesOf(scene.Stream)[^1], run.StatusesOf($"app_{scene.App.Id}_records")[^1]));
        Assert.Equal(5, run.RecordsOf($"app_{scene.App.Id}_records").Count);
    }
}
