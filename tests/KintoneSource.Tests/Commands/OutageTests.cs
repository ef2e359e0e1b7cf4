using System.Globalization;
using System.Text.Json;
using KintoneSimulator;
using KintoneSource.Tests.Packaging;
using KintoneSource.Tests.Simulation;
using Xunit.Abstractions;

namespace KintoneSource.Tests.Commands;

/// <summary>How long a sync lasts when something is wrong with every answer, by a clock that jumps: not longer for a thousand apps than for one.</summary>
public sealed class OutageTests(ITestOutputHelper output)
{
    /// <summary>docs/faults.md says so.</summary>
    static readonly TimeSpan s_longest = TimeSpan.FromMinutes(10);

    public static TheoryData<string, int> Kinds
    {
        get
        {
            var kinds = new TheoryData<string, int>();
            foreach (var fault in LastingFault.All)
                foreach (var apps in new[] { 1, 20 }) kinds.Add(fault.Name, apps);
            return kinds;
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    [Trait("Duration", "long")]
    public async Task What_lasts_ends_a_sync_once_and_in_time(string name, int apps)
    {
        var fault = LastingFault.All.First(f => f.Name == name);
        var asked = await AssertEndsAsync(fault, apps, fault.IsInTheMiddle ? (apps + 1) / 2 : 0);
        Assert.InRange(asked, 1, apps == 1 ? fault.Requests.OfOne : fault.Requests.OfTwenty);
    }

    public static TheoryData<string> Passing =>
        [.. LastingFault.All.Where(static f => f is { IsAwaited: true, IsInTheMiddle: false, Resource: null }).Select(static f => f.Name)];

    [Theory, MemberData(nameof(Passing))]
    [Trait("Duration", "long")]
    public Task What_begins_in_the_middle_of_a_sync_lasts_no_longer(string name) => AssertEndsAsync(LastingFault.All.First(f => f.Name == name), 20, 10);

    [Theory]
    [InlineData("503 without a code", 0)]
    [InlineData("503 without a code", 500)]
    [InlineData("no answer at all", 0)]
    [InlineData("no answer at all", 500)]
    [Trait("Duration", "long")]
    public Task A_thousand_apps_last_no_longer_than_one(string name, int answered) =>
        AssertEndsAsync(LastingFault.All.First(f => f.Name == name), 1000, answered);

    [Fact]
    public void The_page_has_a_row_for_each()
    {
        var table = string.Concat(LastingFault.All.Select(static f => f.Row));
        Assert.True(Repository.Text("docs/faults.md").Contains(table, StringComparison.Ordinal), $"The page should hold this table:\n{table}");
    }

    /// <param name="answered">So many requests are answered before.</param>
    /// <returns>How many requests met the fault.</returns>
    async Task<int> AssertEndsAsync(LastingFault fault, int count, int answered)
    {
        using var time = new VirtualTime(new(2026, 5, 1, 3, 0, 0, TimeSpan.Zero)) { Stillness = TimeSpan.FromMilliseconds(10) };
        using var simulator = new Simulator(new() { Time = time, ClockSkew = fault.ClockSkew });
        time.IsHanging = () => simulator.IsSilent;
        var user = simulator.Domain.AddUser("sync", "open sesame");
        object[] apps = [.. Enumerable.Range(0, count).Select(i => AddApp(simulator, i))];
        var (met, since, gate) = (0, default(long?), new Lock());
        simulator.Faults.Always(fault.Fault, entry =>
        {
            lock (gate)
            {
                if ((fault.Resource is { } one && entry.Resource != one) || --answered >= 0) return false;
                met++;
                since ??= time.GetTimestamp();
                return true;
            }
        });

        // What hangs makes the clock jump by minutes, and an answer that is still being read would come as much later: with one at a time there is none.
        var atOnce = fault.Fault == Fault.Hang && answered > 0 ? 1 : 8;
        var config = TestConfig.Of(fault.Resource is null ? TestConfig.Password("sync", "open sesame") : Consent(simulator, user), TestConfig.Listed(apps),
            maxConcurrentRequests: atOnce);
        var run = await simulator.ReadAsync(config, Catalog(apps)).WaitAsync(TimeSpan.FromMinutes(5));

        var lasted = time.GetElapsedTime(since!.Value);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{fault.Name}, {count} apps: {met} requests in {lasted.TotalSeconds:0} s"));
        var (shortest, longest) = fault.IsAwaited ? (s_longest * 0.8, s_longest + TimeSpan.FromSeconds(5)) : (TimeSpan.Zero, TimeSpan.FromSeconds(5));
        Assert.InRange(lasted, shortest, longest);
        Assert.Equal(1, run.ExitCode);
        Assert.InRange(run.Errors.Count, (count + 1) / 2, count); // those that were read before it are
        Assert.All(run.Errors, error => Assert.Equal(fault.Ends, error.GetProperty("failure_type").GetString()));
        var told = run.Errors.Select(static e => e.GetProperty("message").GetString()).Distinct().Count();
        Assert.InRange(told, 1, fault.IsAwaited ? 1 : 2); // two may have been refused, each in its own words
        Assert.Equal(count, run.Of("TRACE", "trace").Count(static t => t.GetProperty("type").GetString() == "STREAM_STATUS"
            && t.GetProperty("stream_status").GetProperty("status").GetString() is "INCOMPLETE" or "COMPLETE"));
        return met;
    }

    static object Consent(Simulator simulator, User user)
    {
        var oauth = simulator.Domain.OAuth;
        var consent = oauth.IssueRefreshToken(oauth.AddClient("client", "client secret"), user, ["k:app_record:read", "k:app_settings:read"]);
        return new { auth_type = "oauth2", client_id = "client", client_secret = "client secret", refresh_token = consent };
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

    static long AddApp(Simulator simulator, int number)
    {
        var app = simulator.Domain.AddApp(string.Create(CultureInfo.InvariantCulture, $"案件 {number}"));
        app.Add();
        return app.Id;
    }
}
