using System.Text.Json;
using System.Text.Json.Nodes;

namespace AcceptanceTests.Contract;

/// <summary>What the platform's acceptance tests demand of spec and check.</summary>
[Collection(SampleCompanyCollection.Name)]
public sealed class ConnectionContractTests(SampleCompanyRuns company)
{
    [Fact]
    public void Spec_answers_with_exactly_one_message_which_is_spec_json()
    {
        var spec = Assert.Single(company.Spec.Messages).GetProperty("spec");
        using var file = JsonDocument.Parse(File.ReadAllText(Repository.File("spec.json")));
        Assert.True(JsonElement.DeepEquals(file.RootElement, spec));
    }

    [Fact]
    public void Check_of_a_right_configuration_answers_with_exactly_one_status_that_it_succeeded()
    {
        Assert.Equal("SUCCEEDED", company.Check.Status.Status);
        Assert.Empty(company.Check.Traces("ERROR"));
    }

    [Fact]
    public async Task Check_of_a_wrong_password_answers_with_exactly_one_status_that_it_failed_and_why()
    {
        using var connector = new Connector(Configs.Password(company.Address, password: "not-the-password"));
        var run = await connector.CheckAsync();
        Assert.Equal("FAILED", run.Status.Status);
        Assert.NotEmpty(run.Status.Message!);
        Assert.Empty(run.Traces("ERROR"));
    }

    [Fact]
    public async Task Check_of_a_configuration_that_is_none_fails_with_a_message_and_without_a_trace()
    {
        using var connector = new Connector(new JsonObject { ["subdomain"] = 12 });
        var run = await connector.CheckAsync();
        Assert.Equal(0, run.ExitCode);
        Assert.Equal("FAILED", run.Status.Status);
        Assert.NotEmpty(run.Status.Message!);
        Assert.Empty(run.Of("TRACE", "trace"));
    }
}
