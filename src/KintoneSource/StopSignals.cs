using System.Runtime.InteropServices;

namespace KintoneSource;

/// <summary>
/// The signals that ask the process to end: platforms send SIGTERM, a person's Ctrl+C is SIGINT and Ctrl+\ SIGQUIT, a terminal that goes away SIGHUP. The
/// command stops, writes its last STATE, and the exit code says which signal it was.
/// </summary>
sealed class StopSignals : IDisposable
{
    static readonly (PosixSignal Signal, int Number)[] s_signals = [(PosixSignal.SIGHUP, 1), (PosixSignal.SIGINT, 2), (PosixSignal.SIGQUIT, 3),
        (PosixSignal.SIGTERM, 15)];

    // Not disposed with the rest: a signal in the process's last moment is still handled, on another thread, when Main has let go of everything.
    readonly CancellationTokenSource _stop = new();
    readonly PosixSignalRegistration[] _registrations;
    int _exitCode;

    public StopSignals() => _registrations = [.. s_signals.Select(s => PosixSignalRegistration.Create(s.Signal, Hear))];

    public CancellationToken Stop => _stop.Token;

    /// <summary>128 and the number of the signal that came first, as shells have it; null while none came.</summary>
    public int? ExitCode => Volatile.Read(ref _exitCode) is > 0 and var code ? code : null;

    public void Hear(PosixSignalContext context)
    {
        context.Cancel = true; // the process does not end by the signal, but by itself
        Interlocked.CompareExchange(ref _exitCode, 128 + s_signals.Single(s => s.Signal == context.Signal).Number, 0);
        _stop.Cancel();
    }

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
    }
}
