using System.Collections.Concurrent;

namespace KintoneSimulator;

public sealed record OAuthClient(string Id, string Secret, IReadOnlyList<string> RedirectUris);

/// <summary>What a token or code lets its holder do, and until when.</summary>
public sealed record Grant(OAuthClient Client, User User, IReadOnlySet<string> Scopes, DateTimeOffset Expires);

/// <summary>Clients and the tokens given to them. Refresh tokens do not expire (unverified) but may be taken back.</summary>
public sealed class OAuthServer
{
    readonly ConcurrentDictionary<string, OAuthClient> _clients = new();
    readonly ConcurrentDictionary<string, Grant> _codes = new();
    readonly ConcurrentDictionary<string, Grant> _accessTokens = new();
    readonly ConcurrentDictionary<string, Grant> _refreshTokens = new();
    long _last;

    public OAuthClient AddClient(string id, string secret, params IReadOnlyList<string> redirectUris) => _clients[id] = new(id, secret, redirectUris);

    public OAuthClient? Client(string id) => _clients.GetValueOrDefault(id);

    public string IssueCode(Grant grant) => Issue(_codes, "code", grant);

    public string IssueAccessToken(Grant grant) => Issue(_accessTokens, "access", grant);

    public string IssueRefreshToken(Grant grant) => Issue(_refreshTokens, "refresh", grant with { Expires = DateTimeOffset.MaxValue });

    /// <summary>A refresh token as a person gets it by consenting.</summary>
    public string IssueRefreshToken(OAuthClient client, User user, params IEnumerable<string> scopes) =>
        IssueRefreshToken(new(client, user, scopes.ToHashSet(), DateTimeOffset.MaxValue));

    /// <summary>A code counts once.</summary>
    public Grant? RedeemCode(string code, DateTimeOffset now) => _codes.TryRemove(code, out var grant) && grant.Expires > now ? grant : null;

    public Grant? AccessToken(string token, DateTimeOffset now) => _accessTokens.TryGetValue(token, out var grant) && grant.Expires > now ? grant : null;

    public Grant? RefreshToken(string token) => _refreshTokens.GetValueOrDefault(token);

    public void Revoke(string token)
    {
        _accessTokens.TryRemove(token, out _);
        _refreshTokens.TryRemove(token, out _);
    }

    string Issue(ConcurrentDictionary<string, Grant> grants, string kind, Grant grant)
    {
        var token = $"{kind}-{Interlocked.Increment(ref _last)}-{Guid.NewGuid():N}";
        grants[token] = grant;
        return token;
    }
}
