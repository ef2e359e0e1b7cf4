using System.Net.Sockets;
using System.Security.Authentication;
using KintoneSource.Protocol;

namespace KintoneSource.Kintone.Http;

/// <summary>A connection or a transfer broke, or took too long: worth another try. The message is ours alone.</summary>
sealed class TransportException(string message) : IOException(message)
{
    public bool IsTimeout { get; init; }
}

/// <summary>
/// Says in words of our own what went wrong on the way. The transport's own words quote what they could not read, addresses, and a proxy with
/// its password: none of them leaves this place.
/// </summary>
/// <param name="proxy">Host and port of the proxy that is used; null without one.</param>
sealed class TransportFailures(Uri address, bool hasClientCertificate, string? proxy)
{
    /// <summary>The runtime's words for what is wrong with a certificate, of which people find out more.</summary>
    static readonly string[] s_distrust = ["NameMismatch", "NotTimeValid", "Revoked", "UntrustedRoot", "PartialChain"];

    string Way => proxy is null ? address.Authority : $"{address.Authority} by the proxy {proxy}";

    /// <param name="hasAnswered">Kintone has answered: what is refused now may be a moment's, and not the configuration's.</param>
    /// <returns>A <see cref="ConfigurationException"/> where trying again does not help.</returns>
    public Exception Explain(Exception failure, bool hasAnswered)
    {
        if (failure is TransportException) return failure;
        if (failure is HttpRequestException { HttpRequestError: HttpRequestError.ProxyTunnelError } tunnel) return OfProxy((int?)tunnel.StatusCode);
        if (IsDistrust(failure) && Advice(failure) is var advice)
            return hasAnswered ? new TransportException(advice) : new ConfigurationException(advice);
        return new TransportException(Sentence(failure, hasAnswered));
    }

    Exception OfProxy(int? status) => status switch
    {
        407 => new ConfigurationException($"The proxy {proxy} asks for a user name and a password, or does not take these: "
            + "write them into the proxy variable, as http://name:password@host:port, with special characters as %40."),
        >= 300 and < 500 and not (408 or 425 or 429) => new ConfigurationException(
            $"The proxy {proxy} answered {status} to the wish for a connection to {address.Authority}: "
            + "let it allow this host, or take the host out by NO_PROXY."),
        _ => new TransportException($"The proxy {proxy} answered {status?.ToString() ?? "something else"} where a connection to {address.Authority} was "
            + "asked for. Check the proxy."),
    };

    string Sentence(Exception failure, bool hasAnswered) => KindOf(failure) switch
    {
        HttpRequestError.NameResolutionError => proxy is null
            ? $"The host name of {Way} was not found. Check the subdomain and the network's name resolution."
            : $"The host name of the proxy {proxy} was not found. Check the proxy variable and the network's name resolution.",
        HttpRequestError.ResponseEnded when proxy is not null && !hasAnswered =>
            Broken($"{address.Authority}, or the proxy before it ({proxy}), ended it without an answer"),
        HttpRequestError.SecureConnectionError =>
            $"No secure connection to {Way} came about. Check the client certificate, proxies and trusted certificate authorities.",
        HttpRequestError.ResponseEnded when !hasAnswered && failure is HttpRequestException && address.Scheme == Uri.UriSchemeHttps => hasClientCertificate
            ? "The connection failed: the server closed the secure connection without an answer, as it does where it refuses the client certificate. "
                + "Is it the one issued for this domain, not revoked, not expired?"
            : "The connection failed: the server closed the secure connection without an answer, as it does where it asks for a client certificate. "
                + "If the domain has secure access only, add the certificate.",
        HttpRequestError.ResponseEnded => Broken("the answer ended before it was whole"),
        HttpRequestError.InvalidResponse => Broken("the answer is not HTTP"),
        HttpRequestError.ConfigurationLimitExceeded => Broken("the answer's headers are longer than any should be"),
        HttpRequestError.ConnectionError => Broken($"no connection to {Way} came about{Code(failure)}"),
        _ => Broken($"the connection to {Way} broke{Code(failure)}"),
    };

    static string Broken(string what) => $"The connection failed: {what}. Check the network and proxies between this connector and Kintone.";

    /// <summary>As <c> (ConnectionRefused)</c>: a word of the runtime's that holds nothing else.</summary>
    static string Code(Exception failure) => Causes(failure).OfType<SocketException>().FirstOrDefault() is { } socket ? $" ({socket.SocketErrorCode})" : "";

    static HttpRequestError KindOf(Exception failure) =>
        Causes(failure).Select(static e => (e as HttpRequestException)?.HttpRequestError ?? (e as HttpIOException)?.HttpRequestError
            ?? HttpRequestError.Unknown)
            .FirstOrDefault(static kind => kind != HttpRequestError.Unknown);

    /// <summary>One side did not trust the other. After the handshake, as TLS 1.3 has it, only OpenSSL's own exception tells.</summary>
    static bool IsDistrust(Exception failure) => Causes(failure).Any(static e => e is AuthenticationException || e.GetType().Name == "SslException");

    string Advice(Exception failure)
    {
        var why = failure is HttpRequestException
        {
            HttpRequestError: HttpRequestError.SecureConnectionError,
            InnerException: AuthenticationException { InnerException: null }
        }
            ? "The server's certificate is not trusted here. Where a proxy or a private authority signs it, give that authority's certificate to this "
            + "program by SSL_CERT_FILE (a PEM file) or SSL_CERT_DIR."
            : hasClientCertificate
            ? "The server refused the client certificate: check that it is the one issued for this domain and that it was not revoked and has not expired."
            : "The server ended the handshake, as it does where it asks for a client certificate: add the certificate and its passphrase, or check proxies "
            + "between this connector and Kintone.";
        var reason = Causes(failure).OfType<AuthenticationException>()
            .Select(static e => s_distrust.FirstOrDefault(word => e.Message.Contains(word, StringComparison.Ordinal))).FirstOrDefault();
        return $"No secure connection to {Way} came about{(reason is null ? "" : $" ({reason})")}. {why}";
    }

    static IEnumerable<Exception> Causes(Exception failure)
    {
        for (var cause = failure; cause is not null; cause = cause.InnerException) yield return cause;
    }
}
