using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using KintoneSource.Commands;

namespace KintoneSource.Tests.Commands;

/// <summary>What one run of the connector printed.</summary>
sealed partial record Output(int ExitCode, string Text)
{
    public IReadOnlyList<JsonObject> Messages { get; } = [.. Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(static l => JsonNode.Parse(l)!.AsObject())];

    public IEnumerable<JsonObject> Of(string type) => Messages.Where(m => (string)m["type"]! == type);

    public string CheckStatus => (string)Of("CONNECTION_STATUS").Single()["connectionStatus"]!["status"]!;

    /// <summary>What a person reads of it, without what differs from run to run.</summary>
    public string Complaints => string.Join('\n',
        Of("LOG").Where(static m => (string)m["log"]!["level"]! == "WARN").Select(static m => $"WARN {m["log"]!["message"]}")
            .Concat(Of("CONNECTION_STATUS").Select(static m => $"{m["connectionStatus"]!["status"]} {m["connectionStatus"]!["message"]}"))
            .Concat(Of("TRACE").Where(static m => m["trace"]!["error"] is not null)
                .Select(static m => $"{m["trace"]!["error"]!["failure_type"]} {m["trace"]!["error"]!["message"]}"))
            .Select(static text => Varying.Replace(text, "…")));

    [GeneratedRegex(@"(?<=error ID )\w+|(?<=localhost:)\d+|(?<=in )\d+ s|(?<=after )\d+ attempts")]
    static partial Regex Varying { get; }
}

/// <summary>Runs commands on one configuration, and holds all they print to one rule: no secret in it, in whatever form.</summary>
sealed class ConnectorRuns : IDisposable
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("source-kintone-test-");

    /// <summary>What the configuration holds and what Kintone hands out.</summary>
    public List<string> Secrets { get; } = [];

    /// <summary>In this process, by the program's own way in.</summary>
    public async Task<Output> RunAsync(string command, JsonObject config, JsonObject? catalog = null)
    {
        using var stdout = new MemoryStream();
        using var terminal = new StringWriter();
        var call = new Invocation(command, await FileAsync("config.json", config), catalog is null ? null : await FileAsync("catalog.json", catalog), null);
        var code = await Program.RunAsync(call, stdout, terminal, CancellationToken.None);
        return Inspect(code, Encoding.UTF8.GetString(stdout.ToArray()), terminal.ToString());
    }

    /// <summary>As a process of its own, where the environment matters.</summary>
    public async Task<Output> StartAsync(string command, JsonObject config, params IEnumerable<(string Name, string Value)> environment)
    {
        var start = new ProcessStartInfo("dotnet",
            [Path.Combine(AppContext.BaseDirectory, "source-kintone.dll"), command, "--config", await FileAsync("config.json", config)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var (stdout, stderr) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return Inspect(process.ExitCode, await stdout, await stderr);
    }

    public async Task<string> FileAsync(string name, JsonNode content) => await FileAsync(name, content.ToJsonString());

    public async Task<string> FileAsync(string name, string content)
    {
        var path = Path.Combine(_folder.FullName, name);
        await File.WriteAllTextAsync(path, content);
        return path;
    }

    /// <summary>Every stream of a discovered catalog, as a full refresh.</summary>
    public static JsonObject Everything(Output discovered) => new()
    {
        ["streams"] = new JsonArray([.. discovered.Of("CATALOG").Single()["catalog"]!["streams"]!.AsArray().Select(static stream => new JsonObject
        {
            ["stream"] = stream!.DeepClone(),
            ["sync_mode"] = "full_refresh",
            ["destination_sync_mode"] = "overwrite",
        })]),
    };

    Output Inspect(int code, string stdout, string stderr)
    {
        var output = new Output(code, stdout);
        // The platform is to store a new refresh token: the one message that carries the configuration as it is.
        var shown = stderr + string.Join('\n', stdout.Split('\n').Where(static l => !l.Contains("\"CONTROL\"", StringComparison.Ordinal)));
        foreach (var form in Secrets.SelectMany(Forms)) Assert.DoesNotContain(form, shown, StringComparison.Ordinal);
        return output;
    }

    public static IEnumerable<string> Forms(string secret) =>
        [secret, Uri.EscapeDataString(secret), Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)),
            Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)).TrimEnd('=')];

    public void Dispose() => _folder.Delete(recursive: true);
}
