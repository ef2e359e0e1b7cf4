using System.CommandLine;
using KintoneSource.Protocol;

namespace KintoneSource.Commands;

/// <summary>
/// <c>spec | check | discover | read</c> with <c>--config</c>, <c>--catalog</c>, <c>--state</c> in any order. Options that
/// some runner adds (<c>--debug</c>, say) are passed over. Wrong use: a sentence on stderr and exit code 2.
/// </summary>
static class CommandLine
{
    const int WrongUse = 2;

    /// <param name="run">Runs the command whose name and files were given; its result is the exit code.</param>
    /// <param name="error">Where a person reads what was wrong with the call; stdout carries the protocol.</param>
    public static async Task<int> RunAsync(string[] args, Func<Invocation, Task<int>> run, TextWriter error)
    {
        var config = new Option<string>("--config") { Description = "The configuration, a JSON file.", Required = true };
        var catalog = new Option<string>("--catalog") { Description = "The configured catalog, a JSON file.", Required = true };
        var state = new Option<string?>("--state") { Description = "The state of the last sync, a JSON file." };
        var root = new RootCommand("Reads apps and records of a Kintone domain as Airbyte messages.")
        {
            Command("spec", "Prints the specification of the configuration.", static (name, _) => new(name, null, null, null)),
            Command("check", "Checks the configuration against Kintone. Its answer is the message, SUCCEEDED or FAILED; it ends with 0 whatever it found.",
                (name, p) => new(name, p.GetValue(config), null, null), config),
            Command("discover", "Prints the catalog of streams.", (name, p) => new(name, p.GetValue(config), null, null), config),
            Command("read", "Reads the streams of a configured catalog. Ends with 0 where every stream was read whole.",
                (name, p) => new(name, p.GetValue(config), p.GetValue(catalog), p.GetValue(state)), config, catalog, state),
        };

        // No response files: what a platform passes as a name stands for itself.
        var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (args.Length == 0 || parsed.Errors.Count > 0)
        {
            if (args.Length > 0 && args[0] is { Length: > 0 } word && word[0] != '-' && root.Subcommands.All(c => c.Name != word))
            {
                var meant = Misspelling.Nearest(word, root.Subcommands.Select(static c => c.Name)) is { } nearest ? $" Did you mean {nearest}?" : "";
                await error.WriteLineAsync($"There is no command \"{word}\".{meant}");
            }
            else foreach (var problem in parsed.Errors) await error.WriteLineAsync(problem.Message);
            await error.WriteLineAsync("Usage: source-kintone spec | check --config FILE | discover --config FILE | read --config FILE --catalog FILE "
                + "[--state FILE]");
            return WrongUse;
        }
        return await parsed.InvokeAsync(new InvocationConfiguration
        {
            Output = error, // help is for a person
            Error = error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null, // the program has its own way with signals
        });

        Command Command(string name, string description, Func<string, ParseResult, Invocation> toCall, params ReadOnlySpan<Option> options)
        {
            var command = new Command(name, description) { TreatUnmatchedTokensAsErrors = false };
            foreach (var option in options) command.Options.Add(option);
            command.SetAction((p, _) => run(toCall(name, p)));
            return command;
        }
    }
}

/// <summary>One call of the program. A file that was not given is null.</summary>
readonly record struct Invocation(string Command, string? Config, string? Catalog, string? State);
