using System.Diagnostics;
using System.Globalization;

namespace AcceptanceTests;

/// <summary>The most memory that a process had resident, as Linux keeps it until the process is gone.</summary>
static class PeakMemory
{
    static readonly TimeSpan s_between = TimeSpan.FromMilliseconds(25);

    /// <summary>Looks until the process has ended.</summary>
    /// <returns>Bytes; 0 where the system does not tell.</returns>
    public static async Task<long> WatchAsync(Process process)
    {
        var (peak, file) = (0L, $"/proc/{process.Id}/status");
        using var timer = new PeriodicTimer(s_between);
        while (await timer.WaitForNextTickAsync())
        {
            if (Read(file) is not { } now) return peak;
            peak = Math.Max(peak, now);
        }
        return peak;
    }

    /// <summary>Null once the process has ended.</summary>
    static long? Read(string file)
    {
        try
        {
            var line = File.ReadLines(file).FirstOrDefault(static l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? null : 1024 * long.Parse(line.AsSpan(6).Trim(" \tkB"), NumberStyles.None, CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
