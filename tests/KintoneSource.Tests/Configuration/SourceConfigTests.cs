using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using KintoneSource.Configuration;

namespace KintoneSource.Tests.Configuration;

public class SourceConfigTests
{
    [Fact]
    public void A_subdomain_and_a_login_are_enough()
    {
        var config = Configs.Parse(Configs.With());
        Assert.Equal(new Uri("https://mycompany.cybozu.com/"), config.BaseAddress);
        Assert.Equal(new PasswordCredentials("sync", new Secret("open sesame")), config.Credentials);
        Assert.Null(config.Apps);
        Assert.Null(config.StartDate);
        Assert.True(config.EmitDeletedRecords);
        Assert.Equal(ColumnNaming.FieldCode, config.ColumnNames);
        Assert.Equal(8, config.MaxConcurrentRequests);
        Assert.Null(config.BasicAuth);
        Assert.Null(config.ClientCertificate);
    }

    [Fact]
    public void Null_blank_and_missing_are_the_same_and_unknown_names_do_no_harm()
    {
        var config = Configs.Parse(Configs.With("""
            "domain": null, "app_selection": {"mode": null, "app": null}, "start_date": " ", "emit_deleted_records": null, "column_names": "",
            "max_concurrent_requests": null, "basic_auth_username": null, "basic_auth_password": "", "client_certificate": " ", "base_url": null,
            "__injected_by_a_runner": {"anything": [1]}
            """));
        Assert.Null(config.Apps);
        Assert.Null(config.BasicAuth);
        Assert.Equal(new Uri("https://mycompany.cybozu.com/"), config.BaseAddress);
    }

    [Theory]
    [InlineData("mycompany", """ "domain": "kintone.com" """, "https://mycompany.kintone.com/")]
    [InlineData("mycompany.cybozu.cn", """ "domain": "kintone.com" """, "https://mycompany.cybozu.cn/")]
    [InlineData("mycompany", """ "base_url": "https://proxy.example:8443" """, "https://proxy.example:8443/")]
    [InlineData("mycompany", """ "base_url": "http://localhost:8080/" """, "http://localhost:8080/")]
    [InlineData("mycompany", """ "base_url": "http://127.0.0.1:8080" """, "http://127.0.0.1:8080/")]
    [InlineData("mycompany", """ "base_url": "http://[::1]:8080" """, "http://[::1]:8080/")]
    [InlineData("mycompany", """ "base_url": "http://kintone.localhost" """, "http://kintone.localhost/")]
    [InlineData("mycompany.s.cybozu.com", """ "base_url": "http://localhost" """, "http://localhost/")]
    public void Base_address_comes_from_what_says_most(string subdomain, string more, string expected) =>
        Assert.Equal(new Uri(expected), Configs.Parse(Configs.With(more, subdomain)).BaseAddress);

    [Theory]
    [InlineData("mycompany", "mycompany.s.cybozu.com")]
    [InlineData("https://mycompany.s.kintone.com/k/12/", "mycompany.s.kintone.com")]
    public void A_client_certificate_leads_to_the_host_of_secure_access(string subdomain, string host)
    {
        var config = Configs.Parse(Configs.With($$""" "client_certificate": "{{Configs.Pfx("phrase")}}", "client_certificate_passphrase": "phrase" """, subdomain));
        Assert.Equal(host, config.BaseAddress.Host);
        Assert.True(config.ClientCertificate!.Certificate.HasPrivateKey);
    }

    [Fact]
    public void A_certificate_is_taken_however_a_tool_wrote_it_as_Base64()
    {
        var pfx = Configs.Pfx("");
        var lines = string.Join("\\n", pfx.Chunk(64).Select(static line => new string(line)));
        string[] texts =
        [
            pfx, lines, lines.Replace("\\n", "\\r\\n", StringComparison.Ordinal), $"data:application/x-pkcs12;base64,{pfx}",
            $"-----BEGIN CERTIFICATE-----\\n{lines}\\n-----END CERTIFICATE-----\\n",
            $"-----BEGIN PKCS12-----{pfx}-----END PKCS12-----", // a field of one line has joined them
        ];
        foreach (var text in texts)
            Assert.NotNull(Configs.Parse(Configs.With($$""" "client_certificate": "{{text}}" """)).ClientCertificate);
    }

    [Fact]
    public void Tokens_are_split_trimmed_and_kept_once_in_their_order()
    {
        string[] texts = ["\" one\\ntwo,three、ｆｏｕｒ\\r\\n one two\\nfive\"", """[" one ", "two,three、ｆｏｕｒ", null, "", "one", "two\nfive"]"""]; // a list may stand in a file
        foreach (var text in texts)
        {
            var credentials = $$"""{"auth_type": "api_token", "api_tokens": {{text}}}""";
            var config = Configs.Parse(Configs.With(""" "app_selection": {"mode": "single_app", "app": 12} """, credentials: credentials));
            Assert.Equal(
                ["one", "two", "three", "four", "five"],
                Assert.IsType<ApiTokenCredentials>(config.Credentials).Tokens.Select(static token => token.Reveal()));
        }
    }

