using System.Globalization;
using System.Text.Json.Nodes;

namespace KintoneSource.Benchmarks.Processes;

/// <summary>
/// Connections of one company that share its apps by parts, scheduled for the same minute: as many processes at once against one domain, whose people
/// use thirty of
/// its hundred requests. All must succeed, hardly any request may be refused, and each app is read once.
/// </summary>
static class SharedApps
{
    const int Records = 20, Latency = 100, People = 30;

    /// <exception cref="InvalidOperationException">A sync failed, or an app was read twice or not at all.</exception>
    public static void Run(string program, int apps, int connections)
    {
        var work = Directory.CreateTempSubdirectory("shared-apps-").FullName;
        try
        {
            using var server = Server.StartMany(apps, Records, areWide: true);
            var commands = Enumerable.Range(1, connections)
                .Select(part => Prepare(server, program, part, connections, Directory.CreateDirectory(Path.Combine(work, $"{part}")).FullName)).ToArray();
            server.SetLatency(Latency);
            server.SetBackground(People);
            server.Take();
            var clock = System.Diagnostics.Stopwatch.StartNew();
            var outputs = Task.WhenAll(commands.Select(command => Task.Run(() => Output.Of(program, command)))).Result;
            var seconds = clock.Elapsed.TotalSeconds;
            var (refused, peak, requests) = server.Load();
            var read = outputs.SelectMany(Streams).ToArray();
            if (read.Length != apps || read.Distinct().Count() != apps) throw new InvalidOperationException(
                $"{read.Distinct().Count()} of {apps} apps were read, {read.Length} times in all.");
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{connections} connections, {apps:N0} apps: {seconds:F1} s, {requests:N0} requests, at most {peak} at once, {refused} refused "
                    + $"({100.0 * refused / requests:F1} %); every connection succeeded and each app was read once."));
        }
        finally { Directory.Delete(work, recursive: true); }
    }

    /// <summary>The streams that were completed, with all their records.</summary>
    static IEnumerable<string> Streams(string output) => output.Split('\n')
        .Where(static line => line.StartsWith("{\"type\":\"RECORD\"", StringComparison.Ordinal))
        .Select(static line => (string)JsonNode.Parse(line)!["record"]!["stream"]!)
        .GroupBy(static s => s).Where(static g => g.Count() == Records).Select(static g => g.Key);

    static string[] Prepare(Server server, string program, int part, int parts, string folder)
    {
        var (config, catalog) = (Path.Combine(folder, "config.json"), Path.Combine(folder, "catalog.json"));
        File.WriteAllText(config, Contestant.Configuration(server, new() { ["mode"] = "all_apps", ["part"] = part, ["parts"] = parts }));
        File.WriteAllText(catalog, Contestant.Catalog(program, config, static name => name.EndsWith("_records", StringComparison.Ordinal)));
        return ["read", "--config", config, "--catalog", catalog];
    }
}
