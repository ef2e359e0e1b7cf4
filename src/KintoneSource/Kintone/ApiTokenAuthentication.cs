using System.Net.Http.Headers;

namespace KintoneSource.Kintone;

/// <summary>App API tokens: joined, because Kintone picks the one that fits the app.</summary>
sealed class ApiTokenAuthentication(IReadOnlyList<string> tokens) : Authentication
{
    /// <summary>Kintone's own limit per request.</summary>
    const int MostTokens = 9;

    readonly string _header = string.Join(",", tokens.Take(MostTokens));

    public override ValueTask AuthorizeAsync(HttpRequestHeaders headers, KintoneRequest request, CancellationToken ct)
    {
        headers.Add("X-Cybozu-API-Token", _header);
        return default;
    }
}
