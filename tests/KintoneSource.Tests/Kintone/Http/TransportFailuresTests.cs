using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using KintoneSource.Kintone.Http;
using KintoneSource.Protocol;

namespace KintoneSource.Tests.Kintone.Http;

/// <summary>What went wrong on the way, in words of our own.</summary>
public class TransportFailuresTests
{
    const string Secret = "p4ss-of-the-proxy";

    static readonly Uri s_domain = new("https://mycompany.cybozu.com/");

    /// <summary>What a transport may say of anything, and the proxy's password in it.</summary>
    static readonly string s_words = $"The proxy tunnel request to proxy 'http://user:{Secret}@proxy:3128/' failed with status code '407'.";

    [Fact]
    public void Distrust_on_our_side_points_to_the_authorities() =>
        Assert.Contains("SSL_CERT_FILE", Explain(Tls(new AuthenticationException("UntrustedRoot"))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(true, "refused the client certificate")]
    [InlineData(false, "add the certificate")]
    public void Distrust_on_the_other_side_points_to_the_client_certificate(bool hasCertificate, string advice)
    {
        var alert = Tls(new AuthenticationException("Authentication failed", new InvalidOperationException("alert")));
        Assert.Contains(advice, Assert.IsType<ConfigurationException>(Explain(alert, hasCertificate: hasCertificate)).Message, StringComparison.Ordinal);
        Assert.IsType<TransportException>(Explain(alert, hasAnswered: true, hasCertificate)); // an alert in the middle of a sync may be a moment's
    }

    [Fact] // a handshake that breaks is a network that breaks
    public void A_connection_reset_during_the_handshake_is_left_to_the_retries() =>
        Assert.IsType<TransportException>(Explain(Tls(new IOException("reset", new SocketException((int)SocketError.ConnectionReset)))));

    [Theory]
    [InlineData(407, "asks for a user name and a password")]
    [InlineData(403, "take the host out by NO_PROXY")]
    public void A_proxy_that_refuses_is_named_by_host_and_port_and_not_asked_again(int status, string advice)
    {
        var refusal = Assert.IsType<ConfigurationException>(
            Explain(new HttpRequestException(HttpRequestError.ProxyTunnelError, s_words, null, (HttpStatusCode)status)));
        Assert.Contains("The proxy proxy:3128 ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(advice, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_proxy_that_is_overloaded_is_asked_again() =>
        Assert.IsType<TransportException>(Explain(new HttpRequestException(HttpRequestError.ProxyTunnelError, s_words, null, HttpStatusCode.BadGateway)));

    public static TheoryData<HttpRequestError> Kinds => [.. Enum.GetValues<HttpRequestError>()];

    [Theory, MemberData(nameof(Kinds))]
    public void No_word_of_the_transport_is_quoted(HttpRequestError kind)
    {
        Exception[] failures =
        [
            new HttpRequestException(kind, s_words, new SocketException((int)SocketError.ConnectionRefused)), new HttpIOException(kind, s_words),
            new HttpRequestException(kind, s_words, new HttpIOException(kind, s_words)),
            new HttpRequestException(kind, s_words, new AuthenticationException(s_words)),
            new IOException(s_words), new IOException(s_words, new HttpIOException(kind, s_words)),
        ];
        foreach (var failure in failures)
            foreach (var hasAnswered in new[] { false, true })
            {
                var said = Explain(failure, hasAnswered).ToString();
                Assert.DoesNotContain(Secret, said, StringComparison.Ordinal);
                Assert.DoesNotContain("tunnel request", said, StringComparison.Ordinal);
            }
    }

    static HttpRequestException Tls(Exception inner) => new(HttpRequestError.SecureConnectionError, "The SSL connection could not be established", inner);

    static Exception Explain(Exception failure, bool hasAnswered = false, bool hasCertificate = false)
    {
        var said = new TransportFailures(s_domain, hasCertificate, "proxy:3128").Explain(failure, hasAnswered);
        Assert.EndsWith(".", said.Message, StringComparison.Ordinal);
        Assert.Null(said.InnerException);
        return said;
    }
}
