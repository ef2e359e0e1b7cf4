using System.Text.Json.Serialization;

namespace KintoneSource.Benchmarks.Processes;

/// <summary>Everything that was measured, run by run, and on what; the tables and charts are made from it.</summary>
/// <param name="AllocatedPerRecord">Bytes, by the whole read path.</param>
/// <param name="Compressed">The connector alone, against a server that compresses.</param>
sealed record Results(
    string Date, Machine Machine, Versions Versions, bool IsQuick, long ProgramBytes, double AllocatedPerRecord,
    IReadOnlyList<double> SpecSeconds, IReadOnlyList<Measurement> Compressed, IReadOnlyList<Measurement> Measurements)
{
    public Measurement? Find(string contestant, Scenario scenario) =>
        Measurements.FirstOrDefault(m => m.Contestant == contestant && m.Records == scenario.Records && m.LatencyMilliseconds == scenario.LatencyMilliseconds);
}

sealed record Machine(string Processor, int Cores, double MemoryGigabytes, string System);

sealed record Versions(string SourceKintone, string Node, string RestApiClient, string CliKintone, string Curl, string Server);

/// <summary>One contestant in one scenario: a figure per run.</summary>
/// <param name="Bytes">Of the answers' bodies, of one run.</param>
sealed record Measurement(
    string Contestant,
    int Records,
    int LatencyMilliseconds,
    IReadOnlyList<double> CpuSeconds,
    IReadOnlyList<double> WallSeconds,
    IReadOnlyList<long> PeakBytes,
    long Requests,
    long Bytes)
{
    [JsonIgnore]
    public double Cpu => Median(CpuSeconds);

    [JsonIgnore]
    public double Wall => Median(WallSeconds);

    /// <summary>The worst of the runs.</summary>
    [JsonIgnore]
    public long Peak => PeakBytes.Max();

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Results))]
sealed partial class ResultsJson : JsonSerializerContext;
