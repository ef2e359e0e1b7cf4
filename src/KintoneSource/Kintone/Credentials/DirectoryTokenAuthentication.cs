using System.Net.Http.Headers;
using KintoneSource.Kintone.Http;
using KintoneSource.Protocol;

namespace KintoneSource.Kintone.Credentials;

/// <summary>
/// A cybozu.com API token for the User API, as <c>Authorization: Bearer</c> (official docs, since 2025), beside whatever signs in to Kintone. Another thing than an
/// app's token. Once refused it is not sent again, and says nothing of the other sign-in.
/// </summary>
sealed class DirectoryTokenAuthentication(string token, Authentication kintone) : Authentication
{
    volatile ConfigurationException? _refusal;

    /// <summary>Requests to the User API, whose paths are not below Kintone's.</summary>
    static bool IsOfDirectory(KintoneRequest request) => request.Path.StartsWith("/v1/", StringComparison.Ordinal);

    public override ValueTask AuthorizeAsync(HttpRequestHeaders headers, KintoneRequest request, CancellationToken ct)
    {
        if (!IsOfDirectory(request)) return kintone.AuthorizeAsync(headers, request, ct);
        if (_refusal is { } refusal) throw refusal;
        headers.Authorization = new("Bearer", token);
        return default;
    }

    /// <exception cref="ConfigurationException">The token was refused.</exception>
    public override ValueTask<bool> ReviseAsync(HttpRequestHeaders refused, KintoneRequest request, KintoneException error, CancellationToken ct)
    {
        if (!IsOfDirectory(request)) return kintone.ReviseAsync(refused, request, error, ct);
        throw _refusal ??= new ConfigurationException(error.WithAdvice(
            "The API token for the directory was refused: make one in cybozu.com Administration with the scope to read users, organizations and groups, and paste it again; or leave it empty and deselect these streams.").Message, error);
    }

    public override void Dispose()
    {
        kintone.Dispose();
        base.Dispose();
    }
}
