using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using KintoneSimulator;

namespace AcceptanceTests;

/// <summary>The guide's scripts for cron as they stand, with the program itself where they say docker.</summary>
public sealed partial class CronScriptTests : IDisposable
{
    /// <summary>What docker would do: everything up to the image's name goes, and the mounted folder is this one.</summary>
    const string Docker = """
        #!/bin/sh
        while [ "$1" != discover ] && [ "$1" != read ]; do shift; done
        exec sh -c "$ENTRYPOINT $(printf '%s ' "$@" | sed "s|/sync/|$PWD/|g")"
        """;

    readonly string _folder = Directory.CreateTempSubdirectory("cron-").FullName;

    public CronScriptTests()
    {
        Program("sync.sh", Script.Match(s_guide).Groups[1].Value);
        Program("load", "#!/bin/sh\ncat \"$1\" >> loaded.jsonl\n");
        Program("bin/docker", Docker);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Syncs_what_changed_since_the_last_time()
    {
        await using var kintone = await SimulatedKintone.StartAsync();
        var app = kintone.AddSmall(3);
        Prepare(kintone.Config(app));
        await DiscoverAsync(app);
        Assert.Equal(0, (await SyncAsync()).ExitCode);
        app.Edit(2, new JsonObject { ["メモ"] = "あと" });
        Assert.Equal(0, (await SyncAsync()).ExitCode);
        Assert.Equal(1, (await LoadedAsync()).Split("\"_kintone_id\":1,").Length - 1);
        Assert.Equal(2, (await LoadedAsync()).Split("\"_kintone_id\":2,").Length - 1);
    }

    [Fact]
    public async Task Says_what_is_wrong_with_a_wrong_password_and_keeps_its_secret()
    {
        await using var kintone = await SimulatedKintone.StartAsync();
        var app = kintone.AddSmall(3);
        var config = kintone.Config(app);
        config["credentials"]!["password"] = "a-wrong-password";
        Prepare(config);
        File.WriteAllText(Path.Combine(_folder, "catalog.json"), ConfiguredCatalogs.OnlyKeys("incremental", $"app_{app.Id}_records"));

        var (exitCode, error) = await SyncAsync();
        Assert.Equal(1, exitCode);
        Assert.Contains("\"type\":\"ERROR\"", error, StringComparison.Ordinal);
        Assert.Contains("password", error, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("a-wrong-password", error, StringComparison.Ordinal);
        // The next sync finds nothing in its way.
        Assert.False(Directory.Exists(Path.Combine(_folder, "running")));
    }

    [Fact]
    public async Task The_catalog_takes_the_contents_of_files_and_of_nothing_else()
    {
        await using var kintone = await SimulatedKintone.StartAsync();
        var app = kintone.AddSmall(1);
        app.AddField("添付", "FILE");
        var config = kintone.Config(app);
        config["related_streams"] = new JsonArray("attachments", "files");
        Prepare(config);

        var streams = await DiscoverAsync();

        Assert.Equal(
            [$"app_{app.Id}_files"],
            streams.Where(static s => (bool)s!["include_files"]!).Select(static s => (string)s!["stream"]!["name"]!));
        Assert.All(
            streams,
            static s => Assert.Contains((string)s!["sync_mode"]!, s["stream"]!["supported_sync_modes"]!.AsArray().Select(static m => (string)m!)));
        Assert.Contains(streams, static s => (string)s!["sync_mode"]! == "incremental");
    }

    static readonly string s_guide = File.ReadAllText(Repository.File("docs/kintone.md"));

    [GeneratedRegex(@"```sh\n(#!/bin/sh\n.*?)```", RegexOptions.Singleline)]
    static partial Regex Script { get; }

    [GeneratedRegex(@"```sh\n(docker run [^\n]* discover --config [^\n]* \|\njq .*?)```", RegexOptions.Singleline)]
    static partial Regex Discovery { get; }

    void Prepare(JsonObject config) => File.WriteAllText(Path.Combine(_folder, "config.json"), config.ToJsonString());

    /// <summary>The guide's command that makes the catalog; then, as it says, without the streams that nobody wants.</summary>
    /// <param name="app">Whose records alone are wanted; null for all streams.</param>
    async Task<JsonArray> DiscoverAsync(App? app = null)
    {
        var file = Path.Combine(_folder, "catalog.json");
        Assert.Equal((0, ""), await RunAsync(Discovery.Match(s_guide).Groups[1].Value));
        var catalog = JsonNode.Parse(await File.ReadAllTextAsync(file))!;
        var streams = catalog["streams"]!.AsArray();
        if (app is not null)
        {
            streams.RemoveAll(s => (string)s!["stream"]!["name"]! != $"app_{app.Id}_records");
            await File.WriteAllTextAsync(file, catalog.ToJsonString());
        }
        return streams;
    }

    Task<(int ExitCode, string Error)> SyncAsync() => RunAsync("./sync.sh");

    async Task<(int ExitCode, string Error)> RunAsync(string script)
    {
        var path = $"{Path.Combine(_folder, "bin")}:{Environment.GetEnvironmentVariable("PATH")}";
        var (exitCode, _, error) = await Shell.RunAsync(script, _folder, ("PATH", path), ("ENTRYPOINT", ConnectorProgram.ShellEntrypoint));
        return (exitCode, error);
    }

    Task<string> LoadedAsync() => File.ReadAllTextAsync(Path.Combine(_folder, "loaded.jsonl"));

    void Program(string name, string script)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, script);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
