using System.Diagnostics;
using System.Text;

namespace AcceptanceTests;

/// <summary>What runners do around the connector, done with a POSIX shell as they do it.</summary>
static class Shell
{
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(100);

    public static string Quote(string word) => $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    /// <summary>Runs a script with nothing on stdin; what it started is killed when it does not end.</summary>
    /// <param name="folder">Where it runs.</param>
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(string script, string folder,
        params IEnumerable<(string Name, string? Value)> environment)
    {
        var start = new ProcessStartInfo("sh", ["-c", script])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(s_patience);
        try
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(patience.Token), process.StandardError.ReadToEndAsync(patience.Token));
            process.StandardInput.Close();
            await process.WaitForExitAsync(patience.Token);
            return (process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"The script did not end within {s_patience}:\n{script}");
        }
    }

    /// <summary>Sends a signal such as TERM.</summary>
    public static Task SignalAsync(Process process, string signal) => RunAsync($"kill -{signal} {process.Id}", "/");

    /// <summary>Whether a program is there to be called.</summary>
    public static async Task<bool> HasAsync(string program) => (await RunAsync($"command -v {program}", "/")).ExitCode == 0;
}
