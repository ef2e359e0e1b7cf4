using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using KintoneSimulator;

namespace AcceptanceTests;

/// <summary>The guide's script for cron as it stands, with the program itself where it says docker.</summary>
public sealed partial class CronScriptTests : IDisposable
{
    /// <summary>What docker would do: everything up to the image's name goes, and the mounted folder is this one.</summary>
    const string Docker = """
        #!/bin/sh
        while [ "$1" != read ]; do shift; done
        exec sh -c "$ENTRYPOINT $(printf '%s ' "$@" | sed "s|/sync/|$PWD/|g")"
        """;

    readonly string _folder = Directory.CreateTempSubdirectory("cron-").FullName;

    public CronScriptTests()
    {
        Program("sync.sh", Script.Match(File.ReadAllText(Repository.File("docs/kintone.md"))).Groups[1].Value);
        Program("load", "#!/bin/sh\ncat \"$1\" >> loaded.jsonl\n");
        Program("bin/docker", Docker);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Syncs_what_changed_since_the_last_time()
    {
        await using var kintone = await SimulatedKintone.StartAsync();
        var app = kintone.AddSmall(3);
        Prepare(kintone.Config(app), app);
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
        Prepare(config, app);

        var (exitCode, error) = await SyncAsync();
        Assert.Equal(1, exitCode);
        Assert.Contains("\"type\":\"ERROR\"", error, StringComparison.Ordinal);
        Assert.Contains("password", error, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("a-wrong-password", error, StringComparison.Ordinal);
        // The next sync finds nothing in its way.
        Assert.False(Directory.Exists(Path.Combine(_folder, "running")));
    }

    [GeneratedRegex(@"```sh\n(#!/bin/sh\n.*?)```", RegexOptions.Singleline)]
    static partial Regex Script { get; }

    void Prepare(JsonObject config, App app)
    {
        File.WriteAllText(Path.Combine(_folder, "config.json"), config.ToJsonString());
        File.WriteAllText(Path.Combine(_folder, "catalog.json"), ConfiguredCatalogs.OnlyKeys("incremental", $"app_{app.Id}_records"));
    }

    async Task<(int ExitCode, string Error)> SyncAsync()
    {
        var path = $"{Path.Combine(_folder, "bin")}:{Environment.GetEnvironmentVariable("PATH")}";
        var (exitCode, _, error) = await Shell.RunAsync("./sync.sh", _folder, ("PATH", path), ("ENTRYPOINT", ConnectorProgram.ShellEntrypoint));
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
