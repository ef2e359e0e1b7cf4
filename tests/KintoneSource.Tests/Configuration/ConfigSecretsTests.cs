using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using KintoneSource.Commands;
using KintoneSource.Configuration;

namespace KintoneSource.Tests.Configuration;

/// <summary>Secrets are known before anything is parsed, and none of them is in any message.</summary>
public class ConfigSecretsTests
{
    const string Secret = "tr0ub4dor-and-3";

    static IEnumerable<SpecSchema> Secrets => SpecSchema.NamedProperties.Where(static property => property.IsTrue("airbyte_secret"));

    public static TheoryData<string> Paths { get; } = [.. SpecSchema.NamedProperties.Select(static property => property.Path)];

    [Fact]
    public void A_secret_is_known_wherever_its_name_stands_in_whatever_shape_and_before_a_break()
    {
        Assert.Equal(9, Secrets.Count());
        var shape = Gen.OneOf("\"S\"", "[\"x\", \"S\"]", "{\"value\": [{\"is\": \"S\"}]}", "\"one,S\\ntwo\"", "\" S \"");
        var place = Gen.OneOf(
            "{\"N\": V}", "{\"connectionConfiguration\": {\"credentials\": {\"N\": V}}}", "[[{\"a\": 1, \"N\": V}]]", "{\"N\": V, \"broken\": tru",
            "\uFEFF{\"N\": V,}", "{\"N\": V} # end");
        Gen.Select(Gen.Int[0, 8].Select(static index => Secrets.ElementAt(index).Name!), shape, place).Sample((name, value, config) =>
        {
            var given = value.Replace("S", Secret, StringComparison.Ordinal);
            var json = config.Replace("N", name, StringComparison.Ordinal).Replace("V", given, StringComparison.Ordinal);
            Assert.Contains(Secret, ConfigSecrets.In(Encoding.UTF8.GetBytes(json)));
        });
    }

    [Fact]
    public void What_is_no_secret_is_not_masked() =>
        Assert.Empty(ConfigSecrets.In("""
            {"subdomain": "mycompany", "credentials": {"auth_type": "password", "username": "sync"}, "apps": [1, "two"]}
            """u8));

    [Theory, MemberData(nameof(Paths))] // pasted into the wrong field
    public async Task A_secret_in_another_option_is_not_in_any_message(string path)
    {
        var schema = SpecSchema.Every.Single(schema => schema.Path == path);
        var configs = Configs.OfEveryKind.Select(Configs.Object).Append(Configs.Object(Configs.With())).ToArray();
        foreach (var value in (JsonNode[])[Secret, new JsonArray(Secret), new JsonObject { [Secret] = Secret }])
        {
            var config = configs.First(config => SpecAndParserTests.Place(config, schema) is not null || config == configs[^1]).DeepClone().AsObject();
            (SpecAndParserTests.Place(config, schema) ?? config)[schema.Name!] = value.DeepClone();
            config["directory_api_token"] ??= Secret; // where it belongs
            config["base_url"] = schema.Name == "base_url" ? value.DeepClone() : "http://localhost:1";
            Assert.DoesNotContain(Secret, await CheckAsync(config.ToJsonString()), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Nor_is_it_in_a_message_about_a_file_that_breaks_off() =>
        Assert.DoesNotContain(
            Secret, await CheckAsync($$"""{"subdomain": "{{Secret}}", "credentials": {"password": "{{Secret}}", """), StringComparison.Ordinal);

    [Fact]
    public void Asterisks_alone_are_a_secret_that_the_platform_hid()
    {
        var wholes = Configs.OfEveryKind.Select(Configs.Object).ToArray();
        foreach (var schema in Secrets)
        {
            var config = wholes.First(config => SpecAndParserTests.Place(config, schema)?.ContainsKey(schema.Name!) == true).DeepClone();
            SpecAndParserTests.Place(config, schema)![schema.Name!] = "**********";
            Assert.Equal(
                $"The configuration has a problem. {SpecAndParserTests.Titles(schema)}: holds asterisks only: "
                + "the platform hid this value and did not put it back. Paste it again.",
                Configs.Problems(config.ToJsonString()));
        }
    }

    [Fact] // saved by a version whose tokens were a list
    public void So_are_asterisks_among_tokens() =>
        Assert.Contains(
            "the platform hid this value",
            Configs.Problems(Configs.With(
                """ "app_selection": {"mode": "single_app", "app": 12} """,
                credentials: """{"auth_type": "api_token", "api_tokens": ["**********", "token-two"]}""")),
            StringComparison.Ordinal);

    [Theory]
    [InlineData("open sesame ", "Password: it begins or ends with a blank, which is sent as a part of it. If it is refused, enter it without the blank.")]
    [InlineData("\\topen sesame", "Password: it begins or ends with a blank, which is sent as a part of it. If it is refused, enter it without the blank.")]
    [InlineData("\\\"open sesame\\\"", "Password: it stands in quotes, which are sent as a part of it. If it is refused, enter it without the quotes.")]
    [InlineData("“open sesame”", "Password: it stands in quotes, which are sent as a part of it. If it is refused, enter it without the quotes.")]
    [InlineData("open 'sesame'", null)]
    public void A_password_that_looks_like_a_slip_is_sent_as_it_is_with_a_hint(string password, string? hint) =>
        Assert.Equal(
            hint is null ? [] : [hint],
            Configs.Parse(Configs.With(credentials: $$"""{"auth_type": "password", "username": "sync", "password": "{{password}}"}""")).Warnings);

    static async Task<string> CheckAsync(string config)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, config);
            using var output = new MemoryStream();
            await Program.RunAsync(new Invocation("check", file, null, null), output, null, CancellationToken.None);
            return Encoding.UTF8.GetString(output.ToArray());
        }
        finally
        {
            File.Delete(file);
        }
    }
}
