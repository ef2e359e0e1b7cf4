using System.Text;
using System.Text.Json;
using KintoneSimulator;
using KintoneSource.Catalog;
using KintoneSource.Commands;
using KintoneSource.Configuration;
using KintoneSource.Kintone.Http;
using KintoneSource.Protocol;
using KintoneSource.Reading.States;
using Microsoft.Extensions.Time.Testing;

namespace KintoneSource.Tests.Simulation;

/// <summary>Runs the connector's commands in this process, against a simulator without sockets.</summary>
static class InProcess
{
    /// <summary>A whole minute, so that no sync waits for one to be over.</summary>
    public static FakeTimeProvider Clock() => new(new(2026, 5, 1, 3, 0, 0, TimeSpan.Zero));

    public static Task<Run> CheckAsync(this Simulator simulator, string config) =>
        RunAsync(simulator, "check", config, null, null, null, static (source, ct) => new CheckCommand(source).RunAsync(ct));

    public static Task<Run> DiscoverAsync(this Simulator simulator, string config) =>
        RunAsync(simulator, "discover", config, null, null, null, static (source, ct) => new DiscoverCommand(source).RunAsync(ct));

    /// <param name="catalog">A configured catalog.</param>
    /// <param name="state">As a platform would pass it; null for none.</param>
    /// <param name="environment">What the program finds in its environment; nothing where it is null.</param>
    /// <param name="memory">Bytes of answers; null for as much as usual.</param>
    /// <param name="stdout">Where it may break off: what it wrote before is the run's, up to the last whole line.</param>
    public static Task<Run> ReadAsync(this Simulator simulator, string config, string catalog, string? state = null, Func<string, string?>? environment = null,
        long? memory = null, BreakingStream? stdout = null) =>
        RunAsync(simulator, "read", config, environment, memory, stdout, (source, ct) => new ReadCommand(source).RunAsync(
            ConfiguredCatalog.Parse(Encoding.UTF8.GetBytes(catalog), "catalog.json"), state is null ? InputState.Empty
                : InputState.Parse(Encoding.UTF8.GetBytes(state), "state.json"), ct));

    static async Task<Run> RunAsync(Simulator simulator, string command, string config, Func<string, string?>? environment, long? memory,
        BreakingStream? stdout, Func<Source, CancellationToken, Task<int>> run)
    {
        stdout ??= new();
        var mask = new SecretMask();
        var exitCode = 1;
        try
        {
            await using var writer = new MessageWriter(stdout, mask);
            var parsed = SourceConfig.Parse(Encoding.UTF8.GetBytes(config));
            mask.Add(parsed.SecretValues);
            var patience = command switch { "check" => Patience.ForCheck, "discover" => Patience.ForDiscover, _ => Patience.ForSync };
            using var source = Source.Over(new InMemoryHandler(simulator), parsed, patience, writer, simulator.Options.Time, terminal: null,
                memory: memory is { } bytes ? new(bytes) : null, environment: environment ?? (static _ => null));
            exitCode = await run(source, CancellationToken.None);
        }
        catch (OutputException) when (stdout.IsBroken) { }
        catch (InvalidTimeZoneException) when (stdout.HasThrown) { }
        var written = stdout.Written.Span;
        return new(exitCode, Encoding.UTF8.GetString(written[..(written.LastIndexOf((byte)'\n') + 1)]));
    }
}

/// <summary>What a command wrote and how it ended.</summary>
sealed record Run(int ExitCode, string Output)
{
    /// <summary>All messages, in order.</summary>
    public IReadOnlyList<JsonElement> Messages { get; } =
        [.. Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonSerializer.Deserialize<JsonElement>(line))];

    /// <summary>The bodies of one type of message, as <c>record</c> of RECORD.</summary>
    public IEnumerable<JsonElement> Of(string type, string body) =>
        Messages.Where(m => m.GetProperty("type").GetString() == type).Select(m => m.GetProperty(body));

    /// <summary>The data of one stream's records, as written.</summary>
    public IReadOnlyList<JsonElement> Records(string stream) =>
        [.. Of("RECORD", "record").Where(r => r.GetProperty("stream").GetString() == stream).Select(static r => r.GetProperty("data"))];

    public IReadOnlyList<string> Warnings =>
        [.. Of("LOG", "log").Where(static l => l.GetProperty("level").GetString() == "WARN").Select(static l => l.GetProperty("message").GetString()!)];

    /// <summary>The ERROR traces' messages.</summary>
    public IReadOnlyList<JsonElement> Errors =>
        [.. Of("TRACE", "trace").Where(static t => t.GetProperty("type").GetString() == "ERROR").Select(static t => t.GetProperty("error"))];

    /// <summary>The catalog that discover wrote.</summary>
    public JsonElement Catalog => Assert.Single(Of("CATALOG", "catalog"));

    /// <summary>What check found: null for nothing.</summary>
    public (string Status, string? Message) Check
    {
        get
        {
            var status = Assert.Single(Of("CONNECTION_STATUS", "connectionStatus"));
            return (status.GetProperty("status").GetString()!, status.TryGetProperty("message", out var message) ? message.GetString() : null);
        }
    }

    /// <summary>A configured catalog of discovered streams.</summary>
    /// <param name="incremental">Asks for it wherever a stream offers it.</param>
    public string Configure(Func<string, bool>? streams = null, bool incremental = false) => JsonSerializer.Serialize(new
    {
        streams = Catalog.GetProperty("streams").EnumerateArray()
            .Where(s => streams?.Invoke(s.GetProperty("name").GetString()!) ?? true)
            .Select(s => new
            {
                stream = s,
                sync_mode = incremental && s.GetProperty("supported_sync_modes").EnumerateArray().Any(static m => m.GetString() == "incremental")
                    ? "incremental" : "full_refresh",
                destination_sync_mode = "append",
            }),
    });
}
