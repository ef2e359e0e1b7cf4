using System.Net;
using System.Text;

namespace AcceptanceTests.FaultMatrix;

/// <summary>Kintone's own refusals: the codes of the table, some that nobody knows, and what else may stand in an error.</summary>
static class CodeFaults
{
    const string Kind = "code";

    /// <summary>These would come with every file: they end the stream.</summary>
    static readonly string[] s_ofCredentials = ["CB_AU01", "CB_WA01", "CB_TW02"];

    public static IEnumerable<WireFault> All =>
    [
        Code(401, "CB_AU01", Outcome.ConfigError, "no valid credentials"), Code(401, "CB_WA01", Outcome.ConfigError, "Kintone does not accept this user name with this password"),
        Code(403, "CB_TW02", Outcome.ConfigError, "two-factor authentication"),
        Code(403, "CB_NO02", Outcome.ConfigError, "no privilege") with { InCheck = true },
        Code(400, "CB_VA01", Outcome.ConfigError, "did not accept a parameter"), Code(400, "CB_IJ01", Outcome.SystemError, "Please report this"),
        Code(404, "GAIA_AP01", Outcome.ConfigError, "There is no such app"), Code(520, "GAIA_IL23", Outcome.ConfigError, "guest space"),
        Code(400, "GAIA_IQ11", Outcome.ConfigError, "does not exist in the app"),
        Code(429, "GAIA_TO04", Outcome.SameRows, "More than 100 requests"), Code(400, "GAIA_DA02", Outcome.SameRows, ""),
        Code(400, "GAIA_RE18", Outcome.SameRows, ""),
        Code(400, "GAIA_LT01", Outcome.SameRows, ""), Code(400, "GAIA_TM12", Outcome.SameRows, ""),
        Code(500, "CB_IL99", Outcome.SameRows, ""), Code(520, "GAIA_ZZ99", Outcome.SameRows, "Please report this"),
        Code(400, "GAIA_ZZ98", Outcome.SystemError, "Please report this") with { InCheck = true },
            Code(403, "GAIA_ZZ97", Outcome.ConfigError, "Access was refused"), Code(404, "GAIA_ZZ96", Outcome.SystemError, "Please report this"),
        Body("\"errors\": null", """{"code":"CB_VA01","id":"abc","message":"No.","errors":null}"""), Body("\"errors\" is a list", """{"code":"CB_VA01","id":"abc","message":"No.","errors":[]}"""),
        Body("an error that is null in \"errors\"", """{"code":"CB_VA01","id":"abc","message":"No.","errors":{"query":null}}"""),
        Body("messages that are null", """{"code":"CB_VA01","id":"abc","message":"No.","errors":{"query":{"messages":[null,1,{}]}}}"""),
        Body("an id and a message that are numbers", """{"code":"CB_VA01","id":7,"message":{}}"""),
        Body("half a surrogate pair", """{"code":"CB_VA01","id":"abc","message":"\ud800"}"""),
        .. s_echoes.Select(static echo => new WireFault(Kind, $"an error that throws back the request, {echo.Name}", Outcome.ConfigError, (wire, _) =>
        {
            var said = echo.Encode(wire.Request);
            var json = System.Text.Json.JsonSerializer.Serialize(said);
            return wire.SendAsync(WireAnswer.Json(403, $$$"""{"code":"CB_NO02","id":{{{json}}},"message":{{{json}}},"errors":{ {{{json}}}: {"messages":[{{{json}}}]} } }""").With("X-Cybozu-Error", OneLine(said)));
        }) { Says = "no privilege", Positions = [Position.First], WithFile = Outcome.RowSaysSo }),
        .. s_echoes.Select(static echo => new WireFault(Kind, $"a warning that throws back the request, {echo.Name}", Outcome.ConfigError,
            (wire, answer) => wire.SendAsync(answer.With("X-Cybozu-Warning", OneLine(echo.Encode(wire.Request))))) { Says = "only a part of the records",
                Positions = [Position.First] }),
    ];

    /// <summary>Of the request's credentials, as short as a message.</summary>
    static readonly (string Name, Func<string, string> Encode)[] s_echoes =
    [
        ("as it is", Credentials), ("HTML-escaped", static r => WebUtility.HtmlEncode(Credentials(r))),
        ("URL-encoded", static r => Uri.EscapeDataString(Credentials(r))),
        ("URL-encoded in lower case", static r => string.Concat(Encoding.UTF8.GetBytes(Credentials(r)).Select(static b => $"%{b:x2}"))),
        ("decoded", static r => Encoding.UTF8.GetString(Convert.FromBase64String(Credentials(r)))),
        ("decoded and in Base64 again",
            static r => Convert.ToBase64String(Encoding.UTF8.GetBytes("heard " + Encoding.UTF8.GetString(Convert.FromBase64String(Credentials(r)))))),
        ("in hexadecimal", static r => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(Credentials(r)))), ("in part", static r => Credentials(r)[3..^3]),
    ];

    static string Credentials(string request) =>
        request.Split("\r\n").First(static l => l.StartsWith("X-Cybozu-Authorization:", StringComparison.OrdinalIgnoreCase)).Split(':')[1].Trim();

    static string OneLine(string text) => string.Concat(text.Where(static c => c is >= ' ' and <= '~'));

    static WireFault Code(int status, string code, Outcome read, string says) => WireFault.Changed(
        Kind, $"{status} {code}", read, _ => WireAnswer.Json(status, $$"""{"code":"{{code}}","id":"some-id","message":"It says so."}""")) with
    { Says = says, WithFile = read == Outcome.SameRows || s_ofCredentials.Contains(code) ? read : Outcome.RowSaysSo };

    static WireFault Body(string name, string json) => WireFault.Changed(Kind, name, Outcome.ConfigError,
        _ => WireAnswer.Json(400, json)) with
    { Says = "did not accept a parameter", Positions = [Position.First], WithFile = Outcome.RowSaysSo };
}
