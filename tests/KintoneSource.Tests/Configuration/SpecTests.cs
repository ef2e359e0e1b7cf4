using System.Text.Json;
using System.Text.RegularExpressions;
using KintoneSource.Tests.Configuration.Form;

namespace KintoneSource.Tests.Configuration;

/// <summary>
/// The rules that the platform's acceptance harness, the platform and other runners have for a specification, each by its name there.
/// </summary>
public class SpecTests
{
    static readonly string[] s_namesOfSecrets =
    [
        "client_token", "access_token", "api_token", "token", "secret", "client_secret", "password", "key", "service_account_info",
        "service_account", "tenant_id", "certificate", "jwt", "credentials", "app_id", "appid", "refresh_token",
    ];

    [Fact]
    public void Enum_usage_has_no_duplicates() => Every(static schema => schema.Texts("enum").Distinct().Count() == schema.Texts("enum").Length);

    [Fact]
    public void OneOf_usage_has_one_constant_discriminator()
    {
        var parents = SpecSchema.Every.Where(static schema => schema.Has("oneOf")).ToArray();
        Assert.Equal(["credentials", "app_selection"], parents.Select(static parent => parent.Path));
        foreach (var parent in parents)
        {
            Assert.Equal("object", parent.Text("type"));
            var variants = parent.Variants.Select(static variant => variant.Properties.ToDictionary(static property => property.Name!)).ToArray();
            var common = variants.Select(static properties => properties.Keys.AsEnumerable()).Aggregate(Enumerable.Intersect).ToArray();
            var constant = Assert.Single(common, name => variants.All(properties => properties[name].Has("const")));
            Assert.All(variants, properties =>
            {
                Assert.Equal(properties[constant].Text("const"), properties[constant].Text("default"));
                Assert.Equal(properties[constant].Text("const"), Assert.Single(properties[constant].Texts("enum")));
            });
            Assert.Equal(variants.Length, variants.Select(properties => properties[constant].Text("const")).Distinct().Count());
            Assert.All(parent.Variants, variant => Assert.Contains(constant, variant.Texts("required")));
        }
    }

    [Fact]
    public void Secret_is_properly_marked()
    {
        Every(static schema =>
            !s_namesOfSecrets.Contains(schema.Name) || schema.Has("const")
            || schema.IsTrue("airbyte_secret") == schema.Text("type") is "string" or "integer" or "number");
        Assert.Equal(
            [
                "credentials|password.password", "credentials|api_token.api_tokens",
                "credentials|oauth2.client_id", "credentials|oauth2.client_secret", "credentials|oauth2.refresh_token",
                "directory_api_token", "basic_auth_password", "client_certificate", "client_certificate_passphrase",
            ],
            SpecSchema.Every.Where(static schema => schema.IsTrue("airbyte_secret")).Select(static schema => schema.Path));
    }

    [Fact]
    public void No_property_is_named_like_a_secret_app_id() =>
        Every(static schema => schema.Name is not ("app_id" or "appid"));

    [Fact]
    public void Property_type_is_not_array() => Every(static schema => schema.Json.GetProperty("type").ValueKind is JsonValueKind.String);

    [Fact]
    public void Object_is_not_empty() =>
        Every(static schema => schema.Text("type") is not "object" || schema.Properties.Any() || schema.Variants.Any());

    [Fact]
    public void Array_type_has_items_of_one_simple_schema() =>
        Every(static schema => schema.Text("type") is not "array"
            || schema.Items.Single().Text("type") is "object" or "string" or "number" or "integer");

    /// <summary>An allowlist: what it does not hold is forbidden by the harness (allOf, $ref and others), unknown to the form, or misspelt.</summary>
    [Fact]
    public void Forbidden_complex_types_and_unknown_keywords_do_not_occur()
    {
        string[] known =
        [
            "type", "title", "description", "properties", "required", "oneOf", "items", "enum", "const", "default", "examples", "format", "pattern",
            "pattern_descriptor", "minimum", "maximum", "minItems", "maxLength", "order", "group", "display_type", "airbyte_secret",
            "airbyte_hidden", "multiline", "always_show",
        ];
        string[] atTheTop = ["$schema", "additionalProperties", "groups", "x-kintone-limits"];
        Every(schema => schema.Json.EnumerateObject().All(keyword =>
            known.Contains(keyword.Name) || schema.Parent is null && atTheTop.Contains(keyword.Name)));
    }

    [Fact]
    public void Defined_refs_do_not_occur_anywhere() => Assert.DoesNotContain("\"$ref\"", SpecSchema.Spec.GetRawText(), StringComparison.Ordinal);

    [Fact]
    public void Date_format_has_a_pattern_that_takes_its_examples()
    {
        var dates = SpecSchema.Every.Where(static schema => schema.Has("format")).ToArray();
        Assert.NotEmpty(dates);
        Assert.All(dates, static date => Assert.True(date.Has("pattern") && date.Has("pattern_descriptor")));
    }

