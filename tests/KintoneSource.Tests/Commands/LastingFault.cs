using System.Globalization;
using KintoneSimulator;

namespace KintoneSource.Tests.Commands;

/// <summary>Something that goes wrong with every answer from some moment on, and what comes of it: the rows of docs/faults.md.</summary>
/// <param name="Name">As the page says it.</param>
/// <param name="Ends">How the streams fail that are not read by then.</param>
/// <param name="IsAwaited">It may pass: ten minutes are waited for that. Otherwise the sync is over at once.</param>
/// <param name="Requests">So many at most, of one app and of twenty.</param>
sealed record LastingFault(string Name, Fault Fault, string Ends, bool IsAwaited, (int OfOne, int OfTwenty) Requests)
{
    /// <summary>Two start before anything was answered.</summary>
    static readonly (int, int) s_once = (2, 2);

    /// <summary>Two requests of each app, with a minute at most between two attempts; Polly's jitter lets no sync be like another.</summary>
    static readonly (int, int) s_again = (40, 300);

    public static IReadOnlyList<LastingFault> All { get; } =
    [
        Awaited("closed before an answer", Fault.Reset),
        Awaited("connection refused", Fault.Refused),
        Awaited("no answer at all", Fault.Hang) with { Requests = (10, 10) },
        Awaited("cut before the body", Fault.TornBody(0)),
        Refused("a TLS alert before anything was answered", Fault.TlsAlert),
        Awaited("a TLS alert in the middle of a sync", Fault.TlsAlert) with { IsInTheMiddle = true },
        Awaited("200 with a page for people", Fault.Html),
        .. ((int[])[408, 421, 425, 429, 500, 502, 503, 520]).Select(static status => Awaited($"{status} without a code", Page(status))),
        Awaited("429 GAIA_TO04", Fault.TooManyRequests()),
        Awaited("429 with Retry-After 0", Fault.TooManyRequests(TimeSpan.Zero)),
        Awaited("429 with a time in Retry-After that has passed", Until(429, TimeSpan.FromDays(-365))),
        Awaited("503 with Retry-After of 30 s", After(503, "30")) with { Requests = (25, 25) },
        Awaited("503 with a time in Retry-After, 30 s ahead by a clock that is an hour off", Until(503, TimeSpan.FromSeconds(30)))
            with { Requests = (25, 25), ClockSkew = TimeSpan.FromHours(1) },
        Refused("429 with Retry-After of an hour", After(429, "3600"), "transient_error"),
        Refused("503 with Retry-After of an hour", After(503, "3600"), "transient_error"),
        Refused("401 CB_AU01", Fault.Error(401, "CB_AU01")),
        Refused("401 CB_WA01", Fault.Error(401, "CB_WA01")),
        Refused("401 with a code that nobody knows", Fault.Error(401, "CB_ZZ99")),
        Refused("401 without a code (Basic authentication)", Page(401)),
        Refused("403 CB_TW02", Fault.Error(403, "CB_TW02")),
        Refused("407 (a proxy)", Page(407)),
        Refused("302 to a login page", Fault.LoginRedirect),
        Refused("404 without a code", Page(404)),
        Awaited("OAuth: no answer to the request for a token", Fault.Hang) with { Resource = "token", Requests = (10, 10) },
        Awaited("OAuth: 503 to the request for a token", Fault.Maintenance) with { Resource = "token", Requests = (20, 20) },
        Refused("OAuth: 401 to the request for a token", Page(401)) with { Resource = "token", Requests = (1, 1) },
    ];

    /// <summary>Of what is asked for; null for all.</summary>
    public string? Resource { get; init; }

    /// <summary>Something was answered before.</summary>
    public bool IsInTheMiddle { get; init; }

    /// <summary>How far Kintone's clock is ahead.</summary>
    public TimeSpan ClockSkew { get; init; }

    public override string ToString() => Name;

    /// <summary>As a row of the page.</summary>
    public string Row => string.Create(CultureInfo.InvariantCulture,
        $"| {Name} | {Ends} | {(IsAwaited ? "within 10 minutes" : "at once")} | {Requests.OfOne} | {Requests.OfTwenty} |\n");

    static LastingFault Awaited(string name, Fault fault) => new(name, fault, "transient_error", IsAwaited: true, s_again);

    static LastingFault Refused(string name, Fault fault, string ends = "config_error") => new(name, fault, ends, IsAwaited: false, s_once);

    static Fault Page(int status) => new("page") { Instead = _ => Reply.Html(status, "Not now") };

    static Fault After(int status, string retryAfter) => new("page") { Instead = _ => Reply.Html(status, "Not now").With("Retry-After", retryAfter) };

    static Fault Until(int status, TimeSpan ahead) => new("page")
    {
        Instead = options => Reply.Html(status, "Not now")
            .With("Retry-After", (options.Time.GetUtcNow() + options.ClockSkew + ahead).ToString("R", CultureInfo.InvariantCulture)),
    };
}
