using KintoneSource.Commands;

namespace KintoneSource.Tests.Commands;

public class SyncSummaryTests
{
    static string Text(long rows, long deletions, params (long App, long Requests)[] apps) => Text((5, 0, 5), rows, deletions, apps);

    static string Text((int Whole, int Failed, int All) streams, long rows, long deletions, params (long App, long Requests)[] apps) =>
        new SyncSummary(streams.Whole, streams.Failed, streams.All, rows, deletions, TimeSpan.FromSeconds(41.04), apps.Sum(static a => a.Requests) + 3, 1,
            apps.ToDictionary(static a => a.App, static a => a.Requests)).ToString();

    [Fact]
    public void The_last_line_says_what_was_read_and_used()
    {
        Assert.Equal("Finished: 5 streams read whole; 0 rows in 41.0 s, 3 requests, 1 warning.", Text(0, 0));
        Assert.Equal("Finished: 5 streams read whole; 12,000 rows (3 deletions among them) in 41.0 s, 33 requests (30 of them to app 7), 1 warning.",
            Text(12_000, 3, (7, 30)));
        Assert.Equal("Finished: 5 streams read whole; 1 row in 41.0 s, 1,235 requests (at most 1,230 to one app, app 9), 1 warning.",
            Text(1, 0, (7, 2), (9, 1230)));
    }

    [Theory]
    [InlineData(1, 0, 1, "Finished: 1 stream read whole; ")]
    [InlineData(11, 1, 12, "Ended with failures: 11 of 12 streams read whole, 1 failed; ")]
    [InlineData(0, 1, 1, "Ended with failures: 0 of 1 stream read whole, 1 failed; ")]
    [InlineData(2, 0, 1_200, "Cut off: 2 of 1,200 streams read whole, 1,198 cut off; ")]
    [InlineData(0, 3, 5, "Cut off: 0 of 5 streams read whole, 3 failed, 2 cut off; ")]
    public void It_tells_of_success_only_where_all_was_read(int whole, int failed, int all, string beginning) =>
        Assert.StartsWith(beginning, Text((whole, failed, all), 7, 0), StringComparison.Ordinal);

    [Theory]
    [InlineData(5_000, null)]
    [InlineData(5_001, "App 7 got up to 5,001 requests from this connection since 9:00 in Japan (0:00 UTC): more than half of Kintone's soft limit of 10,000")]
    public void More_than_half_of_a_day_s_requests_is_a_warning(long requests, string? warning)
    {
        var said = SyncSummary.DailyLimitWarning([(7, requests), (8, 12)]);
        if (warning is null) Assert.Null(said);
        else Assert.StartsWith(warning, said, StringComparison.Ordinal);
    }

    [Fact]
    public void Several_apps_are_one_warning() =>
        Assert.StartsWith("4 apps, for example 1, 2, 3, got up to 9,000 requests",
            SyncSummary.DailyLimitWarning([(4, 6000), (2, 9000), (1, 6000), (5, 5000), (3, 7000)]), StringComparison.Ordinal);
}
