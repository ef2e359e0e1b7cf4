using System.Globalization;
using KintoneSource.Catalog;

namespace KintoneSource.Benchmarks.Processes;

/// <summary>
/// What the whole read path allocates per record, requests and sockets included: the difference of two reads, so that what a
/// start costs is not in it.
/// </summary>
static class Allocation
{
    /// <summary>With the smaller one every worker has long had its buffers.</summary>
    const int Few = 100_000, Many = 200_000;

    /// <summary>The sizes of the apps that are read.</summary>
    public static IReadOnlyList<int> Sizes { get; } = [Few, Many];

    /// <summary>Runs the connector inside a process of its own, and says on stderr how much that process allocated.</summary>
    public static void Run(string[] command)
    {
        typeof(Column).Assembly.EntryPoint!.Invoke(null, [command]);
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"allocated {GC.GetTotalAllocatedBytes(precise: true)}"));
    }

    /// <param name="read">The connector's command line for an app of so many records, the program first.</param>
    public static double PerRecord(Func<int, IReadOnlyList<string>> read) => (double)(Of(read(Many)) - Of(read(Few))) / (Many - Few);

    static long Of(IReadOnlyList<string> command)
    {
        var said = Output.Of("/bin/sh", ["-c", "exec \"$@\" 2>&1 >/dev/null", "sh", Environment.ProcessPath!, "allocation", .. command.Skip(1)]);
        return long.Parse(said.Split("allocated ")[^1], CultureInfo.InvariantCulture);
    }
}
