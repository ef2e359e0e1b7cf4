using System.Globalization;
using System.Text.Json;
using KintoneSimulator;
using KintoneSource.Tests.Simulation;
using Microsoft.Extensions.Time.Testing;
using Xunit.Abstractions;

namespace KintoneSource.Tests.Commands;

/// <summary>What a company of many apps gets to read in its logs, and how its apps are shared among connections.</summary>
public class ThousandAppsTests(ITestOutputHelper output)
{
    const int MostLines = 30;

    static readonly object s_viewer = TestConfig.Password("viewer", "secret");

    static Simulator Company(int apps, FakeTimeProvider clock)
    {
        var simulator = new Simulator(new() { Time = clock });
        simulator.Domain.AddUser("viewer", "secret");
        for (var i = 0; i < apps; i++)
        {
            var app = simulator.Domain.AddApp(string.Create(CultureInfo.InvariantCulture, $"案件 {i}"));
            app.SetRights("viewer", AppRights.View);
            app.AddField("顧客名", "SINGLE_LINE_TEXT");
            app.AddField("会社名", "SINGLE_LINE_TEXT");
            for (var record = 0; record < 3; record++) app.Add(new() { ["顧客名"] = "甲" });
        }
        return simulator;
    }

    static IReadOnlyList<string> Lines(Run run) =>
    [
        .. run.Of("LOG", "log").Where(static l => l.GetProperty("level").GetString() is not ("DEBUG" or "TRACE"))
            .Select(static l => $"{l.GetProperty("level").GetString()} {l.GetProperty("message").GetString()}"),
    ];

    static string States(Run run) => JsonSerializer.Serialize(run.Of("STATE", "state").Select(static s => s.GetProperty("stream"))
        .GroupBy(static s => s.GetProperty("stream_descriptor").GetProperty("name").GetString())
        .Select(static g => new { type = "STREAM", stream = g.Last() }));

    void Show(string title, IReadOnlyList<string> lines) => output.WriteLine($"== {title}: {lines.Count} lines\n{string.Join('\n', lines)}\n");

    [Fact]
    [Trait("Duration", "long")]
    public async Task A_viewer_s_log_of_a_thousand_apps_is_short()
    {
        var clock = InProcess.Clock();
        using var simulator = Company(1000, clock);
        var config = TestConfig.Of(s_viewer, TestConfig.AllApps());

        var discovered = await simulator.DiscoverAsync(config);
        Show("discover", Lines(discovered));
        Assert.InRange(Lines(discovered).Count, 1, MostLines - 1);

        // Without the column for deleted records, to have something to complain of in each app.
        var catalog = discovered.Configure(incremental: true).Replace("\"_ab_cdc_deleted_at\"", "\"gone\"", StringComparison.Ordinal);
        string? state = null;
        foreach (var (title, wait) in new[] { ("first sync", TimeSpan.Zero), ("too soon", TimeSpan.FromMinutes(5)), ("with a full "
            + "re-read", TimeSpan.FromDays(8)) })
        {
            clock.Advance(wait);
            var run = await simulator.ReadAsync(config, catalog, state);
            Show(title, Lines(run));
            Assert.Equal(0, run.ExitCode);
            Assert.InRange(Lines(run).Count, 1, MostLines - 1);
            Assert.Contains(Lines(run), static l => l.Contains("app_permissions: rows are missing. 1,000 of 1,000 apps, for example 1, 2, 3, are not shown. ",
                StringComparison.Ordinal) && l.Contains("who may manage the app", StringComparison.Ordinal));
            state = States(run);
        }
    }

    [Fact]
    public async Task What_is_wrong_with_many_apps_is_said_in_full_at_debug_level()
    {
        using var simulator = Company(10, InProcess.Clock());
        var config = TestConfig.Of(s_viewer, TestConfig.AllApps());
        var run = await simulator.ReadAsync(config, (await simulator.DiscoverAsync(config)).Configure(static s => s == "app_notifications"));

        Assert.Contains(
            "app_notifications: not shown (CB_NO02): apps 1, 2, 3, 4, 5, 6, 7, 8, 9, 10.",
            run.Of("LOG", "log").Where(static l => l.GetProperty("level").GetString() == "DEBUG").Select(static l => l.GetProperty("message").GetString()));
    }

