using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;

namespace AcceptanceTests;

/// <summary>
/// The connector with one configuration, in a folder of its own for the files that it is passed. Whatever a run writes is
/// searched for the configuration's secrets: a test that runs anything tests that too.
/// </summary>
sealed class Connector : IDisposable
{
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(100);
    static readonly string[] s_secretNames = ["password", "api_tokens", "client_secret", "refresh_token", "basic_auth_password", "client_certificate",
        "client_certificate_passphrase", "directory_api_token"];

    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("source-kintone-");
    readonly string[] _secrets;
    int _files;

    public Connector(JsonObject config)
    {
        _secrets = [.. SecretsIn(config)];
        ConfigFile = Write("config", config.ToJsonString());
        Directory.CreateDirectory(Staging);
    }

    public string Folder => _folder.FullName;

    /// <summary>Where the program puts attached files, unless <see cref="Environment"/> says otherwise.</summary>
    public string Staging => Path.Combine(Folder, "staging");

    public string ConfigFile { get; }

    /// <summary>Another program than the one under test: its path.</summary>
    public string? Program { get; init; }

    /// <summary>Looks again and again how much memory the program takes.</summary>
    public bool WatchesMemory { get; init; }

    /// <summary>What the program finds in its environment besides these tests' own.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Puts a file into the folder.</summary>
    /// <returns>Its path.</returns>
    public string Write(string name, string text, Encoding? encoding = null)
    {
        var path = Path.Combine(Folder, $"{name}{Interlocked.Increment(ref _files)}.json");
        File.WriteAllBytes(path, [.. encoding?.GetPreamble() ?? [], .. (encoding ?? Encoding.UTF8).GetBytes(text)]);
        return path;
    }

    public Task<ConnectorRun> CheckAsync() => RunAsync("check", "--config", ConfigFile);

    public Task<ConnectorRun> DiscoverAsync() => RunAsync("discover", "--config", ConfigFile);

    /// <param name="state">The text of the state file; none is passed for null.</param>
    public Task<ConnectorRun> ReadAsync(string catalog, string? state = null) => RunAsync(ReadArguments(catalog, state));

    public string[] ReadArguments(string catalog, string? state = null) =>
        ["read", "--config", ConfigFile, "--catalog", Write("catalog", catalog), .. state is null ? Array.Empty<string>()
            : ["--state", Write("state", state)]];

    public Task<ConnectorRun> RunAsync(params string[] arguments) => RunAsync(arguments, static _ => false, static _ => Task.CompletedTask);

    /// <summary>Runs it, and does something to it once the output so far is as expected.</summary>
    /// <param name="isTime">Asked after every piece of output, until it says yes.</param>
    public async Task<ConnectorRun> RunAsync(string[] arguments, Func<ReadOnlyMemory<byte>, bool> isTime, Func<Process, Task> act)
    {
        var start = Program is null ? ConnectorProgram.Start(arguments) : new ProcessStartInfo(Program, arguments);
        (start.RedirectStandardInput, start.RedirectStandardOutput, start.RedirectStandardError) = (true, true, true);
        start.StandardErrorEncoding = Encoding.UTF8;
        start.WorkingDirectory = Folder;
        start.Environment["AIRBYTE_STAGING_DIRECTORY"] = Staging;
        foreach (var (name, value) in Environment) start.Environment[name] = value;
        using var process = Process.Start(start)!; // its stdin stays open and empty, as under docker run -i
        using var patience = new CancellationTokenSource(s_patience);
        using var output = new MemoryStream();
        var (isDone, isKilled) = (false, false);
        try
        {
            var errors = process.StandardError.ReadToEndAsync(patience.Token);
            var memory = WatchesMemory ? PeakMemory.WatchAsync(process) : Task.FromResult(0L);
            var piece = new byte[16 * 1024];
            for (int length; (length = await process.StandardOutput.BaseStream.ReadAsync(piece, patience.Token)) > 0;)
            {
                output.Write(piece, 0, length);
                if (isDone || !isTime(output.GetBuffer().AsMemory(0, (int)output.Length))) continue;
                isDone = true;
                await act(process);
            }
            await process.WaitForExitAsync(patience.Token);
            isKilled = process.ExitCode == 128 + 9;
            var run = new ConnectorRun(string.Join(' ', arguments), process.ExitCode, output.ToArray(), await errors, isKilled) { PeakMemory = await memory };
            AssertNoSecret(Encoding.UTF8.GetString(run.Output.Span));
            AssertNoSecret(run.Errors);
            return run;
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{string.Join(' ', arguments)} did not end within {s_patience}; so far it wrote {output.Length} bytes, the last of "
                + $"them {Encoding.UTF8.GetString(output.GetBuffer(), (int)Math.Max(0, output.Length - 500), (int)Math.Min(500, output.Length))}");
        }
    }

    /// <summary>Fails when a text holds a password or token of the configuration, as it is or as it travels.</summary>
    public void AssertNoSecret(string text) => Assert.All(_secrets, secret => Assert.DoesNotContain(secret, text, StringComparison.Ordinal));

    public void Dispose() => _folder.Delete(recursive: true);

    static IEnumerable<string> SecretsIn(JsonObject config)
    {
        foreach (var (name, value) in config)
        {
            var texts = value switch
            {
                JsonObject inner => [.. SecretsIn(inner)],
                JsonArray list when s_secretNames.Contains(name) => [.. list.Select(static v => (string)v!)],
                JsonValue when s_secretNames.Contains(name) => [(string)value!],
                _ => Array.Empty<string>(),
            };
            foreach (var text in texts.Where(static t => t.Length > 0))
            {
                yield return text;
                yield return Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
                if (config["username"] is { } user) yield return Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{text}"));
            }
        }
    }
}
