using KintoneSource.Commands;

namespace KintoneSource.Tests.Commands;

public class CommandLineTests
{
    [Theory]
    [InlineData("discver", "discover")]
    [InlineData("Read", "read")]
    [InlineData("chek", "check")]
    [InlineData("spce", "spec")]
    public async Task A_mistyped_command_gets_the_nearest_one(string typed, string meant)
    {
        var (exitCode, calls, text) = await RunAsync(typed, "--config", "config.json");
        Assert.Equal((2, 0), (exitCode, calls.Count));
        Assert.StartsWith($"There is no command \"{typed}\". Did you mean {meant}?\nUsage: source-kintone spec | check ", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("write")]
    [InlineData("--config")]
    [InlineData("")]
    public async Task Another_word_gets_the_commands_that_there_are(string typed)
    {
        var (exitCode, calls, text) = await RunAsync(typed);
        Assert.Equal((2, 0), (exitCode, calls.Count));
        Assert.DoesNotContain("mean", text, StringComparison.Ordinal);
        Assert.Contains("Usage: source-kintone spec | check --config FILE", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_word_at_all_gets_the_usage()
    {
        var (exitCode, calls, text) = await RunAsync();
        Assert.Equal((2, 0), (exitCode, calls.Count));
        Assert.StartsWith("Required command was not provided.\nUsage: ", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_may_stand_anywhere_and_those_of_a_runner_are_passed_over()
    {
        var (exitCode, calls, text) = await RunAsync("read", "--debug", "--state", "s", "--catalog", "c", "--config", "k");
        Assert.Equal((7, ""), (exitCode, text));
        Assert.Equal(new Invocation("read", "k", "c", "s"), Assert.Single(calls));
    }

    [Fact] // with response files, its lines would be taken for arguments and stand in messages
    public async Task A_name_with_an_at_sign_stands_for_itself()
    {
        var folder = Directory.CreateTempSubdirectory("arguments-");
        try
        {
            var file = Path.Combine(folder.FullName, "config.json");
            await File.WriteAllTextAsync(file, "--no-such-option\n");
            var (exitCode, calls, text) = await RunAsync("check", "--config", $"@{file}");
            Assert.Equal((7, ""), (exitCode, text));
            Assert.Equal($"@{file}", Assert.Single(calls).Config);
        }
        finally { folder.Delete(recursive: true); }
    }

    /// <summary>The protocol's way, which nobody would guess.</summary>
    [Fact]
    public async Task Help_says_what_the_exit_codes_mean()
    {
        foreach (var args in new string[][] { ["--help"], ["check", "--help"] })
        {
            var (exitCode, calls, text) = await RunAsync(args);
            Assert.Equal((0, 0), (exitCode, calls.Count));
            Assert.Contains("ends with 0 whatever it found", text.ReplaceLineEndings(" "), StringComparison.Ordinal);
        }
    }

    static async Task<(int ExitCode, List<Invocation> Calls, string Text)> RunAsync(params string[] args)
    {
        List<Invocation> calls = [];
        await using var error = new StringWriter { NewLine = "\n" };
        var exitCode = await CommandLine.RunAsync(args, call => { calls.Add(call); return Task.FromResult(7); }, error);
        return (exitCode, calls, error.ToString());
    }
}
