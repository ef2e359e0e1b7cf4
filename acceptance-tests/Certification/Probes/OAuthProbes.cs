using System.Net.Http.Headers;
using System.Text;
using KintoneSimulator;

namespace KintoneSource.Certification;

/// <summary>Access tokens and how they are exchanged.</summary>
static class OAuthProbes
{
    const string Group = "OAuth";

    public static IEnumerable<Probe> All { get; } = [UnknownToken, MissingScope, Rotation, InForm, InQuery];

    static Probe UnknownToken => new("unknown-access-token", Group, "An access token that does not exist: status and code?",
        nameof(SimulatorOptions.AccessTokenRefusal),
        static options => $"refused {options.AccessTokenRefusal.Status} {options.AccessTokenRefusal.Code}",
        static async session => (await session.Kintone.WithBearer("no-such-token").GetAsync("/k/v1/records.json", ("app", $"{session.App.Id}"))).Outcome)
    { OtherWay = static options => options with { AccessTokenRefusal = (520, "CB_IL02") } };

    static Probe MissingScope => new("access-token-without-scope", Group, "An access token without the scope of a request: status and code?",
        nameof(SimulatorOptions.ScopeRefusal),
        static options => $"refused {options.ScopeRefusal.Status} {options.ScopeRefusal.Code}",
        static async session =>
        {
            var granted = (await ExchangeAsync(session, basic: true)).Must("Refreshing the access token");
            var missing = new[] { ("k:app_settings:read", "/k/v1/app.json", "id"), ("k:app_record:read", "/k/v1/records.json", "app") }
                .FirstOrDefault(scope => !((string?)granted["scope"] ?? "").Split(' ').Contains(scope.Item1));
            return missing.Item1 is null ? new Answer("not answered", "the token has every scope that a reader needs")
                : (await session.Kintone.WithBearer((string)granted["access_token"]!).GetAsync(missing.Item2, (missing.Item3, $"{session.App.Id}"))).Outcome;
        })
    {
        Needs = NeedsClient,
        OtherWay = static options => options with { ScopeRefusal = (520, "CB_NO02") },
    };

    static Probe Rotation => new("refresh-token-rotation", Group, "Does refreshing give a new refresh token?", nameof(SimulatorOptions.RefreshTokensRotate),
        static options => options.RefreshTokensRotate ? "yes" : "no",
        static async session => (await ExchangeAsync(session, basic: true)).Must("Refreshing the access token").ContainsKey("refresh_token") ? "yes" : "no")
    {
        Needs = NeedsClient,
        OtherWay = static options => options with { RefreshTokensRotate = !options.RefreshTokensRotate },
    };

    static Probe InForm => new("client-credentials-in-the-form", Group, "Does the token endpoint take the client's id and secret in the form?",
        nameof(SimulatorOptions.OAuthCredentialsInForm),
        static options => options.OAuthCredentialsInForm ? "accepted" : "refused 401 invalid_client",
        static async session => (await ExchangeAsync(session, basic: false)).Outcome)
    {
        Needs = NeedsClient,
        OtherWay = static options => options with { OAuthCredentialsInForm = !options.OAuthCredentialsInForm },
    };

    static Probe InQuery => new("token-parameters-in-the-query", Group, "Does the token endpoint take its parameters in the query string?",
        nameof(SimulatorOptions.OAuthParametersInQuery),
        static options => options.OAuthParametersInQuery ? "accepted" : "refused 400 invalid_request",
        static async session => (await ExchangeAsync(session, basic: true, inQuery: true)).Outcome)
    {
        Needs = NeedsClient,
        OtherWay = static options => options with { OAuthParametersInQuery = !options.OAuthParametersInQuery },
    };

    static async Task<KintoneAnswer> ExchangeAsync(Session session, bool basic, bool inQuery = false)
    {
        var client = session.Settings.OAuth!;
        var form = new Dictionary<string, string> { ["grant_type"] = "refresh_token", ["refresh_token"] = session.RefreshToken ?? client.RefreshToken };
        if (!basic)
            (form["client_id"], form["client_secret"]) = (client.ClientId, client.ClientSecret);
        var text = string.Join('&', form.Select(static pair => $"{pair.Key}={Uri.EscapeDataString(pair.Value)}"));
        var caller = session.Main.As(headers => headers.Authorization = basic
            ? new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{client.ClientId}:{client.ClientSecret}"))) : null);
        var answer = await caller.SendAsync(HttpMethod.Post, inQuery ? $"/oauth2/token?{text}" : "/oauth2/token",
            inQuery ? null : () => new StringContent(text, Encoding.UTF8, "application/x-www-form-urlencoded"));
        // A token that was taken back must not be used again.
        session.RefreshToken = (string?)answer.Json?["refresh_token"] ?? session.RefreshToken;
        return answer;
    }

    static string? NeedsClient(Settings settings) =>
        settings.OAuth is null ? "KINTONE_OAUTH_CLIENT_ID, KINTONE_OAUTH_CLIENT_SECRET and KINTONE_OAUTH_REFRESH_TOKEN" : null;
}
