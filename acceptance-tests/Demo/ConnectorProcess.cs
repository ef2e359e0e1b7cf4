using System.Diagnostics;

namespace KintoneSource.Demo;

/// <summary>One finished run of the connector.</summary>
/// <param name="Messages">The file that holds what it wrote to stdout, one JSON message a line.</param>
sealed record ConnectorRun(string Command, int ExitCode, TimeSpan Took, string Messages, string Errors);

/// <summary>The connector as a platform sees it: a program with a command line.</summary>
sealed class ConnectorProcess
{
    readonly string _program;
    readonly string[] _leading;
    readonly string _folder;

    /// <param name="folder">Where the messages of every run are left.</param>
    /// <exception cref="FileNotFoundException">Neither the published nor the built program is there.</exception>
    public ConnectorProcess(string folder)
    {
        _folder = folder;
        if (Environment.GetEnvironmentVariable("SOURCE_KINTONE") is { Length: > 0 } published)
            (_program, _leading, Name) = (published, [], published);
        else
        {
            // Built together with this program, into the folder of its own beside this program's.
            var built = Path.GetFullPath(Path.Combine(
                AppContext.BaseDirectory, "../../KintoneSource", new DirectoryInfo(AppContext.BaseDirectory).Name, "source-kintone.dll"));
            (_program, _leading, Name) = ("dotnet", [built], built);
        }
        if (!File.Exists(Name)) throw new FileNotFoundException($"The connector is not at {Name}. Build it, or set SOURCE_KINTONE to where it is.");
    }

    public string Name { get; }

    public async Task<ConnectorRun> RunAsync(string command, params string[] arguments)
    {
        var messages = Path.Combine(_folder, $"{command}.jsonl");
        var start = new ProcessStartInfo(_program, [.. _leading, command, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var watch = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        await using (var file = File.Create(messages))
            await process.StandardOutput.BaseStream.CopyToAsync(file);
        await process.WaitForExitAsync();
        return new(command, process.ExitCode, watch.Elapsed, messages, await errors);
    }
}
