namespace AcceptanceTests.FaultMatrix;

/// <summary>What the server of access tokens answers.</summary>
static class OAuthFaults
{
    const string Kind = "OAuth";

    public static IEnumerable<WireFault> All =>
    [
        Status(302, Outcome.ConfigError, "sent the request elsewhere"), Status(400, Outcome.ConfigError, "Something in front of Kintone refused"),
        Status(401, Outcome.ConfigError, "asks for Basic authentication"),
        Status(403, Outcome.ConfigError, "Access was refused"), Status(404, Outcome.ConfigError, "check the subdomain"),
        Status(200, Outcome.SameRows, "login page"), Status(206, Outcome.SameRows, "only a whole answer with 200"),
        Status(429, Outcome.SameRows, "fewer requests"), Status(503, Outcome.SameRows, "try again later"), Status(520, Outcome.SameRows, "try again later"),
        Error("invalid_grant", Outcome.ConfigError, "authorise the connection again"), Error("invalid_client", Outcome.ConfigError,
            "The client ID or the client secret is wrong"), Error("invalid_scope", Outcome.ConfigError, "authorise the connection again"),
        Error("unauthorized_client", Outcome.ConfigError, "authorise the connection again"),
        Error("access_denied", Outcome.ConfigError, "authorise the connection again"), Error("invalid_request", Outcome.SystemError, "did not understand"),
        Error("unsupported_grant_type", Outcome.SystemError, "did not understand"), Error("something_new", Outcome.SystemError, "did not understand"),
        Error("temporarily_unavailable", Outcome.SameRows, "Try again later"),
        Json("null", "null"), Json("no access token", """{"refresh_token":"r","expires_in":3600}"""), Json("an access token that is null", """{"access_token":null}"""), Json("an empty access token", """{"access_token":""}"""),
        Json("an access token with a line break", """{"access_token":"first\r\nX-Evil: second","expires_in":3600}""") with { Says = "no header can carry" }, Json("an access token that is Japanese", """{"access_token":"鍵","expires_in":3600}""") with { Says = "no header can carry" },
        Json("a life that is none", """{"access_token":"x","expires_in":"soon"}"""), Json("half of an answer", """{"access_token":"abc"""),
        new(Kind, "closed before an answer", Outcome.SameRows, static (wire, _) => { wire.Close(); return Task.CompletedTask; }) { Positions = s_token },
        new(Kind, "reset before an answer", Outcome.SameRows, static (wire, _) => { wire.Reset(); return Task.CompletedTask; }) { Positions = s_token },
        WireFault.Changed(Kind, "no refresh token in the answer", Outcome.SameRows, static answer => answer.Changed(static text =>
        {
            var reply = System.Text.Json.Nodes.JsonNode.Parse(text)!.AsObject();
            reply.Remove("refresh_token");
            return reply.ToJsonString();
        })) with { Positions = s_token },
    ];

    static Position[] s_token => [Position.Token];

    static WireFault Status(int status, Outcome read, string says) =>
        WireFault.Changed(Kind, $"{status} with a page for people", read,
            _ => WireAnswer.Html(status, "Not you").With("Location", "/login")) with
        { Says = says, Positions = s_token, InCheck = status is 200 or 403 };

    static WireFault Error(string error, Outcome read, string says) =>
        WireFault.Changed(Kind, error, read, _ => WireAnswer.Json(400, $$"""{"error":"{{error}}","error_description":"It says so."}""")) with { Says = says, Positions = s_token };

    static WireFault Json(string name, string json) =>
        WireFault.Changed(Kind, name, Outcome.SameRows,
            _ => WireAnswer.Json(200, json)) with
        { Says = "without an access token", Positions = s_token, InCheck = name == "no access token" };
}
