using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Http.Headers;
using KintoneSource.Kintone.Http;
using KintoneSource.Protocol;

namespace KintoneSource.Kintone.Credentials;

/// <summary>
/// OAuth 2.0 with a refresh token: an access token is fetched for the first request, again shortly before it runs out, and when
/// Kintone refuses it. Requests that are refused or come meanwhile wait for the one renewal.
/// </summary>
/// <param name="renewed">Called with every new pair of tokens before either is used; the old refresh token may be void by then.</param>
sealed class OAuthAuthentication(OAuthTokenEndpoint endpoint, string refreshToken, Func<OAuthTokens, ValueTask> renewed, TimeProvider time)
    : Authentication
{
    /// <summary>A token this young is refused for what it may not do, and not for its age.</summary>
    static readonly TimeSpan s_fresh = TimeSpan.FromMinutes(5);

    /// <summary>Renewed this long before the end, so that no request meets it on its way.</summary>
    static readonly TimeSpan s_margin = TimeSpan.FromMinutes(1);

    /// <summary>Who is told to stop listens for so long to a renewal under way: it may carry the only refresh token that is still valid.</summary>
    static readonly TimeSpan s_grace = TimeSpan.FromSeconds(2);

    readonly Lock _lock = new();
    Task<Access>? _renewal;
    volatile Access? _access;
    string _refreshToken = refreshToken;
    ConnectorException? _failure;

    public override string CredentialOf(KintoneRequest request) => ScopeOf(request.Path);

    public override bool CanRenew(KintoneException refusal) => IsAboutToken(refusal);

    public override async ValueTask PrepareAsync(KintoneRequest request, CancellationToken ct)
    {
        if (_access is var access && !IsValid(access)) await RenewAsync(access, [], ct);
    }

    public override bool TryAuthorize(HttpRequestHeaders headers, KintoneRequest request)
    {
        if (_access is not { } access || !IsValid(access)) return false;
        headers.Authorization = new("Bearer", access.Token);
        return true;
    }

    bool IsValid([NotNullWhen(true)] Access? access) => access is not null && time.GetTimestamp() < access.RenewAt;

    public override async ValueTask<bool> ReviseAsync(HttpRequestHeaders refused, KintoneRequest request, KintoneException error, CancellationToken ct)
    {
        if (_access is not { } access) return false;
        if (refused.Authorization?.Parameter != access.Token) return true; // renewed while the request was under way
        var scope = ScopeOf(request.Path);
        if (IsAboutToken(error))
        {
            var refusals = time.GetElapsedTime(access.Issued) < s_fresh ? access.Refusals : [];
            if (refusals.Contains(scope))
            {
                throw error.WithAdvice($"A new access token was refused as well: the consent does not include the scope {scope}, or was withdrawn. "
                    + "Allow the registered client this scope in cybozu.com Administration and authorise the connection again, with a user who may use "
                    + "Kintone.");
            }
            await RenewAsync(access, [.. refusals, scope], ct);
            return true;
        }
        return error.Status == HttpStatusCode.Forbidden
            ? throw error.WithMoreAdvice($"With OAuth, the consent must also include the scope {scope}.")
            : false;
    }

    /// <summary>Whoever comes while a renewal is under way shares it, and it goes on when the first who wanted it no longer waits.</summary>
    /// <param name="outdated">What to replace: if somebody has already, that serves.</param>
    /// <param name="refusals">The scopes for which tokens were refused just now.</param>
    async Task<Access> RenewAsync(Access? outdated, FrozenSet<string> refusals, CancellationToken ct)
    {
        Task<Access> renewal;
        lock (_lock)
        {
            if (_access is { } newer && newer != outdated) return newer;
            if (_renewal is null or { IsCompleted: true }) _renewal = Task.Run(() => RenewOnceAsync(refusals));
            renewal = _renewal;
        }
        try
        {
            return await renewal.WaitAsync(ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            await ((Task)renewal.WaitAsync(s_grace, time, CancellationToken.None)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    async Task<Access> RenewOnceAsync(FrozenSet<string> refusals)
    {
        if (_failure is { } before) throw before;
        try
        {
            var tokens = await endpoint.RenewAsync(_refreshToken, Ended);
            await renewed(tokens);
            _refreshToken = tokens.RefreshToken;
            return _access = new(tokens.AccessToken, time.GetTimestamp(), RenewAt(tokens.Lifetime), refusals);
        }
        catch (ConnectorException e)
        {
            _failure = e; // whoever asks next gets the same answer, and need not wait for it
            throw;
        }
    }

    long RenewAt(TimeSpan? lifetime)
    {
        if (lifetime is not { } life || life <= TimeSpan.Zero) return long.MaxValue; // a refusal will tell
        var margin = life / 10 < s_margin ? life / 10 : s_margin;
        return time.GetTimestamp() + (long)((life - margin).TotalSeconds * time.TimestampFrequency);
    }

    /// <summary>Which status and code an access token meets that has run out is not documented: every likely one counts.</summary>
    static bool IsAboutToken(KintoneException error) =>
        error.Remedy == Remedy.Renew || error.Status == HttpStatusCode.Unauthorized || error.Code is "CB_AU01";

    /// <summary>Source: the official list of scopes.</summary>
    static string ScopeOf(string path) =>
        path.EndsWith("/file.json", StringComparison.Ordinal) ? "k:file:read"
        : path.Contains("/v1/record", StringComparison.Ordinal) ? "k:app_record:read"
        : "k:app_settings:read";

    /// <param name="Issued">Timestamp.</param>
    /// <param name="RenewAt">Timestamp.</param>
    /// <param name="Refusals">The scopes whose refusal led to this token.</param>
    sealed record Access(string Token, long Issued, long RenewAt, FrozenSet<string> Refusals);
}
