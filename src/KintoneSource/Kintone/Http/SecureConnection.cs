using System.Security.Authentication;
using KintoneSource.Protocol;

namespace KintoneSource.Kintone.Http;

/// <summary>
/// Tells a connection that never comes about, because one side does not trust the other, from one that broke: trying again
/// does not help there.
/// </summary>
sealed class SecureConnection(bool hasClientCertificate) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await base.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException e) when (Advice(e) is { } advice)
        {
            throw new ConfigurationException($"No secure connection to {request.RequestUri!.Authority} came about: {Innermost(e).Message.TrimEnd('.')}. {advice}", e);
        }
        catch (HttpRequestException e) when (EndedWithoutAnswer(e) && request.RequestUri!.Scheme == Uri.UriSchemeHttps)
        {
            // Or the network broke: worth other tries, and the reason only where all end so.
            throw new HttpRequestException(e.HttpRequestError, hasClientCertificate
                ? "the server closed the secure connection without an answer, as it does where it refuses the client certificate: is it the one issued for this domain, not revoked, not expired?"
                : "the server closed the secure connection without an answer, as it does where it asks for a client certificate: if the domain has secure access only, add the certificate", e);
        }
    }

    static bool EndedWithoutAnswer(HttpRequestException e) =>
        e.HttpRequestError == HttpRequestError.ResponseEnded || e.InnerException is HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded };

    string? Advice(HttpRequestException e)
    {
        if (e is { HttpRequestError: HttpRequestError.SecureConnectionError, InnerException: AuthenticationException { InnerException: null } })
            return "The server's certificate is not trusted here. Where a proxy or a private authority signs it, give that authority's certificate to this program by SSL_CERT_FILE (a PEM file) or SSL_CERT_DIR.";
        if (!IsAlert(e)) return null;
        return hasClientCertificate
            ? "The server refused the client certificate: check that it is the one issued for this domain and that it was not revoked and has not expired."
            : "The server ended the handshake, as it does where it asks for a client certificate: add the certificate and its passphrase, or check proxies between this connector and Kintone.";
    }

    /// <summary>The other side said no: in the handshake or, as TLS 1.3 does, right after it, which only OpenSSL's own exception tells.</summary>
    static bool IsAlert(Exception e)
    {
        for (Exception? inner = e; inner is not null; inner = inner.InnerException)
            if (inner is AuthenticationException { InnerException: not null } || inner.GetType().Name == "SslException") return true;
        return false;
    }

    static Exception Innermost(Exception e) => e.InnerException is { } inner ? Innermost(inner) : e;
}
