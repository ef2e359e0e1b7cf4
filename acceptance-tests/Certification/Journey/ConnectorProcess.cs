using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KintoneSource.Certification;

/// <summary>The connector as a program: the published one that SOURCE_KINTONE names, otherwise the one built beside this.</summary>
public sealed class ConnectorProcess
{
    static readonly TimeSpan s_patience = TimeSpan.FromMinutes(15);

    readonly string _folder;
    readonly IReadOnlyList<string> _program;

    /// <param name="folder">For the files that it is passed; nobody else should read it, the configuration holds the password.</param>
    public ConnectorProcess(string folder)
    {
        _folder = folder;
        var published = Environment.GetEnvironmentVariable("SOURCE_KINTONE") is { Length: > 0 } path ? path : null;
        var file = Path.GetFullPath(published
            ?? Path.Combine(AppContext.BaseDirectory, "../../KintoneSource", new DirectoryInfo(AppContext.BaseDirectory).Name, "source-kintone.dll"));
        if (!File.Exists(file))
            throw new CertificationException($"The connector is not at {file}. Build it, or set SOURCE_KINTONE to where it is.");
        _program = published is null ? ["dotnet", file] : [file];
        IsPublished = published is not null;
    }

    public bool IsPublished { get; }

    public async Task<ConnectorOutput> RunAsync(string command, JsonObject? config = null, JsonObject? catalog = null, JsonArray? state = null)
    {
        var arguments = new List<string> { command };
        foreach (var (name, content) in new (string, JsonNode?)[] { ("config", config), ("catalog", catalog), ("state", state) })
        {
            if (content is null)
                continue;
            var file = Path.Combine(_folder, $"{name}.json");
            await File.WriteAllTextAsync(file, content.ToJsonString());
            arguments.AddRange([$"--{name}", file]);
        }
        var start = new ProcessStartInfo(_program[0], [.. _program.Skip(1), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        using var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(s_patience);
        try
        {
            var errors = process.StandardError.ReadToEndAsync(patience.Token);
            var lines = (await process.StandardOutput.ReadToEndAsync(patience.Token)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            await process.WaitForExitAsync(patience.Token);
            await errors;
            return new(command, process.ExitCode, [.. lines.Select(static line => JsonElement.Parse(Encoding.UTF8.GetBytes(line)))]);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new CertificationException($"source-kintone {command} did not end within {s_patience}.");
        }
    }
}

/// <summary>What one run of the connector wrote.</summary>
public sealed class ConnectorOutput(string command, int exitCode, IReadOnlyList<JsonElement> messages)
{
    public int ExitCode => exitCode;

    /// <summary>The only message of a type.</summary>
    public JsonElement Only(string type, string payload) =>
        messages.FirstOrDefault(message => message.GetProperty("type").GetString() == type) is { ValueKind: JsonValueKind.Object } found
        ? found.GetProperty(payload) : throw new CertificationException($"source-kintone {command} wrote no {type} message. {Problem}");

    public IEnumerable<(string Stream, JsonElement Data)> Records => messages.Where(static message => message.GetProperty("type").GetString() == "RECORD")
        .Select(static message => message.GetProperty("record"))
        .Select(static record => (record.GetProperty("stream").GetString()!, record.GetProperty("data")));

    /// <summary>The last state of each stream, as a platform passes them on.</summary>
    public IReadOnlyDictionary<string, JsonNode> States => messages.Where(static message => message.GetProperty("type").GetString() == "STATE")
        .Select(static message => message.GetProperty("state"))
        .GroupBy(static state => state.GetProperty("stream").GetProperty("stream_descriptor").GetProperty("name").GetString()!)
        .ToDictionary(static states => states.Key, static states => JsonNode.Parse(states.Last().GetRawText())!);

    public IReadOnlySet<string> Completed => messages.Where(static message => message.GetProperty("type").GetString() == "TRACE")
        .Select(static message => message.GetProperty("trace"))
        .Where(static trace => trace.GetProperty("type").GetString() == "STREAM_STATUS").Select(static trace => trace.GetProperty("stream_status"))
        .Where(static status => status.GetProperty("status").GetString() == "COMPLETE")
        .Select(static status => status.GetProperty("stream_descriptor").GetProperty("name").GetString()!).ToHashSet();

    /// <summary>What it says of its failure, for a person at the terminal; not for a report.</summary>
    public string Problem => string.Join(' ', messages.Where(static message => message.GetProperty("type").GetString() == "TRACE")
        .Select(static message => message.GetProperty("trace"))
        .Where(static trace => trace.GetProperty("type").GetString() == "ERROR")
        .Select(static trace => trace.GetProperty("error").GetProperty("message").GetString()));
}
