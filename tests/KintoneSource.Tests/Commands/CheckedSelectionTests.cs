using KintoneSimulator;
using KintoneSource.Commands;
using KintoneSource.Tests.Simulation;

namespace KintoneSource.Tests.Commands;

/// <summary>What check says of filters that Kintone refuses, and of apps, filters and start dates that bring nothing.</summary>
public class CheckedSelectionTests
{
    [Theory]
    [InlineData("会社 = \"A\"",
        "The filter of app 1 names the field \"会社\", which the app does not have or does not show to this user or token. Did you mean 会社名? There are ")]
    [InlineData("ランク in (\"A\", \"D\")", "The filter of app 1 names \"D\", which is not one of the options of the field ランク. There are S, A, B, C. While ")]
    [InlineData("資本金 > 1,000,000", "Kintone cannot read the filter of app 1: a number with separators at character 7: 資本金 > »1,000,000«. Write 1000000. ")]
    [InlineData("設立日 > \"2024/01/01\"",
        "Kintone cannot read the filter of app 1: a date in another form at character 7: 設立日 > »\"2024/01/01\"«. Write \"2024-01-01\". ")]
    public async Task A_filter_is_compared_with_the_app_s_form(string filter, string expected)
    {
        using var simulator = SampleCompany.Create(InProcess.Clock());
        var run = await simulator.CheckAsync(TestConfig.Of(TestConfig.Demo, TestConfig.Listed(new { app = SampleCompany.CustomersApp, filter })));

        Assert.Equal("FAILED", run.Check.Status);
        Assert.StartsWith(expected, run.Check.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "", null, "app 1 shows no record to this user or token.")]
    [InlineData(0, "名前 = \"乙\"", 0, "app 1 shows this user or token no record that matches its filter.")]
    [InlineData(1, "名前 = \"乙\"", null, "app 1 shows this user or token no record that matches its filter.")]
    [InlineData(1, "名前 = \"甲\"", 1, "app 1 shows no record that was changed since the start date: an incremental sync would bring none.")]
    [InlineData(1, "名前 = \"甲\"", -1, null)]
    [InlineData(1, "", null, null)]
    public async Task A_selection_that_brings_nothing_is_one_line(int records, string filter, int? startDay, string? expected)
    {
        var clock = InProcess.Clock();
        using var simulator = new Simulator(new() { Time = clock });
        simulator.Domain.AddUser("viewer", "secret");
        var app = simulator.Domain.AddApp("案件");
        app.AddField("名前", "SINGLE_LINE_TEXT");
        for (var i = 0; i < records; i++) app.Add(new() { ["名前"] = "甲" });
        var start = startDay is { } day ? $"\"start_date\":\"{clock.GetUtcNow().AddDays(day):yyyy-MM-dd}T00:00:00Z\"," : "";
        clock.Advance(TimeSpan.FromDays(3));

        var config = TestConfig.Of(TestConfig.Password("viewer", "secret"), TestConfig.Listed(new { app = app.Id, filter }));
        var run = await simulator.CheckAsync(config.Insert(1, start));

        Assert.Equal(("SUCCEEDED", null), run.Check);
        Assert.InRange(simulator.Journal.Count, 2, 3);
        var lines = from line in run.Of("LOG", "log")
                    let level = line.GetProperty("level").GetString()
                    where level is "INFO" or "WARN"
                    select $"{level} {line.GetProperty("message").GetString()}";
        Assert.Equal(expected is null ? [] : [$"INFO {expected}"], lines);
    }

    /// <summary>Kintone says only that it is busy, or nothing at all, of a filter that is too much for it.</summary>
    [Theory]
    [InlineData(2_000, false, true)]
    [InlineData(2_000, true, true)]
    [InlineData(2, false, false)]
    public async Task A_filter_that_Kintone_does_not_get_through_is_said_to_be_very_long(int conditions, bool hangs, bool expected)
    {
        using var time = new VirtualTime(new(2026, 5, 1, 3, 0, 0, TimeSpan.Zero)) { Stillness = TimeSpan.FromMilliseconds(10) };
        using var simulator = SampleCompany.Create(time);
        simulator.Faults.Always(hangs ? Fault.Hang : Fault.Maintenance, static e => e.Resource == "records");
        time.IsHanging = () => hangs;
        var filter = string.Join(" or ", Enumerable.Range(1, conditions).Select(static id => $"$id = {id}"));
        var config = TestConfig.Of(TestConfig.Demo, TestConfig.Listed(new { app = SampleCompany.CustomersApp, filter }));

        var check = (await simulator.CheckAsync(config)).Check;
        Assert.Equal("FAILED", check.Status);
        Assert.Equal(
            expected,
            check.Message!.StartsWith("The filter of app 1 is very long, 26,889 characters, and Kintone may take too long over it: ", StringComparison.Ordinal));

        var read = await simulator.ReadAsync(config, """
            {"streams":[{"stream":{"name":"app_1_records","json_schema":{}},"sync_mode":"full_refresh","destination_sync_mode":"append"}]}
            """);
        var error = Assert.Single(read.Errors);
        Assert.Equal(expected, error.GetProperty("message").GetString()!.Contains(" is very long, ", StringComparison.Ordinal));
        Assert.Equal("transient_error", error.GetProperty("failure_type").GetString());
    }

    [Fact]
    public void What_a_sync_counts_says_which_apps_bring_nothing() =>
        Assert.EndsWith(
            " Apps 2 and 3 show this user or token no record, or none that matches the filter.",
            SyncOutlook.Counted([.. Enumerable.Range(1, 12).Select(static app => ((long)app, app is 2 or 3 ? 0L : 1L))]), StringComparison.Ordinal);
}
