using KintoneSource.Configuration;
using KintoneSource.Kintone;
using KintoneSource.Protocol;

namespace KintoneSource.Commands;

/// <summary>Makes the configured way to sign in, and hands on what it learns: new tokens to the mask and the platform.</summary>
static class Authentications
{
    public static Authentication Of(
        SourceConfig config, HttpClient http, RetryPolicy retry, SecretMask mask, MessageWriter writer, TimeProvider time)
    {
        var login = config.Credentials switch
        {
            PasswordCredentials password => new PasswordAuthentication(password.LoginName, password.Password.Reveal()),
            ApiTokenCredentials tokens => new ApiTokenAuthentication([.. tokens.Tokens.Select(static t => t.Reveal())]),
            OAuthCredentials oauth => OAuth(oauth),
            _ => throw new InvalidOperationException($"Nobody knows how to sign in by {config.Credentials.Kind}."),
        };
        return config.BasicAuth is { } basic ? new BasicAuthentication(basic.UserName, basic.Password.Reveal(), login) : login;

        Authentication OAuth(OAuthCredentials credentials)
        {
            var kept = credentials.RefreshToken.Reveal();
            var endpoint = new OAuthTokenEndpoint(http, config.BaseAddress, credentials.ClientId, credentials.ClientSecret.Reveal(), retry);
            return new OAuthAuthentication(endpoint, kept, KeepAsync, time);

            async ValueTask KeepAsync(OAuthTokens tokens)
            {
                mask.Add([tokens.AccessToken, tokens.RefreshToken]);
                if (tokens.RefreshToken == kept) return;
                kept = tokens.RefreshToken;
                // Not stopped by anything: without it, the next sync would start with a refresh token that is void.
                await writer.WriteAsync(AirbyteMessage.ConnectorConfig(config.WithRefreshToken(kept), time.GetUtcNow()), CancellationToken.None);
            }
        }
    }
}
