using System.Text;

namespace KintoneSimulator;

/// <summary>Which kinds of credentials an endpoint takes.</summary>
[Flags]
public enum Accepts
{
    Anyone = 0,
    Password = 1,
    Token = 2,
    OAuth = 4,

    /// <summary>A cybozu.com API token, which looks like an access token and is none.</summary>
    DirectoryToken = 8,
    All = Password | Token | OAuth,
}

/// <summary>Who a request acts as. An app token acts as the user "Administrator" with the token's own rights.</summary>
public sealed record Identity(Authentication Kind, User? User, IReadOnlyList<ApiToken> Tokens, IReadOnlySet<string> Scopes)
{
    public static Identity Nobody { get; } = new(Authentication.None, null, [], new HashSet<string>());

    public string UserCode => User?.Code ?? Domain.TokenUser.Code;

    public AppRights RightsOn(App app)
    {
        ArgumentNullException.ThrowIfNull(app);
        return Kind == Authentication.Token
            ? Tokens.Where(token => token.App == app).Select(token => token.Rights).FirstOrDefault()
            : User is null ? AppRights.None : app.RightsOf(User);
    }
}

/// <summary>Reads credentials: password goes before API token, API token before OAuth (official, by a third party).</summary>
public static class Authenticator
{
    const int MostTokens = 9;

    public static bool PassesBasicGate(HttpRequest request, SimulatorOptions options)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(options);
        if (options.BasicAuthentication is not { } gate)
            return true;
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase) && Decode(header[6..]) == $"{gate.User}:{gate.Password}";
    }

    /// <exception cref="ApiException">The credentials are wrong, missing, or not for this endpoint.</exception>
    public static Identity Identify(HttpRequest request, Domain domain, SimulatorOptions options, Accepts accepts, string? scope)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(domain);
        ArgumentNullException.ThrowIfNull(options);
        if (request.Headers["X-Cybozu-Authorization"] is [{ } password, ..])
            return ByPassword(password, domain, options);
        if (request.Headers["X-Cybozu-API-Token"] is { Count: > 0 } tokens)
            return ByTokens(tokens, domain, accepts);
        var authorization = request.Headers.Authorization.ToString();
        if (authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
            return ByAccessToken(authorization[7..].Trim(), domain, options, accepts, scope);
        if (accepts == Accepts.Anyone)
            return Identity.Nobody;
        throw new ApiException(401, "CB_AU01", "Please login.", "ログインしてください。");
    }

    static Identity ByPassword(string header, Domain domain, SimulatorOptions options)
    {
        var text = Decode(header);
        var colon = text?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        if (text is null || colon < 0 || domain.User(text[..colon]) is not { Valid: true } user || user.Password != text[(colon + 1)..])
            throw new ApiException(401, "CB_WA01", "Password authentication failed. Password may be incorrect.", "パスワード認証に失敗しました。パスワードが間違っている可能性があります。");
        if (user.TwoFactor)
            throw new ApiException(options.TwoFactorStatus, "CB_TW02",
                "Password authentication is not available for users with two-factor authentication.", "2要素認証が設定されたユーザーではパスワード認証を利用できません。");
        return new(Authentication.Password, user, [], new HashSet<string>());
    }

    static Identity ByTokens(IEnumerable<string?> headers, Domain domain, Accepts accepts)
    {
        var texts = headers.SelectMany(header => (header ?? "").Split(',', StringSplitOptions.TrimEntries)).ToList();
        if (texts.Count > MostTokens)
            throw ApiException.Invalid("X-Cybozu-API-Token", $"Specify at most {MostTokens} API tokens.", $"APIトークンは{MostTokens}個以下で指定してください。");
        var tokens = texts.Select(text => domain.Token(text) is { Deployed: true } token ? token : throw ApiException.BadToken()).ToList();
        if (tokens.DistinctBy(token => token.App).Count() < tokens.Count)
            throw new ApiException(400, "GAIA_DA03", "Multiple API tokens of the same app are specified.", "同じアプリのAPIトークンが複数指定されています。");
        return accepts.HasFlag(Accepts.Token) ? new(Authentication.Token, null, tokens, new HashSet<string>()) : throw ApiException.NotByToken();
    }

    static Identity ByAccessToken(string text, Domain domain, SimulatorOptions options, Accepts accepts, string? scope)
    {
        if (accepts.HasFlag(Accepts.DirectoryToken) && domain.DirectoryTokens.TryGetValue(text, out var owner))
            return new(Authentication.DirectoryToken, owner, [], new HashSet<string>());
        if (domain.OAuth.AccessToken(text, domain.Now) is not { } grant)
            throw new ApiException(options.AccessTokenRefusal.Status, options.AccessTokenRefusal.Code, "The access token is invalid or has expired.",
                "アクセストークンが不正、または有効期限が切れています。");
        if (!accepts.HasFlag(Accepts.OAuth) || (scope is not null && !grant.Scopes.Contains(scope)))
            throw new ApiException(options.ScopeRefusal.Status, options.ScopeRefusal.Code, "The access token has no scope for this API.",
                "アクセストークンにこのAPIを実行するスコープがありません。");
        return new(Authentication.OAuth, grant.User, [], grant.Scopes);
    }

    internal static string? Decode(string base64)
    {
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64.Trim(), bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length) : null;
    }
}
