using System.Globalization;
using KintoneSource.Kintone.Http;
using KintoneSource.Protocol;
using KintoneSource.Tests.Simulation;
using Microsoft.Extensions.Time.Testing;

namespace KintoneSource.Tests.Kintone.Http;

/// <summary>What one request learns holds for all: how long nobody may go, that the domain is down, that credentials were refused.</summary>
public class DomainGateTests
{
    const int Many = 20;

    static readonly TimeSpan s_patience = Patience.ForSync.Total;

    /// <summary>How Retry-After says that nothing need be waited for.</summary>
    public static TheoryData<string> NoWaits => ["0", "Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 01 May 2026 02:59:00 GMT"];

    [Theory, MemberData(nameof(NoWaits))]
    public async Task A_wait_is_never_shorter_than_the_back_off(string retryAfter)
    {
        using var kintone = new ScriptedKintone(_ => Refused(retryAfter));
        var failure = await Assert.ThrowsAsync<TransientException>(() => kintone.ReadAsync());
        Assert.Contains("move this sync to another hour", failure.Message, StringComparison.Ordinal);
        Assert.InRange(kintone.Attempts, 8, 60);
        Assert.InRange(kintone.Elapsed, s_patience * 0.8, s_patience);
    }

    [Theory]
    [InlineData("30", 0)]
    [InlineData("Fri, 01 May 2026 03:00:30 GMT", 0)]
    [InlineData("Fri, 01 May 2026 04:00:30 GMT", 60)] // the server's clock is an hour ahead, and names a time of its own
    [InlineData("Fri, 01 May 2026 02:58:30 GMT", -2)]
    public async Task What_Kintone_asks_of_one_request_closes_the_gate_for_all(string retryAfter, int minutesAhead)
    {
        List<TimeSpan> sent = [];
        ScriptedKintone? kintone = null;
        using var scripted = kintone = new ScriptedKintone(attempt =>
        {
            lock (sent) sent.Add(kintone!.Elapsed);
            return attempt == 0 ? Refused(retryAfter, kintone!.Started.AddMinutes(minutesAhead)) : ScriptedKintone.Good();
        });
        await Task.WhenAll(Enumerable.Range(0, Many).Select(_ => kintone.ReadAsync()));
        Assert.Equal(Many + 1, sent.Count);
        Assert.DoesNotContain(sent.Skip(2), static at => at < TimeSpan.FromSeconds(30)); // the second was on its way
        Assert.InRange(kintone.Elapsed, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(40));
        Assert.Contains(kintone.Notices, static n => n.IsOfLimit && n.Delay > TimeSpan.FromSeconds(25));
        Assert.Equal(kintone.Notices.Count, kintone.Notices.Select(static n => n.Until).Count());
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public async Task A_wait_that_nobody_has_the_patience_for_ends_everything_at_once_and_says_why(int status)
    {
        using var kintone = new ScriptedKintone(_ => Refused("3600", status: status));
        var failures = await Task.WhenAll(Enumerable.Range(0, Many).Select(_ => Assert.ThrowsAsync<TransientException>(() => kintone.ReadAsync())));
        Assert.StartsWith("Kintone asked for 3,600 s", Assert.Single(failures.Select(static f => f.Message).Distinct()), StringComparison.Ordinal);
        Assert.InRange(kintone.Attempts, 1, 2);
        Assert.Equal(TimeSpan.Zero, kintone.Elapsed);
    }

    [Fact]
    public async Task A_check_does_not_wait_for_what_is_longer_than_its_patience()
    {
        using var kintone = new ScriptedKintone(_ => Refused("30"), Patience.ForCheck);
        var failure = await Assert.ThrowsAsync<TransientException>(() => kintone.ReadAsync());
        Assert.Contains("Kintone asked for 30 s", failure.Message, StringComparison.Ordinal);
        Assert.Equal((1, TimeSpan.Zero), (kintone.Attempts, kintone.Elapsed));
    }

    public static TheoryData<string> Outages => ["503", "429", "502", "200 html", "refused", "reset", "hanging"];

    [Theory, MemberData(nameof(Outages))]
    [Trait("Duration", "long")]
    public async Task Ten_minutes_in_which_nothing_is_answered_end_everything(string outage)
    {
        using var kintone = Down(outage);
        kintone.Time.IsHanging = () => outage == "hanging";
        var failures = await Task.WhenAll(Enumerable.Range(0, Many).Select(_ => Assert.ThrowsAsync<TransientException>(() => kintone.ReadAsync())));
        var why = Assert.Single(failures.Select(static f => f.Message).Distinct());
        Assert.InRange(kintone.Elapsed, s_patience * 0.8, s_patience + TimeSpan.FromSeconds(1));
        var asked = kintone.Attempts;
        for (var i = 0; i < Many; i++) Assert.Equal(why, (await Assert.ThrowsAsync<TransientException>(() => kintone.ReadAsync())).Message);
        Assert.Equal(asked, kintone.Attempts);
    }

    [Fact] // each has made its own sentence by then
    public void Two_that_give_up_at_the_same_moment_say_the_same()
    {
        var time = new FakeTimeProvider();
        using var gate = new DomainGate(time, Patience.ForSync, 8);
        RetryCall[] calls = [.. ((string[])["reading app 1", "reading app 2"]).Select(purpose => new RetryCall(new("/", purpose), null!))];
        foreach (var call in calls) (call.Started, call.AttemptStarted) = (time.GetTimestamp(), time.GetTimestamp());
        var failure = new TransportException("The connection failed.");
        foreach (var call in calls) gate.NoteFailure(call, failure);
        time.Advance(s_patience);
        var first = gate.GiveUp(calls[0], failure, failure.Message);
        Assert.Contains("nothing else was answered", first.Message, StringComparison.Ordinal);
        Assert.Same(first, gate.GiveUp(calls[1], failure, failure.Message));
    }

    [Fact]
    public async Task One_that_fails_while_others_are_answered_is_lost_alone()
    {
        using var kintone = ScriptedKintone.Asked(static request =>
            request.RequestUri!.Query.Contains("app=7", StringComparison.Ordinal) ? ScriptedKintone.Answer(503, "", "text/html") : ScriptedKintone.Good());
        var lost = Assert.ThrowsAsync<TransientException>(() => kintone.ReadAsync(app: 7));
        for (var minute = 0; minute < 12; minute++)
        {
            Assert.Equal("{}", await kintone.ReadAsync());
            await Task.Delay(TimeSpan.FromMinutes(1), kintone.Time);
        }
        Assert.DoesNotContain("nothing else was answered", (await lost).Message, StringComparison.Ordinal);
        Assert.Equal("{}", await kintone.ReadAsync());
    }

    [Theory]
    [InlineData(401, "CB_AU01")]
    [InlineData(401, "CB_WA01")]
    [InlineData(403, "CB_TW02")]
    [InlineData(401, "CB_ZZ99")]
    [InlineData(401, "GAIA_IA02")]
    [InlineData(401, "")]
    [InlineData(407, "")]
    [InlineData(302, "")]
    public async Task A_refusal_of_the_credentials_is_the_last_request(int status, string code)
    {
        using var kintone = new ScriptedKintone(_ => code.Length > 0 ? ScriptedKintone.Error(status, code) : ScriptedKintone.Answer(status, "", "text/html"));
        var failures = await Task.WhenAll(Enumerable.Range(0, Many).Select(_ => Assert.ThrowsAsync<KintoneException>(() => kintone.ReadAsync())));
        Assert.All(failures, static f => Assert.Equal(FailureType.ConfigError, f.FailureType));
        Assert.InRange(kintone.Attempts, 1, 2); // two start before anything was answered
    }

    [Theory]
    [InlineData(403, "CB_NO02")]
    [InlineData(404, "GAIA_AP01")]
    [InlineData(403, "GAIA_NO02")]
    public async Task A_refusal_of_a_resource_is_nobody_else_s(int status, string code)
    {
        using var kintone = new ScriptedKintone(attempt => attempt == 0 ? ScriptedKintone.Error(status, code) : ScriptedKintone.Good());
        Assert.True((await Assert.ThrowsAsync<KintoneException>(() => kintone.ReadAsync())).IsOfOneResource);
        Assert.Equal("{}", await kintone.ReadAsync());
        Assert.Equal(2, kintone.Attempts);
    }

    [Fact]
    public async Task One_alert_of_the_secure_connection_in_the_middle_is_tried_again_and_at_the_start_is_the_configuration_s()
    {
        static HttpResponseMessage Alert() => throw new HttpRequestException(HttpRequestError.SecureConnectionError, "alert",
            new System.Security.Authentication.AuthenticationException("alert", new InvalidOperationException()));
        using var kintone = new ScriptedKintone(static attempt => attempt == 1 ? Alert() : ScriptedKintone.Good());
        await kintone.ReadAsync();
        Assert.Equal("{}", await kintone.ReadAsync());
        using var wrong = new ScriptedKintone(static _ => Alert());
        await Task.WhenAll(Enumerable.Range(0, Many).Select(_ => Assert.ThrowsAsync<ConfigurationException>(() => wrong.ReadAsync())));
        Assert.InRange(wrong.Attempts, 1, 2);
    }

    [Fact]
    public async Task Only_a_limit_is_called_one()
    {
        using var kintone = new ScriptedKintone(static attempt => attempt switch
        {
            0 => throw new HttpRequestException(HttpRequestError.ConnectionError, "refused"),
            1 => ScriptedKintone.Answer(502, "", "text/html"),
            2 => ScriptedKintone.Answer(503, "", "text/html"),
            3 => ScriptedKintone.Error(429, "GAIA_TO04"),
            4 => Refused("1", status: 503),
            _ => ScriptedKintone.Good(),
        });
        await kintone.ReadAsync();
        Assert.Equal([false, false, false, true, true], kintone.Notices.Select(static n => n.IsOfLimit));
    }

    static ScriptedKintone Down(string outage) => new(async (_, ct) =>
    {
        if (outage == "hanging") await Task.Delay(Timeout.Infinite, ct);
        return outage switch
        {
            "refused" => throw new HttpRequestException(HttpRequestError.ConnectionError, "refused"),
            "reset" => throw new IOException("reset"),
            "200 html" => ScriptedKintone.Answer(200, "<html>", "text/html"),
            _ => ScriptedKintone.Answer(int.Parse(outage, CultureInfo.InvariantCulture), "", "text/html"),
        };
    });

    static HttpResponseMessage Refused(string retryAfter, DateTimeOffset? date = null, int status = 429)
    {
        var refused = status == 429 ? ScriptedKintone.Error(429, "GAIA_TO04") : ScriptedKintone.Answer(status, "", "text/html");
        refused.Headers.TryAddWithoutValidation("Retry-After", retryAfter);
        refused.Headers.Date = date;
        return refused;
    }
}
