using System.Net.Http.Headers;
using KintoneSource.Configuration;
using KintoneSource.Kintone.Credentials;
using KintoneSource.Kintone.Http;
using KintoneSource.Protocol;

namespace KintoneSource.Commands;

/// <summary>Makes the configured way to sign in, and hands on what it learns: new tokens to the mask and the platform.</summary>
static class Authentications
{
    public static Authentication Of(SourceConfig config, DomainConnection connection, MessageWriter writer, TimeProvider time)
    {
        return config.Credentials switch
        {
            PasswordCredentials password => HeaderAuthentication.OfPassword(password.LoginName, password.Password.Reveal()),
            ApiTokenCredentials tokens => new ApiTokenAuthentication(
                [.. tokens.Tokens.Select(static t => t.Reveal())], AppsOf(config.Apps), new TokenProbe(probing => new(connection, probing), WarnAsync)),
            OAuthCredentials oauth => OAuth(oauth),
            _ => throw new InvalidOperationException($"Nobody knows how to sign in by {config.Credentials.Kind}."),
        };

        ValueTask WarnAsync(string message, CancellationToken ct) => writer.WriteAsync(AirbyteMessage.Log(LogLevel.Warn, message), ct);

        Authentication OAuth(OAuthCredentials credentials)
        {
            var kept = credentials.RefreshToken.Reveal();
            var endpoint = new OAuthTokenEndpoint(connection, HeaderAuthentication.OfClient(credentials.ClientId, credentials.ClientSecret.Reveal()));
            return new OAuthAuthentication(endpoint, kept, KeepAsync, time);

            async ValueTask KeepAsync(OAuthTokens tokens)
            {
                writer.Mask.Add([tokens.AccessToken, tokens.RefreshToken]);
                if (tokens.RefreshToken == kept) return;
                kept = tokens.RefreshToken;
                // Not stopped by anything: without it, the next sync would start with a refresh token that is void.
                await writer.WriteAsync(AirbyteMessage.ConnectorConfig(config.WithRefreshToken(kept), time.GetUtcNow()), CancellationToken.None);
            }
        }
    }

    /// <summary>Signs in to the User API; null where the login does.</summary>
    public static Authentication? OfDirectory(SourceConfig config) =>
        config.DirectoryToken is { } token ? HeaderAuthentication.OfDirectory(token.Reveal()) : null;

    /// <summary>A domain's Basic authentication; never together with OAuth, which needs the same header.</summary>
    public static AuthenticationHeaderValue? Basic(SourceConfig config) => config.BasicAuth is { } basic
        ? new("Basic", HeaderAuthentication.Base64(basic.UserName, basic.Password.Reveal())) : null;

    static IReadOnlyList<long> AppsOf(AppSelection? selection) => selection switch
    {
        SingleApp single => [single.App.App],
        ListedApps listed => [.. listed.Apps.Select(static a => a.App)],
        _ => [],
    };
}
