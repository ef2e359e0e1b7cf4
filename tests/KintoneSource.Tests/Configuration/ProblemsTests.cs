using System.Text;
using CsCheck;
using KintoneSource.Configuration;
using KintoneSource.Protocol;
using KintoneSource.Testing;

namespace KintoneSource.Tests.Configuration;

public class ProblemsTests
{
    [Fact]
    public async Task Messages_say_what_is_wrong_and_what_to_do()
    {
        var certificate = Configs.Pfx("the right one");
        (string Title, string Json)[] cases =
        [
            ("nothing", "{}"),
            ("everything", """
                {"subdomain": "my_company", "domain": "example.com", "credentials": {"auth_type": "password", "username": 5},
                 "app_selection": {"mode": "listed_apps", "apps": [{"app": 12}, {"app": "twelve"}, {"app": 12}, 7, {"guest_space_id": -1}]},
                 "start_date": "2025/01/01", "emit_deleted_records": "sometimes", "column_names": "romaji", "max_concurrent_requests": 51,
                 "basic_auth_username": "door", "client_certificate_passphrase": "x", "base_url": "http://kintone.example"}
                """),
            ("wrong kinds", """
                {"subdomain": ["mycompany"], "credentials": "password", "app_selection": ["all"], "start_date": 2025, "emit_deleted_records": 1,
                 "max_concurrent_requests": 1.5, "basic_auth_username": true, "basic_auth_password": ["knock"], "client_certificate": {"pfx": "MII"}, "base_url": {}}
                """),
            ("an authentication that does not exist", Configs.With(credentials: """{"auth_type": "sso"}""")),
            ("no way to select apps", Configs.With(""" "app_selection": {"app": 12} """)),
            ("one app, not named", Configs.With(""" "app_selection": {"mode": "single_app", "record_number": 0} """)),
            ("no listed apps", Configs.With(""" "app_selection": {"mode": "listed_apps", "apps": []} """)),
            ("numbers", Configs.With(""" "app_selection": {"mode": "all_apps", "guest_space_ids": [1, "2,x"], "exclude_apps": 0.5} """)),
            ("a long name", Configs.With($$""" "app_selection": {"mode": "all_apps", "name_contains": "{{new string('営', 65)}}"} """)),
            ("all apps with tokens", Configs.With(""" "app_selection": {"mode": "all_apps"} """, credentials: Configs.Tokens)),
            ("tokens without apps", Configs.With(credentials: Configs.Tokens)),
            ("no tokens", Configs.With(
                """ "app_selection": {"mode": "single_app", "app": 12} """, credentials: """{"auth_type": "api_token", "api_tokens": [" "]}""")),
            ("tokens that are numbers", Configs.With(
                """ "app_selection": {"mode": "single_app", "app": 12} """, credentials: """{"auth_type": "api_token", "api_tokens": [1, 2]}""")),
            ("OAuth with nothing", Configs.With(credentials: """{"auth_type": "oauth2"}""")),
            ("OAuth and Basic", Configs.With(""" "basic_auth_username": "door", "basic_auth_password": "knock" """, credentials: Configs.OAuth)),
            ("an e-mail address", Configs.With(subdomain: "ann@mycompany.example")),
            ("another host", Configs.With(subdomain: "https://mycompany.example.com/k/12/")),
            ("no subdomain in the host", Configs.With(subdomain: "https://cybozu.com/")),
            ("secure access without a certificate", Configs.With(subdomain: "mycompany.s.cybozu.com")),
            ("a base URL with a login", Configs.With(""" "base_url": "https://ann:hunter2@kintone.example" """)),
            ("a base URL with a path", Configs.With(""" "base_url": "https://kintone.example/k/" """)),
            ("a base URL that is none", Configs.With(""" "base_url": "localhost:8080" """)),
            ("a certificate that is not Base64", Certificate("-----BEGIN-----", "x")),
            ("a certificate that is something else", Certificate("AAAA", "x")),
            ("a certificate, wrong passphrase", Certificate(certificate, "another one")),
            ("a certificate, no passphrase", Certificate(certificate, "")),
            ("a certificate without its key", Certificate(Configs.Pfx("x", privateKey: false), "x")),
        ];

        await Verifier.Verify(string.Join('\n', cases.Select(static @case => $"== {@case.Title}\n{Configs.Problems(@case.Json)}\n")));

        static string Certificate(string pfx, string passphrase) =>
            Configs.With($$""" "client_certificate": "{{pfx}}", "client_certificate_passphrase": "{{passphrase}}" """);
    }

