using System.Collections.Frozen;
using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using KintoneSource.Kintone.Http;
using KintoneSource.Protocol;

namespace KintoneSource.Kintone.Credentials;

/// <param name="RefreshToken">The one to use from now on: a new one, or the same again.</param>
/// <param name="Lifetime">Null where the server did not say.</param>
sealed record OAuthTokens(string AccessToken, string RefreshToken, TimeSpan? Lifetime);

/// <summary>The domain's own OAuth server, <c>/oauth2/token</c>.</summary>
sealed class OAuthTokenEndpoint(DomainConnection connection, HeaderAuthentication client)
{
    /// <summary>Those of RFC 6749 that can come here.</summary>
    static readonly FrozenSet<string> s_errors = FrozenSet.Create(
        "invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type", "invalid_scope",
        "access_denied", "temporarily_unavailable", "server_error");

    /// <summary>Everybody waits for it.</summary>
    static readonly KintoneRequest s_request = new("/oauth2/token", "renewing the OAuth access") { Priority = int.MinValue };

    /// <param name="ct">Ends it for everybody who waits. An answer that is on its way may carry the only refresh token that is still valid.</param>
    /// <exception cref="ConfigurationException">Client, refresh token or the way there are not right, with what to do.</exception>
    /// <exception cref="TransientException">It was tried often enough.</exception>
    /// <exception cref="UnexpectedResponseException">The answers hold no tokens.</exception>
    public async Task<OAuthTokens> RenewAsync(string refreshToken, CancellationToken ct)
    {
        try
        {
            OAuthTokens? tokens = null;
            await connection.RunAsync(s_request, async call =>
            {
                using var form = new FormUrlEncodedContent([new("grant_type", "refresh_token"), new("refresh_token", refreshToken)]);
                using var message = new HttpRequestMessage(HttpMethod.Post, new Uri(connection.Address, s_request.Path)) { Content = form };
                await connection.SendAsync(call, message, client, async (response, _, token) => tokens = await ReceiveAsync(response, refreshToken, token));
            }, ct);
            return tokens!;
        }
        catch (KintoneException e)
        {
            // A refusal of the request for tokens says nothing of the request that needs them.
            throw e.FailureType == FailureType.ConfigError ? new ConfigurationException(e.Message) : new UnexpectedResponseException(e.Message);
        }
    }

    async Task<OAuthTokens> ReceiveAsync(HttpResponseMessage response, string refreshToken, CancellationToken ct)
    {
        var reply = Parse(await ResponseBody.ReadSmallAsync(response.Content, ct));
        if (!response.IsSuccessStatusCode) throw Refusal(response, reply);
        connection.Answers.EnsureWhole(s_request, response);
        return TokensOf(reply, refreshToken);
    }

    /// <summary>A refresh token that the answer leaves out stays as it is.</summary>
    static OAuthTokens TokensOf(OAuthReply? reply, string refreshToken) => reply switch
    {
        null or { AccessToken: null or "" } =>
            throw new UnexpectedResponseException(
                $"Kintone's OAuth server answered without an access token: please report this. It came while {s_request.Purpose}."),
        { AccessToken: var access } when access.AsSpan().ContainsAnyExceptInRange('!', '~') =>
            throw new UnexpectedResponseException(
                $"Kintone's OAuth server answered with an access token that no header can carry: please report this. It came while {s_request.Purpose}."),
        _ => new(reply.AccessToken, reply.RefreshToken is { Length: > 0 } next ? next : refreshToken, Lifetime(reply.ExpiresIn)),
    };

    Exception Refusal(HttpResponseMessage response, OAuthReply? reply)
    {
        var error = connection.Answers.Text.Code(reply?.Error, s_errors);
        var description = connection.Answers.Text.Quote(reply?.ErrorDescription) is { } text ? $" ({text})" : "";
        var happened = $"While {s_request.Purpose}, Kintone answered {(int)response.StatusCode}{(error is null ? "" : " ")}{error}{description}.";
        return error switch
        {
            "invalid_grant" => new ConfigurationException(
                $"The consent was withdrawn, or the refresh token is wrong or was replaced by a newer one: authorise the connection again. {happened}"),
            "invalid_client" => new ConfigurationException($"The client ID or the client secret is wrong, or the client was removed: check both on the page "
                + $"of the registered client in cybozu.com Administration. {happened}"),
            "unauthorized_client" or "access_denied" or "invalid_scope" =>
                new ConfigurationException($"The registered client may not do this: allow it to the user in cybozu.com Administration and authorise the "
                + $"connection again. {happened}"),
            "temporarily_unavailable" or "server_error" => new KintoneException("Kintone's OAuth server is not available: try again later.", happened,
                response.StatusCode, error, Remedy.Retry),
            null when response.StatusCode == HttpStatusCode.Unauthorized => new ConfigurationException(
                $"This domain asks for Basic authentication, which cannot be combined with OAuth because both need the same header: sign in with a login "
                    + $"name and password or with API tokens. While {s_request.Purpose}, something in front of Kintone answered 401."),
            null => AnswerReader.Unexplained(s_request, response, connection.Gate),
            _ => new KintoneException("Kintone did not understand how this connector asks for tokens: please report this.", happened, response.StatusCode,
                error, Remedy.Connector),
        };
    }

    static OAuthReply? Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json.Span, OAuthJson.Default.OAuthReply);
        }
        catch (JsonException)
        {
            return null; // somebody else's page
        }
    }

    /// <summary>Longer than any token lives; what exceeds it is not a number of seconds. Good tokens are kept whatever stands there.</summary>
    const double LongestLifetime = 10 * 365 * 86400.0;

    static TimeSpan? Lifetime(JsonElement seconds) =>
        double.TryParse(seconds.ValueKind is JsonValueKind.Number or JsonValueKind.String ? seconds.ToString() : "", CultureInfo.InvariantCulture,
            out var value)
        && value is > 0 and < LongestLifetime ? TimeSpan.FromSeconds(value) : null;
}

sealed record OAuthReply(string? AccessToken, string? RefreshToken, JsonElement ExpiresIn, string? Error, string? ErrorDescription);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(OAuthReply))]
sealed partial class OAuthJson : JsonSerializerContext;
