using System.Diagnostics;
using System.Text.Json.Nodes;

namespace KintoneSource.Benchmarks.Processes;

/// <summary>How a run ended.</summary>
/// <param name="ExitCode">Null for one that was ended because it took longer than was granted.</param>
/// <param name="Messages">Its standard output.</param>
/// <param name="Errors">Its standard error.</param>
/// <param name="CpuSeconds">User and system.</param>
sealed record ProgramRun(int? ExitCode, string Messages, string Errors, double CpuSeconds)
{
    public string Said => Messages + Errors;
}

/// <summary>Runs a natively compiled connector as a platform does: by files for its configuration, catalog and state.</summary>
static class NativeProgram
{
    public static ProgramRun Run(
        string program, TimeSpan longest, string command, JsonNode config, JsonNode? catalog = null, JsonNode? state = null,
        params ReadOnlySpan<(string, string)> variables)
    {
        var folder = Directory.CreateTempSubdirectory("native-program-").FullName;
        try
        {
            List<string> arguments = [command];
            foreach (var (name, content) in (ReadOnlySpan<(string, JsonNode?)>)[("config", config), ("catalog", catalog), ("state", state)])
            {
                if (content is null) continue;
                arguments.AddRange([$"--{name}", Path.Combine(folder, $"{name}.json")]);
                File.WriteAllText(arguments[^1], content.ToJsonString());
            }
            var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
            foreach (var (name, value) in variables) start.Environment[name] = value;
            var cpu = MeasuredProcess.ChildrenCpu();
            using var process = Process.Start(start)!;
            var said = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            var isOver = process.WaitForExit(longest);
            if (!isOver) process.Kill();
            process.WaitForExit();
            return new(isOver ? process.ExitCode : null, said.Result[0], said.Result[1], MeasuredProcess.ChildrenCpu() - cpu);
        }
        finally { Directory.Delete(folder, recursive: true); }
    }
}
