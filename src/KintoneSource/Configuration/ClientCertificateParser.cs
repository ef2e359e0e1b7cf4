using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace KintoneSource.Configuration;

static class ClientCertificateParser
{
    const int WrongPassword = unchecked((int)0x80070056); // ERROR_INVALID_PASSWORD, on every platform

    /// <returns>Null if there is none or a problem was noted. The caller disposes of the certificate.</returns>
    public static ClientCertificate? Parse(ConfigSection form)
    {
        if (form.Section(Option.ClientCertificate) is not { } section) return null;
        var pfx = section.RequiredSecret(Option.Pfx, "Encode the .pfx file that Kintone issued as Base64 and paste the text.");
        var passphrase = section.Secret(Option.Passphrase);
        return pfx is null ? null : Load(section, pfx, passphrase);
    }

    static ClientCertificate? Load(ConfigSection section, Secret pfx, Secret? passphrase)
    {
        try
        {
            var certificate = X509CertificateLoader.LoadPkcs12(Bytes(pfx.Reveal()), passphrase?.Reveal());
            if (certificate.HasPrivateKey) return new(certificate, pfx, passphrase);
            certificate.Dispose();
            section.Problem(Option.Pfx, "holds no private key, so nobody can sign in with it. Use the .pfx file as Kintone issued it.");
        }
        catch (FormatException)
        {
            section.Problem(Option.Pfx, "is not Base64. Encode the .pfx file, for example with: base64 -w0 certificate.pfx");
        }
        catch (CryptographicException e) when (e.HResult == WrongPassword)
        {
            section.Problem(Option.Passphrase, passphrase is null
                ? "is missing, and the certificate file needs one. It was shown when the certificate was issued."
                : "does not open the certificate file. It was shown when the certificate was issued.");
        }
        catch (CryptographicException)
        {
            section.Problem(Option.Pfx, "is Base64, but not of a .pfx file (PKCS #12). Encode the file that Kintone issued as it is.");
        }
        return null;
    }

    /// <summary>A browser's data URL is Base64 with a prefix.</summary>
    static byte[] Bytes(string base64) =>
        Convert.FromBase64String(base64.StartsWith("data:", StringComparison.Ordinal) ? base64[(base64.IndexOf(',', StringComparison.Ordinal) + 1)..] : base64);
}
