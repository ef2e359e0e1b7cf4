using System.Globalization;
using KintoneSource.Protocol;
using KintoneSource.Reading.Output;

namespace KintoneSource.Commands;

/// <summary>What a sync has done and used, for the last lines of its log.</summary>
/// <param name="Whole">Streams that were read to their end.</param>
/// <param name="Failed">Streams that failed.</param>
/// <param name="Streams">All of them; those that are left were cut off, or had not begun, when somebody stopped the sync.</param>
/// <param name="Rows">Of all streams.</param>
/// <param name="Requests">Of all attempts, and of those to each app.</param>
readonly record struct SyncSummary(
    int Whole, int Failed, int Streams, long Rows, long Deletions, TimeSpan Duration, long Requests, long Warnings, IReadOnlyCollection<KeyValuePair<long,
    long>> Apps)
{
    public int CutOff => Streams - Whole - Failed;

    public override string ToString()
    {
        var how = CutOff > 0 ? "Cut off" : Failed > 0 ? "Ended with failures" : "Finished";
        var streams = Whole == Streams ? Quantity.Of(Streams, "stream") : $"{Quantity.Number(Whole)} of {Quantity.Of(Streams, "stream")}";
        var others = $"{(Failed > 0 ? $", {Quantity.Number(Failed)} failed" : "")}{(CutOff > 0 ? $", {Quantity.Number(CutOff)} cut off" : "")}";
        var busiest = Apps.Count == 0 ? "" : Apps.MaxBy(static a => a.Value) is var most && Apps.Count == 1
            ? $" ({Quantity.Number(most.Value)} of them to app {most.Key})" : $" (at most {Quantity.Number(most.Value)} to one app, app {most.Key})";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{how}: {streams} read whole{others}; "
            + $"{Quantity.Of(Rows, "row")}{(Deletions > 0 ? $" ({Quantity.Of(Deletions, "deletion")} among them)" : "")} in {Duration.TotalSeconds:N1} s, "
            + $"{Quantity.Of(Requests, "request")}{busiest}, {Quantity.Of(Warnings, "warning")}.");
    }

    /// <summary>Apps that used more than half of what a day allows; null where there is none.</summary>
    /// <param name="today">Requests to each app on this day, in this sync and earlier ones.</param>
    public static string? DailyLimitWarning(IEnumerable<(long App, long Requests)> today)
    {
        var over = today.Where(static a => a.Requests > SyncOutlook.RequestsPerDay / 2).OrderBy(static a => a.App).ToArray();
        if (over.Length == 0) return null;
        var subjects = SameCause.Capital(new SameCause("", [.. over.Select(static a => a.App)], "").Subjects("app", null));
        return string.Create(CultureInfo.InvariantCulture,
            $"{subjects} got up to {over.Max(static a => a.Requests):N0} requests from this connection since 9:00 in Japan (0:00 UTC): more than half of "
                + $"Kintone's soft limit of {SyncOutlook.RequestsPerDay:N0} requests per app and day, which people and other programs share (100,000 in the "
                + $"Wide course). Schedule fewer syncs, raise full_reread_days, or leave out streams of comments.");
    }
}
