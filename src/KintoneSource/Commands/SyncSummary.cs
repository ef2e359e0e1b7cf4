using System.Globalization;
using KintoneSource.Reading.Output;

namespace KintoneSource.Commands;

/// <summary>What a sync has done and used, for the last lines of its log.</summary>
/// <param name="Requests">Of all attempts, and of those to each app.</param>
readonly record struct SyncSummary(long Records, long Deletions, TimeSpan Duration, long Requests, long Warnings, IReadOnlyCollection<KeyValuePair<long, long>> Apps)
{
    public override string ToString()
    {
        var busiest = Apps.Count == 0 ? "" : Apps.MaxBy(static a => a.Value) is var most && Apps.Count == 1
            ? $" ({SyncOutlook.Number(most.Value)} of them to app {most.Key})" : $" (at most {SyncOutlook.Number(most.Value)} to one app, app {most.Key})";
        return string.Create(CultureInfo.InvariantCulture,
            $"Finished: {SyncOutlook.Plural(Records, "record")}{(Deletions > 0 ? $" ({SyncOutlook.Plural(Deletions, "deletion")} among them)" : "")} in {Duration.TotalSeconds:N1} s, {SyncOutlook.Plural(Requests, "request")}{busiest}, {SyncOutlook.Plural(Warnings, "warning")}.");
    }

    /// <summary>Apps that used more than half of what a day allows; null where there is none.</summary>
    /// <param name="today">Requests to each app on this day, in this sync and earlier ones.</param>
    public static string? DailyLimitWarning(IEnumerable<(long App, long Requests)> today)
    {
        var over = today.Where(static a => a.Requests > SyncOutlook.RequestsPerDay / 2).OrderBy(static a => a.App).ToArray();
        if (over.Length == 0) return null;
        var subjects = SameCause.Capital(new SameCause("", [.. over.Select(static a => a.App)], "").Subjects("app", null));
        return string.Create(CultureInfo.InvariantCulture,
            $"{subjects} got up to {over.Max(static a => a.Requests):N0} requests from this connection since 9:00 in Japan (0:00 UTC): more than half of Kintone's soft limit of {SyncOutlook.RequestsPerDay:N0} requests per app and day, which people and other programs share (100,000 in the Wide course). Schedule fewer syncs, raise full_reread_days, or leave out streams of comments.");
    }
}
