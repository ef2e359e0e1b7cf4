using System.Net.Http.Headers;
using System.Text;
using KintoneSource.Kintone.Http;

namespace KintoneSource.Kintone.Credentials;

/// <summary>A domain's Basic authentication, in front of the <paramref name="login"/>; never together with OAuth, which needs the same header.</summary>
sealed class BasicAuthentication(string userName, string password, Authentication login) : Authentication
{
    readonly AuthenticationHeaderValue _header = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{userName}:{password}")));

    public override ValueTask AuthorizeAsync(HttpRequestHeaders headers, KintoneRequest request, CancellationToken ct)
    {
        headers.Authorization = _header;
        return login.AuthorizeAsync(headers, request, ct);
    }

    public override ValueTask<bool> ReviseAsync(HttpRequestHeaders refused, KintoneRequest request, KintoneException error, CancellationToken ct) =>
        // Kintone names every refusal of its own by a code.
        error is { Code: null, Status: System.Net.HttpStatusCode.Unauthorized }
            ? throw error.WithAdvice("The user name or the password of the Basic authentication is wrong: check both with the administrator of the domain. The login itself was not looked at.")
            : login.ReviseAsync(refused, request, error, ct);

    public override void Dispose()
    {
        login.Dispose();
        base.Dispose();
    }
}
