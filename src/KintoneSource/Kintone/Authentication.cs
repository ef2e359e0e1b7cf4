using System.Net.Http.Headers;
using System.Text;

namespace KintoneSource.Kintone;

/// <summary>Puts credentials on requests. Implementations never put a secret into a message or an exception.</summary>
abstract class Authentication
{
    /// <summary>Adds the headers for one attempt. <paramref name="app"/> is null for resources of the whole domain.</summary>
    public abstract ValueTask AuthorizeAsync(HttpRequestHeaders headers, AppAddress? app, CancellationToken ct);

    /// <summary>
    /// Called when Kintone refused the credentials with <paramref name="error"/>. True: something changed and the
    /// request is worth one more try.
    /// </summary>
    public virtual ValueTask<bool> ReviseAsync(HttpRequestHeaders refused, AppAddress? app, KintoneException error, CancellationToken ct) => new(false);
}

/// <summary>User name and password, in Kintone's own header.</summary>
sealed class PasswordAuthentication(string userName, string password) : Authentication
{
    readonly string _header = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{userName}:{password}"));

    public override ValueTask AuthorizeAsync(HttpRequestHeaders headers, AppAddress? app, CancellationToken ct)
    {
        headers.Add("X-Cybozu-Authorization", _header);
        return default;
    }
}