    [Fact]
    public async Task Advice_for_managers_is_for_what_managers_may_see_only()
    {
        using var simulator = Company(4, InProcess.Clock());
        simulator.Faults.Always(Fault.Error(404, "GAIA_AP01"), static r => r.Resource is "app/acl" or "app/views" && r.Parameters.Text("app") == "2");
        simulator.Faults.Always(Fault.Error(403, "CB_NO02"), static r => r.Resource == "app/views" && r.Parameters.Text("app") == "3");
        var config = TestConfig.Of(s_viewer, TestConfig.AllApps());
        var run = await simulator.ReadAsync(config, (await simulator.DiscoverAsync(config)).Configure(static s => s is "app_permissions" or "app_views"));

        Assert.Equal(4, run.Warnings.Count);
        Assert.All(run.Warnings, static w => Assert.Equal(w.StartsWith("app_permissions", StringComparison.Ordinal)
            && w.Contains("CB_NO02", StringComparison.Ordinal), w.Contains("who may manage", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public async Task Connections_that_share_the_apps_offer_and_read_each_of_them_once(int parts)
    {
        using var simulator = Company(23, InProcess.Clock());
        var space = simulator.Domain.AddSpace("客", isGuest: true, isPrivate: true, id: 3, members: "viewer");
        simulator.Domain.AddApp("外", space, id: 40);
        simulator.Domain.AddApp("外", space, id: 41);
        var offered = new List<string>();
        foreach (var part in Enumerable.Range(1, parts))
        {
            var config = TestConfig.Of(s_viewer, TestConfig.AllApps([3], part: (part, parts)));
            var discovered = await simulator.DiscoverAsync(config);
            offered.AddRange(discovered.Catalog.GetProperty("streams").EnumerateArray().Select(static s => s.GetProperty("name").GetString()!)
                .Where(static s => s.EndsWith("_records", StringComparison.Ordinal)));
            var run = await simulator.ReadAsync(config,
                discovered.Configure(static s => s.StartsWith("app_", StringComparison.Ordinal) && s.EndsWith("_records", StringComparison.Ordinal)));
            Assert.Equal(0, run.ExitCode);
        }
        Assert.Equal(simulator.Domain.Apps.Select(static a => $"app_{a.Id}_records").Order(StringComparer.Ordinal), offered.Order(StringComparer.Ordinal));
        Assert.All(
            // discovered once, read once
            simulator.Journal.Entries.Where(static e => e.Resource == "app/form/fields").GroupBy(static e => e.App),
            static app => Assert.Equal(2, app.Count()));
    }

    [Fact]
    public async Task A_stream_of_another_part_is_refused()
    {
        using var simulator = Company(4, InProcess.Clock());
        var all = await simulator.DiscoverAsync(TestConfig.Of(s_viewer, TestConfig.AllApps()));
        var run = await simulator.ReadAsync(TestConfig.Of(s_viewer, TestConfig.AllApps(part: (1, 2))),
            all.Configure(static s => s is "app_1_records" or "app_2_records"));

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("There is no stream app_1_records", Assert.Single(run.Errors).GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.NotEmpty(run.Records("app_2_records"));
    }

    /// <summary>What is known before the first request, and what the sync before left behind for it.</summary>
    [Fact]
    public async Task A_plan_comes_first_and_the_next_one_knows_what_the_sync_took()
    {
        var clock = InProcess.Clock();
        using var simulator = Company(12, clock);
        for (var i = 0; i < 1200; i++) simulator.Domain.App(7)!.Add(new() { ["顧客名"] = "甲" });
        var config = TestConfig.Of(s_viewer, TestConfig.AllApps());
        var discovered = await simulator.DiscoverAsync(config);
        var catalog = discovered.Configure(static s => s.EndsWith("_records", StringComparison.Ordinal) || s == "app_views", incremental: true);
        Assert.StartsWith("INFO 12 apps with 12 streams. A first sync takes 2 requests per app and 1 for every 500 records",
            Lines(discovered).Last(static l => l.StartsWith("INFO", StringComparison.Ordinal)), StringComparison.Ordinal);

        var first = await simulator.ReadAsync(config, catalog);
        Show("first", Lines(first));
        Assert.Equal(
        [
            "INFO This sync: 12 apps in 12 streams, and 1 other stream. 12 apps are read from the start. Requests: 2 for each app that is read from the "
                + "start, 1 for its settings, and 1 for every 500 of its records.",
            "INFO A later sync in which nothing changes takes 3 requests per app, 36 in all: 3,333 of them fit a day within Kintone's soft limit of 10,000 "
                + "requests per app and day (33,333 in the Wide course).",
            "INFO Counted: 12 apps that are read from the start have 1,236 records, about 38 requests. The slowest is app 7: 1,203 records, about 5 requests.",
        ], Lines(first).Where(static l => !l.Contains("Finished", StringComparison.Ordinal)));
        // nobody asks twice for a count
        Assert.Equal(simulator.Journal.CountOf("records") / 12, simulator.Journal.Entries.Count(static e => e is { Resource: "records", App: 1 }));

        clock.Advance(TimeSpan.FromHours(1));
        var second = await simulator.ReadAsync(config, catalog, States(first));
        Show("second", Lines(second));
        Assert.StartsWith("INFO This sync: 12 apps in 12 streams, and 1 other stream. 12 apps go on from an earlier sync, which knew 1,236 records.",
            Lines(second)[0], StringComparison.Ordinal);
        Assert.Matches("^INFO The slowest app was app 7: [5-9] requests when all its records were read\\.$", Lines(second)[2]);

        clock.Advance(TimeSpan.FromHours(1));
        var third = await simulator.ReadAsync(config, catalog, States(second));
        Assert.StartsWith("INFO This sync: 12 apps in 12 streams, and 1 other stream. 12 apps go on from an earlier sync, which knew 1,236 records. "
            + "Requests: about ", Lines(third)[0], StringComparison.Ordinal);
        Assert.Matches("when all its records were read, [3-9] in its last sync of changes, of which [0-9,]+ fit a day\\.$", Lines(third)[2]);
        Assert.StartsWith("INFO Finished: 13 streams read whole; 0 rows", Lines(third)[^1].Replace("12 rows", "0 rows", StringComparison.Ordinal),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_app_that_used_more_than_half_of_its_day_is_warned_of()
    {
        var clock = InProcess.Clock();
        using var simulator = Company(2, clock);
        var config = TestConfig.Of(s_viewer, TestConfig.AllApps());
        var catalog = (await simulator.DiscoverAsync(config)).Configure(static s => s.EndsWith("_records", StringComparison.Ordinal), incremental: true);
        var first = await simulator.ReadAsync(config, catalog);
        Assert.Empty(first.Warnings);

        var state = System.Text.RegularExpressions.Regex.Replace(States(first), "\"today\":\\d+", "\"today\":4999");
        clock.Advance(TimeSpan.FromHours(1));
        Assert.StartsWith("Apps 1 and 2 got up to 5,00", Assert.Single((await simulator.ReadAsync(config, catalog, state)).Warnings),
            StringComparison.Ordinal);
        clock.Advance(TimeSpan.FromDays(1));
        Assert.Empty((await simulator.ReadAsync(config, catalog, state)).Warnings);
    }
}
