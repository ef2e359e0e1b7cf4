using System.Diagnostics;
using System.Text;

namespace KintoneSource.Demo;

/// <summary>One run of the connector.</summary>
/// <param name="Messages">The file that holds what it wrote to stdout, one JSON message a line, whole lines only.</param>
/// <param name="Killed">It was ended from outside.</param>
sealed record ConnectorRun(string Command, int ExitCode, TimeSpan Took, string Messages, string Errors, bool Killed);

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

    /// <summary>Where attached files are put for the platform's destination.</summary>
    public string Staging => Path.Combine(_folder, "staging");

    /// <param name="file">The name of the file of messages, without its ending.</param>
    /// <param name="enough">Looks at each line; where it says so, the process is killed, as a platform that runs out of patience does. Null lets it
    /// end.</param>
    public async Task<ConnectorRun> RunAsync(string file, string command, IEnumerable<string> arguments, Func<string, bool>? enough = null)
    {
        var messages = Path.Combine(_folder, $"{file}.jsonl");
        var start = new ProcessStartInfo(_program, [.. _leading, command, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        start.Environment["AIRBYTE_STAGING_DIRECTORY"] = Directory.CreateDirectory(Staging).FullName;
        var watch = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var killed = false;
        await using (var output = new StreamWriter(messages))
        {
            while (await process.StandardOutput.ReadLineAsync() is { } line)
            {
                await output.WriteAsync($"{line}\n");
                if (enough?.Invoke(line) != true) continue;
                killed = true;
                process.Kill();
                break; // what is in the pipe, half a line perhaps, is lost with it
            }
        }
        await process.WaitForExitAsync();
        return new(command, process.ExitCode, watch.Elapsed, messages, await errors, killed);
    }
}
