namespace AcceptanceTests.FaultMatrix;

/// <summary>Statuses and headers of whoever answers, which need not be Kintone.</summary>
static class HttpFaults
{
    const string Kind = "HTTP";

    public static IEnumerable<WireFault> All =>
    [
        .. ((int[])[201, 202, 203, 226])
            .Select(static status => WireFault.Changed(Kind, $"{status} with the whole answer", Outcome.SameRows, answer => answer with { Status = status })),
        WireFault.Changed(Kind, "204 without a body", Outcome.SameRows, static answer => answer with { Status = 204, Body = [] }),
        WireFault.Changed(Kind, "206 with half of the records", Outcome.SameRows,
            static answer => Half(answer) with { Status = 206 }) with { InCheck = true, Says = "only a whole answer with 200" },
        WireFault.Changed(Kind, "200 with half of the records and Content-Range", Outcome.SameRows,
            static answer => Half(answer).With("Content-Range", "bytes 0-999/2000")),
        WireFault.Changed(Kind, "200 with a page for people", Outcome.SameRows,
            static _ => WireAnswer.Html(200, "Log in")) with { InCheck = true, Says = "a login page or a proxy" },
        WireFault.Changed(Kind, "200 without a content type", Outcome.SameRows, static answer => answer.Without("Content-Type")),
        WireFault.Changed(Kind, "200 and a warning of Kintone's", Outcome.ConfigError, static answer =>
            answer.With("X-Cybozu-Warning", "Filter aborted because of too many search results")) with { Says = "only a part of the records" },
        .. ((int[])[301, 302, 303, 307, 308]).Select(static status =>
            WireFault.Changed(Kind, $"{status} to a login page", Outcome.ConfigError,
                _ => WireAnswer.Html(status, "Moved").With("Location", "/login")) with
            {
                Says = "sent the request elsewhere", InCheck = status == 302, WithFile = Outcome.RowSaysSo
            }),
        Plain(400, Outcome.ConfigError, "Something in front of Kintone refused the request") with { WithFile = Outcome.RowSaysSo },
        Plain(401, Outcome.ConfigError, "asks for Basic authentication in addition"),
        Plain(403, Outcome.ConfigError, "Access was refused") with { WithFile = Outcome.RowSaysSo },
        Plain(404, Outcome.ConfigError, "") with { WithFile = Outcome.RowSaysSo },
        Plain(407, Outcome.ConfigError, "A proxy asks for a user name and a password"),
        .. ((int[])[408, 421, 425]).Select(static status => Plain(status, Outcome.SameRows, "asked for the request once more")),
        Plain(418, Outcome.SystemError, "Please report this") with { WithFile = Outcome.RowSaysSo },
        Plain(429, Outcome.SameRows, "asked for fewer requests") with { InCheck = true },
        WireFault.Changed(Kind, "429 with Retry-After 0", Outcome.SameRows, static _ => WireAnswer.Html(429, "Slow down").With("Retry-After", "0")),
        .. ((int[])[500, 501, 502, 503, 504, 520, 599])
            .Select(static status => Plain(status, Outcome.SameRows, "try again later") with { InCheck = status is 503 or 520 }),
        WireFault.Changed(Kind, "503 with Retry-After of a second", Outcome.SameRows,
            static _ => WireAnswer.Html(503, "Maintenance").With("Retry-After", "1")),
        WireFault.Changed(Kind, "a time in Retry-After that has passed", Outcome.SameRows,
            static _ => WireAnswer.Html(503, "Maintenance").With("Retry-After", "Thu, 01 Jan 1970 00:00:00 GMT")),
        WireFault.Changed(Kind, "no Date", Outcome.SameRows, static answer => answer.Without("Date")),
        WireFault.Changed(Kind, "a Date that is none", Outcome.SameRows, static answer => answer.With("Date", "yesterday")),
        WireFault.Changed(Kind, "limits that are no numbers", Outcome.SameRows,
            static answer => answer.With("X-ConcurrencyLimit-Running", "many").With("X-ConcurrencyLimit-Limit", "-1")),
    ];

    static WireFault Plain(int status, Outcome read, string says) =>
        WireFault.Changed(Kind, $"{status} without a code", read, _ => WireAnswer.Html(status, "Not you")) with { Says = says };

    /// <summary>A valid answer that is a part of one.</summary>
    static WireAnswer Half(WireAnswer answer)
    {
        if (answer.Body[0] != '{') return answer with { Body = answer.Body[..(answer.Body.Length / 2)] };
        var records = System.Text.Json.Nodes.JsonNode.Parse(answer.Text)!;
        if (records["records"]?.AsArray() is { } list) while (list.Count > 250) list.RemoveAt(list.Count - 1);
        return answer.WithText(records.ToJsonString());
    }
}
