using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace KintoneSimulator;

/// <summary>Where a host listens besides http.</summary>
public sealed record HostOptions
{
    /// <summary>0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>Listens on https too, with a certificate that only those who are given it trust.</summary>
    public bool Https { get; init; }

    /// <summary>Listens on a third endpoint, as the secure-access host: https that asks for a client certificate of this authority.</summary>
    public TestCertificates? ClientCertificates { get; init; }

    /// <summary>Listens on every address of the machine instead of the loopback ones, for clients in containers.</summary>
    public bool EveryAddress { get; init; }
}

/// <summary>A simulator on Kestrel, on <c>localhost</c> under IPv4 and IPv6 alike. Dispose it to stop.</summary>
public sealed class SimulatorHost : IAsyncDisposable
{
    readonly WebApplication _server;

    SimulatorHost(WebApplication server, Simulator simulator, X509Certificate2? certificate, int port, int? httpsPort, int? clientCertificatePort)
    {
        (_server, Simulator, Certificate) = (server, simulator, certificate);
        Address = $"http://localhost:{port}";
        HttpsAddress = httpsPort is null ? null : $"https://localhost:{httpsPort}";
        ClientCertificateAddress = clientCertificatePort is null ? null : $"https://localhost:{clientCertificatePort}";
    }

    public Simulator Simulator { get; }

    /// <summary>Such as <c>http://localhost:50123</c>, without a slash at its end.</summary>
    public string Address { get; }

    public string? HttpsAddress { get; }

    public string? ClientCertificateAddress { get; }

    /// <summary>The server's certificate, its own authority.</summary>
    public X509Certificate2? Certificate { get; }

    public static async Task<SimulatorHost> StartAsync(Simulator simulator, int port = 0, HostOptions? options = null, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(simulator);
        options ??= new() { Port = port };
        var withTls = options.Https || options.ClientCertificates is not null;
        var certificate = withTls ? TestCertificates.ForServer() : null;
        for (var attempt = 1; ; attempt++)
        {
            var http = options.Port == 0 ? FreePort() : options.Port;
            int? https = options.Https ? FreePort() : null;
            int? clients = options.ClientCertificates is null ? null : FreePort();
            var server = Build(simulator, options, certificate, http, https, clients);
            try
            {
                await server.StartAsync(ct);
                return new(server, simulator, certificate, http, https, clients);
            }
            catch (IOException) when (options.Port == 0 && attempt < 20)
            {
                // Somebody took the port in between.
                await server.DisposeAsync();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _server.StopAsync(now.Token);
        await _server.DisposeAsync();
        Certificate?.Dispose();
    }

    static WebApplication Build(Simulator simulator, HostOptions options, X509Certificate2? certificate, int http, int? https, int? clients)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.AllowSynchronousIO = false;
            kestrel.Limits.MaxRequestLineSize = 256 * 1024;
            kestrel.Limits.MaxRequestHeadersTotalSize = 320 * 1024;
            kestrel.Limits.MaxRequestBufferSize = null;
            kestrel.Limits.MaxResponseBufferSize = 1024 * 1024;
            kestrel.Limits.MinResponseDataRate = null;
            Listen(http, _ => { });
            if (https is { } port)
                Listen(port, listen => listen.UseHttps(certificate!));
            if (clients is { } secure)
                Listen(secure, listen => listen.UseHttps(new HttpsConnectionAdapterOptions
                {
                    ServerCertificate = certificate,
                    ClientCertificateMode = ClientCertificateMode.RequireCertificate,
                    ClientCertificateValidation = (presented, _, _) => options.ClientCertificates!.Accepts(presented),
                }));

            void Listen(int port, Action<ListenOptions> configure)
            {
                if (options.EveryAddress)
                    kestrel.ListenAnyIP(port, configure);
                else
                    kestrel.ListenLocalhost(port, configure);
            }
        });
        var server = builder.Build();
        server.Run(simulator.HandleAsync);
        return server;
    }

    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
