using System.Net.Sockets;
using System.Security.Authentication;
using KintoneSource.Kintone.Http;
using KintoneSource.Protocol;

namespace KintoneSource.Tests.Kintone;

public class SecureConnectionTests
{
    [Fact]
    public async Task Distrust_on_our_side_points_to_the_authorities() =>
        Assert.Contains("SSL_CERT_FILE", (await FailAsync<ConfigurationException>(new AuthenticationException("UntrustedRoot"))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(true, "refused the client certificate")]
    [InlineData(false, "add the certificate")]
    public async Task Distrust_on_the_other_side_points_to_the_client_certificate(bool hasCertificate, string advice) =>
        Assert.Contains(advice, (await FailAsync<ConfigurationException>(
            new AuthenticationException("Authentication failed", new InvalidOperationException("alert")), hasCertificate)).Message, StringComparison.Ordinal);

    [Fact] // a handshake that breaks is a network that breaks
    public async Task A_connection_reset_during_the_handshake_is_left_to_the_retries() =>
        await FailAsync<HttpRequestException>(new IOException("reset", new SocketException((int)SocketError.ConnectionReset)));

    static async Task<T> FailAsync<T>(Exception inner, bool hasCertificate = false) where T : Exception
    {
        using var client = new HttpClient(new SecureConnection(hasCertificate) { InnerHandler = new Failing(inner) });
        return await Assert.ThrowsAsync<T>(() => client.GetAsync(new Uri("https://mycompany.cybozu.com/")));
    }

    sealed class Failing(Exception inner) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw new HttpRequestException(HttpRequestError.SecureConnectionError, "The SSL connection could not be established", inner);
    }
}
