using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using KintoneSource.Protocol;

namespace KintoneSource.Kintone;

/// <param name="RefreshToken">The one to use from now on: a new one, or the same again.</param>
/// <param name="Lifetime">Null where the server did not say.</param>
sealed record OAuthTokens(string AccessToken, string RefreshToken, TimeSpan? Lifetime);

/// <summary>
/// The domain's own OAuth server, <c>/oauth2/token</c>. The client signs in by Basic, the id and the secret as they are (official docs).
/// </summary>
sealed class OAuthTokenEndpoint(HttpClient http, Uri baseAddress, string clientId, string clientSecret, RetryPolicy retry)
{
    static readonly KintoneRequest s_request = new("/oauth2/token", "renewing the OAuth access");

    readonly AuthenticationHeaderValue _client = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{clientId}:{clientSecret}")));

    /// <exception cref="ConfigurationException">Client or refresh token are not valid, with what to do.</exception>
    public Task<OAuthTokens> RenewAsync(string refreshToken, CancellationToken ct) =>
        retry.RunAsync(
            s_request,
            (call, token) =>
            {
                token.ThrowIfCancellationRequested();
                // Heard to its end even when everything stops: it may carry the only refresh token that is still valid.
                return retry.LimitAttemptAsync(call, limited => AskAsync(refreshToken, limited), CancellationToken.None);
            }, ct);

    async Task<OAuthTokens> AskAsync(string refreshToken, CancellationToken ct)
    {
        using var form = new FormUrlEncodedContent([new("grant_type", "refresh_token"), new("refresh_token", refreshToken)]);
        using var message = new HttpRequestMessage(HttpMethod.Post, new Uri(baseAddress, s_request.Path)) { Content = form };
        message.Headers.Authorization = _client;
        using var response = await http.SendAsync(message, ct);
        var reply = Parse(await response.Content.ReadAsByteArrayAsync(ct));
        if (!response.IsSuccessStatusCode) throw await RefusalAsync(response, reply, ct);
        KintoneAnswers.EnsureWhole(s_request, response);
        return reply is { AccessToken: { Length: > 0 } access }
            ? new(access, reply.RefreshToken is { Length: > 0 } next ? next : refreshToken, Lifetime(reply.ExpiresIn))
            : throw new UnexpectedResponseException("While renewing the OAuth access, Kintone answered without an access token.");
    }

    async Task<Exception> RefusalAsync(HttpResponseMessage response, OAuthReply? reply, CancellationToken ct)
    {
        var description = reply?.ErrorDescription is { Length: > 0 } text ? $" ({text})" : "";
        var happened = $"While renewing the OAuth access, Kintone answered {(int)response.StatusCode} {reply?.Error}{description}.";
        return reply?.Error switch
        {
            "invalid_grant" => new ConfigurationException($"{happened} The consent was withdrawn, or the refresh token is wrong or was replaced by a newer one: authorise the connection again."),
            "invalid_client" => new ConfigurationException($"{happened} The client ID or the client secret is wrong, or the client was removed: check both on the page of the registered client in cybozu.com Administration."),
            "unauthorized_client" or "access_denied" => new ConfigurationException($"{happened} The registered client may not do this: allow it to the user in cybozu.com Administration and authorise the connection again."),
            null when response.StatusCode == HttpStatusCode.Unauthorized => new ConfigurationException(
                "While renewing the OAuth access, something in front of Kintone answered 401. This domain asks for Basic authentication, which cannot be combined with OAuth because both need the same header: sign in with a login name and password or with API tokens."),
            _ => await retry.ToExceptionAsync(s_request, response, ct),
        };
    }

    static OAuthReply? Parse(byte[] json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, OAuthJson.Default.OAuthReply);
        }
        catch (JsonException)
        {
            return null; // somebody else's page
        }
    }

    /// <summary>Longer than any token lives; what exceeds it is not a number of seconds.</summary>
    const double LongestLifetime = 10 * 365 * 86400.0;

    static TimeSpan? Lifetime(double? seconds) => seconds is > 0 and < LongestLifetime ? TimeSpan.FromSeconds(seconds.Value) : null;
}

sealed record OAuthReply(string? AccessToken, string? RefreshToken, double? ExpiresIn, string? Error, string? ErrorDescription);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, NumberHandling = JsonNumberHandling.AllowReadingFromString)]
[JsonSerializable(typeof(OAuthReply))]
sealed partial class OAuthJson : JsonSerializerContext;
