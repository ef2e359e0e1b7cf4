using System.Globalization;
using System.Text;

namespace KintoneSource.Benchmarks.Processes;

/// <summary>The results for people: the generated part of benchmarks.md, and a chart. A function of the results alone.</summary>
static class Report
{
    const string Begin = "<!-- figures: begin (generated) -->", End = "<!-- figures: end -->";

    /// <param name="docs">Where to write.</param>
    /// <param name="templates">Where the page with its text is.</param>
    public static void Write(Results results, string docs, string templates)
    {
        var page = File.ReadAllText(Path.Combine(templates, "benchmarks.md"));
        var (begin, end) = (page.IndexOf(Begin, StringComparison.Ordinal), page.IndexOf(End, StringComparison.Ordinal));
        if (begin < 0 || end < begin) throw new InvalidDataException($"benchmarks.md has no place for the figures between {Begin} and {End}.");
        File.WriteAllText(Path.Combine(docs, "benchmarks.md"), $"{page[..begin]}{Begin}\n{Figures(results)}{page[end..]}");
        File.WriteAllText(Path.Combine(docs, "benchmarks", "peers.svg"), Chart.Of(results));
    }

    static string Figures(Results results)
    {
        var (machine, versions) = (results.Machine, results.Versions);
        var text = new StringBuilder();
        text.Append(Text($"\nMeasured on {results.Date}: {machine.Processor}, {machine.Cores} cores, {machine.MemoryGigabytes:F0} GB, {machine.System}. "))
            .Append(Text($"source-kintone {versions.SourceKintone} (natively compiled, {results.ProgramBytes / 1e6:F1} MB), @kintone/rest-api-client {versions.RestApiClient} and "))
            .Append(Text($"cli-kintone {versions.CliKintone} on Node {versions.Node}, curl {versions.Curl}; the server runs on {versions.Server} on the same machine.\n"));
        if (results.IsQuick) text.Append("\n**A quick run on small sizes: to try the program, not to cite.**\n");
        var targets = Targets.Of(results);
        if (targets.Count > 0)
        {
            text.Append("\n| figure | target | measured | |\n|---|---|---|---|\n");
            foreach (var target in targets) text.Append(
                Text($"| {target.Figure} | {target.Wanted} | {target.Measured} | {(target.IsKept ? "kept" : "**missed**")} |\n"));
        }
        text.Append("\n| records | ms per request | | CPU s | wall s | peak MB | requests | MB received | CPU, times ours | wall, times ours | runs |\n|---:|---:|---|---:|---:|---:|---:|---:|---:|---:|---:|\n");
        foreach (var m in results.Measurements)
        {
            var ours = results.Find(Contestant.Ours, new(m.Records, m.LatencyMilliseconds))!;
            text.Append(Text($"| {m.Records:N0} | {m.LatencyMilliseconds} | {m.Contestant} | {m.Cpu:F2} | {m.Wall:F2} | {m.Peak / 1e6:F0} | {m.Requests:N0} | {m.Bytes / 1e6:F1} | {m.Cpu / ours.Cpu:F1} | {m.Wall / ours.Wall:F1} | {m.CpuSeconds.Count} |\n"));
        }
        if (results.Compressed is [var compressed] && results.Find(Contestant.Ours, new(compressed.Records, compressed.LatencyMilliseconds)) is { } plain)
            text.Append(Text($"\nAgainst a server that compresses with gzip, {compressed.Records:N0} records cost us {compressed.Cpu:F2} s of CPU instead of {plain.Cpu:F2} s.\n"));
        return text.Append('\n').ToString();
    }

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <param name="Wanted">The target in words.</param>
sealed record Target(string Figure, string Wanted, string Measured, bool IsKept);

/// <summary>What the project promises, as far as the results can tell.</summary>
static class Targets
{
    static readonly Scenario s_busy = new(100_000, 0), s_large = new(1_000_000, 0), s_far = new(100_000, 100), s_largeFar = new(1_000_000, 100);

    public static IReadOnlyList<Target> Of(Results results)
    {
        List<Target> targets = [];
        Measurement? Of(string contestant, Scenario scenario) => results.Find(contestant, scenario);

        if (Of(Contestant.Ours, s_busy) is { } busy)
        {
            if (Of(Contestant.Script, s_busy) is { } script) AtLeast("CPU, 100,000 records: the SDK script's against ours", script.Cpu / busy.Cpu, 15);
            if (Of(Contestant.Cli, s_busy) is { } cli) AtLeast("CPU, 100,000 records: cli-kintone's against ours", cli.Cpu / busy.Cpu, 40);
            if (Of(Contestant.Floor, s_busy) is { } floor) AtMost("CPU, 100,000 records: ours against curl's", busy.Cpu / floor.Cpu, 4);
            Add("peak memory, 100,000 records", "under 80 MB", $"{busy.Peak / 1e6:F0} MB", busy.Peak < 80e6);
            var needed = Math.Ceiling(busy.Records / 500.0);
            Add("requests, 100,000 records", "≤ 1.02 × pages + 20", $"{busy.Requests}", busy.Requests <= (1.02 * needed) + 20);
            if (Of(Contestant.Ours, s_large) is { } large)
            {
                Add("peak memory, 1,000,000 records", "under 80 MB", $"{large.Peak / 1e6:F0} MB", large.Peak < 80e6);
                Linear("CPU, 1,000,000 against 100,000 records", large.Cpu / busy.Cpu);
                Linear("wall time, the same", large.Wall / busy.Wall);
            }
        }
        if (Of(Contestant.Ours, s_far) is { } far)
        {
            if (Of(Contestant.Script, s_far) is { } script) AtLeast("wall time at 100 ms per request: the SDK script's against ours", script.Wall / far.Wall,
                6);
            if (Of(Contestant.Cli, s_far) is { } cli) AtLeast("wall time at 100 ms per request: cli-kintone's against ours", cli.Wall / far.Wall, 6);
            if (Of(Contestant.Ours, s_largeFar) is { } large) Linear("wall time at 100 ms per request, 1,000,000 against 100,000 records",
                large.Wall / far.Wall);
        }
        var spec = Measurement.Median(results.SpecSeconds) * 1000;
        Add("allocation per record, the whole read path", "under 100 bytes", $"{results.AllocatedPerRecord:F0} bytes", results.AllocatedPerRecord < 100);
        Add("start-up, `spec`", "under 20 ms", $"{spec:F1} ms", spec < 20);
        Add("the program", "under 15 MB", $"{results.ProgramBytes / 1e6:F1} MB", results.ProgramBytes < 15e6);
        return targets;

        void Add(string figure, string wanted, FormattableString measured, bool isKept) =>
            targets.Add(new(figure, wanted, measured.ToString(CultureInfo.InvariantCulture), isKept));

        void AtLeast(string figure, double ratio, int least) => Add(figure, $"≥ {least} ×", $"{ratio:F1} ×", ratio >= least);

        void AtMost(string figure, double ratio, int most) => Add(figure, $"≤ {most} ×", $"{ratio:F1} ×", ratio <= most);

        // Less than ten times is the start-up's share; it is growth that would hurt.
        void Linear(string figure, double ratio) => Add(figure, "≤ 11 ×", $"{ratio:F1} ×", ratio <= 11);
    }
}
