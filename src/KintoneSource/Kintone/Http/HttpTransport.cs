using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace KintoneSource.Kintone.Http;

/// <summary>The process's one HttpClient. Certificate authorities come from the environment as usual.</summary>
static class HttpTransport
{
    /// <param name="connect">How long a connection may take to come about.</param>
    /// <param name="proxy">Null for the way without one.</param>
    public static HttpMessageHandler CreateHandler(int maxConnections, X509Certificate2? clientCertificate, TimeSpan connect, IWebProxy? proxy)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false, // a redirect leads to a login page, whose 200 would pass for an answer
            AutomaticDecompression = DecompressionMethods.None, // ResponseBody does it, and bounds what comes of it
            ConnectTimeout = connect,
            MaxConnectionsPerServer = maxConnections,
            PooledConnectionLifetime = TimeSpan.FromMinutes(10), // so that a changed DNS entry is noticed
            UseCookies = false,
            Proxy = proxy,
            UseProxy = proxy is not null,
        };
        if (clientCertificate is not null)
        {
            // As a context it is shown whatever authorities the server names; as a plain certificate it might be held back.
            handler.SslOptions = new SslClientAuthenticationOptions
            {
                ClientCertificateContext = SslStreamCertificateContext.Create(clientCertificate, additionalCertificates: null, offline: true),
            };
        }
        return handler;
    }

    /// <param name="basic">A domain's Basic authentication, in front of any login; null for none. What needs the same header takes its place.</param>
    public static HttpClient CreateClient(HttpMessageHandler handler, string version, AuthenticationHeaderValue? basic)
    {
        var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan }; // the connection bounds attempts
        client.DefaultRequestHeaders.Authorization = basic;
        client.DefaultRequestHeaders.UserAgent.Add(new("source-kintone", version));
        client.DefaultRequestHeaders.Accept.Add(new("application/json"));
        client.DefaultRequestHeaders.AcceptEncoding.Add(new("gzip"));
        client.DefaultRequestHeaders.AcceptEncoding.Add(new("br"));
        return client;
    }
}
