using System.Globalization;
using System.Text.Json.Nodes;
using KintoneSimulator;

namespace KintoneSource.Certification;

/// <summary>What the server says of itself, and how soon things can be seen.</summary>
static class ServerProbes
{
    const string Group = "Server";

    public static IEnumerable<Probe> All { get; } = [Concurrency, Date, BulkVisibility, StatisticsFreshness, DeployTime];

    static Probe Concurrency => new("headers-of-concurrency", Group, "Do answers say how many requests are under way and may be?",
        nameof(SimulatorOptions.ConcurrencyHeaders),
        static options => options.ConcurrencyHeaders ? "yes" : "no",
        static async session =>
        {
            var headers = (await session.App.QueryAsync("limit 1")).Headers;
            return headers.TryGetValue("X-ConcurrencyLimit-Limit", out var limit) && headers.ContainsKey("X-ConcurrencyLimit-Running")
                ? new Answer("yes", $"limit {limit}") : "no";
        })
    { OtherWay = static options => options with { ConcurrencyHeaders = !options.ConcurrencyHeaders } };

    static Probe Date => new("date-header", Group, "Does an answer carry Kintone's clock?", nameof(SimulatorOptions.DateHeader),
        static options => options.DateHeader switch { DateHeader.Clock => "yes", DateHeader.Absent => "no", _ => "an absurd one" },
        static async session =>
        {
            var now = session.Kintone.Time.GetUtcNow();
            if (!(await session.App.QueryAsync("limit 1")).Headers.TryGetValue("Date", out var text)
                || !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out var date))
                return "no";
            var ahead = date - now;
            return ahead.Duration() > TimeSpan.FromDays(365) ? "an absurd one" : new Answer("yes", $"{Session.Seconds(ahead)} from this machine's clock");
        })
    { OtherWay = static options => options with { DateHeader = DateHeader.Absurd } };

    static Probe BulkVisibility => new("bulk-write-visible", Group, "Can a hundred records that were added at once be found at once?",
        nameof(SimulatorOptions.BulkVisibilityLag),
        static options => options.BulkVisibilityLag == TimeSpan.Zero ? "at once" : "later",
        static async session =>
        {
            var ids = await session.App.AddAllAsync(
                [.. Enumerable.Range(0, 100).Select(static n => new JsonObject { [TestForm.Key] = $"bulk {n} {Guid.NewGuid():N}" })], untilFound: false);
            var time = await session.UntilAsync(() => session.App.AreFoundAsync(ids), TimeSpan.FromSeconds(5), 60);
            await session.App.DeleteAsync(ids);
            return time == TimeSpan.Zero ? "at once"
                : new Answer("later", time is { } seconds ? $"after {Session.Seconds(seconds)}" : "not within five minutes");
        })
    {
        OtherWay = static options =>
        options with { BulkVisibilityLag = options.BulkVisibilityLag == TimeSpan.Zero ? TimeSpan.FromSeconds(20) : TimeSpan.Zero }
    };

    static Probe StatisticsFreshness => new("statistics-freshness", Group, "Do apps/statistics.json count a new record at once?",
        nameof(SimulatorOptions.StatisticsLag),
        static options => !options.StatisticsAvailable ? "not answered" : options.StatisticsLag == TimeSpan.Zero ? "at once" : "later",
        static async session =>
        {
            if (await CountAsync(session) is not { } before)
                return new Answer("not answered", "there are no statistics for this user or course");
            await session.AddAsync();
            var time = await session.UntilAsync(async () => await CountAsync(session) > before, TimeSpan.FromSeconds(15), 20);
            return time == TimeSpan.Zero ? "at once"
                : new Answer("later", time is { } seconds ? $"after {Session.Seconds(seconds)}" : "not within five minutes");
        })
    { OtherWay = static options => options with { StatisticsLag = options.StatisticsLag == TimeSpan.Zero ? TimeSpan.FromMinutes(2) : TimeSpan.Zero } };

    static Probe DeployTime => new("time-of-a-deployment", Group, "Are new settings in use as soon as they are deployed?", nameof(SimulatorOptions.DeployTime),
        static options => options.DeployTime == TimeSpan.Zero ? "at once" : "later",
        static async session =>
        {
            (await session.Main.PutAsync("/k/v1/preview/app/settings.json", new() { ["app"] = session.App.Id, ["description"] = $"{Guid.NewGuid()}" }))
                .Must("Describing the app");
            (await session.Main.PostAsync("/k/v1/preview/app/deploy.json", new() { ["apps"] = new JsonArray(new JsonObject { ["app"] = session.App.Id }) }))
                .Must("Deploying the app");
            var time = await session.UntilAsync(async () =>
                (string?)(await session.Main.GetAsync("/k/v1/preview/app/deploy.json", ("apps[0]", $"{session.App.Id}")))
                    .Must("Asking for the deployment")["apps"]![0]!["status"] == "SUCCESS", TimeSpan.FromSeconds(1), 120);
            return time == TimeSpan.Zero ? "at once"
                : new Answer("later", time is { } seconds ? $"after {Session.Seconds(seconds)}" : "not within two minutes");
        })
    { OtherWay = static options => options with { DeployTime = options.DeployTime == TimeSpan.Zero ? TimeSpan.FromSeconds(3) : TimeSpan.Zero } };

    static async Task<long?> CountAsync(Session session)
    {
        for (var offset = 0; ; offset += 100)
        {
            var answer = await session.Main.GetAsync("/k/v1/apps/statistics.json", ("limit", "100"), ("offset", $"{offset}"));
            if (!answer.IsOk)
                return null;
            var apps = answer.Json!["apps"]!.AsArray();
            if (apps.FirstOrDefault(app => (string?)app!["id"] == $"{session.App.Id}") is { } mine)
                return long.Parse((string)mine["recordCount"]!, CultureInfo.InvariantCulture);
            if (apps.Count < 100)
                return null;
        }
    }
}
