using System.Globalization;
using System.Text.Json.Nodes;

namespace KintoneSource.Benchmarks.Processes;

/// <summary>
/// A sync of many apps in which nothing has changed, at 100 ms a request, by one published program beside another (the one before a change), in
/// turns against one server: requests and time. Each program goes on from states of its own.
/// </summary>
static class IdleApps
{
    const int Runs = 5, Records = 20, Latency = 100;

    const string Audit = "sync_audit";

    /// <param name="programs">Natively compiled connectors, the earlier one first.</param>
    public static void Run(IReadOnlyList<string> programs, int apps) =>
        Compare(apps, [.. programs.Select(static program => (program, (Func<Server, string, string[]>)((server, folder) => Prepare(server, program, folder))))]);

    /// <summary>
    /// One program without <c>sync_audit</c>, with it in a later sync of a day, which has no row for an idle stream, and in the first one, which has one
    /// for each.
    /// </summary>
    public static void RunAudit(string program, int apps) => Compare(apps,
    [
        ("without", (server, folder) => Prepare(server, program, folder)),
        ("later", (server, folder) => Prepare(server, program, folder, withAudit: true)),
        ("first of a day", (server, folder) =>
        {
            var command = Prepare(server, program, folder, withAudit: true);
            var states = JsonNode.Parse(File.ReadAllText(command[^1]))!.AsArray();
            states.Remove(states.Single(static s => NameOf(s!) == Audit));
            File.WriteAllText(command[^1], states.ToJsonString());
            return command;
        }),
    ]);

    static void Compare(int apps, IReadOnlyList<(string Name, Func<Server, string, string[]> Prepare)> contestants)
    {
        var work = Directory.CreateTempSubdirectory("idle-apps-").FullName;
        try
        {
            using var server = Server.StartMany(apps, Records);
            var commands = contestants.Select((c, i) => c.Prepare(server, Directory.CreateDirectory(Path.Combine(work, $"{i}")).FullName)).ToArray();
            server.SetLatency(Latency);
            var runs = commands.Select(static _ => new List<(ProcessUse Use, long Requests)>()).ToArray();
            for (var round = 0; round < Runs; round++)
            {
                for (var i = 0; i < commands.Length; i++)
                {
                    server.Take();
                    var use = MeasuredProcess.Run(commands[i], work);
                    runs[i].Add((use, server.Take().Requests));
                }
            }
            for (var i = 0; i < commands.Length; i++)
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{contestants[i].Name}: {Of(i, Wall),6:F2} s ({Of(i, Wall) / Of(0, Wall):F3}), {Of(i, Cpu):F2} CPU s, "
                    + $"{runs[i].Max(static r => r.Requests):N0} requests"));

            double Of(int i, Func<ProcessUse, double> figure) => Measurement.Median([.. runs[i].Select(r => figure(r.Use))]);
        }
        finally { Directory.Delete(work, recursive: true); }
    }

    static double Wall(ProcessUse use) => use.WallSeconds;

    static double Cpu(ProcessUse use) => use.CpuSeconds;

    /// <summary>Discovers, reads everything once and keeps the states.</summary>
    /// <returns>A command whose last argument is the file of states.</returns>
    public static string[] Prepare(Server server, string program, string folder, bool withAudit = false)
    {
        var (config, catalog, state) = (Path.Combine(folder, "config.json"), Path.Combine(folder, "catalog.json"), Path.Combine(folder, "state.json"));
        File.WriteAllText(config, Contestant.Configuration(server, new() { ["mode"] = "all_apps" }));
        File.WriteAllText(catalog, Contestant.Catalog(program, config, name =>
            name.EndsWith("_records", StringComparison.Ordinal) || (withAudit && name == Audit)));
        string[] read = [program, "read", "--config", config, "--catalog", catalog];
        var states = Output.Of(program, read[1..]).Split('\n').Where(static line => line.StartsWith("{\"type\":\"STATE\"", StringComparison.Ordinal))
            .Select(static line => JsonNode.Parse(line)!["state"]!)
            .GroupBy(NameOf).Select(static g => g.Last().DeepClone());
        File.WriteAllText(state, new JsonArray([.. states]).ToJsonString());
        return [.. read, "--state", state];
    }

    static string NameOf(JsonNode state) => (string)state["stream"]!["stream_descriptor"]!["name"]!;
}
