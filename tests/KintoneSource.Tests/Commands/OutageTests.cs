using System.Globalization;
using System.Text.Json;
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
        _time.IsHanging = () => _simulator.IsSilent;
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
        var ids = AddApps(apps);
        Fault[] faults = [Fault.Maintenance, Fault.Hang, Fault.Refused, Fault.Reset, Fault.TornBody(0), Fault.BadGateway, Fault.TooManyRequests(), Fault.Html];
        var fault = faults.First(f => f.Name == outage);
        // At the start, and after a while.
        foreach (var answered in new[] { 0, apps / 2 })
        {
            var left = answered;
            _simulator.Faults.Clear();
            // What hangs makes the clock jump by minutes, and an answer that is still being read would come as much later: with one at a time there is none.
            var atOnce = fault == Fault.Hang && answered > 0 ? 1 : 8;
            var config = TestConfig.Of(TestConfig.Password("sync", "open sesame"), TestConfig.Listed(ids), maxConcurrentRequests: atOnce);
            await AssertEndsAsync(config, ids, fault, _ => Interlocked.Decrement(ref left) < 0);
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
        var client = oauth.AddClient("client", "client secret");
        var consent = oauth.IssueRefreshToken(client, _simulator.Domain.User("sync")!, ["k:app_record:read", "k:app_settings:read"]);
        var ids = AddApps(apps);
        await AssertEndsAsync(
            TestConfig.Of(new { auth_type = "oauth2", client_id = "client", client_secret = "client secret", refresh_token = consent },
                TestConfig.Listed(ids)), ids,
            outage switch { "503" => Fault.Maintenance, "hang" => Fault.Hang, _ => Fault.Refused }, static e => e.Resource == "token");
        Assert.InRange(_simulator.Journal.CountOf("token"), 1, 40);
    }

    async Task AssertEndsAsync(string config, object[] apps, Fault fault, Func<JournalEntry, bool> isDown)
    {
        long? since = null;
        _simulator.Faults.Always(fault, entry =>
        {
            if (!isDown(entry)) return false;
            since ??= _time.GetTimestamp();
            return true;
        });
        var run = await _simulator.ReadAsync(config, Catalog(apps)).WaitAsync(TimeSpan.FromMinutes(5));
        Assert.InRange(_time.GetElapsedTime(since!.Value), s_longest * 0.8, s_longest + TimeSpan.FromSeconds(5));
        Assert.Equal(1, run.ExitCode);
        Assert.InRange(run.Errors.Count, apps.Length / 2, apps.Length); // those that were read before it are
        Assert.All(run.Errors, static e => Assert.Equal("transient_error", e.GetProperty("failure_type").GetString()));
        Assert.Single(run.Errors.Select(static e => e.GetProperty("message").GetString()).Distinct());
        Assert.Equal(apps.Length, run.Of("TRACE", "trace").Count(static t => t.GetProperty("type").GetString() == "STREAM_STATUS"
            && t.GetProperty("stream_status").GetProperty("status").GetString() is "INCOMPLETE" or "COMPLETE"));
    }

    static string Catalog(object[] apps) => JsonSerializer.Serialize(new
    {
        streams = apps.Select(static app => new
        {
            stream = new { name = $"app_{app}_records", json_schema = new { type = "object", properties = new { } } },
            sync_mode = "full_refresh",
            destination_sync_mode = "append",
        }),
    });

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
