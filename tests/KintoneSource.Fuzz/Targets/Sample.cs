using System.Text;
using KintoneSimulator;
using KintoneSource.Commands;
using KintoneSource.Configuration;
using KintoneSource.Kintone.Http;
using KintoneSource.Protocol;

namespace KintoneSource.Fuzz.Targets;

/// <summary>The sample company's domain in memory, and commands run against it.</summary>
static class Sample
{
    public const string Password = SampleCompany.DemoPassword;

    public static readonly string Config = $$"""
        {"subdomain": "example", "base_url": "http://localhost:8080", "max_concurrent_requests": 1,
         "credentials": {"auth_type": "password", "username": "{{SampleCompany.DemoUser}}", "password": "{{Password}}" },
         "app_selection": {"mode": "all_apps"} }
        """;

    /// <summary>The administrator's own way to the domain.</summary>
    public static HttpClient Client(Simulator simulator)
    {
        var client = new HttpClient(new InMemoryHandler(simulator)) { BaseAddress = new("http://localhost:8080") };
        client.DefaultRequestHeaders.Add("X-Cybozu-Authorization",
            Convert.ToBase64String(Encoding.UTF8.GetBytes($"{SampleCompany.Administrator}:{SampleCompany.AdministratorPassword}")));
        return client;
    }

    /// <summary>What a command writes.</summary>
    public static async Task<(int ExitCode, byte[] Output)> RunAsync(HttpMessageHandler handler, TimeProvider time, Func<Source, CancellationToken,
        Task<int>> command, Patience patience, string? config = null)
    {
        using var stdout = new MemoryStream();
        var mask = new SecretMask();
        int exitCode;
        await using (var writer = new MessageWriter(stdout, mask))
        {
            var parsed = SourceConfig.Parse(Encoding.UTF8.GetBytes(config ?? Config));
            mask.Add(parsed.SecretValues);
            using var source = Source.Over(handler, parsed, patience, writer, time, terminal: null, pageSize: 100);
            try { exitCode = await command(source, CancellationToken.None); }
#pragma warning disable CA1031 // as Program does
            catch (Exception e) when (e is not OutputException)
#pragma warning restore CA1031
            {
                await writer.WriteAsync(AirbyteMessage.Error(Failures.ToTrace(e), time.GetUtcNow()), CancellationToken.None);
                exitCode = 1;
            }
        }
        return (exitCode, stdout.ToArray());
    }

    /// <summary>What discover offers, as a catalog that selects all of it.</summary>
    public static byte[] Catalog(Simulator simulator, bool incremental)
    {
        using var handler = new InMemoryHandler(simulator);
        var (_, output) = RunAsync(handler, simulator.Options.Time, static (source, ct) => new DiscoverCommand(source).RunAsync(ct), Patience.ForDiscover)
            .GetAwaiter().GetResult();
        var line = Encoding.UTF8.GetString(output).Split('\n').Single(static l => l.StartsWith("{\"type\":\"CATALOG\"", StringComparison.Ordinal));
        using var document = System.Text.Json.JsonDocument.Parse(line);
        var streams = document.RootElement.GetProperty("catalog").GetProperty("streams").EnumerateArray().Select(stream =>
        {
            var mode = incremental && stream.GetProperty("supported_sync_modes").GetArrayLength() > 1 ? "incremental" : "full_refresh";
            return $$"""{"stream":{{stream.GetRawText()}},"sync_mode":"{{mode}}","destination_sync_mode":"append","generation_id":1,"minimum_generation_id":0,"sync_id":5,"include_files":false}""";
        });
        return Encoding.UTF8.GetBytes($"{{\"streams\":[{string.Join(',', streams)}]}}");
    }
}