    [Theory]
    [InlineData("", "secrets/config.json is empty. It must hold the configuration as a JSON object.")]
    [InlineData("\uFEFF \n", "secrets/config.json is empty. It must hold the configuration as a JSON object.")]
    [InlineData("[]", "secrets/config.json must hold the configuration as a JSON object, in braces, and holds a list.")]
    [InlineData("{", "line 1, column 2")]
    [InlineData("{\n  \"a\": 1\n  \"b\": 2\n}", "line 3, column 3")]
    [InlineData("{\"会社\": 会社}", "line 1, column 8")]
    [InlineData("{\n\"a\": \"\\ud842\"}", "line 2, column 6")]
    [InlineData("{\"a\": 1,}", "line 1, column 9")]
    [InlineData("{} {}", "line 1, column 4")]
    [InlineData("subdomain: mycompany\ncredentials:\n  auth_type: password\n", "secrets/config.json looks like YAML. It must hold the configuration as JSON:")]
    [InlineData("# mine\n---\nsubdomain: mycompany", "looks like YAML.")]
    [InlineData("{\n  // mine\n  \"subdomain\": \"mycompany\"}", "line 2, column 3. JSON has no comments: remove what stands there.")]
    [InlineData("{\"subdomain\": \"mycompany\" # mine\n}", "line 1, column 27. JSON has no comments: remove what stands there.")]
    [InlineData(
        "{“subdomain”: “mycompany”}", "line 1, column 2. There are typographic quotes in that line, as word processors write them: replace them")]
    [InlineData("{'subdomain': 'mycompany'}", "line 1, column 2. JSON has no single quotes: replace them by double ones")]
    public void Broken_JSON_is_located(string json, string expected) =>
        Assert.Contains(
            expected,
            Assert.Throws<ConfigurationException>(() => SourceConfig.Parse(Encoding.UTF8.GetBytes(json), "secrets/config.json")).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData(""" "start_date": "2025-01-01", "start_date": "2024-01-01" """, "start_date stands there twice. Remove one of the two.")]
    [InlineData(""" "app_selection": {"mode": "single_app", "app": 1, "app": 2} """, "app stands there twice. Remove one of the two.")]
    [InlineData(""" "S3cret!": 1, "S3cret!": 1 """, "A name stands there twice. Remove one of the two.")]
    public void A_name_that_stands_twice_is_a_problem(string more, string expected) =>
        Assert.Contains(expected, Configs.Problems(Configs.With(more)), StringComparison.Ordinal);

    [Fact]
    public void Broken_JSON_is_not_repeated() =>
        Assert.DoesNotContain("tr0ub4dor", Configs.Problems("""{"password": tr0ub4dor}"""), StringComparison.Ordinal);

    [Fact]
    public void Bytes_that_are_no_text_are_a_problem_like_any_other() =>
        Gen.Byte.Array[0, 60].Sample(static bytes =>
            Assert.Throws<ConfigurationException>(() => SourceConfig.Parse(bytes)), iter: 2000);

    [Fact]
    public void Whatever_a_value_is_there_is_a_configuration_or_a_message_without_its_secrets()
    {
        var configs = Configs.OfEveryKind.Select(static json => Configs.Object(json)).ToArray();
        var odd = Gen.OneOf("null", "true", "0", "-1", "1e300", "12345678901234567890123", "\"\"", "\"\\u3000\"", "[]", "{}", "[null]", "[[1]]",
            "\"社\\u0000\"", "{\"a\":null}");
        Gen.Select(Gen.Int[0, configs.Length - 1], Gen.Int[0, 1000], odd).Sample((index, place, value) =>
        {
            var config = configs[index].DeepClone();
            var places = Places(config).ToList();
            var (holder, name) = places[place % places.Count];
            holder[name] = System.Text.Json.Nodes.JsonNode.Parse(value);
            try
            {
                Assert.NotNull(Configs.Parse(config.ToJsonString()));
            }
            catch (ConfigurationException e)
            {
                Assert.All(["open sesame", "token-one", "its secret", "the refresh", "knock knock", "pass phrase"],
                    secret => Assert.DoesNotContain(secret, e.Message, StringComparison.Ordinal));
            }
        }, iter: 1000);

        static IEnumerable<(System.Text.Json.Nodes.JsonObject Holder, string Name)> Places(System.Text.Json.Nodes.JsonNode? node) => node switch
        {
            System.Text.Json.Nodes.JsonObject holder =>
                holder.SelectMany(property => Places(property.Value).Prepend((holder, property.Key))),
            System.Text.Json.Nodes.JsonArray list => list.SelectMany(Places),
            _ => [],
        };
    }
}
