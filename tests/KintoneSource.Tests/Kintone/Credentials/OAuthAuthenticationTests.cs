using KintoneSimulator;
using KintoneSource.Kintone.Apps;
using KintoneSource.Kintone.Credentials;
using KintoneSource.Kintone.Http;
using KintoneSource.Protocol;

namespace KintoneSource.Tests.Kintone.Credentials;

public class OAuthAuthenticationTests
{
    static readonly string[] s_scopes = ["k:app_record:read", "k:app_settings:read"];

    [Fact]
    public async Task Requests_at_the_same_time_share_one_renewal()
    {
        using var domain = new SimulatedDomain();
        using var oauth = domain.OAuth(domain.Consent(s_scopes));
        var (kintone, app) = (domain.SignIn(oauth), AppOf(domain));
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => SimulatedDomain.ReadAsync(kintone, app)));
        Assert.Equal(1, domain.Simulator.Journal.CountOf("token"));

        domain.Time.Advance(TimeSpan.FromHours(2));
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => SimulatedDomain.ReadAsync(kintone, app)));
        Assert.Equal(2, domain.Simulator.Journal.CountOf("token"));
    }

    [Theory]
    [InlineData(401, "CB_OA01")]
    [InlineData(400, "CB_OA01")]
    [InlineData(520, "CB_OA01")]
    [InlineData(401, "CB_AU01")]
    [InlineData(403, "CB_AU01")]
    [InlineData(401, "CB_ZZ99")]
    public async Task A_refused_access_token_is_renewed_once_for_all_whatever_the_refusal_looks_like(int status, string code)
    {
        using var domain = new SimulatedDomain(o => o with { AccessTokenRefusal = (status, code) });
        List<OAuthTokens> issued = [];
        using var oauth = domain.OAuth(domain.Consent(s_scopes), tokens => { issued.Add(tokens); return default; });
        var (kintone, app) = (domain.SignIn(oauth), AppOf(domain));
        Assert.Equal(3, await SimulatedDomain.ReadAsync(kintone, app));

        domain.Simulator.Domain.OAuth.Revoke(issued[0].AccessToken);
        var ids = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => SimulatedDomain.ReadAsync(kintone, app)));
        Assert.All(ids, static id => Assert.Equal(3, id));
        Assert.Equal(2, issued.Count);
        Assert.Equal(2, domain.Simulator.Journal.CountOf("token"));
    }

    [Fact]
    public async Task A_token_is_renewed_before_it_runs_out()
    {
        using var domain = new SimulatedDomain();
        using var oauth = domain.OAuth(domain.Consent(s_scopes));
        var (kintone, app) = (domain.SignIn(oauth), AppOf(domain));
        for (var minute = 0; minute < 180; minute++)
        {
            await SimulatedDomain.ReadAsync(kintone, app);
            domain.Time.Advance(TimeSpan.FromMinutes(1));
        }
        Assert.DoesNotContain(domain.Simulator.Journal.Entries, static e => e.Status == 401);
        Assert.InRange(domain.Simulator.Journal.CountOf("token"), 3, 4);
    }

    [Fact]
    public async Task A_rotated_refresh_token_is_handed_on_before_its_access_token_is_used()
    {
        using var domain = new SimulatedDomain(static o => o with { RefreshTokensRotate = true });
        List<(string Token, int Requests)> handedOn = [];
        using var oauth = domain.OAuth(domain.Consent(s_scopes), tokens =>
        {
            handedOn.Add((tokens.RefreshToken, domain.Simulator.Journal.CountOf("records")));
            return default;
        });
        var (kintone, app) = (domain.SignIn(oauth), AppOf(domain));
        for (var hour = 0; hour < 3; hour++)
        {
            await SimulatedDomain.ReadAsync(kintone, app);
            domain.Time.Advance(TimeSpan.FromHours(1));
        }
        Assert.Equal([0, 1, 2], handedOn.Select(static h => h.Requests));
        Assert.Equal(3, handedOn.Select(static h => h.Token).Distinct().Count());
    }

    [Theory]
    [InlineData("""{"refresh_token":"r"}""")]
    [InlineData("""{"access_token":"a\r\nb"}""")]
    [InlineData("null")]
    public async Task An_answer_without_a_token_that_can_be_used_is_asked_for_a_few_times_and_no_more(string reply)
    {
        using var domain = new SimulatedDomain();
        domain.Simulator.Faults.Always(new("no token") { Garble = _ => System.Text.Encoding.UTF8.GetBytes(reply) }, static e => e.Resource == "token");
        using var oauth = domain.OAuth(domain.Consent(s_scopes));
        var failure = await Assert.ThrowsAsync<UnexpectedResponseException>(() => SimulatedDomain.ReadAsync(domain.SignIn(oauth), AppOf(domain)));
        Assert.Contains("access token", failure.Message, StringComparison.Ordinal);
        Assert.Equal(5, domain.Simulator.Journal.CountOf("token"));
    }

    [Theory]
    [InlineData(403, "ConfigError")]
    [InlineData(404, "ConfigError")]
    [InlineData(302, "ConfigError")]
    [InlineData(418, "SystemError")]
    public async Task A_refusal_of_the_token_is_none_of_the_request(int status, string type)
    {
        using var domain = new SimulatedDomain();
        domain.Simulator.Faults.Always(new("refused") { Instead = _ => Reply.Html(status, "Not you") }, static e => e.Resource == "token");
        using var oauth = domain.OAuth(domain.Consent(s_scopes));
        var failure = await Assert.ThrowsAnyAsync<ConnectorException>(() => SimulatedDomain.ReadAsync(domain.SignIn(oauth), AppOf(domain)));
        Assert.Equal(type, failure.FailureType.ToString());
        Assert.Contains("While renewing the OAuth access", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("scope", failure.Message, StringComparison.Ordinal);
        Assert.Equal(1, domain.Simulator.Journal.CountOf("token"));
    }

    [Fact]
    public async Task The_refresh_token_stays_where_the_answer_leaves_it_out()
    {
        using var domain = new SimulatedDomain();
        domain.Simulator.Faults.Next(new("no refresh token") { Garble = WithoutRefreshToken }, static e => e.Resource == "token");
        List<OAuthTokens> issued = [];
        var consent = domain.Consent(s_scopes);
        using var oauth = domain.OAuth(consent, tokens => { issued.Add(tokens); return default; });
        var (kintone, app) = (domain.SignIn(oauth), AppOf(domain));
        await SimulatedDomain.ReadAsync(kintone, app);
        domain.Time.Advance(TimeSpan.FromHours(2));
        await SimulatedDomain.ReadAsync(kintone, app);
        Assert.Equal([consent, consent], issued.ConvertAll(static t => t.RefreshToken));
    }

    [Theory]
    [InlineData("\"soon\"")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[3600]")]
    [InlineData("true")]
    [InlineData("-1")]
    [InlineData("1e999")]
    [InlineData("\"3600\"")]
    public async Task Good_tokens_are_kept_whatever_is_said_of_their_lifetime(string lifetime)
    {
        using var domain = new SimulatedDomain();
        domain.Simulator.Faults.Always(new("lifetime")
        {
            Garble = reply => System.Text.Encoding.UTF8.GetBytes(
                System.Text.Encoding.UTF8.GetString(reply.Span).Replace("\"expires_in\":3600", $"\"expires_in\":{lifetime}", StringComparison.Ordinal)),
        }, static e => e.Resource == "token");
        using var oauth = domain.OAuth(domain.Consent(s_scopes));
        Assert.Equal(3, await SimulatedDomain.ReadAsync(domain.SignIn(oauth), AppOf(domain)));
        Assert.Equal(1, domain.Simulator.Journal.CountOf("token"));
    }

    [Fact] // 20 apps whose requests come one after the other: the first has found out
    public async Task A_renewal_that_failed_is_not_begun_anew()
    {
        using var domain = new SimulatedDomain();
        domain.Simulator.Faults.Always(new("no token") { Instead = static _ => Reply.Html(418, "teapot") }, static e => e.Resource == "token");
        using var oauth = domain.OAuth(domain.Consent(s_scopes));
        var (kintone, app) = (domain.SignIn(oauth), AppOf(domain));
        for (var i = 0; i < 20; i++) await Assert.ThrowsAnyAsync<ConnectorException>(() => SimulatedDomain.ReadAsync(kintone, app));
        Assert.Equal(1, domain.Simulator.Journal.CountOf("token"));
    }

    [Fact] // with a single slot, who holds it while it waits for a token would wait for ever
    public async Task A_token_is_renewed_before_the_request_takes_a_slot()
    {
        using var domain = new SimulatedDomain(ceiling: 1);
        using var oauth = domain.OAuth(domain.Consent(s_scopes));
        var (kintone, app) = (domain.SignIn(oauth), AppOf(domain));
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => SimulatedDomain.ReadAsync(kintone, app))).WaitAsync(TimeSpan.FromSeconds(30));
        domain.Time.Advance(TimeSpan.FromHours(2));
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => SimulatedDomain.ReadAsync(kintone, app))).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(2, domain.Simulator.Journal.CountOf("token"));
    }

    [Fact]
    public async Task Network_faults_while_renewing_are_tried_again()
    {
        using var domain = new SimulatedDomain();
        using var oauth = domain.OAuth(domain.Consent(s_scopes));
        foreach (var fault in (Fault[])[Fault.Refused, Fault.Reset, Fault.TornBody(10), Fault.TornBody(0), Fault.LostAnswer])
            domain.Simulator.Faults.Next(fault, static e => e.Resource == "token");
        Assert.Equal(3, await SimulatedDomain.ReadAsync(domain.SignIn(oauth), AppOf(domain)));
    }

    [Fact]
    public async Task Who_waits_for_a_renewal_does_not_fail_with_the_one_who_began_it()
    {
        using var domain = new SimulatedDomain();
        using var stop = new CancellationTokenSource();
        using var oauth = domain.OAuth(domain.Consent(s_scopes));
        var (kintone, app) = (domain.SignIn(oauth), AppOf(domain));
        domain.Simulator.BeforeAnswer = entry => { if (entry.Resource == "token") stop.Cancel(); };
        var first = new KintoneApp(kintone, new(app.Id)).ReadHeadAsync(null, stop.Token);
        var second = new KintoneApp(kintone, new(app.Id)).ReadHeadAsync(null, CancellationToken.None);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.Equal(3, (await second).MaxId);
        Assert.Equal(1, domain.Simulator.Journal.CountOf("token"));
    }

    [Fact]
    public async Task A_renewal_under_way_is_heard_to_its_end_when_everything_stops()
    {
        using var domain = new SimulatedDomain(static o => o with { RefreshTokensRotate = true });
        using var stop = new CancellationTokenSource();
        string? handedOn = null;
        using var oauth = domain.OAuth(domain.Consent(s_scopes), tokens => { handedOn = tokens.RefreshToken; return default; });
        domain.Simulator.BeforeAnswer = entry => { if (entry.Resource == "token") stop.Cancel(); };
        var app = new KintoneApp(domain.SignIn(oauth), new(AppOf(domain).Id));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => app.ReadHeadAsync(null, stop.Token));
        Assert.NotNull(domain.Simulator.Domain.OAuth.RefreshToken(handedOn!));
    }

    [Fact]
    public async Task Passing_failures_of_the_token_endpoint_are_tried_again()
    {
        using var domain = new SimulatedDomain();
        using var oauth = domain.OAuth(domain.Consent(s_scopes));
        foreach (var fault in (Fault[])[Fault.Maintenance, Fault.BadGateway, Fault.TooManyRequests(), Fault.Html, Fault.Garbage])
            domain.Simulator.Faults.Next(fault, static e => e.Resource == "token");
        Assert.Equal(3, await SimulatedDomain.ReadAsync(domain.SignIn(oauth), AppOf(domain)));
        Assert.Equal(6, domain.Simulator.Journal.CountOf("token"));
    }

    [Fact]
    public async Task What_cannot_be_renewed_is_asked_for_once()
    {
        using var domain = new SimulatedDomain();
        domain.Consent(s_scopes);
        using var oauth = domain.OAuth("withdrawn");
        var (kintone, app) = (domain.SignIn(oauth), AppOf(domain));
        for (var i = 0; i < 5; i++)
        {
            var refusal = await Assert.ThrowsAsync<ConfigurationException>(() => SimulatedDomain.ReadAsync(kintone, app));
            Assert.Contains("authorise the connection again", refusal.Message, StringComparison.Ordinal);
        }
        Assert.Equal(1, domain.Simulator.Journal.Count);
    }

    [Theory]
    [InlineData(403, "CB_OA01")]
    [InlineData(401, "CB_OA01")]
    [InlineData(403, "CB_NO02")]
    public async Task A_missing_scope_is_named_and_costs_one_renewal_for_all_requests(int status, string code)
    {
        using var domain = new SimulatedDomain(o => o with { ScopeRefusal = (status, code) });
        using var oauth = domain.OAuth(domain.Consent("k:app_record:read"));
        var (kintone, app) = (domain.SignIn(oauth), AppOf(domain));
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(3, await SimulatedDomain.ReadAsync(kintone, app));
            var refusal = await Assert.ThrowsAsync<KintoneException>(() => SimulatedDomain.CountFieldsAsync(kintone, app));
            Assert.Contains("k:app_settings:read", refusal.Message, StringComparison.Ordinal);
            Assert.Equal(FailureType.ConfigError, refusal.FailureType);
        }
        Assert.InRange(domain.Simulator.Journal.CountOf("token"), 1, 2);
    }

    static App AppOf(SimulatedDomain domain)
    {
        var app = domain.Simulator.Domain.AddApp("app");
        for (var i = 0; i < 3; i++) app.Add();
        return app;
    }

    static ReadOnlyMemory<byte> WithoutRefreshToken(ReadOnlyMemory<byte> reply)
    {
        var json = System.Text.Json.Nodes.JsonNode.Parse(reply.Span)!.AsObject();
        json.Remove("refresh_token");
        return System.Text.Encoding.UTF8.GetBytes(json.ToJsonString());
    }
}
