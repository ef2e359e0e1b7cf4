using System.Diagnostics;
using System.Text;
using KintoneSource.Protocol;
using KintoneSource.Reading.States;

namespace KintoneSource.Tests.Documents;

/// <summary>The guide's script for cron, run as it stands, with a <c>docker</c> that prints what it is given.</summary>
public sealed class CronScriptTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("cron-").FullName;

    public CronScriptTests()
    {
        var script = Page.English.Examples.Single(static e => e.Code.StartsWith("#!/bin/sh", StringComparison.Ordinal)).Code;
        Write("sync.sh", script);
        Write("load", "#!/bin/sh\n[ ! -e broken ] || exit 3\ncat \"$1\" >> loaded.jsonl\n");
        Directory.CreateDirectory(In("bin"));
        Write("bin/docker", "#!/bin/sh\nprintf '%s\\n' \"$@\" > arguments\ncat output\nexit \"$(cat exit-code)\"\n");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Keeps_the_last_state_of_every_stream_and_passes_it_to_the_next_sync()
    {
        Assert.Equal(0, await SyncAsync(0, await LinesAsync(State("apps", 0), State("app_12_records", 1), AirbyteMessage.Log(LogLevel.Info, "half "
            + "way"), State("app_12_records", 2))));
        Assert.Equal(["[", "", "]"], Lines("state.json"));
        Assert.Equal(0, await SyncAsync(0, await LinesAsync(State("app_12_records", 3))));

        Assert.Equal(2, PassedMaxId("app_12_records"));
        Assert.Equal(["read", "--config", "/sync/config.json", "--catalog", "/sync/catalog.json", "--state", "/sync/state.json"], Lines("arguments")[^7..]);
        Assert.Equal(5, Lines("loaded.jsonl").Length);

        await SyncAsync(0, default);
        Assert.Equal(3, PassedMaxId("app_12_records"));
        Assert.Equal(0, PassedMaxId("apps"));
    }

    [Fact]
    [Trait("Duration", "long")]
    public async Task Drops_a_line_that_was_cut_off_and_keeps_the_state_before_it()
    {
        var lines = await LinesAsync(State("apps", 1), State("apps", 2));
        for (var cut = 1; cut < 90; cut += 11)
        {
            Assert.Equal(143, await SyncAsync(143, lines.AsMemory(..^cut)));
            await SyncAsync(0, default);
            Assert.Equal(1, PassedMaxId("apps"));
            File.Delete(In("states.jsonl"));
        }
        Assert.All(Lines("loaded.jsonl"), static line => Assert.EndsWith("}", line));
    }

    [Fact]
    public async Task Keeps_the_state_where_loading_failed()
    {
        await SyncAsync(0, await LinesAsync(State("apps", 1)));
        Write("broken", "");
        Assert.NotEqual(0, await SyncAsync(0, await LinesAsync(State("apps", 2))));
        File.Delete(In("broken"));

        await SyncAsync(0, default);
        Assert.Equal(1, PassedMaxId("apps"));
    }

    [Fact]
    public async Task Does_not_run_twice_at_once()
    {
        Directory.CreateDirectory(In("running"));
        Assert.Equal(1, await SyncAsync(0, default));
        Assert.False(File.Exists(In("arguments")));
        Assert.True(Directory.Exists(In("running")));
    }

    static AirbyteMessage State(string stream, long maxId) => AirbyteMessage.StreamState(
        new(stream), new RecordsState(false, null, maxId, null, null, null, null, null).ToJson(), recordCount: 0);

    /// <summary>As the program writes them.</summary>
    static async Task<byte[]> LinesAsync(params AirbyteMessage[] messages)
    {
        using var stdout = new MemoryStream();
        await using (var writer = new MessageWriter(stdout, new SecretMask()))
            foreach (var message in messages) await writer.WriteAsync(message, CancellationToken.None);
        return stdout.ToArray();
    }

    /// <summary>What the program makes of the state file that the last sync was given.</summary>
    long? PassedMaxId(string stream) =>
        RecordsState.Parse(stream, InputState.Parse(File.ReadAllBytes(In("state.json")), "state.json").Of(stream))?.MaxId;

    async Task<int> SyncAsync(int exitCode, ReadOnlyMemory<byte> output)
    {
        await File.WriteAllBytesAsync(In("output"), output.ToArray());
        Write("exit-code", $"{exitCode}");
        var start = new ProcessStartInfo("sh", [In("sync.sh")]) { RedirectStandardError = true };
        start.Environment["PATH"] = $"{In("bin")}:{Environment.GetEnvironmentVariable("PATH")}";
        using var process = Process.Start(start)!;
        await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    string In(string name) => Path.Combine(_folder, name);

    string[] Lines(string name) => File.ReadAllLines(In(name), Encoding.UTF8);

    void Write(string name, string text)
    {
        File.WriteAllText(In(name), text);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(In(name), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
