using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KintoneSimulator;
using KintoneSource.Tests.Simulation;

namespace KintoneSource.Tests.Reading.Output;

/// <summary>
/// Destinations keep of two lines with the same update time the one that was emitted last: whatever a machine's clock says in one sync, the lines of
/// the next one must be later, and not a day earlier.
/// </summary>
public sealed class EmittedAtTests : IDisposable
{
    static readonly string[] s_streams = ["app_1_records", "app_1_table_lines", "app_1_attachments", "app_1_comments", "apps", "app_fields", "users"];

    readonly VirtualTime _time = new(new(2026, 5, 1, 3, 0, 0, TimeSpan.Zero));
    readonly SavedStates _states = new();

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Lines_carry_Kintone_s_time_where_the_machine_s_is_a_day_off(int days)
    {
        using var simulator = new Simulator(new() { Time = _time, ClockSkew = TimeSpan.FromDays(days) });
        simulator.Domain.AddUser("sync", "open sesame");
        var app = simulator.Domain.AddApp("案件");
        app.AddTable("lines", Field.Create("item", "SINGLE_LINE_TEXT"));
        app.AddField("files", "FILE");
        for (var i = 1; i <= 3; i++)
        {
            app.Add(new()
            {
                ["lines"] = new JsonArray(new JsonObject { ["value"] = new JsonObject { ["item"] = "a" } }),
                ["files"] = new JsonArray(simulator.Domain.AddFile($"{i}.txt", new byte[i])),
            });
            app.AddComment(i, "hi");
        }
        var first = await SyncAsync(simulator, days);
        Assert.Equal(s_streams.Order(), first.Order());

        _time.Advance(TimeSpan.FromMinutes(20));
        app.Delete([1]);
        app.Edit(2, new() { ["lines"] = new JsonArray(), ["files"] = new JsonArray() });
        await SyncAsync(simulator, days);
    }

    /// <summary>Where no header tells Kintone's clock, all that is known of it is how far the records were: now more, now less beyond it.</summary>
    [Theory]
    [InlineData(-1, DateHeader.Absent)]
    [InlineData(0, DateHeader.Absurd)]
    [InlineData(1, DateHeader.Absent)]
    [InlineData(1, DateHeader.Absurd)]
    public async Task Lines_that_come_again_are_later_than_before_without_a_header_too(int days, DateHeader header)
    {
        using var app = new OneApp(new() { ClockSkew = TimeSpan.FromDays(days), DateHeader = header });
        app.App.Add([]);
        List<long> emitted = [];
        foreach (var pace in new[] { 0, 50, 0, 20, 0 })
        {
            app.Simulator.BeforeAnswer = _ => app.Time.Advance(TimeSpan.FromSeconds(pace));
            emitted.AddRange((await app.SyncAsync(OneApp.Records)).Of("RECORD", "record").Select(static r => r.GetProperty("emitted_at").GetInt64()));
            app.Time.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.Equal(5, emitted.Count); // within the look-back
        Assert.Equal(emitted.Distinct().Order(), emitted);
    }

    /// <returns>The streams that had lines.</returns>
    async Task<string[]> SyncAsync(Simulator simulator, int days)
    {
        var catalog = JsonSerializer.Serialize(new
        {
            streams = s_streams.Select(static name =>
                new
                {
                    stream = new { name, json_schema = new { } },
                    sync_mode = name.StartsWith("app_1", StringComparison.Ordinal) ? "incremental"
                : "full_refresh"
                }),
        });
        var started = Kintone();
        var run = await simulator.ReadAsync(
            """{"subdomain": "example", "base_url": "http://localhost:1", "credentials": {"auth_type": "password", "username": "sync", "password": "open sesame"}, "app_selection": {"mode": "single_app", "app": 1} }""",
            catalog, Encoding.UTF8.GetString(_states.ToFile()));
        Assert.True(run.ExitCode == 0, string.Join('\n', run.Errors));
        foreach (var message in SyncRun.Parse(Encoding.UTF8.GetBytes(run.Output))) _states.Apply(message);
        // A Date header is cut to the second, and the machine's clock counts as far as five seconds beyond it.
        foreach (var record in run.Of("RECORD", "record"))
        {
            var emitted = DateTimeOffset.FromUnixTimeMilliseconds(record.GetProperty("emitted_at").GetInt64());
            Assert.True(emitted > started.AddSeconds(-1.001) && emitted < Kintone().AddSeconds(5.1),
                $"{record}: {emitted:O}, and Kintone's clock says {started:O}");
        }
        return [.. run.Of("RECORD", "record").Select(static r => r.GetProperty("stream").GetString()!).Distinct()];

        DateTimeOffset Kintone() => _time.GetUtcNow().AddDays(days);
    }

    public void Dispose() => _time.Dispose();
}
