using System.Globalization;
using KintoneSource.Protocol;

namespace KintoneSource.Reading.Output;

/// <summary>
/// Says how far a sync is: a log line every 30 seconds and, where a person watches, one line on the terminal that moves.
/// </summary>
/// <param name="requests">Requests sent so far.</param>
/// <param name="terminal">Null when nobody watches.</param>
sealed class Progress(MessageWriter writer, Func<long> requests, TextWriter? terminal, TimeProvider time)
{
    static readonly TimeSpan s_log = TimeSpan.FromSeconds(30);
    static readonly TimeSpan s_draw = TimeSpan.FromMilliseconds(500);

    readonly long _started = time.GetTimestamp();
    readonly Lock _lock = new();
    readonly List<StreamOutput> _streams = [];

    public void Add(StreamOutput stream)
    {
        lock (_lock) _streams.Add(stream);
    }

    /// <summary>Until cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(terminal is null ? s_log : s_draw, time);
        var logged = time.GetTimestamp();
        try
        {
            while (await timer.WaitForNextTickAsync(ct))
            {
                if (terminal is not null) await terminal.WriteAsync($"\r{Text()}\e[K");
                if (time.GetElapsedTime(logged) < s_log) continue;
                logged = time.GetTimestamp();
                await writer.WriteAsync(AirbyteMessage.Log(LogLevel.Info, Text()), ct);
            }
        }
        catch (OperationCanceledException) { }
        finally
        {
            if (terminal is not null) await terminal.WriteAsync("\r\e[K");
        }
    }

    /// <summary>As <c>120,000 records, 40 %, 8,000 per second, 22 s left, 244 requests</c>.</summary>
    public string Text()
    {
        long records, expected, ofExpected;
        lock (_lock)
        {
            records = _streams.Sum(static s => s.Records);
            // Nobody counts rows of tables before they are read: the share is that of the streams whose size is known.
            expected = _streams.Sum(static s => s.Expected ?? 0);
            ofExpected = _streams.Where(static s => s.Expected is not null).Sum(static s => s.Records);
        }
        var elapsed = time.GetElapsedTime(_started).TotalSeconds;
        var rate = elapsed > 0 ? records / elapsed : 0;
        var share = expected > 0 ? string.Create(CultureInfo.InvariantCulture, $", {Math.Min(1, ofExpected / (double)expected):0 %}") : "";
        var left = expected > ofExpected && ofExpected > 0 ? string.Create(CultureInfo.InvariantCulture, $", {(expected - ofExpected) * elapsed / ofExpected:0} s left") : "";
        return string.Create(CultureInfo.InvariantCulture, $"{records:#,0} records{share}, {rate:#,0} per second{left}, {requests():#,0} requests");
    }
}
