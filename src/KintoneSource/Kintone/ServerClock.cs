namespace KintoneSource.Kintone;

/// <summary>
/// Kintone's clock, as the Date headers of its answers tell it. A header is cut to the second and some time old when it
/// arrives, so every answer says that Kintone's clock is at least so far; the one that says most is kept. It goes on
/// by the machine's steady counter: setting the machine's clock does not move it. Thread-safe.
/// </summary>
sealed class ServerClock(TimeProvider time)
{
    /// <summary>Clocks differ by seconds, and answers travel for a while; a difference like this is a fault on one side.</summary>
    static readonly TimeSpan s_absurd = TimeSpan.FromHours(1);

    readonly Lock _lock = new();
    (DateTimeOffset Time, long At)? _latest;

    /// <summary>Not later than Kintone's own, and earlier by less than a second and an answer's journey; null where no answer told it.</summary>
    public DateTimeOffset? Now { get { lock (_lock) return _latest is { } latest ? latest.Time + time.GetElapsedTime(latest.At) : null; } }

    public bool IsAbsurd(DateTimeOffset date) => (date - time.GetUtcNow()).Duration() >= s_absurd;

    /// <summary>Call as soon as the answer is there.</summary>
    public void Observe(DateTimeOffset? header)
    {
        if (header is not { } date || IsAbsurd(date)) return;
        lock (_lock)
            if (!(Now >= date)) _latest = (date, time.GetTimestamp());
    }
}
