using System.Globalization;
using KintoneSimulator;
using KintoneSource.Tests.Simulation;

namespace KintoneSource.Tests.Commands;

/// <summary>How long a sync lasts when nothing answers any more, by a clock that jumps: not longer for a thousand apps than for one.</summary>
public sealed class OutageTests : IDisposable
{
    /// <summary>docs/faults.md says so.</summary>
    static readonly TimeSpan s_longest = TimeSpan.FromMinutes(10);

    readonly VirtualTime _time = new(new(2026, 5, 1, 3, 0, 0, TimeSpan.Zero)) { Stillness = TimeSpan.FromMilliseconds(10) };
    readonly Simulator _simulator;

    public OutageTests()
    {
        _simulator = new(new() { Time = _time });
        _simulator.Domain.AddUser("sync", "open sesame");
    }

    public static TheoryData<string, int> Outages => new()
    {
        { "maintenance", 1 }, { "maintenance", 20 }, { "maintenance", 1000 }, { "hang", 1 }, { "hang", 20 }, { "hang", 1000 },
        { "refused", 1 }, { "refused", 20 }, { "reset", 20 }, { "torn after 0", 20 }, { "502", 20 }, { "429", 20 }, { "200 html", 20 },
    };

    [Theory, MemberData(nameof(Outages))]
    [Trait("Duration", "long")]
    public async Task A_sync_is_over_within_ten_minutes_of_silence(string outage, int apps)
    {
        var config = TestConfig.Of(TestConfig.Password("sync", "open sesame"), TestConfig.Listed(AddApps(apps)));
        var catalog = (await _simulator.DiscoverAsync(config)).Configure(static s => s.EndsWith("_records", StringComparison.Ordinal));
        var fault = new[] { Fault.Maintenance, Fault.Hang, Fault.Refused, Fault.Reset, Fault.TornBody(0), Fault.BadGateway, Fault.TooManyRequests(), Fault.Html }.First(f => f.Name == outage);
        // At the start, and after a while.
        foreach (var answered in new[] { 0, apps / 2 })
        {
            var left = answered;
            _simulator.Faults.Clear();
            _simulator.Faults.Always(fault, _ => Interlocked.Decrement(ref left) < 0);
            await AssertEndsAsync(config, catalog, apps);
        }
    }

    [Theory]
    [InlineData("503", 1)]
    [InlineData("503", 20)]
    [InlineData("hang", 20)]
    [InlineData("refused", 20)]
    public async Task Where_no_token_is_to_be_had_it_is_asked_for_by_one_and_for_ten_minutes(string outage, int apps)
    {
        var oauth = _simulator.Domain.OAuth;
        var consent = oauth.IssueRefreshToken(oauth.AddClient("client", "client secret"), _simulator.Domain.User("sync")!, ["k:app_record:read", "k:app_settings:read"]);
        var config = TestConfig.Of(
            new { auth_type = "oauth2", client_id = "client", client_secret = "client secret", refresh_token = consent }, TestConfig.Listed(AddApps(apps)));
        var catalog = (await _simulator.DiscoverAsync(config)).Configure(static s => s.EndsWith("_records", StringComparison.Ordinal));
        var before = _simulator.Journal.CountOf("token");
        _simulator.Faults.Always(outage switch { "503" => Fault.Maintenance, "hang" => Fault.Hang, _ => Fault.Refused }, static e => e.Resource == "token");
        await AssertEndsAsync(config, catalog, apps);
        Assert.InRange(_simulator.Journal.CountOf("token") - before, 1, 40);
    }

    async Task AssertEndsAsync(string config, string catalog, int apps)
    {
        _time.IsHanging = static () => true;
        var started = _time.GetTimestamp();
        var run = await _simulator.ReadAsync(config, catalog);
        Assert.InRange(_time.GetElapsedTime(started), s_longest * 0.8, s_longest + TimeSpan.FromSeconds(5));
        Assert.Equal(1, run.ExitCode);
        Assert.InRange(run.Errors.Count, apps / 2, apps); // those that were read before it are
        Assert.All(run.Errors, static e => Assert.Equal("transient_error", e.GetProperty("failure_type").GetString()));
        Assert.Single(run.Errors.Select(static e => e.GetProperty("message").GetString()).Distinct());
        Assert.Equal(apps, run.Of("TRACE", "trace").Count(static t => t.GetProperty("type").GetString() == "STREAM_STATUS"
            && t.GetProperty("stream_status").GetProperty("status").GetString() is "INCOMPLETE" or "COMPLETE"));
        _time.IsHanging = static () => false;
    }

    object[] AddApps(int count) => [.. Enumerable.Range(0, count).Select(i =>
    {
        var app = _simulator.Domain.AddApp(string.Create(CultureInfo.InvariantCulture, $"案件 {i}"));
        app.Add();
        return (object)app.Id;
    })];

    public void Dispose()
    {
        _simulator.Dispose();
        _time.Dispose();
    }
}
