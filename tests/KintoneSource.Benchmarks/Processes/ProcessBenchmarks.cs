using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KintoneSource.Benchmarks.Processes;

/// <summary>
/// The published connector as a process beside what somebody would use instead and beside a bare download: one
/// server, runs interleaved, the first of each kind thrown away. Writes results.json, the page and the charts.
/// </summary>
static class ProcessBenchmarks
{
    const int SpecRuns = 25;

    /// <param name="options"><c>--quick</c> for small sizes, whose results go beside the build; <c>--render</c> makes the page from the results that
    /// are there; <c>--beside</c> and an earlier program hold this one against it.</param>
    public static void Run(IReadOnlyList<string> options)
    {
        var repository = RepositoryRoot();
        var quick = options.Contains("--quick");
        var work = Path.Combine(repository, "artifacts", "benchmarks");
        var docs = quick ? work : Path.Combine(repository, "docs");
        Directory.CreateDirectory(work);
        Directory.CreateDirectory(Path.Combine(docs, "benchmarks"));
        var file = Path.Combine(docs, "benchmarks", "results.json");
        if (!options.Contains("--render"))
            File.WriteAllText(file, JsonSerializer.Serialize(Measure(quick, EarlierIn(options), repository, work), ResultsJson.Default.Results) + "\n");
        Report.Write(JsonSerializer.Deserialize(File.ReadAllText(file), ResultsJson.Default.Results)!, docs, Path.Combine(repository, "docs"));
        Console.WriteLine($"Written: {docs}{Path.DirectorySeparatorChar}benchmarks.md and benchmarks{Path.DirectorySeparatorChar}*");
    }

    static string? EarlierIn(IReadOnlyList<string> options) =>
        options.SkipWhile(static option => option != "--beside").Skip(1).FirstOrDefault() is { } program ? Path.GetFullPath(program) : null;

    static Results Measure(bool quick, string? earlier, string repository, string work)
    {
        if (!OperatingSystem.IsLinux()) throw new PlatformNotSupportedException("Processes are measured on Linux only.");
        var plans = quick ? Plan.Quick : Plan.Full;
        var program = Program(repository);
        var clients = OfficialClients.Install(repository);
        using var server = Server.Start([.. plans.Select(static p => p.Scenario.Records).Union(Allocation.Sizes)]);
        var contestants = Contestant.All(server, program, earlier, work, clients);

        var spec = Enumerable.Range(0, SpecRuns + 3).Select(_ => MeasuredProcess.Run([program, "spec"], work).WallSeconds).Skip(3).ToArray();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"spec: {Measurement.Median(spec) * 1000:F1} ms"));
        foreach (var contestant in contestants) Once(contestant.Command(plans[0].Scenario), plans[0].Scenario, server, work);

        var allocated = Allocation.PerRecord(records => contestants[0].Command(new(records, 0)));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"allocated per record: {allocated:F0} bytes"));

        server.SetCompression(true);
        var compressed = Compete(plans[1], [contestants[0]], server, work);
        server.SetCompression(false);
        Measurement[] measurements = [.. plans.SelectMany(plan => Compete(plan, contestants, server, work))];
        return new(
            DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), ThisMachine(), VersionsOf(program, clients), quick,
            new FileInfo(program).Length,
            Math.Round(allocated, 1), [.. spec.Select(static s => Math.Round(s, 5))], compressed, measurements);
    }

    /// <summary>All who take part, in turns.</summary>
    static Measurement[] Compete(Plan plan, IReadOnlyList<Contestant> contestants, Server server, string work)
    {
        var (scenario, runs) = (plan.Scenario, contestants.ToDictionary(static c => c, static _ => new List<(ProcessUse Use, Served Served)>()));
        var commands = contestants.Where(c => plan.RunsOf(c.Name) > 0).ToDictionary(static c => c, c => c.Command(scenario));
        server.SetLatency(scenario.LatencyMilliseconds);
        for (var round = 0; round < commands.Keys.Max(c => plan.RunsOf(c.Name)); round++)
            foreach (var (contestant, command) in commands.Where(c => plan.RunsOf(c.Key.Name) > round))
                runs[contestant].Add(Once(command, scenario, server, work));
        server.SetLatency(0);
        return [.. commands.Keys.Select(contestant =>
        {
            var done = runs[contestant];
            var measured = new Measurement(
                contestant.Name, scenario.Records, scenario.LatencyMilliseconds,
                [.. done.Select(static r => Math.Round(r.Use.CpuSeconds, 3))], [.. done.Select(static r => Math.Round(r.Use.WallSeconds, 3))],
                [.. done.Select(static r => r.Use.PeakBytes)], done[^1].Served.Requests, done[^1].Served.Bytes);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{scenario.Records,9:N0} records, {scenario.LatencyMilliseconds,3} ms  {contestant.Name,-14} {measured.Cpu,7:F3} s CPU "
                    + $"{measured.Wall,7:F2} s {measured.Peak / 1e6,6:F0} MB {measured.Requests,5} requests  ({done.Count} runs)"));
            return measured;
        })];
    }

    static (ProcessUse Use, Served Served) Once(IReadOnlyList<string> command, Scenario scenario, Server server, string folder)
    {
        server.Take();
        var use = MeasuredProcess.Run(command, folder);
        var served = server.Take();
        return served.Records >= scenario.Records ? (use, served)
            : throw new InvalidOperationException($"`{string.Join(' ', command)}` fetched {served.Records} of {scenario.Records} records.");
    }

    /// <summary>The natively compiled connector: SOURCE_KINTONE, or published here and now.</summary>
    static string Program(string repository)
    {
        if (Environment.GetEnvironmentVariable("SOURCE_KINTONE") is { Length: > 0 } given) return Path.GetFullPath(given);
        var rid = RuntimeInformation.RuntimeIdentifier.EndsWith("arm64", StringComparison.Ordinal) ? "linux-arm64" : "linux-x64";
        var folder = Path.Combine(repository, "artifacts", rid);
        Console.WriteLine("Publishing the connector as native code; SOURCE_KINTONE would name one that is there.");
        Output.Of("dotnet", "publish", Path.Combine(repository, "src", "KintoneSource"), "-c", "Release", "-r", rid, "-p:PublishAot=true",
            "--artifacts-path", Path.Combine(repository, "artifacts", "aot"), "-o", folder, "--nologo", "-v", "q");
        return Path.Combine(folder, "source-kintone");
    }

    static Machine ThisMachine() => new(
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(static l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim()
            ?? RuntimeInformation.OSArchitecture.ToString(),
        Environment.ProcessorCount,
        Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9, 1),
        RuntimeInformation.OSDescription);

    static Versions VersionsOf(string program, string clients) => new(
        Output.Of("/bin/sh", "-c", "\"$0\" --version 2>&1", program).Trim().Split('+')[0], // it keeps stdout for messages
        Output.Of("node", "--version").Trim(),
        PackageVersion(clients, "rest-api-client"),
        PackageVersion(clients, "cli"),
        Output.Of("curl", "--version").Split(' ')[1],
        RuntimeInformation.FrameworkDescription);

    static string PackageVersion(string clients, string package) =>
        (string)JsonNode.Parse(File.ReadAllText(Path.Combine(clients, "node_modules", "@kintone", package, "package.json")))!["version"]!;

    static string RepositoryRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "KintoneSource.sln"))) return folder.FullName;
        throw new DirectoryNotFoundException($"No repository above {AppContext.BaseDirectory}.");
    }
}
