using System.Net.Http.Headers;
using System.Text;
using KintoneSource.Kintone.Http;

namespace KintoneSource.Kintone.Credentials;

/// <summary>One header, the same for every request.</summary>
/// <param name="advice">What to do where Kintone refuses it; null where the table says that.</param>
sealed class HeaderAuthentication(string header, string value, string? advice = null) : Authentication
{
    /// <summary>User name and password, in Kintone's own header.</summary>
    public static HeaderAuthentication OfPassword(string userName, string password) => new("X-Cybozu-Authorization", Base64(userName, password));

    /// <summary>A cybozu.com API token for the User API (official docs, since 2025), beside what signs in to Kintone. No app's token.</summary>
    public static HeaderAuthentication OfDirectory(string token) => new("Authorization", $"Bearer {token}",
        "The API token for the directory was refused: make one in cybozu.com Administration with the scope to read users, organizations and groups, and "
            + "paste it again; or leave it empty and deselect these streams.");

    /// <summary>A registered OAuth client: the id and the secret as they are (official docs).</summary>
    public static HeaderAuthentication OfClient(string id, string secret) => new("Authorization", $"Basic {Base64(id, secret)}");

    /// <summary>A name and a password as Basic authentication, and Kintone's, has them.</summary>
    public static string Base64(string name, string password) => Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{password}"));

    public override string CredentialOf(KintoneRequest request) => value;

    public override bool TryAuthorize(HttpRequestHeaders headers, KintoneRequest request) => headers.TryAddWithoutValidation(header, value);

    public override KintoneException Explain(KintoneException refusal, KintoneRequest request) =>
        advice is not null && refusal is { Remedy: Remedy.User or Remedy.Renew, Code: not null } ? refusal.WithAdvice(advice) : refusal;
}
