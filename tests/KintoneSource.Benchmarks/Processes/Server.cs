using System.Diagnostics;
using System.Globalization;
using KintoneSimulator;

namespace KintoneSource.Benchmarks.Processes;

/// <summary>Requests, bytes of their bodies and records since the last question.</summary>
readonly record struct Served(long Requests, long Bytes, long Records);

/// <summary>
/// The simulated Kintone in a process of its own, so that its work is in nobody's account: one app of generated
/// records (about 1.5 kB, Japanese, with a sub-table) per size.
/// </summary>
sealed class Server : IDisposable
{
    public const string User = "benchmark", Password = "benchmark";

    const string Related = "+", Times = "x";

    readonly Process _process;
    readonly Dictionary<int, string> _apps = [];

    Server(Process process) => _process = process;

    public string Address { get; private set; } = "";

    /// <summary>The app that has so many records.</summary>
    public string AppOf(int records) => _apps[records];

    /// <param name="related">The apps have three tables and attached files.</param>
    public static Server Start(IReadOnlyList<int> sizes, bool related = false)
    {
        var server = Start([.. sizes.Select(n => string.Create(CultureInfo.InvariantCulture, $"{n}{(related ? Related : "")}"))]);
        foreach (var size in sizes) server._apps[size] = server.Answer();
        return server;
    }

    /// <summary>So many apps of one size.</summary>
    public static Server StartMany(int apps, int records)
    {
        var server = Start([string.Create(CultureInfo.InvariantCulture, $"{apps}{Times}{records}")]);
        for (var i = 0; i < apps; i++) server.Answer();
        return server;
    }

    static Server Start(string[] apps)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["serve", .. apps]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        var server = new Server(Process.Start(start)!);
        server.Address = server.Answer();
        return server;
    }

    public void SetLatency(int milliseconds) => Ask(string.Create(CultureInfo.InvariantCulture, $"latency {milliseconds}"));

    /// <summary>Whether it compresses for those who ask.</summary>
    public void SetCompression(bool on) => Ask($"compression {(on ? "on" : "off")}");

    public Served Take()
    {
        var numbers = Ask("take").Split(' ').Select(static n => long.Parse(n, CultureInfo.InvariantCulture)).ToArray();
        return new(numbers[0], numbers[1], numbers[2]);
    }

    string Ask(string question)
    {
        _process.StandardInput.WriteLine(question);
        _process.StandardInput.Flush();
        return Answer();
    }

    string Answer() => _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("The benchmarks' server has ended.");

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(5000)) _process.Kill();
        _process.Dispose();
    }

    /// <summary>The other side: serves until its input ends.</summary>
    public static async Task ServeAsync(IEnumerable<string> sizes)
    {
        using var simulator = new Simulator();
        simulator.Domain.AddUser(User, Password);
        var apps = sizes.SelectMany(static size => size.Split(Times) is [var times, var each] ? Enumerable.Repeat(each, int.Parse(times, CultureInfo.InvariantCulture)) : [size])
            .Select(size => simulator.Domain.AddApp($"案件 {size}件", source: GeneratedRecords.Of(
                long.Parse(size.TrimEnd(Related[0]), CultureInfo.InvariantCulture), related: size.EndsWith(Related, StringComparison.Ordinal)))).ToArray();
        await using var host = await SimulatorHost.StartAsync(simulator);
        Console.WriteLine(host.Address);
        foreach (var app in apps) Console.WriteLine(app.Id);
        while (await Console.In.ReadLineAsync() is { } line)
        {
            if (line.Split(' ') is ["latency", var milliseconds])
                simulator.Options = simulator.Options with { Latency = TimeSpan.FromMilliseconds(int.Parse(milliseconds, CultureInfo.InvariantCulture)) };
            if (line.Split(' ') is ["compression", var wanted])
                simulator.Options = simulator.Options with { Compression = wanted == "on" };
            var entries = simulator.Journal.Entries;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{entries.Count} {entries.Sum(static e => e.Bytes)} {entries.Sum(static e => (long)e.Rows)}"));
            simulator.Journal.Clear();
        }
    }
}
