using CsCheck;
using KintoneSimulator;
using KintoneSource.Kintone.Apps;
using KintoneSource.Kintone.Credentials;
using KintoneSource.Kintone.Http;
using App = KintoneSimulator.App;

namespace KintoneSource.Tests.Kintone.Credentials;

public class ApiTokenAuthenticationTests
{
    enum Kind { Good, Blind, Draft, Unknown, Repeated }

    /// <summary>Whatever the user pastes in whatever order: an app is read if and only if a token for it works.</summary>
    [Fact]
    [Trait("Duration", "long")]
    public async Task Every_app_with_a_working_token_is_read_and_no_other() =>
        await Gen.Select(Gen.Enum<Kind>().Array[1, 25], Gen.Enum<ForeignTokenAnswer>(), Gen.Int).SampleAsync(static async (kinds, answer, seed) =>
        {
            using var domain = new SimulatedDomain(o => o with { ForeignTokenAnswer = answer });
            var (tokens, apps) = (new List<string>(), new List<(App App, bool Readable)>());
            foreach (var kind in kinds)
            {
                var app = AppOf(domain);
                if (kind == Kind.Unknown) tokens.Add($"unknown{tokens.Count}");
                else tokens.Add(app.AddToken(kind == Kind.Blind ? AppRights.Add : AppRights.View, deployed: kind != Kind.Draft));
                if (kind == Kind.Repeated) tokens.Add(app.AddToken());
                apps.Add((app, kind is Kind.Good or Kind.Repeated));
            }
            new Random(seed).Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(tokens));
            var warnings = new List<string>();
            var kintone = SignIn(domain, tokens, apps.ConvertAll(static a => a.App), warnings);

            await Parallel.ForEachAsync(apps.Concat(apps), async (a, _) =>
            {
                if (a.Readable) Assert.Equal(1, await SimulatedDomain.ReadAsync(kintone, a.App));
                else await Assert.ThrowsAsync<KintoneException>(() => SimulatedDomain.ReadAsync(kintone, a.App));
            });
            Assert.Equal(warnings.Distinct(), warnings);
            Assert.DoesNotContain(warnings, w => tokens.Exists(t => w.Contains(t, StringComparison.Ordinal)));
        }, iter: 60);

    [Theory] // 30 apps and 30 good tokens: none is given up for what Kintone says of a token to another app
    [InlineData(ForeignTokenAnswer.UnknownToken, 0)]
    [InlineData(ForeignTokenAnswer.WrongApp, 0)]
    [InlineData(ForeignTokenAnswer.NoRight, 0)]
    [InlineData(ForeignTokenAnswer.UnknownToken, 3)]
    [InlineData(ForeignTokenAnswer.WrongApp, 3)]
    [InlineData(ForeignTokenAnswer.NoRight, 3)]
    public async Task Thirty_apps_and_their_tokens_in_any_order(ForeignTokenAnswer answer, int unknown) =>
        await Gen.Shuffle(Enumerable.Range(0, 30).ToArray()).SampleAsync(async order =>
        {
            using var domain = new SimulatedDomain(o => o with { ForeignTokenAnswer = answer });
            var apps = Enumerable.Range(0, 30).Select(_ => AppOf(domain)).ToList();
            List<string> tokens = [.. order.Select(i => apps[i].AddToken()), .. Enumerable.Range(0, unknown).Select(static i => $"unknown{i}")], warnings = [];
            new Random(order[0]).Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(tokens));
            var kintone = SignIn(domain, tokens, apps, warnings);
            await Parallel.ForEachAsync(apps, async (app, _) => Assert.Equal(1, await SimulatedDomain.ReadAsync(kintone, app)));
            Assert.InRange(warnings.Count, 0, unknown);
            Assert.InRange(domain.Simulator.Journal.Count, 30, unknown == 0 ? 200 : 600);
        }, iter: 2);

    [Fact]
    public async Task Tokens_that_go_well_together_cost_nothing()
    {
        using var domain = new SimulatedDomain();
        var apps = Enumerable.Range(0, 9).Select(_ => AppOf(domain)).ToList();
        var kintone = SignIn(domain, [.. apps.Select(static a => a.AddToken())], apps);
        foreach (var app in apps) await SimulatedDomain.ReadAsync(kintone, app);
        Assert.Equal(9, domain.Simulator.Journal.Count);
    }

    [Fact]
    public async Task One_bad_token_among_nine_costs_a_question_for_each_once()
    {
        using var domain = new SimulatedDomain();
        var apps = Enumerable.Range(0, 9).Select(_ => AppOf(domain)).ToList();
        var warnings = new List<string>();
        var kintone = SignIn(domain, [.. apps.Select((a, i) => a.AddToken(deployed: i != 2))], apps, warnings);
        foreach (var app in apps.Where((_, i) => i != 2)) await SimulatedDomain.ReadAsync(kintone, app);
        Assert.InRange(domain.Simulator.Journal.Count, 9, 8 + 12);
        Assert.StartsWith("API token 3 of the list was not recognised", Assert.Single(warnings), StringComparison.Ordinal);
    }

    [Theory] // in the order of the apps, one request per app; in any other, a share of a request per nine tokens
    [InlineData(false, 1_000)]
    [InlineData(true, 1_000 + 1_000 * 1_000 / 9 / 2 * 3 / 2)]
    [Trait("Duration", "long")]
    public async Task A_thousand_apps_with_a_token_each(bool shuffled, int atMost)
    {
        using var domain = new SimulatedDomain(static o => o with { ForeignTokenAnswer = ForeignTokenAnswer.NoRight });
        var apps = Enumerable.Range(0, 1_000).Select(_ => AppOf(domain)).ToList();
        var tokens = apps.ConvertAll(static a => a.AddToken());
        if (shuffled) new Random(7).Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(tokens));
        var kintone = SignIn(domain, tokens, apps);
        // A shuffled list is measured on a tenth of the apps, each of which costs the same on average.
        var (asked, share) = shuffled ? (apps.Take(100), 10) : (apps, 1);
        await Parallel.ForEachAsync(asked, async (app, _) => await SimulatedDomain.ReadAsync(kintone, app));
        Assert.InRange(domain.Simulator.Journal.Count * share, 1_000, atMost);
    }

    [Fact]
    public async Task Who_waits_for_a_search_does_not_fail_with_the_one_who_began_it()
    {
        using var domain = new SimulatedDomain(static o => o with { ForeignTokenAnswer = ForeignTokenAnswer.NoRight });
        var apps = Enumerable.Range(0, 3).Select(_ => AppOf(domain)).ToList();
        var kintone = SignIn(domain, ["no-such-token", .. apps.Select(static a => a.AddToken())], apps);
        using var stop = new CancellationTokenSource();
        var asked = 0;
        domain.Simulator.BeforeAnswer = _ => { if (Interlocked.Increment(ref asked) == 4) stop.Cancel(); };
        var first = new KintoneApp(kintone, new(apps[0].Id)).ReadHeadAsync(null, stop.Token);
        var others = apps.Select(app => new KintoneApp(kintone, new(app.Id)).ReadHeadAsync(null, CancellationToken.None)).ToArray();
        await Task.WhenAny(first);
        Assert.All(await Task.WhenAll(others), static head => Assert.Equal(1, head.MaxId));
    }

    static KintoneHttp SignIn(SimulatedDomain domain, IReadOnlyList<string> tokens, IReadOnlyList<App> apps, List<string>? warnings = null) =>
        domain.SignIn(new ApiTokenAuthentication(tokens, [.. apps.Select(static a => a.Id)], new TokenProbe(domain.SignIn, (message, _) =>
        {
            lock (domain) warnings?.Add(message);
            return default;
        })));

    static App AppOf(SimulatedDomain domain)
    {
        var app = domain.Simulator.Domain.AddApp("app");
        app.Add();
        return app;
    }
}
