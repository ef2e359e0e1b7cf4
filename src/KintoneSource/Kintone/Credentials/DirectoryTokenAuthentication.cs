using System.Net.Http.Headers;
using KintoneSource.Kintone.Http;

namespace KintoneSource.Kintone.Credentials;

/// <summary>
/// A cybozu.com API token for the User API, as <c>Authorization: Bearer</c> (official docs, since 2025), beside whatever signs in to Kintone. Another
/// thing than an
/// app's token.
/// </summary>
sealed class DirectoryTokenAuthentication(string token) : Authentication
{
    public override string CredentialOf(KintoneRequest request) => "directory";

    public override bool TryAuthorize(HttpRequestHeaders headers, KintoneRequest request)
    {
        headers.Authorization = new("Bearer", token);
        return true;
    }

    public override KintoneException Explain(KintoneException refusal, KintoneRequest request) =>
        refusal is { Remedy: Remedy.User or Remedy.Renew, Code: not null }
        ? refusal.WithAdvice("The API token for the directory was refused: make one in cybozu.com Administration with the scope to read users, "
            + "organizations and groups, and paste it again; or leave it empty and deselect these streams.")
        : refusal;
}
