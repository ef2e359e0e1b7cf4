using System.Text.Json.Nodes;
using KintoneSource.Configuration;
using KintoneSource.Protocol;
using KintoneSource.Testing.Form;

namespace KintoneSource.Tests.Configuration.Form;

/// <summary>A source can be made and edited in the platform's form, whatever is filled in, emptied, switched or saved.</summary>
public class SourceFormTests
{
    static readonly string s_pfx = Configs.Pfx("pass phrase");

    static readonly FormWalk s_walk = new(
        SpecSchema.Root.Json,
        new Dictionary<string, JsonNode>
        {
            ["credentials|api_token.api_tokens"] = "token-one\ntoken-two",
            ["client_certificate"] = s_pfx,
            ["client_certificate_passphrase"] = "pass phrase",
            ["app_selection.part"] = 2,
            ["app_selection.parts"] = 5,
            ["app_selection|listed_apps.apps"] = new JsonArray(new JsonObject { ["app"] = 12 }, new JsonObject { ["app"] = 13, ["filter"] = "x = 1" }),
        },
        [
            ["basic_auth_username", "basic_auth_password"], ["client_certificate", "client_certificate_passphrase"],
            ["app_selection.part", "app_selection.parts"],
        ]);

    [Fact]
    public void An_untouched_form_with_a_login_can_be_sent_and_chooses_all_apps()
    {
        var sent = s_walk.Steps().First().Sent;
        Assert.Empty(new SourceServer(SpecSchema.Root.Json).Save(sent));
        var config = Configs.Parse(sent.ToJsonString());
        Assert.IsType<PasswordCredentials>(config.Credentials);
        Assert.IsType<AllApps>(config.Apps);
        Assert.Empty(config.Warnings);
    }

    [Fact] // the rest is one closed line for each group
    public void What_everybody_needs_is_in_sight_and_the_rest_is_folded() => Assert.Equal(
        [
            "subdomain", "domain", "credentials", "credentials.username", "credentials.password", "app_selection", "start_date",
            "[Sub-tables, files and comments]", "[Deleted records and re-reads]", "[Names and labels]", "[Access and concurrent requests]",
        ],
        SourceForm.New(SpecSchema.Root.Json).InSight);

    [Fact]
    public void App_ID_is_in_sight_where_one_app_is_chosen() =>
        Assert.Contains("app_selection.app", SourceForm.New(SpecSchema.Root.Json).Choose("app_selection", "single_app").InSight);

    [Fact]
    [Trait("Duration", "long")]
    public void Whatever_is_sent_is_valid_by_the_specification_and_taken_or_explained()
    {
        var steps = s_walk.Steps().ToArray();
        Assert.InRange(steps.Length, 35, 60);
        Assert.All(steps.SelectMany(static step => step.Leaves is null ? [step.Sent] : (JsonObject[])[step.Sent, step.Leaves]), static sent =>
        {
            Assert.Empty(new SourceServer(SpecSchema.Root.Json).Save(sent));
            try
            {
                Assert.Empty(Configs.Parse(sent.ToJsonString()).Warnings);
            }
            catch (ConfigurationException e)
            {
                // Options that need each other, and tokens, which need apps that are named.
                Assert.Matches("go together|is missing|cannot be read with API tokens|cannot be combined", e.Message);
            }
        });
    }

    [Fact]
    public void What_is_undone_leaves_nothing_but_empty_lists() =>
        Assert.All(s_walk.Steps().Where(static step => step.Leaves is not null), static step =>
        {
            var left = step.Leaves!.DeepClone().AsObject();
            const string InAnOption = "filled app_selection|";
            var before = step.Done.StartsWith(InAnOption, StringComparison.Ordinal)
                ? $"chose {step.Done[InAnOption.Length..step.Done.IndexOf('.', StringComparison.Ordinal)]} of app_selection"
                : "untouched, with a login";
            var untouched = s_walk.Steps().Single(other => other.Done == before).Sent.DeepClone().AsObject();
            // A default that was emptied is not sent, and has its effect in the program.
            foreach (var (name, property) in new FormSchema(SpecSchema.Root.Json).Properties)
                if (property.Options.Count == 0 && left[name] is null or JsonArray { Count: 0 }) untouched.Remove(name);
            Assert.Equal(WithoutEmptyLists(untouched), WithoutEmptyLists(left));
        });

    [Theory]
    [InlineData("password", new[] { "credentials.password" })]
    [InlineData("api_token", new[] { "credentials.api_tokens" })]
    [InlineData("oauth2", new[] { "credentials.client_id", "credentials.client_secret", "credentials.refresh_token" })]
    public void Secrets_survive_an_edit(string login, string[] secrets)
    {
        secrets = [.. secrets, "directory_api_token", "basic_auth_password", "client_certificate", "client_certificate_passphrase"];
        var server = new SourceServer(SpecSchema.Root.Json);
        var form = SourceForm.New(SpecSchema.Root.Json).Fill("subdomain", "mycompany").Choose("credentials", login);
        foreach (var secret in secrets) form.Fill(secret, $"the secret in {secret}\nsecond line");
        if (login == "password") form.Fill("credentials.username", "sync");
        Assert.Empty(server.Save(form.Send()));
        var saved = server.Saved!.DeepClone();

        var masked = server.Masked();
        Assert.DoesNotContain("the secret in", masked.ToJsonString(), StringComparison.Ordinal);
        Assert.Empty(server.Save(SourceForm.Edit(SpecSchema.Root.Json, masked).Fill("start_date", "2025-01-01T00:00:00Z").Send()));

        saved["start_date"] = "2025-01-01T00:00:00Z";
        Assert.True(JsonNode.DeepEquals(saved, server.Saved), server.Saved.ToJsonString());
    }

    static string WithoutEmptyLists(JsonObject sent)
    {
        foreach (var (name, value) in sent.ToArray())
            if (value is JsonArray { Count: 0 }) sent.Remove(name);
            else if (value is JsonObject inner) WithoutEmptyLists(inner);
        var members = sent.OrderBy(static member => member.Key, StringComparer.Ordinal);
        return string.Join('\n', members.Select(static member => $"{member.Key}: {member.Value!.ToJsonString()}"));
    }
}
