using System.Diagnostics;
using System.Text;
using KintoneSimulator;

namespace AcceptanceTests;

/// <summary>
/// A run of the connector that is disturbed at one of its requests: the simulator holds that answer back until the
/// disturbance is done, so that it strikes there and nowhere else.
/// </summary>
sealed class DisturbedRun : IDisposable
{
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(100);
    static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(50);

    /// <summary>How often the simulator must be seen without a request for the run to be at rest.</summary>
    const int LooksAtRest = 10;

    readonly Simulator _simulator;
    readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly ManualResetEventSlim _goOn = new();
    readonly SemaphoreSlim _mayRead = new(1);
    int _left;

    /// <param name="nth">Strikes at this request of those that are <paramref name="inPhase"/>, from 1 on.</param>
    public DisturbedRun(Simulator simulator, Func<JournalEntry, bool> inPhase, int nth)
    {
        (_simulator, _left) = (simulator, nth);
        simulator.BeforeAnswer = request =>
        {
            if (!inPhase(request) || Interlocked.Decrement(ref _left) != 0) return;
            _reached.TrySetResult();
            _goOn.Wait(s_patience);
        };
    }

    /// <summary>Whether the request came about.</summary>
    public bool WasDisturbed => _reached.Task.IsCompleted;

    /// <summary>Requests when a reader that had stopped found the run at rest.</summary>
    public int RequestsAtRest { get; private set; }

    public async Task<ConnectorRun> RunAsync(Connector connector, string[] arguments, Disturbance how)
    {
        var start = ConnectorProgram.Start(arguments);
        (start.RedirectStandardInput, start.RedirectStandardOutput, start.RedirectStandardError) = (true, true, true);
        (start.StandardErrorEncoding, start.WorkingDirectory) = (Encoding.UTF8, connector.Folder);
        using var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(s_patience);
        try
        {
            var errors = process.StandardError.ReadToEndAsync(patience.Token);
            var stdout = process.StandardOutput.BaseStream;
            var reading = ReadAsync(stdout, patience.Token);
            if (await Task.WhenAny(_reached.Task, reading) == _reached.Task) await DisturbAsync(process, stdout, how, patience.Token);
            _goOn.Set();
            var output = await reading;
            await process.WaitForExitAsync(patience.Token);
            var run = new ConnectorRun(string.Join(' ', arguments), process.ExitCode, output, await errors, isCut: process.ExitCode is 128 + 9 or 141);
            connector.AssertNoSecret(Encoding.UTF8.GetString(output.Span));
            connector.AssertNoSecret(run.Errors);
            return run;
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{how}: {string.Join(' ', arguments)} did not end within {s_patience}");
        }
        finally { _goOn.Set(); }
    }

    async Task DisturbAsync(Process process, Stream stdout, Disturbance how, CancellationToken ct)
    {
        switch (how)
        {
            case Disturbance.Kill:
                process.Kill();
                break;
            case Disturbance.Terminate:
                await SignalAndWaitAsync("TERM");
                break;
            case Disturbance.Interrupt:
                await SignalAndWaitAsync("INT");
                break;
            case Disturbance.CloseOutput:
                await stdout.DisposeAsync();
                break;
            default:
                await _mayRead.WaitAsync(ct);
                _goOn.Set();
                await RestAsync(process, ct);
                RequestsAtRest = _simulator.Journal.Count;
                if (how == Disturbance.StallAndKill) process.Kill();
                if (how == Disturbance.StallAndTerminate && !process.HasExited) await Shell.SignalAsync(process, "TERM");
                _mayRead.Release();
                break;
        }

        // The answer stays away: the run must end without it.
        async Task SignalAndWaitAsync(string signal)
        {
            await Shell.SignalAsync(process, signal);
            await process.WaitForExitAsync(ct);
        }
    }

    /// <summary>Until the run has ended, or has asked for nothing for a while because nobody takes what it has.</summary>
    async Task RestAsync(Process process, CancellationToken ct)
    {
        for (var (looks, count) = (0, -1); looks < LooksAtRest && !process.HasExited; looks++)
        {
            if (_simulator.Running > 0 || count != _simulator.Journal.Count) (looks, count) = (0, _simulator.Journal.Count);
            await Task.Delay(s_look, TimeProvider.System, ct);
        }
    }

    /// <summary>What came until the end, or until the reader went away.</summary>
    async Task<ReadOnlyMemory<byte>> ReadAsync(Stream stdout, CancellationToken ct)
    {
        using var output = new MemoryStream();
        var piece = new byte[16 * 1024];
        while (true)
        {
            await _mayRead.WaitAsync(ct);
            _mayRead.Release();
            try
            {
                var length = await stdout.ReadAsync(piece, ct);
                if (length == 0) break;
                output.Write(piece, 0, length);
            }
            catch (Exception e) when (e is ObjectDisposedException or IOException
                || (e is OperationCanceledException && !ct.IsCancellationRequested))
            { break; }
        }
        return output.ToArray();
    }

    public void Dispose()
    {
        _simulator.BeforeAnswer = null;
        _goOn.Set();
        _mayRead.Dispose();
    }
}
