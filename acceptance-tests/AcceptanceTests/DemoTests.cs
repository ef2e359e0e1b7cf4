using System.Text.RegularExpressions;

namespace AcceptanceTests;

/// <summary>The README's first command tells its story to the end, a screen at a time.</summary>
public sealed partial class DemoTests
{
    const int MostLines = 40, MostColumns = 160;

    [GeneratedRegex("^=== [0-9]+\\. .* ===$", RegexOptions.Multiline)]
    static partial Regex Title { get; }

    [GeneratedRegex(@"[a-z_]+ 0\b")]
    static partial Regex EmptyStream { get; }

    [GeneratedRegex(@" equal$", RegexOptions.Multiline)]
    static partial Regex Verdict { get; }

    [Fact]
    public async Task It_plays_every_step_and_each_fits_a_screen()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var demo = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../Demo", new DirectoryInfo(AppContext.BaseDirectory).Name, "Demo.dll"));
            var (exitCode, output, error) = await Shell.RunAsync($"dotnet {Shell.Quote(demo)} {Shell.Quote(folder.FullName)}", folder.FullName);

            Assert.True(exitCode == 0, $"{error}\n{output}");
            var steps = Title.Split(output);
            Assert.Equal(7, steps.Length);
            Assert.All(steps, static step => Assert.InRange(step.Trim('\n').Split('\n').Length, 1, MostLines));
            Assert.All(output.Split('\n'), static line => Assert.InRange(line.Length, 0, MostColumns));
            Assert.DoesNotMatch(EmptyStream, steps[1]); // every stream has rows
            Assert.Contains("gone, found 2", steps[2], StringComparison.Ordinal);
            Assert.Contains("0 are missing", steps[3], StringComparison.Ordinal);
            Assert.Contains("files that were fetched: 1", steps[4], StringComparison.Ordinal);
            Assert.Matches(@"field_code +ascii +label +label_ascii", steps[5]);
            Assert.Equal(4, Verdict.Count(steps[6]));
            Assert.Contains("not certain yet", steps[6], StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
