using KintoneSource.Configuration;
using KintoneSource.Kintone.Http;
using KintoneSource.Protocol;
using KintoneSource.Tests.Simulation;

namespace KintoneSource.Tests.Kintone.Http;

/// <summary>What the runtime's HTTP client makes of a proxy over a real socket, and what is said of that.</summary>
public class ProxyRefusalTests
{
    const string Password = "p4ss-of-the-proxy";

    static readonly Uri s_domain = new("https://mycompany.cybozu.com/");

    public static TheoryData<string, string, bool, string> Answers => new()
    {
        { "407 with a challenge", SmallProxy.Refusal(407, "Proxy-Authenticate: Basic realm=\"x\"\r\n"), true, "http://name:password@host:port" },
        { "407 of another kind", SmallProxy.Refusal(407, "Proxy-Authenticate: Negotiate\r\n"), true, "http://name:password@host:port" },
        { "407 without a challenge", SmallProxy.Refusal(407), true, "http://name:password@host:port" },
        { "403", SmallProxy.Refusal(403), true, "take the host out by NO_PROXY" },
        { "302 to a portal", SmallProxy.Refusal(302, "Location: http://portal/\r\n"), true, "take the host out by NO_PROXY" },
        { "408", SmallProxy.Refusal(408), false, "Check the proxy." },
        { "429", SmallProxy.Refusal(429), false, "Check the proxy." },
        { "502", SmallProxy.Refusal(502), false, "Check the proxy." },
        { "503", SmallProxy.Refusal(503), false, "Check the proxy." },
        { "no HTTP", "SSH-2.0-OpenSSH_9.6\r\n", false, "the answer is not HTTP" },
        { "closes", "", false, "or the proxy before it" },
        { "a tunnel that ends", SmallProxy.Connected, false, "No secure connection to" },
    };

    [Theory, MemberData(nameof(Answers))]
    public async Task A_proxys_answer_to_CONNECT_says_who_must_act(string name, string answer, bool isFinal, string advice)
    {
        using var proxy = new SmallProxy(_ => answer);
        var failure = await ExplainAsync(proxy.Name);
        Assert.Equal((name, isFinal), (name, failure is ConfigurationException));
        Assert.Contains(advice, failure.Message, StringComparison.Ordinal);
        Assert.Contains(name == "no HTTP" ? "Check the network and proxies" : proxy.Name, failure.Message, StringComparison.Ordinal);
        Assert.All(proxy.Heard, static head => Assert.StartsWith("CONNECT mycompany.cybozu.com:443 HTTP/1.1\r\n", head, StringComparison.Ordinal));
        var passwords = proxy.Heard.Count(static head => head.Contains("Proxy-Authorization: Basic ", StringComparison.Ordinal));
        Assert.Equal(name == "407 with a challenge" ? 1 : 0, passwords);
    }

    [Fact]
    public async Task A_proxy_that_nobody_runs_is_named()
    {
        string name;
        using (var gone = new SmallProxy(static _ => "")) name = gone.Name;
        var said = (await ExplainAsync(name)).Message;
        Assert.Contains($"no connection to mycompany.cybozu.com by the proxy {name} came about (ConnectionRefused)", said, StringComparison.Ordinal);
    }

    static async Task<Exception> ExplainAsync(string proxy)
    {
        var choice = ProxyChoice.For(s_domain, variable => variable == "HTTPS_PROXY" ? $"http://user:{Password}@{proxy}" : null);
        using var client = new HttpClient(HttpTransport.CreateHandler(1, null, TimeSpan.FromSeconds(10), choice.Proxy));
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => client.GetAsync(s_domain));
        var said = new TransportFailures(s_domain, hasClientCertificate: false, choice.Name).Explain(failure, hasAnswered: false);
        Assert.DoesNotContain(Password, said.ToString(), StringComparison.Ordinal);
        return said;
    }
}