    [Fact]
    public void Duplicate_order_does_not_occur()
    {
        Every(static schema => schema.Name is null || schema.Has("order"));
        Every(static schema => schema.Properties.GroupBy(static property => property.Text("group")).All(static group =>
            group.Select(static property => property.Json.GetProperty("order").GetInt32()).ToArray() is var orders
            && orders.SequenceEqual(Enumerable.Range(0, orders.Length))));
    }

    [Fact]
    public void Nested_group_does_not_occur()
    {
        var groups = SpecSchema.Root.Json.GetProperty("groups").EnumerateArray().Select(static group => group.GetProperty("id").GetString()).ToArray();
        Every(schema => schema.Parent == SpecSchema.Root ? groups.Contains(schema.Text("group")) : !schema.Has("group"));
    }

    [Fact]
    public void Display_type_stands_on_oneOf_only() =>
        Every(static schema => !schema.Has("display_type") || schema.Has("oneOf") && schema.Text("display_type") is "dropdown" or "radio");

    [Fact]
    public void Additional_properties_is_true()
    {
        Assert.DoesNotMatch(new Regex("\"additionalProperties\"\\s*:(?>\\s*)(?!true)"), SpecSchema.Spec.GetRawText());
        Assert.True(SpecSchema.Root.IsTrue("additionalProperties"));
    }

    [Fact]
    public void Required_names_are_properties() =>
        Every(static schema => schema.Texts("required").All(name => schema.Properties.Any(property => property.Name == name)));

    [Fact]
    public void Protocol_version_is_one_that_platforms_take()
    {
        // They refuse what lies outside 0.0.0 to 0.3.0, although the protocol's own package counts further.
        if (SpecSchema.Spec.TryGetProperty("protocol_version", out var version)) Assert.Equal("0.2.0", version.GetString());
    }

    [Fact]
    public void Property_has_a_type_even_for_runners_that_read_no_oneOf() => Every(static schema => schema.Has("type"));

    [Fact]
    public void Property_explains_itself_to_people() =>
        Every(static schema => schema.Name is null
            || schema.Text("title")?.Length is > 2 and < 40
                && (schema.Has("const") || schema.Text("description") is { Length: > 20 } text && text.EndsWith('.')));

    [Fact]
    public void Limits_are_told_in_words_and_numbers()
    {
        var words = SpecSchema.Root.Text("description")!;
        Assert.Contains("Kintone may limit API calls", words, StringComparison.Ordinal);
        Assert.Contains("no more than once every 15 minutes", words, StringComparison.Ordinal);
        Assert.Contains("schedule fewer syncs at the same time", words, StringComparison.Ordinal);
        var numbers = SpecSchema.Root.Json.GetProperty("x-kintone-limits");
        Assert.Equal(15, numbers.GetProperty("minimum_minutes_between_syncs").GetInt32());
        Assert.Equal(100, numbers.GetProperty("concurrent_requests_per_domain").GetInt32());
        Assert.Equal(10_000, numbers.GetProperty("requests_per_app_and_day").GetInt32());
    }

    public static TheoryData<string> Rules { get; } = [.. FormRules.All.Keys];

    [Theory, MemberData(nameof(Rules))]
    public void The_form_can_be_sent_and_edited(string rule) => Assert.Empty(FormRules.All[rule](SpecSchema.Root));

    [Fact] // the form shows neither the description of the whole nor x-kintone-limits
    public void Limits_are_told_where_people_look()
    {
        foreach (var name in (string[])["app_selection", "start_date", "max_concurrent_requests"])
            Assert.Contains("no more than once every 15 minutes", Description(name), StringComparison.Ordinal);
        foreach (var name in (string[])["app_selection", "start_date", "related_streams", "full_reread_days", "max_concurrent_requests"])
            Assert.Contains("10,000", Description(name), StringComparison.Ordinal);
        Assert.Contains("accepts 100 of all programs together", Description("max_concurrent_requests"), StringComparison.Ordinal);

        static string Description(string name) => SpecSchema.Root.Properties.Single(property => property.Name == name).Text("description")!;
    }

    [Fact]
    public void Base_url_is_hidden() => Assert.True(SpecSchema.Every.Single(static schema => schema.Name is "base_url").IsTrue("airbyte_hidden"));

    [Fact]
    public void Incremental_is_supported() => Assert.True(SpecSchema.Spec.GetProperty("supportsIncremental").GetBoolean());

    static void Every(Func<SpecSchema, bool> rule)
    {
        Assert.InRange(SpecSchema.Every.Count, 30, 200);
        Assert.Equal([], SpecSchema.Every.Where(schema => !rule(schema)).Select(static schema => schema.Path));
    }
}
