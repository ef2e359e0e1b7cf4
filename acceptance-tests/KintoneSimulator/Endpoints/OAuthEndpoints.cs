using System.Text.Json.Nodes;

namespace KintoneSimulator;

/// <summary>
/// /oauth2/authorization, where the user that <c>login_hint</c> names (or the domain's first) consents at once, and /oauth2/token. Clients
/// authenticate by Basic or in the form.
/// </summary>
static class OAuthEndpoints
{
    public static Reply Answer(ApiCall call) => (call.Entry.Method, call.Path.Resource) switch
    {
        ("GET", "authorization") => Authorize(call),
        ("POST", "token") => Token(call),
        _ => Reply.Html(404, "Not Found"),
    };

    static Reply Authorize(ApiCall call)
    {
        var redirect = call.Parameters.Text("redirect_uri") ?? "";
        if (call.Domain.OAuth.Client(call.Parameters.Text("client_id") ?? "") is not { } client
            || !client.RedirectUris.Contains(redirect) || call.Parameters.Text("response_type") != "code")
            return Reply.Html(400, "Bad Request");
        var user = call.Domain.Read(() => call.Domain.User(call.Parameters.Text("login_hint") ?? "") ?? call.Domain.Users.First());
        var scopes = (call.Parameters.Text("scope") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).ToHashSet();
        var code = call.Domain.OAuth.IssueCode(new(client, user, scopes, call.Now.AddMinutes(10)));
        var separator = redirect.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        return Reply.Text(302, "", "").With("Location",
            $"{redirect}{separator}code={Uri.EscapeDataString(code)}&state={Uri.EscapeDataString(call.Parameters.Text("state") ?? "")}");
    }

    static Reply Token(ApiCall call)
    {
        var isForm = call.Request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) == true
            && call.Body.Length > 0;
        if (!isForm && !call.Options.OAuthParametersInQuery)
            return Refuse(400, "invalid_request");
        var form = call.Parameters;
        var (id, secret) = Credentials(call, form);
        if (call.Domain.OAuth.Client(id) is not { } client || client.Secret != secret)
            return Refuse(401, "invalid_client");
        var grant = form.Text("grant_type") switch
        {
            "authorization_code" => call.Domain.OAuth.RedeemCode(form.Text("code") ?? "", call.Now),
            "refresh_token" => call.Domain.OAuth.RefreshToken(form.Text("refresh_token") ?? ""),
            _ => null,
        };
        if (form.Text("grant_type") is not ("authorization_code" or "refresh_token"))
            return Refuse(400, "unsupported_grant_type");
        if (grant is null || grant.Client != client)
            return Refuse(400, "invalid_grant");
        var answer = new JsonObject
        {
            ["access_token"] = call.Domain.OAuth.IssueAccessToken(grant with { Expires = call.Now + call.Options.AccessTokenLife }),
            ["token_type"] = "bearer",
            ["expires_in"] = (long)call.Options.AccessTokenLife.TotalSeconds,
            ["scope"] = string.Join(' ', grant.Scopes),
        };
        if (form.Text("refresh_token") is not { } old)
        {
            answer["refresh_token"] = call.Domain.OAuth.IssueRefreshToken(grant);
        }
        else if (call.Options.RefreshTokensRotate)
        {
            call.Domain.OAuth.Revoke(old);
            answer["refresh_token"] = call.Domain.OAuth.IssueRefreshToken(grant);
        }
        return Reply.Json(answer);
    }

    static (string Id, string Secret) Credentials(ApiCall call, Parameters form)
    {
        var header = call.Request.Headers.Authorization.ToString();
        if (header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase) && Authenticator.Decode(header[6..]) is { } text
            && text.Split(':', 2) is [var id, var secret])
            return (Uri.UnescapeDataString(id), Uri.UnescapeDataString(secret));
        return call.Options.OAuthCredentialsInForm ? (form.Text("client_id") ?? "", form.Text("client_secret") ?? "") : ("", "");
    }

    static Reply Refuse(int status, string error) => Reply.Json(new JsonObject { ["error"] = error }) with { Status = status };
}
