using KintoneSource.Kintone;
using KintoneSource.Protocol;

namespace KintoneSource.Reading;

/// <summary>
/// Kintone's clock, by which records get their times: the cursor must follow it and not this machine's. Where an answer
/// has no time, or one that cannot be right, the machine's clock stands in, and a WARN says so once.
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

    /// <summary>The time at which a scan starts, from the answer that its plan is made from.</summary>
    /// <param name="serverTime">The answer's Date header.</param>
    public async ValueTask<DateTimeOffset> StartAsync(DateTimeOffset? serverTime, StreamOutput output, CancellationToken ct)
    {
        if (serverTime is { } there && !kintone.IsAbsurd(there)) return there;
        var here = time.GetUtcNow();
        bool isFirst;
        lock (_lock) (isFirst, _hasWarned) = (!_hasWarned, true);
        if (isFirst)
        {
            await output.LogAsync(LogLevel.Warn, serverTime is { } absurd
                ? $"Kintone's clock says {absurd:u}, this machine's {here:u}: one of them is wrong. The sync goes by the earlier one, so that nothing is missed; set the clock of this machine."
                : "Kintone's answer carried no time: the sync goes by this machine's clock. If that is ahead of Kintone's, changes could be missed.", ct);
        }
        return serverTime < here ? serverTime.Value : here;
    }
}
