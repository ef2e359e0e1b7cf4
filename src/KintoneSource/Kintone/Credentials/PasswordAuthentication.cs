using System.Net.Http.Headers;
using System.Text;
using KintoneSource.Kintone.Http;

namespace KintoneSource.Kintone.Credentials;

/// <summary>
/// User name and password, in Kintone's own header. Once refused they are not sent again: every wrong try brings the
/// user closer to being locked.
/// </summary>
sealed class PasswordAuthentication(string userName, string password) : Authentication
{
    readonly string _header = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{userName}:{password}"));
    volatile KintoneException? _refusal;

    public override ValueTask AuthorizeAsync(HttpRequestHeaders headers, KintoneRequest request, CancellationToken ct)
    {
        if (_refusal is { } refusal) throw refusal;
        headers.Add("X-Cybozu-Authorization", _header);
        return default;
    }

    public override ValueTask<bool> ReviseAsync(HttpRequestHeaders refused, KintoneRequest request, KintoneException error, CancellationToken ct)
    {
        if (error.Code is "CB_WA01" or "CB_TW02") _refusal ??= error;
        return new(false);
    }
}
