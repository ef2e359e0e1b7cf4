using System.Diagnostics;

namespace KintoneSource.Tests.Packaging.Release;

/// <summary>A copy of the release's scripts and of what they read, in a folder of its own, where a test may break things.</summary>
sealed class ScriptFolder : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("release-").FullName;

    public ScriptFolder()
    {
        string[] read = [".ci/common.sh", "Directory.Build.props", "metadata.yaml", "Dockerfile", "CHANGELOG.md"];
        var scripts = Directory.EnumerateFiles(Repository.Path(".ci/release")).Select(static f => Path.GetRelativePath(Repository.Path("."), f));
        foreach (var file in read.Concat(scripts))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(In(file))!);
            File.Copy(Repository.Path(file), In(file));
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public string In(string file) => Path.Combine(_folder, file);

    public void Replace(string file, string text, string with)
    {
        Assert.Contains(text, File.ReadAllText(In(file)), StringComparison.Ordinal);
        Write(file, File.ReadAllText(In(file)).Replace(text, with, StringComparison.Ordinal));
    }

    public void Write(string file, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(In(file))!);
        File.WriteAllText(In(file), text);
    }

    /// <summary>A program that stands before others of its name. What it is called with is a line of the file <c>calls</c>.</summary>
    public void Program(string name, string script)
    {
        Write($"bin/{name}", $"#!/bin/sh\necho \"{name} $*\" >> '{In("calls")}'\n{script}\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(In($"bin/{name}"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public string[] Calls => File.Exists(In("calls")) ? File.ReadAllLines(In("calls")) : [];

    public ScriptRun Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program.EndsWith(".sh", StringComparison.Ordinal) ? In($".ci/release/{program}") : program, arguments)
        {
            WorkingDirectory = _folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = $"{In("bin")}:{Environment.GetEnvironmentVariable("PATH")}";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new(process.ExitCode, output, error.Result);
    }
}

sealed record ScriptRun(int ExitCode, string Output, string Error)
{
    public string MustSucceed() => ExitCode == 0 ? Output : throw new InvalidOperationException($"It ended with {ExitCode}: {Error}");

    /// <summary>What it said, once it has failed.</summary>
    public string MustFail() => ExitCode != 0 ? Error : throw new InvalidOperationException($"It succeeded, and printed: {Output}");
}
