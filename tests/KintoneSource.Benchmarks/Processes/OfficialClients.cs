using System.Diagnostics;
using System.Security.Cryptography;

namespace KintoneSource.Benchmarks.Processes;

/// <summary>Kintone's own clients in the versions that the acceptance tests use, installed in the same folder.</summary>
static class OfficialClients
{
    public const string Script = "export-records.mjs";

    /// <returns>The folder with <c>node_modules</c> and the script.</returns>
    public static string Install(string repository)
    {
        var source = Path.Combine(repository, "acceptance-tests", "AcceptanceTests", "OfficialClients");
        string[] files = ["package.json", "package-lock.json"];
        var hash = SHA256.HashData([.. files.SelectMany(file => File.ReadAllBytes(Path.Combine(source, file)))]);
        var folder = Path.Combine(repository, "artifacts", "official-clients", Convert.ToHexStringLower(hash.AsSpan(0, 6)));
        Directory.CreateDirectory(folder);
        foreach (var file in files) File.Copy(Path.Combine(source, file), Path.Combine(folder, file), overwrite: true);
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Processes", Script), Path.Combine(folder, Script), overwrite: true);
        var installed = Path.Combine(folder, "installed");
        if (File.Exists(installed)) return folder;
        Output.Of("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", folder);
        File.WriteAllText(installed, "");
        return folder;
    }
}

/// <summary>Commands whose answer counts, not their speed.</summary>
static class Output
{
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static string Of(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output
            : throw new InvalidOperationException($"`{program} {string.Join(' ', arguments)}` ended with {process.ExitCode}: {output}");
    }
}
