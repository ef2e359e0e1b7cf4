using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace KintoneSimulator;

/// <summary>Certificates made for one run: a client's, as an administrator hands it out, and the server's.</summary>
public sealed class TestCertificates : IDisposable
{
    readonly X509Certificate2 _client;

    public TestCertificates(string passphrase = "passphrase")
    {
        _client = Make("CN=client of the simulator", null);
        Passphrase = passphrase;
        Pfx = _client.Export(X509ContentType.Pfx, passphrase);
    }

    /// <summary>Certificate and key, as PKCS#12 under <see cref="Passphrase"/>.</summary>
    public ReadOnlyMemory<byte> Pfx { get; }

    public string Passphrase { get; }

    public bool Accepts(X509Certificate2 presented)
    {
        ArgumentNullException.ThrowIfNull(presented);
        return presented.RawDataMemory.Span.SequenceEqual(_client.RawDataMemory.Span);
    }

    /// <summary>A company's own host name, by which a proxy may tunnel to the simulator.</summary>
    public const string CompanyHost = "mycompany.cybozu.com";

    /// <summary>A certificate for localhost and <see cref="CompanyHost"/> that is its own authority.</summary>
    public static X509Certificate2 ForServer()
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddDnsName(CompanyHost);
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        names.AddIpAddress(System.Net.IPAddress.IPv6Loopback);
        return Make("CN=localhost", names.Build());
    }

    public void Dispose() => _client.Dispose();

    static X509Certificate2 Make(string subject, X509Extension? names)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(names is not null, false, 0, true));
        if (names is not null)
            request.CertificateExtensions.Add(names);
        var now = TimeProvider.System.GetUtcNow();
        using var made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(365));
        // A key that was only in memory cannot serve TLS on every platform; one that went through PKCS#12 can.
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null, X509KeyStorageFlags.Exportable);
    }
}
