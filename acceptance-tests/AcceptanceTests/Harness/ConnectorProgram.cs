using System.Diagnostics;

namespace AcceptanceTests;

/// <summary>
/// The program under test: the published one that SOURCE_KINTONE names, otherwise the one built beside these tests. Nothing of
/// it is linked in: tests know its command line, its files and its output.
/// </summary>
static class ConnectorProgram
{
    static readonly string? s_published = Environment.GetEnvironmentVariable("SOURCE_KINTONE") is { Length: > 0 } path ? path : null;

    public static bool IsPublished => s_published is not null;

    /// <summary>The file that holds the program.</summary>
    public static string File { get; } = Find();

    /// <summary>The words that start it, as an image's entry point does.</summary>
    public static IReadOnlyList<string> Entrypoint { get; } = IsPublished ? [File] : [DotnetHost(), File];

    /// <summary>The entry point as one line for a shell.</summary>
    public static string ShellEntrypoint => string.Join(' ', Entrypoint.Select(Shell.Quote));

    public static ProcessStartInfo Start(IEnumerable<string> arguments) => new(Entrypoint[0], [.. Entrypoint.Skip(1), .. arguments]);

    static string Find()
    {
        // Built together with these tests, into the folder of its own beside theirs.
        var file = Path.GetFullPath(s_published ?? Path.Combine(
            AppContext.BaseDirectory, "../../KintoneSource", new DirectoryInfo(AppContext.BaseDirectory).Name, "source-kintone.dll"));
        return System.IO.File.Exists(file) ? file
            : throw new FileNotFoundException($"The connector is not at {file}. Build it, or set SOURCE_KINTONE to where it is.");
    }

    /// <summary>The host of these tests, so that another user, or none of the environment, finds the same one.</summary>
    static string DotnetHost() =>
        Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } path ? path : Environment.ProcessPath is { } self
            && Path.GetFileNameWithoutExtension(self) == "dotnet" ? self : "dotnet";
}
