using System.Text.Json;
using System.Text.Json.Nodes;
using KintoneSource.Testing.Form;

namespace KintoneSource.Tests.Configuration.Form;

/// <summary>The model of the form tells a good specification from a bad one: each shape that failed in the platform's own application fails here.</summary>
public class OldFormTests
{
    static readonly JsonElement s_optionalObject = Spec("""
        "basic_auth": {"type": "object", "required": ["username", "password"],
                       "properties": {"username": {"type": "string"}, "password": {"type": "string", "airbyte_secret": true}}}
        """);

    static readonly JsonElement s_secretsInAList = Spec(""" "api_tokens": {"type": "array", "items": {"type": "string", "airbyte_secret": true}} """);

    static readonly JsonElement s_choiceWithoutDefault = Spec("""
        "credentials": {"type": "object", "oneOf": [
            {"type": "object", "required": ["auth_type", "client_id"],
             "properties": {"auth_type": {"type": "string", "const": "oauth2"}, "client_id": {"type": "string"}}},
            {"type": "object", "required": ["auth_type", "password"],
             "properties": {"auth_type": {"type": "string", "const": "password"}, "password": {"type": "string"}}}]}
        """);

    static readonly JsonElement s_widePattern = Spec("""
        "start_date": {"type": "string", "format": "date-time", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}(T.+)?$"}
        """);

    public static TheoryData<string> Shapes { get; } = ["an optional object", "secrets in a list", "a choice without default", "a wide pattern"];

    static JsonElement SpecOf(string shape) => shape switch
    {
        "an optional object" => s_optionalObject,
        "secrets in a list" => s_secretsInAList,
        "a choice without default" => s_choiceWithoutDefault,
        _ => s_widePattern,
    };

    [Fact] // useBuildForm makes {} of every object, and schemaToYup validates its members
    public void With_an_optional_object_the_form_cannot_be_sent()
    {
        var form = SourceForm.New(s_optionalObject).Fill("subdomain", "mycompany");
        Assert.Equal(["basic_auth.username is required", "basic_auth.password is required"], form.Problems);
        Assert.Throws<InvalidOperationException>(form.Send);
    }

    [Fact] // JsonSecretsProcessor restores in properties and oneOf
    public void A_secret_in_a_list_is_lost_by_an_edit()
    {
        var server = new SourceServer(s_secretsInAList);
        Assert.Empty(server.Save(SourceForm.New(s_secretsInAList).Fill("subdomain", "mycompany").Fill("api_tokens", new JsonArray("token-one")).Send()));
        Assert.Empty(server.Save(SourceForm.Edit(s_secretsInAList, server.Masked()).Send()));
        Assert.Equal(SourceServer.Mask, (string)server.Saved!["api_tokens"]![0]!);
    }

    [Fact]
    public void A_choice_without_default_starts_with_an_option_that_few_people_want()
    {
        var form = SourceForm.New(s_choiceWithoutDefault).Fill("subdomain", "mycompany");
        Assert.Equal(["credentials.client_id is required"], form.Problems);
        Assert.Throws<InvalidOperationException>(() => form.Fill("credentials.password", "open sesame"));
    }

    [Fact]
    public void A_pattern_that_is_wider_than_the_format_lets_through_what_the_server_refuses()
    {
        var form = SourceForm.New(s_widePattern).Fill("subdomain", "mycompany").Fill("start_date", "2025-01-01");
        Assert.Empty(form.Problems);
        Assert.Contains("date-time", Assert.Single(new SourceServer(s_widePattern).Save(form.Send())), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Shapes))]
    public void The_rules_for_specifications_name_each_of_them(string shape) =>
        Assert.Contains(FormRules.All, rule => rule.Value(SpecSchema.Of(SpecOf(shape))).Any());

    [Fact]
    public void The_rules_for_specifications_find_nothing_in_a_good_one() =>
        Assert.All(FormRules.All, static rule => Assert.Empty(rule.Value(SpecSchema.Of(Spec(""" "app": {"type": "integer"} """)))));

    static JsonElement Spec(string more) => JsonElement.Parse($$$"""
        {"type": "object", "required": ["subdomain"], "properties": {"subdomain": {"type": "string"}, {{{more}}}}}
        """);
}
