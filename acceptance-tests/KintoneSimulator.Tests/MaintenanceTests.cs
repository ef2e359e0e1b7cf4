namespace KintoneSimulator.Tests;

/// <summary>An app in maintenance mode: its settings are shown as ever, its records to those alone who work on it.</summary>
public sealed class MaintenanceTests : IDisposable
{
    readonly Company _company = new();

    public MaintenanceTests()
    {
        _company.Add(3);
        _company.App.Close("ann");
    }

    [Fact]
    public async Task Records_are_refused()
    {
        foreach (var path in new[] { "records.json?app=1", "record.json?app=1&id=1", "record/comments.json?app=1&record=1" })
            Assert.Equal((403, "GAIA_NO02"), (await _company.GetAsync($"/k/v1/{path}")).Refusal);
        Assert.Equal((403, "GAIA_NO02"), (await _company.GetAsync("/k/v1/records.json?app=1", Company.Token(_company.App.AddToken()))).Refusal);
    }

    [Fact]
    public async Task Or_there_are_none()
    {
        _company.Simulator.Options = _company.Simulator.Options with { MaintenanceAnswer = MaintenanceAnswer.Empty };
        Assert.Equal("""{"records":[],"totalCount":"0"}""", (await _company.GetAsync("/k/v1/records.json?app=1&totalCount=true")).Text);
        Assert.Equal((403, "CB_NO02"), (await _company.GetAsync("/k/v1/record.json?app=1&id=1")).Refusal);
        Assert.Equal((403, "CB_NO02"), (await _company.GetAsync("/k/v1/record/comments.json?app=1&record=1")).Refusal);
    }

    [Theory]
    [InlineData(MaintenanceAnswer.Refused)]
    [InlineData(MaintenanceAnswer.Empty)]
    public async Task It_tells_by_what_may_be_viewed_and_hides_no_settings(MaintenanceAnswer answer)
    {
        _company.Simulator.Options = _company.Simulator.Options with { MaintenanceAnswer = answer };
        var rights = (await _company.GetAsync("/k/v1/records/acl/evaluate.json?app=1&ids[0]=1")).Json["rights"]![0]!["record"]!;
        Assert.False((bool)rights["viewable"]!);
        foreach (var path in new[] { "app.json?id=1", "app/form/fields.json?app=1", "app/settings.json?app=1", "apps.json" })
            Assert.Equal(200, (int)(await _company.GetAsync($"/k/v1/{path}")).Status);
        Assert.Equal([3, 2, 1], (await _company.GetAsync("/k/v1/records.json?app=1", Company.Password("ann", "pass:word"))).Ids);
        Assert.Equal((403, "GAIA_NO02"), (await _company.SendAsync("POST", "/k/v1/record.json", """{"app":1,"record":{}}""", Company.Password("admin", "secret"))).Refusal);
        _company.App.Open();
        Assert.Equal([3, 2, 1], (await _company.GetAsync("/k/v1/records.json?app=1")).Ids);
    }

    public void Dispose() => _company.Dispose();
}
