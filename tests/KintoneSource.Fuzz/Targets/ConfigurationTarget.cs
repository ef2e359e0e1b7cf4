using System.Text;
using System.Text.Unicode;
using KintoneSimulator;
using KintoneSource.Configuration;
using KintoneSource.Protocol;

namespace KintoneSource.Fuzz.Targets;

/// <summary>Configurations: one that nothing contradicts, or a configuration error that shows no secret.</summary>
sealed class ConfigurationTarget : FuzzTarget
{
    /// <summary>Every secret of the samples holds it.</summary>
    const string Secret = "open-sesame-9471";

    readonly byte[][] _corpus;

    public ConfigurationTarget()
    {
        using var certificates = new TestCertificates($"{Secret}-passphrase");
        _corpus = [.. Corpus("configurations"), .. OfEveryKind(Convert.ToBase64String(certificates.Pfx.Span)).Select(Encoding.UTF8.GetBytes)];
    }

    /// <summary>Opening a certificate costs what its author wants: PKCS#12 counts its rounds.</summary>
    public override long MostMemory(int length) => 5_000_000 + (400L * length);

    public override IReadOnlyList<byte[]> Dictionary { get; } =
    [
        .. ((string[])["\"https://mycompany.cybozu.com/k/12/\"", "\"auth_type\":\"oauth2\"", "\"mode\":\"all_apps\"", ".s.cybozu.com", "http://localhost:1", "@", "\\ud800", "１２", "-5", "\"2025-13-01\"", "null", "[\"\"]"]).Select(Encoding.UTF8.GetBytes),
    ];

    public override byte[] Make(Dice dice) => Damaged(_corpus, dice);

    public override bool Try(byte[] input)
    {
        if (!Utf8.IsValid(input)) return false; // InputFile refuses it
        try
        {
            var config = SourceConfig.Parse(input);
            using var certificate = config.ClientCertificate?.Certificate;
            if (config.MaxConcurrentRequests is < 1 or > 50 || config.BaseAddress.AbsolutePath != "/"
                || (config.BaseAddress.Scheme == "http" && !config.BaseAddress.IsLoopback
                && !config.BaseAddress.Host.EndsWith(".localhost", StringComparison.Ordinal)))
                throw new DifferenceException($"{config.BaseAddress} with {config.MaxConcurrentRequests} requests");
            if (!config.SecretValues.Any()) throw new DifferenceException("nothing would be masked");
            return true;
        }
        catch (ConfigurationException e)
        {
            if (e.ToString().Contains(Secret, StringComparison.Ordinal) && IsSecretStill(input)) throw new DifferenceException(
                $"a secret in the message: {e.Message}");
            return false;
        }
    }

    /// <summary>A mutation may have put the text where no secret stands, as in the subdomain.</summary>
    static bool IsSecretStill(byte[] input)
    {
        try
        {
            using var json = System.Text.Json.JsonDocument.Parse(input);
            return !HoldsElsewhere(json.RootElement, "");
        }
        catch (System.Text.Json.JsonException) { return true; }
    }

    static bool HoldsElsewhere(System.Text.Json.JsonElement value, string name) => value.ValueKind switch
    {
        System.Text.Json.JsonValueKind.Object =>
            value.EnumerateObject().Any(static p => p.Name.Contains(Secret, StringComparison.Ordinal) || HoldsElsewhere(p.Value, p.Name)),
        System.Text.Json.JsonValueKind.Array => value.EnumerateArray().Any(item => HoldsElsewhere(item, name)),
        _ => name is not ("password" or "api_tokens" or "client_secret" or "refresh_token" or "basic_auth_password" or "client_certificate" or "client_certificate_passphrase") && value.GetRawText().Contains(Secret, StringComparison.Ordinal),
    };

    static IEnumerable<string> OfEveryKind(string pfx) =>
        from credentials in new[]
        {
            $$"""{"auth_type": "password", "username": "sync", "password": "{{Secret}}"}""",
            $$"""{"auth_type": "api_token", "api_tokens": "{{Secret}}1 {{Secret}}2"}""",
            $$"""{"auth_type": "oauth2", "client_id": "the client", "client_secret": "{{Secret}}", "refresh_token": "{{Secret}}"}""",
        }
        from apps in new[]
        {
            """{"mode": "single_app", "app": 12, "guest_space_id": 3, "record_number": 5, "filter": "Status in (\"Open\")"}""",
            """{"mode": "listed_apps", "apps": [{"app": 12, "guest_space_id": 3, "filter": "x = 1"}, {"app": 13}]}""",
            """{"mode": "all_apps", "guest_space_ids": [3], "name_contains": "sales", "exclude_apps": [7]}""",
        }
        select $$"""
            {"subdomain": "mycompany", "domain": "kintone.com", "credentials": {{credentials}}, "app_selection": {{apps}},
             "start_date": "2025-01-01T00:00:00Z", "emit_deleted_records": false, "column_names": "ascii", "max_concurrent_requests": 20,
             "basic_auth_username": "door", "basic_auth_password": "{{Secret}}",
             "client_certificate": "{{pfx}}", "client_certificate_passphrase": "{{Secret}}-passphrase"}
            """;
}
