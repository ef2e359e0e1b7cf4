using System.Text.Json;
using System.Text.RegularExpressions;

namespace KintoneSource.Tests.Configuration;

/// <summary>What a platform needs to lead a user through consent on the tenant's own host.</summary>
public class SpecOAuthTests
{
    static readonly JsonElement s_auth = SpecSchema.Spec.GetProperty("advanced_auth");
    static readonly JsonElement s_config = s_auth.GetProperty("oauth_config_specification");
    static readonly JsonElement s_flow = s_config.GetProperty("oauth_connector_input_specification");

    [Fact]
    public void Oauth_flow_parameters_point_into_the_configuration()
    {
        var paths = new List<string> { Join(s_auth.GetProperty("predicate_key")) };
        foreach (var part in new[]
        {
            "oauth_user_input_from_connector_config_specification", "complete_oauth_output_specification",
            "complete_oauth_server_output_specification",
        })
            paths.AddRange(s_config.GetProperty(part).GetProperty("properties").EnumerateObject()
                .Select(static property => Join(property.Value.GetProperty("path_in_connector_config"))));

        var known = SpecSchema.NamedProperties.Select(static schema => schema.Path.Split('|', '.') is [var top, _, var name] ? $"{top}/{name}" : schema.Path);
        Assert.Equal(6, paths.Count);
        Assert.Equal([], paths.Except(known));

        static string Join(JsonElement path) => string.Join('/', path.EnumerateArray().Select(static part => part.GetString()));
    }

    [Fact]
    public void Oauth_is_one_of_the_methods()
    {
        Assert.Equal("oauth2.0", s_auth.GetProperty("auth_flow_type").GetString());
        Assert.Contains(SpecSchema.Every, static schema => schema.Path == $"credentials|{s_auth.GetProperty("predicate_value").GetString()}");
    }

    [Theory] // the templates see what was typed, and can't cut a host out of it
    [InlineData("mycompany", true)]
    [InlineData("My-Company-2", true)]
    [InlineData("mycompany.cybozu.com", false)]
    [InlineData("https://mycompany.cybozu.com/k/12/", false)]
    [InlineData("evil.example/", false)]
    [InlineData("evil.example#", false)]
    [InlineData("ann@evil", false)]
    [InlineData("会社", false)]
    public void The_form_takes_no_subdomain_that_would_lead_the_consent_to_another_host(string typed, bool isTaken)
    {
        var pattern = SpecSchema.Root.Properties.Single(static property => property.Name == "subdomain").Text("pattern")!;
        Assert.Equal(isTaken, Regex.IsMatch(typed, pattern, RegexOptions.ECMAScript));
    }

    [Fact]
    public void Server_parameters_are_taken_and_handed_on_under_the_same_names()
    {
        string[] expected = ["client_id", "client_secret"];
        foreach (var part in new[] { "complete_oauth_server_input_specification", "complete_oauth_server_output_specification" })
            Assert.Equal(expected, s_config.GetProperty(part).GetProperty("properties").EnumerateObject().Select(static property => property.Name));
        Assert.Equal("refresh_token", Assert.Single(s_flow.GetProperty("extract_output").EnumerateArray()).GetString());
    }

    [Theory]
    [InlineData("mycompany", "kintone.com", "mycompany.kintone.com")]
    [InlineData("mycompany", "", "mycompany.cybozu.com")]
    public void Urls_are_on_the_tenants_own_host(string subdomain, string domain, string host)
    {
        var values = new Dictionary<string, string>
        {
            ["subdomain"] = subdomain,
            ["domain"] = domain,
            ["client_id_param"] = "client_id=CID",
            ["redirect_uri_param"] = "redirect_uri=https%3A%2F%2Fplatform.example%2Fauth_flow",
            ["state_param"] = "state=STATE",
            ["scope_param"] = $"scope={Uri.EscapeDataString(s_flow.GetProperty("scope").GetString()!)}",
            ["auth_code_param"] = "code=CODE",
        };
        Assert.Equal(
            $"https://{host}/oauth2/authorization?client_id=CID&redirect_uri=https%3A%2F%2Fplatform.example%2Fauth_flow&response_type=code&state=STATE"
            + "&scope=k%3Aapp_record%3Aread%20k%3Aapp_settings%3Aread%20k%3Afile%3Aread",
            ConsentTemplate.Render(s_flow.GetProperty("consent_url").GetString()!, values));
        Assert.Equal(
            $"https://{host}/oauth2/token?grant_type=authorization_code&code=CODE&redirect_uri=https%3A%2F%2Fplatform.example%2Fauth_flow",
            ConsentTemplate.Render(s_flow.GetProperty("access_token_url").GetString()!, values));
    }

    [Fact]
    public void Client_signs_in_by_the_header_and_the_form_is_not_JSON()
    {
        var headers = s_flow.GetProperty("access_token_headers");
        Assert.Equal("Basic {{ (client_id_value ~ ':' ~ client_secret_value) | b64encode }}", headers.GetProperty("Authorization").GetString());
        Assert.Equal("application/x-www-form-urlencoded", headers.GetProperty("Content-Type").GetString());
        // The platform sends these as JSON, which Kintone's token endpoint does not read.
        Assert.False(s_flow.TryGetProperty("access_token_params", out _));
    }
}
