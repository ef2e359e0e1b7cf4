using System.Net.Http.Headers;
using System.Text;
using KintoneSource.Kintone.Http;

namespace KintoneSource.Kintone.Credentials;

/// <summary>User name and password, in Kintone's own header.</summary>
sealed class PasswordAuthentication(string userName, string password) : Authentication
{
    readonly string _header = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{userName}:{password}"));

    public override string CredentialOf(KintoneRequest request) => "password";

    public override bool TryAuthorize(HttpRequestHeaders headers, KintoneRequest request)
    {
        headers.Add("X-Cybozu-Authorization", _header);
        return true;
    }
}
