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

    const string Related = "+", Times = "x", Wide = "w";

    /// <summary>Fields of an app that is wide.</summary>
    const int WideFields = 60;

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
    /// <param name="areWide">They have sixty fields, as a company's apps do.</param>
    public static Server StartMany(int apps, int records, bool areWide = false)
    {
        var server = Start([string.Create(CultureInfo.InvariantCulture, $"{apps}{Times}{records}{(areWide ? Wide : "")}")]);
        for (var i = 0; i < apps; i++) server.Answer();
        return server;
    }

    /// <summary>So many requests of people and other programs are under way all the time.</summary>
    public void SetBackground(int requests) => Ask(string.Create(CultureInfo.InvariantCulture, $"background {requests}"));

    /// <summary>Requests that were refused, and the most that were under way at once, since the last question; forgets nothing.</summary>
    public (long Refused, long Peak, long Requests) Load()
    {
        var numbers = Ask("load").Split(' ').Select(static n => long.Parse(n, CultureInfo.InvariantCulture)).ToArray();
        return (numbers[0], numbers[1], numbers[2]);
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
        var apps = sizes.SelectMany(static size => size.Split(Times) is [var times, var each]
            ? Enumerable.Repeat(each, int.Parse(times, CultureInfo.InvariantCulture)) : [size])
            .Select(size => App(simulator, size)).ToArray();
        await using var host = await SimulatorHost.StartAsync(simulator);
        Console.WriteLine(host.Address);
        foreach (var app in apps) Console.WriteLine(app.Id);
        while (await Console.In.ReadLineAsync() is { } line)
        {
            if (line.Split(' ') is ["latency", var milliseconds])
                simulator.Options = simulator.Options with { Latency = TimeSpan.FromMilliseconds(int.Parse(milliseconds, CultureInfo.InvariantCulture)) };
            if (line.Split(' ') is ["background", var others])
                simulator.Options = simulator.Options with { BackgroundRequests = int.Parse(others, CultureInfo.InvariantCulture) };
            if (line == "load")
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{simulator.Journal.Refused} {simulator.Journal.PeakConcurrency} {simulator.Journal.Count}"));
                continue;
            }
            if (line.Split(' ') is ["compression", var wanted])
                simulator.Options = simulator.Options with { Compression = wanted == "on" };
            var entries = simulator.Journal.Entries;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{entries.Count} {entries.Sum(static e => e.Bytes)} {entries.Sum(static e => (long)e.Rows)}"));
            simulator.Journal.Clear();
        }
    }

    static App App(Simulator simulator, string size)
    {
        var records = long.Parse(size.TrimEnd(Related[0], Wide[0]), CultureInfo.InvariantCulture);
        var app = simulator.Domain.AddApp($"案件 {size}件", source: GeneratedRecords.Of(records, related: size.EndsWith(Related, StringComparison.Ordinal)));
        if (size.EndsWith(Wide, StringComparison.Ordinal))
            for (var i = app.Form.Fields.Count; i < WideFields; i++) app.AddField($"項目{i}", "SINGLE_LINE_TEXT");
        return app;
    }
}
