using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace AcceptanceTests.FaultMatrix;

/// <summary>Somebody waits: what goes wrong every time ends in time, and with a sentence.</summary>
public sealed class FaultyCheckTests(MatrixRuns runs) : IClassFixture<MatrixRuns>
{
    [Fact]
    public async Task A_check_in_front_of_it_ends_in_time_with_a_sentence() =>
        FaultMatrixTests.Report(await Task.WhenAll(FaultMatrixTests.All.Where(static f => f.InCheck).Select(runs.CheckAsync)));

    [Fact]
    public async Task A_host_that_takes_no_connections_ends_a_check_and_a_discover_with_a_sentence()
    {
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        silent.Listen(0);
        // The queue of those who wait to be accepted is full: further packets are dropped, as by a firewall.
        var (waiting, end) = (new List<Socket>(), (IPEndPoint)silent.LocalEndPoint!);
        for (var i = 0; i < 4; i++)
        {
            waiting.Add(new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false });
            try { waiting[^1].Connect(end); }
            catch (SocketException) { }
        }
        using var connector = runs.Connect($"http://127.0.0.1:{end.Port}");
        var started = Stopwatch.GetTimestamp();
        var check = await connector.CheckAsync();
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(60));
        Assert.Equal(("FAILED", 0), (check.Status.Status, check.ExitCode));
        Assert.Contains("nobody answers there within 5 s", check.Status.Message, StringComparison.Ordinal);
        waiting.ForEach(static s => s.Dispose());
    }

    [Fact]
    public async Task A_signal_ends_a_sync_that_waits_for_a_token()
    {
        var asked = new TaskCompletionSource();
        long? signalled = null;
        var run = await runs.ReadAsync(
            async (position, wire, _) =>
            {
                if (position != Position.Token) return false;
                asked.TrySetResult();
                await Task.Delay(Timeout.Infinite, wire.Stop);
                return true;
            },
            byOAuth: true,
            async process =>
            {
                await asked.Task;
                signalled = Stopwatch.GetTimestamp();
                await Shell.SignalAsync(process, "TERM");
            });
        Assert.InRange(Stopwatch.GetElapsedTime(signalled!.Value), TimeSpan.Zero, TimeSpan.FromSeconds(15));
        Assert.Equal(143, run.ExitCode);
    }
}
