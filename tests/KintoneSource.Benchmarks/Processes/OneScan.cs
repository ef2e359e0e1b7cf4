using System.Globalization;

namespace KintoneSource.Benchmarks.Processes;

/// <summary>
/// Records alone beside records, three tables and attachments of the same app, read by published programs from one server in turns: requests,
/// CPU and memory of one scan that feeds five streams.
/// </summary>
static class OneScan
{
    const int Runs = 7;

    /// <param name="programs">Natively compiled connectors, the first the one that the others are held against.</param>
    public static void Run(IReadOnlyList<string> programs, int records)
    {
        var work = Directory.CreateTempSubdirectory("one-scan-").FullName;
        try
        {
            using var server = Server.Start([records], related: true);
            (string Name, string[] Command)[] contestants = [.. programs.SelectMany((program, i) => new[]
            {
                ("records alone", Contestant.Connector(server, program, work, records, static (app, s) => s == $"app_{app}_records", $"-alone{i}")),
                ("records, 3 tables, attachments",
                    Contestant.Connector(server, program, work, records, static (app, s) => s.StartsWith($"app_{app}_", StringComparison.Ordinal), $"-all{i}")),
            })];
            var runs = contestants.Select(static _ => new List<(ProcessUse Use, Served Served)>()).ToArray();
            for (var round = 0; round <= Runs; round++)
            {
                for (var i = 0; i < contestants.Length; i++)
                {
                    server.Take();
                    var use = MeasuredProcess.Run(contestants[i].Command, work);
                    if (round > 0) runs[i].Add((use, server.Take())); // the first round warms the server up
                }
            }
            for (var i = 0; i < contestants.Length; i++)
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{programs[i / 2]}: {contestants[i].Name,-32} {Cpu(i),7:F3} s CPU {Median(runs[i].Select(static r => r.Use.WallSeconds)),7:F2} s "
                        + $"{runs[i].Max(static r => r.Use.PeakBytes) / 1e6,6:F0} MB {runs[i][^1].Served.Requests,5} requests, "
                        + $"{Cpu(i) / Cpu(i % 2 == 0 ? 0 : i - 1):F2} times {(i % 2 == 0 ? "the first program's CPU" : "the CPU of records alone")}"));
            }

            double Cpu(int i) => Median(runs[i].Select(static r => r.Use.CpuSeconds));
        }
        finally { Directory.Delete(work, recursive: true); }
    }

    static double Median(IEnumerable<double> values) => Measurement.Median([.. values]);
}
