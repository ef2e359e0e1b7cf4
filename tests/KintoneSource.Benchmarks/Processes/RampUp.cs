using System.Globalization;

namespace KintoneSource.Benchmarks.Processes;

/// <summary>
/// One app of 10,000 records at 100 ms a request: how long it takes until a sync uses the slots that it may have. Published programs in turns against
/// one server.
/// </summary>
static class RampUp
{
    const int Runs = 7, Records = 10_000, Latency = 100;

    /// <param name="programs">Natively compiled connectors, the earlier one first.</param>
    public static void Run(IReadOnlyList<string> programs)
    {
        var work = Directory.CreateTempSubdirectory("ramp-up-").FullName;
        try
        {
            using var server = Server.Start([Records]);
            var commands = programs.Select((program, i) => Contestant.Connector(
                server, program, Directory.CreateDirectory(Path.Combine(work, $"{i}")).FullName, Records, static (app, s) => s == $"app_{app}_records"))
                    .ToArray();
            server.SetLatency(Latency);
            var runs = commands.Select(static _ => new List<(double Seconds, long Requests)>()).ToArray();
            for (var round = 0; round <= Runs; round++)
            {
                for (var i = 0; i < commands.Length; i++)
                {
                    server.Take();
                    var use = MeasuredProcess.Run(commands[i], work);
                    if (round > 0) runs[i].Add((use.WallSeconds, server.Take().Requests)); // the first round warms the server up
                }
            }
            for (var i = 0; i < commands.Length; i++)
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{programs[i]}: {Measurement.Median([.. runs[i].Select(static r => r.Seconds)]):F2} s ({runs[i].Min(static r => r.Seconds):F2} at "
                        + $"best), {runs[i].Max(static r => r.Requests)} requests"));
            }
        }
        finally { Directory.Delete(work, recursive: true); }
    }
}
