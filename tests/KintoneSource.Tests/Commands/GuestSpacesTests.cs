using System.Text.Json;
using KintoneSimulator;
using KintoneSource.Tests.Simulation;

namespace KintoneSource.Tests.Commands;

/// <summary>
/// Apps of guest spaces where all apps are read and nobody names a space: Kintone lists them, and shows them below their space's own path alone.
/// </summary>
public sealed class GuestSpacesTests : IDisposable
{
    const string User = "sync", Password = "open sesame";

    readonly Simulator _simulator = new(new() { Time = InProcess.Clock() });
    readonly App _plain, _inSpace, _guest;

    public GuestSpacesTests()
    {
        _simulator.Domain.AddUser(User, Password);
        _plain = AddApp("案件");
        _inSpace = AddApp("社内", _simulator.Domain.AddSpace("社内"));
        _guest = AddApp("共有", _simulator.Domain.AddSpace("取引先", isGuest: true, members: User));
    }

    App AddApp(string name, Space? space = null)
    {
        var app = _simulator.Domain.AddApp(name, space);
        app.Add();
        return app;
    }

    static string Config(params long[] guestSpaces) => TestConfig.Of(TestConfig.Password(User, Password), TestConfig.AllApps(guestSpaces), "ascii");

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, true)] // where Kintone does not list them, the space must be named
    public async Task All_apps_are_described_and_read_each_at_its_place(bool areListed, bool isNamed)
    {
        _simulator.Options = _simulator.Options with { AppListHoldsGuestApps = areListed };
        var config = isNamed ? Config(_guest.Space!.Id) : Config();
        Assert.Equal(("SUCCEEDED", null), (await _simulator.CheckAsync(config)).Check);
        var found = await _simulator.DiscoverAsync(config);
        Assert.Empty(found.Warnings);
        var catalog = found.Configure(
            static s => s.EndsWith("_records", StringComparison.Ordinal) || s is "apps" or "app_fields" or "app_settings" or "spaces", incremental: true);
        var run = await _simulator.ReadAsync(config, catalog);
        Assert.True(run.ExitCode == 0, string.Join('\n', run.Errors));
        Assert.Empty(run.Warnings);
        foreach (var app in new[] { _plain, _inSpace, _guest }) Assert.Single(run.Records($"app_{app.Id}_records"));
        foreach (var stream in new[] { "apps", "app_settings" })
            Assert.Equal(["1", "2", "3"], run.Records(stream).Select(static r => r.GetProperty("appId").GetString()).Order(StringComparer.Ordinal));
        Assert.Equal(["False", "True"], run.Records("spaces").Select(static r => r.GetProperty("isGuest").ToString()));
    }

    [Fact]
    public async Task Only_an_app_of_a_guest_space_costs_more_than_it_did_and_once_for_all()
    {
        var catalog = (await _simulator.DiscoverAsync(Config())).Configure(static s => s.EndsWith("_records", StringComparison.Ordinal), incremental: true);
        _simulator.Journal.Clear();
        await _simulator.ReadAsync(Config(), catalog);
        Assert.Equal(0, _simulator.Journal.Entries.Count(e => e.Code is not null && e.App != _guest.Id && e.Resource != "apps"));
        Assert.InRange(_simulator.Journal.CountOf("apps"), 2, 4); // the list and its end, and whether each space is a guest space
    }

    [Fact]
    public async Task Those_whose_space_the_user_is_no_member_of_are_left_out_with_one_warning()
    {
        AddApp("もう一つ", _guest.Space);
        // The list names them, the space does not let in: by fault, since no source says who sees such an app in the list.
        _simulator.Faults.Always(Fault.Error(403, "CB_NO02"), static entry => entry.Path.StartsWith("/k/guest/", StringComparison.Ordinal));
        var found = await _simulator.DiscoverAsync(Config());
        Assert.Equal(0, found.ExitCode);
        var warning = Assert.Single(found.Warnings);
        Assert.StartsWith("Apps 3 and 4 are left out of the catalog. ", warning, StringComparison.Ordinal);
        Assert.Contains($"is in guest space {_guest.Space!.Id}, which shows its apps to members only", warning, StringComparison.Ordinal);
        var check = await _simulator.CheckAsync(Config());
        Assert.Equal("SUCCEEDED", check.Check.Status);
        Assert.Contains("which shows its apps to members only", Assert.Single(check.Warnings), StringComparison.Ordinal);

        // Whoever leaves the space later hears of it from the stream, and the others go on.
        var catalog = JsonSerializer.Serialize(new
        {
            streams = new[] { 1, 3 }.Select(static app => new
            {
                stream = new { name = $"app_{app}_records", json_schema = new { } },
                sync_mode = "full_refresh",
                destination_sync_mode = "append",
            }),
        });
        var run = await _simulator.ReadAsync(Config(), catalog);
        Assert.Single(run.Records("app_1_records"));
        Assert.Contains("which shows its apps to members only", Assert.Single(run.Errors).GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    public void Dispose() => _simulator.Dispose();
}
