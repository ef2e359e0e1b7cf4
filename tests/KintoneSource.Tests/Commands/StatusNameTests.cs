using System.Text.Json.Nodes;
using KintoneSimulator;
using KintoneSource.Tests.Simulation;

namespace KintoneSource.Tests.Commands;

/// <summary>Kintone's page on field types says that status, assignees and categories are addressed by the field's name; whether that differs from the
/// code is unverified.</summary>
public class StatusNameTests
{
    const string Stream = "app_2_records";

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(true, false)]
    public async Task A_status_is_read_whether_it_goes_by_its_name_or_its_code(bool byName, bool allColumns)
    {
        using var simulator = SampleCompany.Create(InProcess.Clock(), new() { StatusGoesByName = byName, UnknownFieldsAreErrors = true });
        var app = simulator.Domain.App(SampleCompany.DealsApp)!;
        foreach (var type in new[] { "STATUS", "STATUS_ASSIGNEE" })
            app.ChangeField(app.Form.Fields.Single(f => f.TypeName == type).Code, new() { ["label"] = $"the {type}" });
        var (status, assignee) = (app.Form.Fields.Single(static f => f.TypeName == "STATUS").Code,
            app.Form.Fields.Single(static f => f.TypeName == "STATUS_ASSIGNEE").Code);

        var config = TestConfig.Of(TestConfig.Administrator, TestConfig.Listed(SampleCompany.DealsApp));
        var catalog = JsonNode.Parse((await simulator.DiscoverAsync(config)).Configure(static s => s == Stream))!;
        var properties = catalog["streams"]![0]!["stream"]!["json_schema"]!["properties"]!.AsObject();
        if (!allColumns)
            foreach (var other in properties.Select(static p => p.Key).Where(name => name != "_kintone_id" && name != status && name != assignee)
                .ToArray()) properties.Remove(other);
        var run = await simulator.ReadAsync(config, catalog.ToJsonString());

        Assert.Equal(0, run.ExitCode);
        Assert.NotEmpty(run.Records(Stream));
        Assert.All(run.Records(Stream), row => Assert.False(string.IsNullOrEmpty(row.GetProperty(status).GetString())));
        Assert.Contains(run.Records(Stream), row => row.GetProperty(assignee).GetArrayLength() > 0);
        Assert.DoesNotContain("\"meta\"", run.Output, StringComparison.Ordinal);
    }
}
