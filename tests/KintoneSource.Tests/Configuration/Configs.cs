using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using KintoneSource.Configuration;
using KintoneSource.Protocol;

namespace KintoneSource.Tests.Configuration;

/// <summary>Configurations for tests, as the text a platform writes.</summary>
static class Configs
{
    public const string Password = """{"auth_type": "password", "username": "sync", "password": "open sesame"}""";
    public const string Tokens = """{"auth_type": "api_token", "api_tokens": "token-one token-two"}""";
    public const string OAuth = """{"auth_type": "oauth2", "client_id": "the client", "client_secret": "its secret", "refresh_token": "the refresh"}""";

    /// <summary>A configuration of every authentication and every way to select apps.</summary>
    public static IEnumerable<string> OfEveryKind =>
        from credentials in new[] { Password, Tokens, OAuth }
        from apps in new[]
        {
            """{"mode": "single_app", "app": 12, "guest_space_id": 3, "record_number": 5, "filter": "Status in (\"Open\")"}""",
            """{"mode": "listed_apps", "apps": [{"app": 12, "guest_space_id": 3, "filter": "x = 1"}, {"app": 13}]}""",
            """{"mode": "all_apps", "guest_space_ids": [3], "name_contains": "sales", "exclude_apps": [7], "part": 2, "parts": 5}""",
        }
        where credentials != Tokens || !apps.Contains("all_apps", StringComparison.Ordinal)
        let basic = credentials == OAuth ? """, "directory_api_token": "cy.s.api1.directory" """ : """, "basic_auth_username": "door", "basic_auth_password": "knock knock" """
        select $$"""
            {"subdomain": "mycompany", "domain": "kintone.com", "credentials": {{credentials}}, "app_selection": {{apps}},
             "start_date": "2025-01-01T00:00:00Z", "emit_deleted_records": false, "deletion_guard_percent": 100, "full_reread_days": 0, "related_streams": ["tables", "files"], "max_attachment_mb": 10, "attachment_names": "*.pdf", "comment_window_days": 0, "column_names": "ascii", "label_languages": ["en", "ja"], "max_concurrent_requests": 20,
             "stream_names": "id_and_name", "client_certificate": "{{s_pfx}}", "client_certificate_passphrase": "pass phrase", "base_url": "https://localhost:8443"{{basic}}}
            """;

    /// <summary>The smallest configuration there is, with more settings where given: <c>"domain": "cybozu.cn"</c>.</summary>
    public static string With(string more = "", string subdomain = "mycompany", string credentials = Password) =>
        $$"""{"subdomain": {{JsonValue.Create(subdomain).ToJsonString()}}, "credentials": {{credentials}}{{(more.Length > 0 ? ", " : "")}}{{more}}}""";

    public static SourceConfig Parse(string json) => SourceConfig.Parse(Encoding.UTF8.GetBytes(json));

    /// <summary>The message about what is wrong with it.</summary>
    public static string Problems(string json) => Assert.Throws<ConfigurationException>(() => Parse(json)).Message;

    public static JsonObject Object(string json) => JsonNode.Parse(json)!.AsObject();

    /// <summary>A certificate of nobody, made for this run.</summary>
    public static string Pfx(string passphrase, bool privateKey = true)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=sync", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        using var publicPart = X509CertificateLoader.LoadCertificate(certificate.RawData);
        // One round of encryption: tests load it thousands of times.
        var encryption = new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1);
        return Convert.ToBase64String((privateKey ? certificate : publicPart).ExportPkcs12(encryption, passphrase));
    }

    static readonly string s_pfx = Pfx("pass phrase");
}
