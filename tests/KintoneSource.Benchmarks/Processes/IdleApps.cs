using System.Globalization;
using System.Text.Json.Nodes;

namespace KintoneSource.Benchmarks.Processes;

/// <summary>
/// A sync of many apps in which nothing has changed, at 100 ms a request, by one published program beside another (the one before a change), in
/// turns against one server: requests and time. Each program goes on from states of its own.
/// </summary>
static class IdleApps
{
    const int Runs = 3, Records = 20, Latency = 100;

    /// <param name="programs">Natively compiled connectors, the earlier one first.</param>
    public static void Run(IReadOnlyList<string> programs, int apps)
    {
        var work = Directory.CreateTempSubdirectory("idle-apps-").FullName;
        try
        {
            using var server = Server.StartMany(apps, Records);
            var commands = programs.Select((program, i) => Prepare(server, program, Directory.CreateDirectory(Path.Combine(work, $"{i}")).FullName)).ToArray();
            server.SetLatency(Latency);
            var runs = commands.Select(static _ => new List<(double Seconds, long Requests)>()).ToArray();
            for (var round = 0; round < Runs; round++)
            {
                for (var i = 0; i < commands.Length; i++)
                {
                    server.Take();
                    var use = MeasuredProcess.Run(commands[i], work);
                    runs[i].Add((use.WallSeconds, server.Take().Requests));
                }
            }
            for (var i = 0; i < commands.Length; i++)
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{programs[i]}: {Seconds(i),6:F2} s, {runs[i].Max(static r => r.Requests):N0} requests"));
            if (commands.Length > 1) Console.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"time: {Seconds(commands.Length - 1) / Seconds(0):F2} times"));

            double Seconds(int i) => Measurement.Median([.. runs[i].Select(static r => r.Seconds)]);
        }
        finally { Directory.Delete(work, recursive: true); }
    }

    /// <summary>Discovers, reads everything once and keeps the states.</summary>
    public static string[] Prepare(Server server, string program, string folder)
    {
        var (config, catalog, state) = (Path.Combine(folder, "config.json"), Path.Combine(folder, "catalog.json"), Path.Combine(folder, "state.json"));
        File.WriteAllText(config, Contestant.Configuration(server, new() { ["mode"] = "all_apps" }));
        File.WriteAllText(catalog, Contestant.Catalog(program, config, static name => name.EndsWith("_records", StringComparison.Ordinal)));
        string[] read = [program, "read", "--config", config, "--catalog", catalog];
        var states = Output.Of(program, read[1..]).Split('\n').Where(static line => line.StartsWith("{\"type\":\"STATE\"", StringComparison.Ordinal))
            .Select(static line => JsonNode.Parse(line)!["state"]!)
            .GroupBy(static s => (string)s["stream"]!["stream_descriptor"]!["name"]!).Select(static g => g.Last().DeepClone());
        File.WriteAllText(state, new JsonArray([.. states]).ToJsonString());
        return [.. read, "--state", state];
    }
}
