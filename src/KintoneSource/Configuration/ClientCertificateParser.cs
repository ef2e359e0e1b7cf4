using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;

namespace KintoneSource.Configuration;

static partial class ClientCertificateParser
{
    const int WrongPassword = unchecked((int)0x80070056); // ERROR_INVALID_PASSWORD, on every platform

    /// <returns>Null if there is none or a problem was noted. The caller disposes of the certificate.</returns>
    public static ClientCertificate? Parse(ConfigSection form)
    {
        var pfx = form.Secret(Option.ClientCertificate);
        var passphrase = form.Secret(Option.ClientCertificatePassphrase);
        if (passphrase is null && form.Has(Option.ClientCertificatePassphrase)) return null; // unfit
        if (pfx is not null) return Load(form, pfx, passphrase);
        if (passphrase is not null && !form.Has(Option.ClientCertificate))
            form.Problem(Option.ClientCertificate,
                $"is missing, and {Option.ClientCertificatePassphrase} is filled in. Paste the certificate, or clear its passphrase.");
        return null;
    }

    static ClientCertificate? Load(ConfigSection form, Secret pfx, Secret? passphrase)
    {
        try
        {
            var certificate = X509CertificateLoader.LoadPkcs12(Bytes(pfx.Reveal()), passphrase?.Reveal());
            if (certificate.HasPrivateKey) return new(certificate, pfx, passphrase);
            certificate.Dispose();
            form.Problem(Option.ClientCertificate, "holds no private key, so nobody can sign in with it. Use the .pfx file as Kintone issued it.");
        }
        catch (FormatException)
        {
            form.Problem(Option.ClientCertificate, "is not Base64. Encode the .pfx file, for example with: base64 certificate.pfx");
        }
        catch (CryptographicException e) when (e.HResult == WrongPassword)
        {
            form.Problem(Option.ClientCertificatePassphrase, passphrase is null
                ? "is missing, and the certificate file needs one. It was shown when the certificate was issued."
                : "does not open the certificate file. It was shown when the certificate was issued.");
        }
        catch (CryptographicException)
        {
            form.Problem(Option.ClientCertificate, "is Base64, but not of a .pfx file (PKCS #12). Encode the file that Kintone issued as it is.");
        }
        return null;
    }

    /// <summary>
    /// Base64 as it comes out of tools: in lines, which a field of one line joins, between the lines that OpenSSL and certutil put around it
    /// (<c>-----BEGIN CERTIFICATE-----</c>), or as a browser's data URL.
    /// </summary>
    static byte[] Bytes(string text)
    {
        if (text.StartsWith("data:", StringComparison.Ordinal)) text = text[(text.IndexOf(',', StringComparison.Ordinal) + 1)..];
        return Convert.FromBase64String(Dashes.Replace(text, ""));
    }

    [GeneratedRegex("-----(BEGIN|END) [^-]*-----", RegexOptions.CultureInvariant)]
    static partial Regex Dashes { get; }
}
