using System.Globalization;
using KintoneSource.Protocol;

namespace KintoneSource.Reading.Output;

/// <summary>
/// Says how far a sync is: a log line every 30 seconds and, where a person watches, one line on the terminal that moves. Percent and time left are over
/// everything that is to be read, and not given before all of it is known; what cannot be known is named.
/// </summary>
/// <param name="requests">Requests sent so far.</param>
/// <param name="terminal">Null when nobody watches.</param>
sealed class Progress(MessageWriter writer, Func<long> requests, TextWriter? terminal, TimeProvider time)
{
    static readonly TimeSpan s_log = TimeSpan.FromSeconds(30);
    static readonly TimeSpan s_draw = TimeSpan.FromMilliseconds(500);

    const int MostNamed = 3, MostSamples = 256;

    readonly long _started = time.GetTimestamp();
    readonly Lock _lock = new();
    readonly List<StreamOutput> _streams = [];
    readonly List<(TimeSpan At, double Done)> _samples = [(TimeSpan.Zero, 0)];
    IReadOnlyList<Portion> _portions = [];

    public void Add(StreamOutput stream)
    {
        lock (_lock) _streams.Add(stream);
    }

    /// <summary>All that is to be done, before any of it is.</summary>
    public void Expect(IReadOnlyList<Portion> portions) => Volatile.Write(ref _portions, portions);

    public TimeSpan Elapsed => time.GetElapsedTime(_started);

    public long Rows { get { lock (_lock) return _streams.Sum(static s => s.Records); } }

    public long Deletions { get { lock (_lock) return _streams.Sum(static s => s.Deletions); } }

    /// <summary>Until cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(terminal is null ? s_log : s_draw, time);
        // A wait that is cancelled throws, and the first exception of a process costs as much as a page of records; one whose timer is gone ends.
        using var stop = ct.UnsafeRegister(static timer => ((PeriodicTimer)timer!).Dispose(), timer);
        var logged = time.GetTimestamp();
        try
        {
            while (await timer.WaitForNextTickAsync(CancellationToken.None))
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

    /// <summary>As <c>120,000 rows, 40 % (not counted: users), 8,000 per second, 22 s left, 244 requests</c>.</summary>
    public string Text()
    {
        var rows = Rows;
        var elapsed = Elapsed.TotalSeconds;
        var rate = elapsed > 0 ? rows / elapsed : 0;
        var (share, left) = ("", "");
        var (done, total) = Sum();
        var pace = Pace(done);
        if (total is > 0 and var all)
        {
            var apart = Apart();
            share = string.Create(CultureInfo.InvariantCulture, $", {Math.Min(1, done / all):0 %}{(apart.Length > 0 ? $" (not counted: {apart})" : "")}");
            if (done < all && pace > 0) left = string.Create(CultureInfo.InvariantCulture, $", {(all - done) / pace:0} s left");
        }
        return string.Create(CultureInfo.InvariantCulture, $"{Quantity.Of(rows, "row")}{share}, {rate:#,0} per second{left}, {requests():#,0} requests");
    }

    /// <summary>What a second brings, over the latter half of the time so far: a sync starts slowly, and what is under way counts only when it is
    /// there.</summary>
    double Pace(double done)
    {
        var elapsed = Elapsed;
        lock (_lock)
        {
            var (at, before) = _samples.FindLast(s => s.At <= elapsed / 2);
            if (_samples.Count >= MostSamples) // every other one will do
                for (var i = _samples.Count - 1; i > 0; i -= 2) _samples.RemoveAt(i);
            _samples.Add((elapsed, done));
            return elapsed > at ? (done - before) / (elapsed - at).TotalSeconds : 0;
        }
    }

    /// <summary>Over all that is counted; no total as long as some portion is not known.</summary>
    (double Done, double? Total) Sum()
    {
        var (done, total) = (0.0, (double?)0);
        foreach (var portion in Volatile.Read(ref _portions))
        {
            if (!portion.IsCounted) continue;
            done += portion.Done;
            total += portion.Total;
        }
        return (done, total);
    }

    string Apart()
    {
        var names = Volatile.Read(ref _portions).Where(static p => !p.IsCounted).Select(static p => p.Name).ToArray();
        return string.Join(", ", names.Take(MostNamed))
            + (names.Length > MostNamed ? string.Create(CultureInfo.InvariantCulture, $" and {names.Length - MostNamed} more") : "");
    }
}
