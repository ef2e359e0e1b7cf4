using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KintoneSimulator;
using KintoneSource.Commands;
using KintoneSource.Configuration;
using KintoneSource.Kintone.Apps;
using KintoneSource.Kintone.Http;
using KintoneSource.Protocol;

namespace WarehouseTests;

/// <summary>
/// The connector from its commands inwards, as the program composes it, with a simulator in place of the network, virtual
/// time in place of the clock and a pipe that can break in place of stdout.
/// </summary>
sealed class Connector(Simulator simulator, VirtualTime time) : IDisposable
{
    public const string User = "admin", Password = "not-a-secret";

    /// <summary>Records per request; small ones make many pages of few records.</summary>
    public int PageSize { get; init; } = KintoneApp.LargestPage;

    /// <summary>Bytes of answers; null for as much as usual.</summary>
    public long? Memory { get; init; }

    readonly DirectoryInfo _files = Directory.CreateTempSubdirectory("warehouse-");

    /// <summary>A configuration for these apps; other options as they stand in spec.json.</summary>
    public static JsonObject Config(IEnumerable<(long App, string? Filter)> apps, int maxConcurrentRequests = 4, bool? emitDeletedRecords = null,
        DateTimeOffset? startDate = null)
    {
        var config = new JsonObject
        {
            ["subdomain"] = "example",
            ["base_url"] = "http://localhost:1",
            ["credentials"] = new JsonObject { ["auth_type"] = "password", ["username"] = User, ["password"] = Password },
            ["app_selection"] = new JsonObject
            {
                ["mode"] = "listed_apps",
                ["apps"] = new JsonArray([.. apps.Select(static a => a.Filter is null
                    ? new JsonObject { ["app"] = a.App }
                    : new JsonObject { ["app"] = a.App, ["filter"] = a.Filter })]),
            },
            ["max_concurrent_requests"] = maxConcurrentRequests,
        };
        if (emitDeletedRecords is { } emit) config["emit_deleted_records"] = emit;
        if (startDate is { } start) config["start_date"] = start.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'",
            System.Globalization.CultureInfo.InvariantCulture);
        return config;
    }

    /// <summary>The streams of the catalog, by name.</summary>
    public async Task<Dictionary<string, JsonObject>> DiscoverAsync(JsonObject config)
    {
        var output = await RunAsync(config, new BreakingStream(), static source => new DiscoverCommand(source).RunAsync(CancellationToken.None));
        var catalog = output.Messages.Single(static m => m.GetProperty("type").GetString() == "CATALOG").GetProperty("catalog");
        return catalog.GetProperty("streams").EnumerateArray().ToDictionary(static s => s.GetProperty("name").GetString()!, static s => JsonObject.Create(s)!);
    }

    /// <param name="states">The last STATE of each stream; none starts from nothing.</param>
    /// <param name="killAfter">The connector is killed when it has written so many bytes.</param>
    /// <param name="throwAfter">Something throws when it has written so many bytes, whatever is under way.</param>
    public async Task<Output> ReadAsync(JsonObject config, IEnumerable<JsonObject> streams, IEnumerable<JsonElement>? states = null,
        long killAfter = long.MaxValue, long throwAfter = long.MaxValue)
    {
        var catalog = await WriteAsync("catalog.json", new JsonObject { ["streams"] = new JsonArray([.. streams.Select(static s => s.DeepClone())]) });
        var state = states is null ? null : await WriteAsync("state.json", new JsonArray([.. states.Select(static s => JsonObject.Create(s))]));
        var output = await RunAsync(
            config, new BreakingStream(killAfter, throwAfter), source => new ReadCommand(source).RunAsync(new("read", null, catalog, state), CancellationToken.None));
        time.Advance(TimeSpan.FromSeconds(1)); // a process takes time to start
        return output;
    }

    async Task<Output> RunAsync(JsonObject config, BreakingStream stdout, Func<Source, Task<int>> run)
    {
        var exitCode = 1;
        await using var _ = stdout;
        try
        {
            var parsed = SourceConfig.Parse(Encoding.UTF8.GetBytes(config.ToJsonString()), "config.json");
            await using var writer = new MessageWriter(stdout, new());
            using var source = Source.Over(
                new InMemoryHandler(simulator), parsed, Patience.ForSync, writer, time, terminal: null, PageSize, Memory is { } bytes ? new(bytes) : null);
            exitCode = await run(source);
        }
        catch (OutputException) when (stdout.IsBroken) { }
        catch (InvalidTimeZoneException) when (stdout.HasThrown) { }
        return Output.Parse(stdout.Written, exitCode, stdout.IsBroken || stdout.HasThrown);
    }

    async Task<string> WriteAsync(string name, JsonNode content)
    {
        var path = Path.Combine(_files.FullName, name);
        await File.WriteAllTextAsync(path, content.ToJsonString());
        return path;
    }

    public void Dispose() => _files.Delete(recursive: true);
}
