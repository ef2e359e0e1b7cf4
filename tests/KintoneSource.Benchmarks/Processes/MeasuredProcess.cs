using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace KintoneSource.Benchmarks.Processes;

/// <summary>What a process used, from its start to its end.</summary>
/// <param name="CpuSeconds">User and system time, as the kernel counted it when the process was reaped.</param>
/// <param name="PeakBytes">Most memory that was resident at once, as last seen within some milliseconds of the end.</param>
sealed record ProcessUse(double CpuSeconds, double WallSeconds, long PeakBytes);

/// <summary>Runs one command at a time, its output dropped, and says what it used. Linux only.</summary>
static partial class MeasuredProcess
{
    const int Children = -1;
    static readonly TimeSpan s_betweenLooks = TimeSpan.FromMilliseconds(4);

    /// <exception cref="InvalidOperationException">The command failed.</exception>
    public static ProcessUse Run(IReadOnlyList<string> command, string folder)
    {
        // The shell drops the output and becomes the command: one process, about a millisecond more.
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" >/dev/null", "sh", .. command])
        {
            WorkingDirectory = folder,
            RedirectStandardError = true,
        };
        start.Environment["NO_PROXY"] = start.Environment["no_proxy"] = "localhost";
        var (before, peak, clock) = (ChildrenCpu(), 0L, Stopwatch.StartNew());
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        // The kernel's own peak of a child (ru_maxrss) includes this program's memory from before the exec; the process's does not.
        while (!process.WaitForExit(s_betweenLooks)) peak = Math.Max(peak, PeakOf(process.Id));
        var wall = clock.Elapsed.TotalSeconds;
        process.WaitForExit();
        return process.ExitCode == 0
            ? new(ChildrenCpu() - before, wall, peak)
            : throw new InvalidOperationException($"`{string.Join(' ', command)}` ended with {process.ExitCode}: {errors.Result}");
    }

    static long PeakOf(int process)
    {
        const string Key = "VmHWM:";
        try
        {
            var status = File.ReadAllText($"/proc/{process}/status");
            var at = status.IndexOf(Key, StringComparison.Ordinal);
            if (at < 0) return 0; // it has just ended
            var kilobytes = status.AsSpan(at + Key.Length, status.IndexOf("kB", at, StringComparison.Ordinal) - at - Key.Length);
            return long.Parse(kilobytes.Trim(), CultureInfo.InvariantCulture) * 1024;
        }
        catch (IOException)
        {
            return 0; // it has just been reaped
        }
    }

    /// <summary>CPU seconds of all children that have ended and been waited for.</summary>
    public static double ChildrenCpu()
    {
        if (GetResourceUsage(Children, out var usage) != 0) throw new InvalidOperationException($"getrusage failed with {Marshal.GetLastPInvokeError()}.");
        return usage.UserSeconds + usage.SystemSeconds + ((usage.UserMicroseconds + usage.SystemMicroseconds) / 1e6);
    }

    [StructLayout(LayoutKind.Sequential, Size = 144)]
    internal struct ResourceUsage
    {
        public nint UserSeconds, UserMicroseconds, SystemSeconds, SystemMicroseconds;
    }

    [LibraryImport("libc", EntryPoint = "getrusage", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial int GetResourceUsage(int who, out ResourceUsage usage);
}
