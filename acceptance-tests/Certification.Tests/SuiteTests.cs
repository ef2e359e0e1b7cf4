using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KintoneSimulator;

namespace KintoneSource.Certification.Tests;

/// <summary>The whole suite, connector included, against the simulator.</summary>
public sealed class SuiteTests
{
    [Fact]
    public async Task It_is_green_against_the_simulator_and_every_fact_is_answered_as_expected()
    {
        await using var kintone = await Surroundings.OpenAsync(new());
        var report = await RunAsync(kintone);
        Assert.True(report.IsGreen, MarkdownReport.Of(report));
        Assert.All(report.Facts, static fact => Assert.True(fact.Answer?.Value == fact.Default, $"{fact.Probe.Id}: {fact.Answer?.Value ?? fact.NotAsked}"));
        Assert.DoesNotContain(report.Facts, static fact => fact.Differs);
        Assert.Equal([1, 4, 8], report.Paces.Select(static pace => pace.AtOnce));
        if (Environment.GetEnvironmentVariable("CI") == "true")
            Assert.True(report.ClientAgrees, report.Client);

        // What arrived, and what moved the update time.
        Assert.Equal((Filling.Records, 0), (report.Steps[0].Rows, report.Steps[0].Deletions));
        Assert.Equal(5, report.Steps.Single(static step => step.Name == "deleted").Deletions);
        Assert.Equal(("edited: True", "commented: False", "choice renamed: False"), (Moved("edited"), Moved("commented"), Moved("choice renamed")));
        Assert.Equal(10, report.Steps.Single(static step => step.Name == "permission taken from records").Deletions);
        Assert.Contains($"app_N_records", MarkdownReport.Of(report), StringComparison.Ordinal);

        // Both apps are empty and called otherwise, so that the next run begins; nothing else was touched.
        Assert.Equal(2, report.Left.Count);
        Assert.All(kintone.Simulator!.Domain.Apps.Where(static app => app.Name.StartsWith("source-kintone", StringComparison.Ordinal)),
            static app => Assert.Equal(0, app.Records.Count));
        Assert.DoesNotContain(kintone.Simulator.Domain.Apps, static app => app.Name is TestApp.Name or TestApp.ProductsName);
        Assert.Equal("予備 次郎", kintone.Simulator.Domain.User("spare")!.Name);
        AssertTellsNothing(report, kintone.Settings);

        string Moved(string step) => $"{step}: {report.Steps.Single(one => one.Name == step).Moved}";
    }

    [Fact]
    public async Task It_is_green_with_every_switch_in_its_other_position_and_tells_which_to_turn()
    {
        // Without a Date the connector counts days by the machine's clock, which no test puts forward; refusals are met by no sync.
        var flips = ProbeTable.All.Where(static probe => probe.OtherWay is not null && probe.Switch != nameof(SimulatorOptions.DateHeader)
            && !probe.Switch!.StartsWith(nameof(SimulatorOptions.Refusals), StringComparison.Ordinal)).DistinctBy(static probe => probe.Switch).ToList();
        Assert.True(flips.Count > 40, $"{flips.Count} switches");
        var options = flips.Aggregate(new SimulatorOptions(), static (options, probe) => probe.OtherWay!(options));
        await using var kintone = await Surroundings.OpenAsync(new(), options);
        var report = await RunAsync(kintone);
        Assert.True(report.IsGreen, MarkdownReport.Of(report));
        foreach (var fact in report.Facts)
        {
            var expected = fact.Probe.Expected(options);
            Assert.True(fact.Answer?.Value == expected, $"{fact.Probe.Id}: {fact.Answer?.Value ?? fact.NotAsked}, expected {expected}");
            if (expected != fact.Default && expected != "not answered")
                Assert.Equal($"turn SimulatorOptions.{fact.Probe.Switch}", fact.Advice);
        }
        Assert.True(report.Steps.Single(static step => step.Name == "commented").Moved);
    }

