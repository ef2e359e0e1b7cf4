using System.Text;
using System.Text.Json.Nodes;
using KintoneSimulator;
using KintoneSource.Testing;

namespace KintoneSource.Tests.Commands;

/// <summary>Https as a user has it: authorities come from the environment, so that each run is a process of its own.</summary>
[Trait("Duration", "long")]
public sealed class AuthenticationTlsTests : IAsyncLifetime, IDisposable
{
    const string Password = "correct-horse+battery/1";

    readonly Simulator _simulator = new();
    readonly TestCertificates _issued = new("certificate-passphrase");
    readonly ConnectorRuns _runs = new();
    SimulatorHost _host = null!;
    (string Name, string Value) _trust;

    public async Task InitializeAsync()
    {
        _host = await SimulatorHost.StartAsync(_simulator, options: new() { Https = true, ClientCertificates = _issued });
        _simulator.Domain.AddUser("sync", Password);
        _simulator.Domain.AddApp("Orders").Add();
        _trust = ("SSL_CERT_FILE", await _runs.FileAsync("authority.pem", _host.Certificate!.ExportCertificatePem()));
        _runs.Secrets.AddRange([Password, _issued.Passphrase, Convert.ToBase64String(_issued.Pfx.Span)]);
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    public void Dispose()
    {
        _runs.Dispose();
        _issued.Dispose();
        _simulator.Dispose();
    }

    [Fact]
    public async Task Https_and_a_client_certificate_work_where_the_authority_is_trusted()
    {
        Assert.Equal("SUCCEEDED", (await _runs.StartAsync("check", Config(_host.HttpsAddress!), _trust)).CheckStatus);
        Assert.Equal("SUCCEEDED", (await _runs.StartAsync("check", Config(_host.ClientCertificateAddress!, _issued), _trust)).CheckStatus);
    }

    [Fact]
    public async Task Each_refusal_has_its_own_sentence()
    {
        using var another = new TestCertificates();
        var text = new StringBuilder();
        await RefusedAsync("server that is not trusted", Config(_host.HttpsAddress!));
        await RefusedAsync("no client certificate", Config(_host.ClientCertificateAddress!), _trust);
        await RefusedAsync("somebody else's client certificate", Config(_host.ClientCertificateAddress!, another), _trust);
        await Verifier.Verify(text.ToString());

        async Task RefusedAsync(string name, JsonObject config, params IEnumerable<(string Name, string Value)> environment)
        {
            var output = await _runs.StartAsync("check", config, environment);
            Assert.Equal("FAILED", output.CheckStatus);
            text.Append("== ").Append(name).Append('\n').Append(output.Complaints).Append("\n\n");
        }
    }

    static JsonObject Config(string address, TestCertificates? certificate = null)
    {
        var config = new JsonObject
        {
            ["subdomain"] = "mycompany",
            ["base_url"] = address,
            ["credentials"] = new JsonObject { ["auth_type"] = "password", ["username"] = "sync", ["password"] = Password },
            ["app_selection"] = new JsonObject { ["mode"] = "single_app", ["app"] = 1 },
        };
        if (certificate is not null)
            (config["client_certificate"], config["client_certificate_passphrase"]) = (Convert.ToBase64String(certificate.Pfx.Span), certificate.Passphrase);
        return config;
    }
}
