using System.Text;
using System.Text.Json.Nodes;
using KintoneSimulator;
using KintoneSource.Tests.Simulation;

namespace KintoneSource.Tests.Commands;

/// <summary>The program behind a proxy, as its users have it: a process, a variable of the environment, a host that is not this machine.</summary>
[Trait("Duration", "long")]
public sealed class ProxyTests : IAsyncLifetime, IDisposable
{
    const string Password = "correct-horse+battery/1", ProxyPassword = "p4ss@of:the/proxy";

    readonly Simulator _simulator = new();
    readonly ConnectorRuns _runs = new();
    SimulatorHost _host = null!;
    (string Name, string Value) _trust;

    public async Task InitializeAsync()
    {
        _host = await SimulatorHost.StartAsync(_simulator, options: new() { Https = true });
        _simulator.Domain.AddUser("sync", Password);
        _simulator.Domain.AddApp("Orders").Add();
        _trust = ("SSL_CERT_FILE", await _runs.FileAsync("authority.pem", _host.Certificate!.ExportCertificatePem()));
        _runs.Secrets.AddRange([Password, ProxyPassword, Convert.ToBase64String(Encoding.UTF8.GetBytes($"user:{ProxyPassword}"))]); // in each of their forms
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    public void Dispose()
    {
        _runs.Dispose();
        _simulator.Dispose();
    }

    [Fact]
    public async Task A_tunnel_of_a_proxy_with_a_password_leads_to_Kintone()
    {
        using var proxy = new SmallProxy(IfSignedIn(SmallProxy.Connected), new Uri(_host.HttpsAddress!).Port);
        Assert.Equal("SUCCEEDED", (await _runs.StartAsync("check", Config(), _trust, Variable(proxy))).CheckStatus);
        Assert.All(proxy.Heard, static head => Assert.StartsWith($"CONNECT {TestCertificates.CompanyHost}:443 ", head, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(407, "http://name:password@host:port")]
    [InlineData(403, "take the host out by NO_PROXY")]
    public async Task A_proxy_that_refuses_is_told_at_once_with_what_to_set(int status, string advice)
    {
        using var proxy = new SmallProxy(IfSignedIn(SmallProxy.Refusal(status, Challenge)));
        var output = await _runs.StartAsync("check", Config(), _trust, Variable(proxy));
        Assert.Equal("FAILED", output.CheckStatus);
        Assert.Contains($"The proxy {proxy.Name} ", output.Complaints, StringComparison.Ordinal);
        Assert.Contains(advice, output.Complaints, StringComparison.Ordinal);
        Assert.InRange(proxy.Heard.Count(IsSignedIn), 1, 2); // two requests start before anything was answered
        Assert.Equal(0, _simulator.Journal.Count);
    }

    [Fact]
    public async Task This_machine_is_never_asked_through_a_proxy()
    {
        using var proxy = new SmallProxy(static _ => "");
        Assert.Equal("SUCCEEDED", (await _runs.StartAsync("check", Config(_host.HttpsAddress), _trust, Variable(proxy))).CheckStatus);
        Assert.Empty(proxy.Heard);
    }

    const string Challenge = "Proxy-Authenticate: Basic realm=\"proxy\"\r\n";

    static Func<string, string> IfSignedIn(string answer) => head => IsSignedIn(head) ? answer : SmallProxy.Refusal(407, Challenge);

    static bool IsSignedIn(string head) => head.Contains("Proxy-Authorization: Basic ", StringComparison.Ordinal);

    static (string, string) Variable(SmallProxy proxy) => ("HTTPS_PROXY", $"http://user:{Uri.EscapeDataString(ProxyPassword)}@{proxy.Name}");

    static JsonObject Config(string? address = null)
    {
        var config = new JsonObject
        {
            ["subdomain"] = "mycompany",
            ["credentials"] = new JsonObject { ["auth_type"] = "password", ["username"] = "sync", ["password"] = Password },
            ["app_selection"] = new JsonObject { ["mode"] = "single_app", ["app"] = 1 },
        };
        if (address is not null) config["base_url"] = address;
        return config;
    }
}
