using KintoneSource.Kintone.Http;
using KintoneSource.Protocol;

namespace KintoneSource.Reading.Apps;

/// <summary>
/// Kintone's clock, by which records get their times: cursors and tombstones must follow it and not this machine's. Where
/// answers have no Date, or one that cannot be right, the newest update time that Kintone shows stands in: no cursor goes beyond
/// what was seen. A WARN says so once.
/// </summary>
/// <param name="kintone">Kintone's clock, where its answers told it.</param>
sealed class SyncClock(TimeProvider time, ServerClock kintone)
{
    /// <summary>Kintone is ahead of <see cref="Now"/> by less than this: a header has whole seconds, and an answer travels for a while.</summary>
    static readonly TimeSpan s_uncertainty = TimeSpan.FromSeconds(5);

    readonly Lock _lock = new();
    bool _hasWarned;

    /// <summary>Kintone's time, as far as it is known.</summary>
    public DateTimeOffset Now => kintone.Now ?? time.GetUtcNow();

    /// <summary>Kintone's time, as far as Kintone has told it; null where it has told nothing.</summary>
    public DateTimeOffset? Known => kintone.Now;

    /// <summary>A Date header by which one may go.</summary>
    public bool IsUsable(DateTimeOffset? serverTime) => serverTime is { } there && !kintone.IsAbsurd(there);

    /// <summary>
    /// When a line is written, by this machine's clock as far as Kintone's Date headers let it. Of two lines with the same update time, destinations keep
    /// the one that was emitted last: one that was written while this machine was a day ahead would hide the changes of that day. Where no header told
    /// Kintone's clock, this machine's goes on from one sync to the next; what records tell of Kintone's would fall back with each.
    /// </summary>
    public DateTimeOffset EmittedAt
    {
        get
        {
            var here = time.GetUtcNow();
            if (!kintone.IsClose || kintone.Now is not { } least) return here;
            return here < least ? least : here > least + s_uncertainty ? least + s_uncertainty : here;
        }
    }

    /// <summary>An update time that Kintone showed, now or to an earlier sync: no tombstone may be older.</summary>
    public void ObserveUpdate(DateTimeOffset updated) => kintone.ObserveUpdate(updated);

    /// <summary>The time of day by which people count minutes and days: Kintone's where the header can be right, otherwise this machine's.</summary>
    public DateTimeOffset Today(DateTimeOffset? serverTime) => serverTime is { } there && !kintone.IsAbsurd(there) ? there : time.GetUtcNow();

    /// <summary>Kintone's time at a moment when its minute is beyond doubt; waits for one if need be, a few seconds at most.</summary>
    public async ValueTask<DateTimeOffset> CertainMinuteAsync(CancellationToken ct)
    {
        for (var now = Now; ; now = Now)
        {
            var intoMinute = TimeSpan.FromTicks(now.Ticks % TimeSpan.TicksPerMinute);
            if (intoMinute + s_uncertainty < TimeSpan.FromMinutes(1)) return now;
            await Task.Delay(TimeSpan.FromMinutes(1) - intoMinute, time, ct);
        }
    }

    /// <summary>
    /// The time at which a scan starts, from the answer that its plan is made from: every change that carries an earlier time is in
    /// what Kintone shows from now on, late commits aside. Never later than Kintone's own clock; the beginning of time where Kintone told nothing.
    /// </summary>
    /// <param name="serverTime">The answer's Date header.</param>
    /// <param name="newestUpdate">Asks Kintone for the newest update time that it shows; only asked where the header does not help.</param>
    public async ValueTask<DateTimeOffset> StartAsync(
        DateTimeOffset? serverTime, Func<CancellationToken, Task<DateTimeOffset?>> newestUpdate, MessageWriter writer, CancellationToken ct)
    {
        if (serverTime is { } there && !kintone.IsAbsurd(there)) return there;
        var here = time.GetUtcNow();
        bool isFirst;
        lock (_lock) (isFirst, _hasWarned) = (!_hasWarned, true);
        if (isFirst)
        {
            await writer.WriteAsync(AirbyteMessage.Log(LogLevel.Warn, serverTime is { } absurd
                ? $"Kintone's clock says {absurd:u}, this machine's {here:u}: one of them is wrong by days. The sync goes by the newest update time among "
                + "the records instead, so that nothing is missed; set the clock of this machine, or ask who runs the proxy in between."
                : "Kintone's answers carry no time (a proxy may have taken it out): the sync goes by the newest update time among the records, so that "
                + "nothing is missed. Records of those last minutes come again in every sync."), ct);
        }
        if (await newestUpdate(ct) is { } updated) kintone.ObserveUpdate(updated);
        return kintone.Now ?? DateTimeOffset.UnixEpoch;
    }
}
