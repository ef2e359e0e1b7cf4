using System.Globalization;

namespace KintoneSource.Benchmarks.Processes;

/// <summary>
/// Records alone beside records, three tables and attachments of the same app, read by the published program from one server in turns: requests,
/// CPU and memory of one scan that feeds five streams.
/// </summary>
static class OneScan
{
    const int Runs = 7;

    /// <param name="program">The natively compiled connector.</param>
    public static void Run(string program, int records)
    {
        var work = Directory.CreateTempSubdirectory("one-scan-").FullName;
        try
        {
            using var server = Server.Start([records], related: true);
            (string Name, string[] Command)[] contestants =
            [
                ("records alone", Contestant.Connector(server, program, work, records, static (app, s) => s == $"app_{app}_records", "-alone")),
                ("records, 3 tables, attachments",
                    Contestant.Connector(server, program, work, records, static (app, s) => s.StartsWith($"app_{app}_", StringComparison.Ordinal), "-all")),
            ];
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
                    $"{contestants[i].Name,-32} {Cpu(i),7:F3} s CPU {Median(runs[i].Select(static r => r.Use.WallSeconds)),7:F2} s "
                        + $"{runs[i].Max(static r => r.Use.PeakBytes) / 1e6,6:F0} MB {runs[i][^1].Served.Requests,5} requests"));
            }
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"CPU: {Cpu(1) / Cpu(0):F2} times"));

            double Cpu(int i) => Median(runs[i].Select(static r => r.Use.CpuSeconds));
        }
        finally { Directory.Delete(work, recursive: true); }
    }

    static double Median(IEnumerable<double> values) => Measurement.Median([.. values]);
}
