namespace KintoneSource.Reading.States;

/// <summary>
/// How many requests went to an app, as far as its streams' states know: what a plan of the next sync and the warning of the daily limit go by. Nothing
/// else depends on it.
/// </summary>
/// <param name="Day">As <see cref="DayOf"/> says.</param>
/// <param name="Today">On that day, in all syncs.</param>
/// <param name="Full">In the last sync that read all records; null where none has.</param>
/// <param name="Later">In the last one that read changes only.</param>
readonly record struct RequestUse(DateOnly Day, long Today, long? Full, long? Later)
{
    /// <param name="before">As the sync found it.</param>
    /// <param name="now">Requests that this sync has sent to the app so far.</param>
    /// <param name="isResumed">An earlier sync began to read what this one goes on with.</param>
    public static RequestUse After(RequestUse? before, DateTimeOffset time, long now, bool readsAll, bool isResumed)
    {
        var day = DayOf(time);
        var earlier = isResumed ? (readsAll ? before?.Full : before?.Later) ?? 0 : 0;
        return new(
            day,
            (before is { } known && known.Day == day ? known.Today : 0) + now,
            readsAll ? earlier + now : before?.Full,
            readsAll ? before?.Later : earlier + now);
    }

    /// <summary>What is known last of an app, by states of its streams.</summary>
    public static RequestUse? Latest(IEnumerable<RequestUse?> uses) =>
        uses.OfType<RequestUse>().OrderBy(static u => u.Day).ThenBy(static u => u.Today).Select(static u => (RequestUse?)u).LastOrDefault();

    /// <summary>On the day of <paramref name="time"/>, in earlier syncs.</summary>
    public long On(DateTimeOffset time) => Day == DayOf(time) ? Today : 0;

    /// <summary>In UTC a day begins when Kintone's does: at 9:00 in Japan.</summary>
    public static DateOnly DayOf(DateTimeOffset time) => DateOnly.FromDateTime(time.UtcDateTime);
}
