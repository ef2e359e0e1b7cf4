using KintoneSource.Commands;
using KintoneSource.Protocol;

namespace KintoneSource;

/// <summary>The composition root: the only place that opens stdout and stderr, and knows exit codes.</summary>
static class Program
{
    const int Failed = 1, PipeClosed = 141;

    static async Task<int> Main(string[] args)
    {
        using var signals = new StopSignals();

#pragma warning disable RS0030 // the one place that opens stdout and stderr
        var stderr = Console.Error;
        await using var stdout = OperatingSystem.IsWindows() ? Console.OpenStandardOutput() : new StandardOutput();
        var terminal = Console.IsErrorRedirected ? null : stderr;
#pragma warning restore RS0030

        try
        {
            return await CommandLine.RunAsync(args, call => RunAsync(call, stdout, terminal, signals.Stop), stderr);
        }
        catch (OutputException e)
        {
            // Nobody listens any more, which is how some platforms cancel a sync: nothing to add. A full disk is worth a word.
            if (e.IsClosed) return PipeClosed;
            await stderr.WriteLineAsync($"source-kintone: standard output can't be written: {e.Message}. The next sync goes on from the last state that was "
                + "written whole.");
            return Failed;
        }
        catch (OperationCanceledException) when (signals.ExitCode is not null)
        {
            return signals.ExitCode.Value;
        }
    }

    /// <summary>
    /// One command from its files to its exit code. Writes messages to <paramref name="stdout"/>, and whatever fails as one of them. A check has
    /// its answer in any case: what the user or time can mend is all that it says, and no failure of the check itself.
    /// </summary>
    /// <param name="terminal">Where a person watches; null when nobody does.</param>
    public static async Task<int> RunAsync(Invocation call, Stream stdout, TextWriter? terminal, CancellationToken ct)
    {
        var time = TimeProvider.System;
        var mask = new SecretMask();
        await using var writer = new MessageWriter(stdout, mask);
        try
        {
            if (call.Command == "spec") return await SpecCommand.RunAsync(writer, ct);
            using var source = await Source.OpenAsync(call, mask, writer, time, terminal, ct);
            return call.Command switch
            {
                "check" => await new CheckCommand(source).RunAsync(ct),
                "discover" => await new DiscoverCommand(source).RunAsync(ct),
                _ => await new ReadCommand(source).RunAsync(call, ct),
            };
        }
#pragma warning disable CA1031 // whatever it is, the platform gets to know
        catch (Exception e) when (e is not OutputException && !(e is OperationCanceledException && ct.IsCancellationRequested))
#pragma warning restore CA1031
        {
            var failure = Failures.ToTrace(e);
            if (call.Command == "check")
            {
                await writer.WriteAsync(AirbyteMessage.Check(CheckStatus.Failed, failure.Message), CancellationToken.None);
                if (failure.FailureType != FailureType.SystemError) return 0;
            }
            await writer.WriteAsync(AirbyteMessage.Error(failure, time.GetUtcNow()), CancellationToken.None);
            return Failed;
        }
    }
}