    [Fact]
    public void More_than_nine_tokens_are_allowed()
    {
        var tokens = string.Join(",", Enumerable.Range(1, 30).Select(static n => $"token{n}"));
        var config = Configs.Parse(Configs.With(
            """ "app_selection": {"mode": "single_app", "app": 12} """, credentials: $$"""{"auth_type": "api_token", "api_tokens": "{{tokens}}"}"""));
        Assert.Equal(30, Assert.IsType<ApiTokenCredentials>(config.Credentials).Tokens.Count);
    }

    [Fact]
    public void A_password_keeps_its_blanks() =>
        Assert.Equal(
            new PasswordCredentials("sync", new Secret(" open ")),
            Configs.Parse(Configs.With(credentials: """{"auth_type": "password", "username": " sync ", "password": " open "}""")).Credentials);

    [Theory]
    [InlineData("2025-01-01", "2025-01-01T00:00:00Z")]
    [InlineData("2025-01-01T09:30:00Z", "2025-01-01T09:30:00Z")]
    [InlineData("2025-01-01T09:30:00+09:00", "2025-01-01T00:30:00Z")]
    [InlineData("2025-01-01T09:30:00", "2025-01-01T09:30:00Z")]
    [InlineData("2025-01-01T09:30:00.123Z", "2025-01-01T09:30:00.123Z")]
    [InlineData("2025-01-01T09:30:00.123456789Z", "2025-01-01T09:30:00.1234567Z")]
    [InlineData("2025-01-01T09:30:00.123456789+09:00", "2025-01-01T00:30:00.1234567Z")]
    [InlineData(" ２０２５-01-01 ", "2025-01-01T00:00:00Z")]
    public void Start_date_is_a_date_or_a_moment_in_UTC(string typed, string expected) =>
        Assert.Equal(
            DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture),
            Configs.Parse(Configs.With($$""" "start_date": "{{typed}}" """)).StartDate);

    [Theory]
    [InlineData("12", 12), InlineData("\"12\"", 12), InlineData("\" １２ \"", 12), InlineData("12.0", 12), InlineData("\"SALES-12\"", 12),
        InlineData("\"営業-A-12\"", 12)]
    public void Record_number_comes_with_or_without_the_app_code(string json, long expected) =>
        Assert.Equal(
            new SingleApp(new(7, RecordNumber: expected)),
            Configs.Parse(Configs.With($$""" "app_selection": {"mode": "single_app", "app": 7, "record_number": {{json}} } """)).Apps);

    [Fact]
    public void A_filter_that_is_empty_is_none() =>
        Assert.Equal(
            new SingleApp(new(7)), Configs.Parse(Configs.With(""" "app_selection": {"mode": "single_app", "app": "7", "filter": "\u3000"} """)).Apps);

    [Fact]
    public void Another_refresh_token_changes_nothing_else()
    {
        var config = Configs.Object(Configs.OfEveryKind.First(static config => config.Contains("refresh_token", StringComparison.Ordinal)));
        Gen.Select(Gen.String, Gen.String, Gen.Int).Sample((token, name, value) =>
        {
            var given = config.DeepClone().AsObject();
            given[$"unknown{name}"] = value;
            given["credentials"]![$"unknown{name}"] = new JsonArray(value, name, null, 1.50m);
            var text = given.ToJsonString();

            var replaced = Configs.Object(Configs.Parse(text).WithRefreshToken(token).ToString());
            var expected = Configs.Object(text);
            expected["credentials"]!["refresh_token"] = token;
            Assert.True(JsonNode.DeepEquals(
                Configs.Object(expected.ToJsonString()), replaced), replaced.ToJsonString());
        }, iter: 300);
    }

    [Fact]
    public void Secret_values_hold_every_secret_and_every_header_made_from_one()
    {
        foreach (var json in Configs.OfEveryKind)
        {
            var given = Configs.Object(json);
            var values = Configs.Parse(json).SecretValues.ToList();
            var credentials = given["credentials"]!;
            string[] expected = (string?)credentials["auth_type"] switch
            {
                "password" => ["open sesame", "open%20sesame", Base64("sync:open sesame"), Uri.EscapeDataString(Base64("sync:open sesame"))],
                "api_token" => ["token-one", "token-two"],
                _ => ["its secret", "the refresh", Base64("the client:its secret")],
            };
            if (given["basic_auth_password"] is not null) expected = [.. expected, "knock knock", Base64("door:knock knock")];
            Assert.Equal([], expected.Append("pass phrase").Append((string)given["client_certificate"]!).Except(values));
            Assert.Equal(values.OrderByDescending(static value => value.Length), values);
            Assert.DoesNotContain("", values);
        }

        static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
    }

    [Fact]
    public void No_text_of_a_configuration_shows_a_secret()
    {
        foreach (var config in Configs.OfEveryKind.Select(Configs.Parse))
        {
            var shown = $"{config} {config.Credentials} {config.BasicAuth} {config.ClientCertificate} {config.Apps}";
            if (config.Credentials is ApiTokenCredentials tokens) shown += string.Join(' ', tokens.Tokens);
            Assert.Contains("****", shown, StringComparison.Ordinal);
            Assert.DoesNotContain(config.SecretValues, secret => shown.Contains(secret, StringComparison.Ordinal) && secret != "the client");
        }
    }
}
