using System.Globalization;

namespace KintoneSource.Benchmarks.Processes;

/// <summary>
/// What a company of many apps waits for, at 100 ms a request: check, discover, the first sync of all apps, a sync in which nothing has changed. One
/// published program
/// beside another (the one before a change), in turns against one server: time, requests, memory.
/// </summary>
static class ManyApps
{
    const int Runs = 3, Records = 20, Latency = 100;

    /// <param name="programs">Natively compiled connectors, the earlier one first.</param>
    public static void Run(IReadOnlyList<string> programs, int apps)
    {
        var work = Directory.CreateTempSubdirectory("many-apps-").FullName;
        try
        {
            using var server = Server.StartMany(apps, Records, areWide: true);
            var commands = programs.Select((program, i) => Commands(server, program, Directory.CreateDirectory(Path.Combine(work, $"{i}")).FullName))
                .ToArray();
            server.SetLatency(Latency);
            var runs = commands.Select(static c => c.Select(static _ => new List<(ProcessUse Use, long Requests)>()).ToArray()).ToArray();
            for (var round = 0; round < Runs; round++)
            {
                for (var what = 0; what < commands[0].Length; what++)
                {
                    for (var i = 0; i < commands.Length; i++)
                    {
                        server.Take();
                        var use = MeasuredProcess.Run(commands[i][what].Command, work);
                        runs[i][what].Add((use, server.Take().Requests));
                    }
                }
            }
            for (var what = 0; what < commands[0].Length; what++)
            {
                for (var i = 0; i < commands.Length; i++)
                {
                    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                        $"{commands[i][what].Name,-16} {programs[i]}: {Seconds(i, what),6:F2} s, {runs[i][what].Max(static r => r.Requests),6:N0} requests, "
                            + $"{runs[i][what].Max(static r => r.Use.PeakBytes) / 1e6,4:F0} MB"));
                }
                if (commands.Length > 1) Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{commands[0][what].Name,-16} time: {Seconds(commands.Length - 1, what) / Seconds(0, what):F2} times"));
            }

            double Seconds(int i, int what) => Measurement.Median([.. runs[i][what].Select(static r => r.Use.WallSeconds)]);
        }
        finally { Directory.Delete(work, recursive: true); }
    }

    static (string Name, string[] Command)[] Commands(Server server, string program, string folder)
    {
        var idle = IdleApps.Prepare(server, program, folder);
        return
        [
            ("check", [program, "check", "--config", Path.Combine(folder, "config.json")]),
            ("discover", [program, "discover", "--config", Path.Combine(folder, "config.json")]),
            ("first sync", idle[..^2]),
            ("nothing changed", idle),
        ];
    }
}
