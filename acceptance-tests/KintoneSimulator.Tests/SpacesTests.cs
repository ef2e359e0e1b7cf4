namespace KintoneSimulator.Tests;

public sealed class SpacesTests : IDisposable
{
    readonly Company _company = new();
    readonly Space _guests;
    readonly App _app;

    public SpacesTests()
    {
        _guests = _company.Domain.AddSpace("ゲスト", isGuest: true, members: ["admin"]);
        _app = _company.Domain.AddApp("共有", _guests);
        _app.Add();
    }

    [Theory]
    [InlineData(400)]
    [InlineData(520)]
    public async Task An_app_of_a_guest_space_is_not_on_the_normal_path(int status)
    {
        _company.Simulator.Options = _company.Simulator.Options with { GuestAppStatus = status };
        Assert.Equal((status, "GAIA_IL23"), (await _company.GetAsync($"/k/v1/records.json?app={_app.Id}")).Refusal);
        Assert.Equal([1], (await _company.GetAsync($"/k/guest/{_guests.Id}/v1/records.json?app={_app.Id}")).Ids);
        Assert.Equal([1], (await _company.GetAsync($"/k/guest/{_guests.Id}/v1/records.json?app={_app.Id}", Company.Token(_app.AddToken()))).Ids);
    }

    [Fact]
    public async Task A_guest_path_leads_only_to_its_own_apps_and_members()
    {
        var other = _company.Domain.AddSpace("normal");
        Assert.Equal((403, "CB_NO02"), (await _company.GetAsync($"/k/guest/{_guests.Id}/v1/records.json?app=1")).Refusal);
        Assert.Equal((403, "CB_NO02"), (await _company.GetAsync($"/k/guest/99/v1/records.json?app={_app.Id}")).Refusal);
        Assert.Equal((403, "CB_NO02"), (await _company.GetAsync($"/k/guest/{other.Id}/v1/records.json?app={_app.Id}")).Refusal);
        Assert.Equal((403, "CB_NO02"), (await _company.GetAsync($"/k/guest/{_guests.Id}/v1/app.json?id={_app.Id}", Company.Password("ann", "pass:word")))
            .Refusal);
    }

    [Fact]
    public async Task Each_path_lists_its_own_apps()
    {
        Assert.Equal(["1", "2"], await AppsAsync("/k/v1/apps.json"));
        Assert.Equal(["2"], await AppsAsync($"/k/guest/{_guests.Id}/v1/apps.json"));
        _company.Simulator.Options = _company.Simulator.Options with { AppListHoldsGuestApps = false };
        Assert.Equal(["1"], await AppsAsync("/k/v1/apps.json"));
    }

    [Fact]
    public async Task Apps_are_found_by_each_condition()
    {
        var space = _company.Domain.AddSpace("開発");
        for (var i = 0; i < 120; i++)
            _company.Domain.AddApp($"App {i}", i % 2 == 0 ? space : null, code: $"C{i}");
        Assert.Equal(100, (await AppsAsync("/k/v1/apps.json")).Length);
        Assert.Equal(22, (await AppsAsync("/k/v1/apps.json?offset=100")).Length);
        Assert.Equal(["3", "13"], await AppsAsync("/k/v1/apps.json?ids[0]=13&ids[1]=3"));
        Assert.Equal(["3"], await AppsAsync("/k/v1/apps.json?codes[0]=C0&codes[1]=c1"));
        Assert.Equal(["4", "13", "14"], (await AppsAsync("/k/v1/apps.json?name=PP%201"))[..3]);
        Assert.Equal(60, (await AppsAsync($"/k/v1/apps.json?spaceIds[0]={space.Id}")).Length);
    }

    [Theory]
    [InlineData(true, "2026-05-01T12:00:40.000Z")]
    [InlineData(false, "2026-05-01T12:00:40Z")]
    public async Task Times_of_apps_have_milliseconds_or_not(bool have, string expected)
    {
        _company.Simulator.Options = _company.Simulator.Options with { AppTimesHaveMilliseconds = have };
        Assert.Equal(expected, (string?)(await _company.GetAsync("/k/v1/app.json?id=1")).Json["createdAt"]);
    }

    [Fact]
    public async Task A_private_space_is_for_its_members()
    {
        var space = _company.Domain.AddSpace("役員", isPrivate: true, members: ["admin"]);
        var app = _company.Domain.AddApp("予算", space);
        Assert.Equal(200, (int)(await _company.GetAsync($"/k/v1/space.json?id={space.Id}")).Status);
        var ann = Company.Password("ann", "pass:word");
        Assert.Equal((403, "CB_NO02"), (await _company.GetAsync($"/k/v1/space.json?id={space.Id}", ann)).Refusal);
        Assert.Equal((403, "CB_NO02"), (await _company.GetAsync($"/k/v1/app.json?id={app.Id}", ann)).Refusal);
        Assert.Equal((403, "CB_NO02"), (await _company.GetAsync($"/k/v1/space.json?id={_guests.Id}")).Refusal);
        Assert.Equal(200, (int)(await _company.GetAsync($"/k/guest/{_guests.Id}/v1/space.json?id={_guests.Id}")).Status);
    }

    async Task<string[]> AppsAsync(string path) =>
        [.. (await _company.GetAsync(path)).Json["apps"]!.AsArray().Select(app => (string)app!["appId"]!)];

    public void Dispose() => _company.Dispose();
}