    [Fact]
    public async Task It_is_not_green_when_the_connector_is_shown_other_records_than_everybody_else()
    {
        await using var kintone = await Surroundings.OpenAsync(new());
        kintone.Simulator!.Faults.Always(
            new Fault("lie")
            {
                Garble = static body => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(body.Span).Replace("text 7 ", "text 8 "
                + "", StringComparison.Ordinal))
            },
            static entry => entry.Resource == "records" && entry.UserAgent.StartsWith("source-kintone/", StringComparison.Ordinal));
        await SyncOnceAsync(kintone, static async (app, sync) =>
            Assert.Equal(["text 1"], sync.Warehouse.Differences(await app.AllAsync(), await app.FormAsync(), isStrict: true)
                .Select(static difference => $"{difference.Key} {difference.Value}")));
    }

    [Fact]
    public async Task It_notices_when_rows_are_not_those_that_the_sync_speaks_of()
    {
        await using var kintone = await Surroundings.OpenAsync(new());
        await SyncOnceAsync(kintone, static (_, sync) =>
        {
            Assert.True(sync.HoldsWhatItMust);
            var id = sync.Warehouse.Ids; // no record has it
            sync.Warehouse.Take([JsonSerializer.SerializeToElement(new { _kintone_id = id })]);
            Assert.False(sync.HoldsWhatItMust);
            return Task.CompletedTask;
        });
    }

    static async Task SyncOnceAsync(Surroundings kintone, Func<TestApp, Sync, Task> look)
    {
        var app = await TestApp.MakeAsync(kintone);
        await Filling.FillAsync(kintone, app);
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var sync = new Sync(kintone, app, new(folder.FullName));
            await sync.DiscoverAsync();
            await sync.RunAsync();
            await look(app, sync);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_run_that_is_cut_short_says_so_and_still_removes_what_it_made()
    {
        await using var kintone = await Surroundings.OpenAsync(new());
        kintone.Simulator!.Faults.Always(Fault.Error(403, "CB_NO02"), static entry => entry.UserAgent.StartsWith("source-kintone/", StringComparison.Ordinal));
        var report = await RunAsync(kintone);
        Assert.False(report.IsGreen);
        Assert.NotNull(report.CutShort);
        Assert.Contains("cut short", MarkdownReport.Of(report), StringComparison.Ordinal);
        Assert.DoesNotContain(kintone.Simulator.Domain.Apps, static app => app.Name is TestApp.Name);
        AssertTellsNothing(report, kintone.Settings);
    }

    [Fact]
    public async Task A_domain_where_its_app_is_there_already_is_refused()
    {
        await using var kintone = await Surroundings.OpenAsync(new());
        kintone.Simulator!.Domain.AddApp(TestApp.Name);
        var before = kintone.Simulator.Domain.Apps.Count;
        var refused = await Assert.ThrowsAsync<CertificationException>(() => RunAsync(kintone));
        Assert.Contains(TestApp.Name, refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, kintone.Simulator.Domain.Apps.Count);
        Assert.All(kintone.Simulator.Journal.Entries, static entry => Assert.Equal("GET", entry.Method));
    }

    [Fact]
    public async Task The_pace_is_not_measured_on_after_the_first_refusal()
    {
        await using var kintone = await Surroundings.OpenAsync(new());
        var app = await TestApp.MakeAsync(kintone);
        kintone.Simulator!.Options = kintone.Simulator.Options with { ConcurrencyLimit = 3, Latency = TimeSpan.FromMilliseconds(30) };
        kintone.Simulator.Journal.Clear();
        var paces = await Pace.MeasureAsync(kintone.Main, app);
        Assert.Equal([false, true], paces.Select(static pace => pace.Stopped));
        Assert.InRange(kintone.Simulator.Journal.Refused, 1, 4);
    }

    static Task<CertificationReport> RunAsync(Surroundings kintone) => new Suite(kintone, static _ => { }).RunAsync();

    /// <summary>Nothing that says whose domain it was.</summary>
    static void AssertTellsNothing(CertificationReport report, Settings settings)
    {
        var texts = MarkdownReport.Of(report) + JsonReport.Of(report);
        foreach (var secret in new[]
        {
            settings.Password, settings.Username, settings.Token!.Value.Token, settings.Viewer!.Value.Password, settings.OAuth!.ClientSecret,
            settings.OAuth.RefreshToken,
            settings.BaseUrl!.Authority, "認定 花子", "Guests' app",
        })
            Assert.DoesNotContain(secret, texts, StringComparison.Ordinal);
        Assert.NotNull(JsonNode.Parse(JsonReport.Of(report)));
    }
}
