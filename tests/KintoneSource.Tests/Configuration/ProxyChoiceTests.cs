using KintoneSource.Configuration;

namespace KintoneSource.Tests.Configuration;

public class ProxyChoiceTests
{
    const string Password = "p%40ss-word";

    static readonly Uri s_domain = new("https://mycompany.cybozu.com/");

    [Theory]
    [InlineData("http://proxy:3128", "proxy:3128", "http://proxy:3128/")]
    [InlineData("proxy:3128", "proxy:3128", "http://proxy:3128/")]
    [InlineData("http://user:p%40ss-word@proxy:3128/", "proxy:3128", "http://proxy:3128/")]
    [InlineData("https://[::1]:443", "[::1]:443", "https://[::1]/")]
    [InlineData("socks5://10.0.0.1:1080", "10.0.0.1:1080", "socks5://10.0.0.1:1080/")]
    public void A_proxy_is_known_by_host_and_port(string value, string name, string proxy)
    {
        var choice = Choose(("HTTPS_PROXY", value));
        Assert.Equal((name, new Uri(proxy)), (choice.Name, choice.Proxy!.GetProxy(s_domain)));
        Assert.Empty(choice.Warnings);
        var credentials = choice.Proxy.Credentials?.GetCredential(s_domain, "Basic");
        Assert.Equal(value.Contains('@', StringComparison.Ordinal) ? ("user", "p@ss-word") : (null, null), (credentials?.UserName, credentials?.Password));
        if (credentials is not null) Assert.Equal([Password, "p@ss-word"], choice.SecretValues);
    }

    [Theory]
    [InlineData("http://user:p%40ss-word@proxy:99999")]
    [InlineData("ftp://user:p%40ss-word@proxy:21")]
    [InlineData(" ")]
    [InlineData("http://user:p%40ss-word@pro xy:8080")]
    [InlineData("http://")]
    [InlineData("socks5://user:p%40ss-word@proxy")]
    public void What_is_no_proxy_is_a_warning_with_the_forms_that_work(string value)
    {
        var choice = Choose(("https_proxy", value));
        Assert.Null(choice.Proxy);
        var warning = Assert.Single(choice.Warnings);
        Assert.Contains("https_proxy", warning, StringComparison.Ordinal);
        Assert.Contains("http://host:port", warning, StringComparison.Ordinal);
        Assert.DoesNotContain("ss-word", warning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("*", true)]
    [InlineData("cybozu.com", true)]
    [InlineData(".cybozu.com", true)]
    [InlineData("*.cybozu.com", true)]
    [InlineData("localhost, MYCOMPANY.cybozu.com", true)]
    [InlineData("mycompany.cybozu.com:443", true)]
    [InlineData("mycompany.cybozu.com:80", false)]
    [InlineData("bozu.com", false)]
    [InlineData("othercompany.cybozu.com", false)]
    [InlineData("10.0.0.0/8", false)]
    [InlineData("", false)]
    public void NO_PROXY_does_what_people_expect(string exceptions, bool isExcepted)
    {
        var choice = Choose(("HTTPS_PROXY", "http://proxy:3128"), ("NO_PROXY", exceptions));
        Assert.Equal(isExcepted, choice.Proxy is null);
        Assert.Empty(choice.Warnings);
    }

    [Theory]
    [InlineData("10.0.0.0/8", true)]
    [InlineData("10.1.2.3", true)]
    [InlineData("10.1.2.3:443", true)]
    [InlineData("192.168.0.0/16", false)]
    [InlineData("fd00::/8", false)]
    public void Ranges_of_addresses_are_for_addresses(string exceptions, bool isExcepted) =>
        Assert.Equal(isExcepted, ProxyChoice.For(new("https://10.1.2.3/"), Environment(("HTTPS_PROXY", "http://proxy:3128"), ("NO_PROXY", exceptions)))
            .Proxy is null);

    [Fact]
    public void An_exception_of_another_form_is_named_by_its_place()
    {
        var choice = Choose(("HTTPS_PROXY", "http://proxy:3128"), ("no_proxy", "localhost,10.0.0.1-10.0.0.9,cyb*zu.com"));
        Assert.Contains("entries 2, 3 can't be used", Assert.Single(choice.Warnings), StringComparison.Ordinal);
        Assert.NotNull(choice.Proxy);
    }

    [Theory]
    [InlineData("http://localhost:8080/")]
    [InlineData("http://127.0.0.1:8080/")]
    [InlineData("https://[::1]:8443/")]
    public void A_loopback_address_is_never_asked_through_a_proxy(string address) => Assert.Null(ProxyChoice.For(
        new(address), Environment(("HTTP_PROXY", "http://proxy:3128"), ("HTTPS_PROXY", "http://proxy:3128"), ("ALL_PROXY", "http://proxy:3128"))).Proxy);

    static ProxyChoice Choose(params (string Name, string Value)[] variables) => ProxyChoice.For(s_domain, Environment(variables));

    static Func<string, string?> Environment(params (string Name, string Value)[] variables) => name => variables.FirstOrDefault(v => v.Name == name).Value;
}
