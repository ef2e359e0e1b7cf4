namespace AcceptanceTests.FaultMatrix;

/// <summary>What is refused for good, for as long as it lasts: said once for all streams, and asked for no more.</summary>
public sealed class LastingFaultTests(MatrixRuns runs) : IClassFixture<MatrixRuns>
{
    /// <summary>Two requests start before anything was answered.</summary>
    internal const int MostRequests = 2;

    internal static readonly WireFault[] All =
    [
        .. ((string[])["CB_AU01", "CB_WA01", "CB_ZZ99", "GAIA_IA02"]).Select(static code => Refused($"401 {code}", _ => Error(401, code))),
        Refused("403 CB_TW02", static _ => Error(403, "CB_TW02")),
        Refused("401 without a code (Basic authentication)", static _ => WireAnswer.Html(401, "Not you")),
        Refused("407 (a proxy)", static _ => WireAnswer.Html(407, "Not you")),
        Refused("302 to a login page", static _ => WireAnswer.Html(302, "Moved").With("Location", "/login")),
        Refused("404 without a code", static _ => WireAnswer.Html(404, "Nothing here")),
        Refused("429 with Retry-After of an hour", static _ => WireAnswer.Html(429, "Slow down").With("Retry-After", "3600"), Outcome.TransientError),
        Refused("503 with Retry-After of an hour", static _ => WireAnswer.Html(503, "Maintenance").With("Retry-After", "3600"), Outcome.TransientError),
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    public async Task It_is_said_once_and_asked_for_no_more(int apps) =>
        FaultMatrixTests.Report(await Task.WhenAll(All.Select(fault => runs.LastingAsync(fault, apps, MostRequests))));

    static WireFault Refused(string name, Func<WireAnswer, WireAnswer> change, Outcome outcome = Outcome.ConfigError) =>
        WireFault.Changed("lasting", name, outcome, change);

    static WireAnswer Error(int status, string code) => WireAnswer.Json(status, $$"""{"code":"{{code}}","id":"some-id","message":"It says so."}""");
}
