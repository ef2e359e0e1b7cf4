namespace KintoneSource.Kintone.Http;

/// <summary>
/// Kintone's clock, as far as Kintone has told it: by the Date headers of its answers, and by the update times of its
/// records, which never lie in its future. A header is cut to the second and some time old when it arrives, a time of a
/// record even older, so each says that Kintone's clock is at least so far; the one that says most is kept. It goes on by
/// the machine's steady counter: setting the machine's clock does not move it. Thread-safe.
/// </summary>
sealed class ServerClock(TimeProvider time)
{
    /// <summary>
    /// A machine's clock may be a day off, the wrong day or the wrong half of it, and Kintone's is the better one then. A header
    /// that is further away was not made by Kintone's clock; one in the future would skip every change until then.
    /// </summary>
    static readonly TimeSpan s_absurd = TimeSpan.FromHours(48);

    readonly Lock _lock = new();
    (DateTimeOffset Time, long At)? _latest;

    /// <summary>Not later than Kintone's own clock; null where nothing told it.</summary>
    public DateTimeOffset? Now { get { lock (_lock) return _latest is { } latest ? latest.Time + time.GetElapsedTime(latest.At) : null; } }

    /// <summary>A header told it: Kintone's clock is hardly further. Where only records did, it may be days further.</summary>
    public bool IsClose { get; private set; }

    public bool IsAbsurd(DateTimeOffset date) => (date - time.GetUtcNow()).Duration() >= s_absurd;

    /// <summary>Notes the Date header of an answer. Call as soon as the answer is there.</summary>
    public void Observe(DateTimeOffset? header)
    {
        if (header is not { } date || IsAbsurd(date)) return;
        Note(date);
        IsClose = true;
    }

    /// <summary>Notes a record's update time: Kintone's clock was there already, whatever this machine's says.</summary>
    public void ObserveUpdate(DateTimeOffset updated) => Note(updated);

    void Note(DateTimeOffset reached)
    {
        lock (_lock)
            if (!(Now >= reached)) _latest = (reached, time.GetTimestamp());
    }
}
