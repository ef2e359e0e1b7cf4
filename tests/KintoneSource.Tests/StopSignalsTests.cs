using System.Runtime.InteropServices;

namespace KintoneSource.Tests;

public class StopSignalsTests
{
    [Theory]
    [InlineData(PosixSignal.SIGHUP, 129)]
    [InlineData(PosixSignal.SIGINT, 130)]
    [InlineData(PosixSignal.SIGQUIT, 131)]
    [InlineData(PosixSignal.SIGTERM, 143)]
    public void A_signal_stops_the_command_and_not_the_process(PosixSignal signal, int exitCode)
    {
        using var signals = new StopSignals();
        Assert.Equal((false, null), (signals.Stop.IsCancellationRequested, signals.ExitCode));
        var context = new PosixSignalContext(signal);
        signals.Hear(context);
        signals.Hear(new(PosixSignal.SIGTERM)); // once more, from somebody impatient
        Assert.Equal((true, true, exitCode), (context.Cancel, signals.Stop.IsCancellationRequested, signals.ExitCode));
    }

    /// <summary>Signals are handled on threads of their own: Main may have ended when one of them gets its turn.</summary>
    [Fact]
    public void A_signal_in_the_last_moment_is_no_failure()
    {
        var signals = new StopSignals();
        signals.Dispose();
        signals.Hear(new(PosixSignal.SIGTERM));
        Assert.Equal(143, signals.ExitCode);
    }
}
