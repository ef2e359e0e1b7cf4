using System.Text;
using System.Text.Json;
using KintoneSimulator;
using KintoneSource.Tests.Simulation;

namespace KintoneSource.Tests.Reading.Apps;

/// <summary>An app in maintenance mode refuses its records, or looks empty: no source says which. Neither is a deletion.</summary>
public sealed class MaintenanceTests : IDisposable
{
    const string Stream = "app_1_records", Refused = "Refused", Empty = "Empty";

    readonly VirtualTime _time = new(new(2026, 5, 1, 3, 0, 0, TimeSpan.Zero));
    readonly Simulator _simulator;
    readonly App _app;
    readonly string _token;
    readonly SavedStates _states = new();

    public MaintenanceTests()
    {
        _simulator = new(new() { Time = _time });
        _simulator.Domain.AddUser("sync", "open sesame");
        _app = _simulator.Domain.AddApp("案件");
        _token = _app.AddToken();
        for (var i = 1; i <= 60; i++) _app.Add();
        Wait(TimeSpan.FromMinutes(20));
    }

    public static TheoryData<MaintenanceAnswer, bool, string?> Ways()
    {
        var data = new TheoryData<MaintenanceAnswer, bool, string?>();
        foreach (var answer in Enum.GetValues<MaintenanceAnswer>())
            foreach (var byToken in (bool[])[false, true])
                foreach (var filter in (string?[])[null, "$id > 0"])
                    data.Add(answer, byToken, filter);
        return data;
    }

    /// <summary>Nothing has changed, and the newest record is not believed to be another one for a moment of showing nothing.</summary>
    [Fact]
    public async Task Where_nobody_wants_to_know_of_deleted_records_nothing_is_read_again_when_it_opens()
    {
        _simulator.Options = _simulator.Options with { MaintenanceAnswer = MaintenanceAnswer.Empty };
        await SyncAsync(byToken: true, "$id > 0", findsDeleted: false);
        Wait(TimeSpan.FromMinutes(20));
        _app.Close();
        await SyncAsync(byToken: true, "$id > 0", findsDeleted: false);
        Wait(TimeSpan.FromMinutes(20));
        _app.Open();
        Assert.Empty((await SyncAsync(byToken: true, "$id > 0", findsDeleted: false)).Records(Stream));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Nothing_counts_as_deleted_and_what_changes_meanwhile_arrives_when_it_opens(MaintenanceAnswer answer, bool byToken, string? filter)
    {
        _simulator.Options = _simulator.Options with { MaintenanceAnswer = answer };
        Assert.Equal(60, (await SyncAsync(byToken, filter)).Records(Stream).Count);
        _app.Close();
        for (var days = 0; days < 3; days++)
        {
            Wait(TimeSpan.FromHours(20));
            var closed = await SyncAsync(byToken, filter);
            Assert.Empty(closed.Records(Stream));
            if (answer == MaintenanceAnswer.Empty)
                Assert.Contains("this app is in maintenance mode", Assert.Single(closed.Warnings), StringComparison.Ordinal);
            else
                Assert.Contains("GAIA_NO02", Assert.Single(closed.Errors).GetProperty("message").GetString(), StringComparison.Ordinal);
            if (days == 0) _app.Edit(7, []);
        }
        _app.Open();
        _app.Delete(8);
        Wait(TimeSpan.FromMinutes(20));
        var open = await SyncAsync(byToken, filter);
        Assert.Equal(["7 ", "8 gone"], open.Records(Stream).Select(static r => $"{r.GetProperty("_kintone_id")} {(IsGone(r) ? "gone" : "")}"));
        Assert.DoesNotContain((await SyncAsync(byToken, filter)).Warnings, static w => w.Contains("maintenance", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("$id > 0")]
    public async Task What_changes_meanwhile_arrives_where_nobody_wants_to_know_of_deleted_records(string? filter)
    {
        _simulator.Options = _simulator.Options with { MaintenanceAnswer = MaintenanceAnswer.Empty };
        await SyncAsync(byToken: true, filter, findsDeleted: false);
        Wait(TimeSpan.FromHours(1));
        _app.Close();
        _app.Edit(7, []);
        for (var days = 0; days < 3; days++)
        {
            Wait(TimeSpan.FromHours(20));
            Assert.Empty((await SyncAsync(byToken: true, filter, findsDeleted: false)).Records(Stream));
        }
        _app.Open();
        var open = await SyncAsync(byToken: true, filter, findsDeleted: false);
        Assert.Contains(7, open.Records(Stream).Select(static r => r.GetProperty("_kintone_id").GetInt64()));
    }

    [Theory]
    [InlineData(false, 1, MissingRecordAnswer.Refused)]
    [InlineData(false, 1, MissingRecordAnswer.LeftOut)]
    [InlineData(false, 8, MissingRecordAnswer.NotViewable)] // said of a record that never was, too: it says nothing
    [InlineData(true, 8, MissingRecordAnswer.Refused)] // tokens may not ask whether the records are there: full_reread_days, and the sync after them
    public async Task An_app_that_was_emptied_is_empty_in_the_warehouse_too(bool byToken, int syncs, MissingRecordAnswer missing)
    {
        _simulator.Options = _simulator.Options with { MissingRecordAnswer = missing };
        await SyncAsync(byToken);
        for (var id = 1; id <= 60; id++) _app.Delete(id);
        for (var sync = 1; sync <= syncs; sync++)
        {
            Wait(TimeSpan.FromDays(1));
            var run = await SyncAsync(byToken);
            Assert.Equal(sync == syncs ? 60 : 0, run.Records(Stream).Count(IsGone));
            Assert.Equal(0, run.ExitCode);
        }
        Wait(TimeSpan.FromDays(1));
        Assert.Empty((await SyncAsync(byToken)).Records(Stream));
    }

    /// <summary>What counts is how long nothing was shown, without a break.</summary>
    [Fact]
    public async Task The_wait_begins_anew_where_the_app_was_open_meanwhile_and_nothing_had_changed()
    {
        _simulator.Options = _simulator.Options with { MaintenanceAnswer = MaintenanceAnswer.Empty };
        await SyncAsync(byToken: true);
        foreach (var days in (int[])[1, 7])
        {
            _app.Close();
            Wait(TimeSpan.FromDays(days));
            Assert.Empty((await SyncAsync(byToken: true)).Records(Stream));
            _app.Open();
            Wait(TimeSpan.FromMinutes(20));
            await SyncAsync(byToken: true);
        }
    }

    [Fact]
    public async Task A_new_record_ends_the_wait()
    {
        await SyncAsync(byToken: true);
        for (var id = 1; id <= 60; id++) _app.Delete(id);
        Wait(TimeSpan.FromDays(1));
        Assert.Empty((await SyncAsync(byToken: true)).Records(Stream));
        _app.Add();
        Wait(TimeSpan.FromDays(1));
        var run = await SyncAsync(byToken: true);
        Assert.Equal((60, 1), (run.Records(Stream).Count(IsGone), run.Records(Stream).Count(static r => !IsGone(r))));
    }

    [Theory]
    [InlineData(Refused, "full_refresh")]
    [InlineData(Refused, "incremental")]
    [InlineData(Empty, "full_refresh")]
    [InlineData(Empty, "incremental")]
    public async Task A_scan_that_it_begins_in_the_middle_of_fails_and_goes_on_where_it_was(string answer, string mode)
    {
        for (var i = 0; i < 3_000; i++) _app.Add();
        _simulator.Options = _simulator.Options with { MaintenanceAnswer = Enum.Parse<MaintenanceAnswer>(answer) };
        var pages = 0;
        _simulator.BeforeAnswer = entry =>
        {
            if (entry.Resource == "records" && entry.Query!.Contains("limit 500", StringComparison.Ordinal) && ++pages == 4) _app.Close();
        };
        var cut = await SyncAsync(byToken: true, mode: mode);
        Assert.Equal(1, cut.ExitCode);
        Assert.DoesNotContain(cut.Records(Stream), IsGone);
        Assert.DoesNotContain("COMPLETE\"", cut.Output.Replace("INCOMPLETE", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains(
            answer == Empty ? "this app is in maintenance mode" : "GAIA_NO02",
            Assert.Single(cut.Errors).GetProperty("message").GetString(), StringComparison.Ordinal);

        _simulator.BeforeAnswer = null;
        _app.Open();
        var rest = await SyncAsync(byToken: true, mode: mode);
        Assert.Equal(0, rest.ExitCode);
        Assert.Equal(3_060, cut.Records(Stream).Concat(rest.Records(Stream)).Select(static r => r.GetProperty("_kintone_id").GetInt64()).Distinct().Count());
    }

    /// <summary>An empty table in the place of a full one: a full refresh has nothing to remember, so records that may be there are asked about.</summary>
    [Theory]
    [InlineData(Refused, false, null)]
    [InlineData(Refused, true, null)]
    [InlineData(Empty, false, null)]
    [InlineData(Empty, false, "$id > 0")]
    public async Task A_full_refresh_that_begins_in_it_fails_and_brings_all_when_it_opens(string answer, bool byToken, string? filter)
    {
        _app.Delete(1); // nobody knows which are there
        _simulator.Options = _simulator.Options with { MaintenanceAnswer = Enum.Parse<MaintenanceAnswer>(answer) };
        _app.Close();
        var closed = await SyncAsync(byToken, filter, "full_refresh");
        Assert.Equal(1, closed.ExitCode);
        Assert.Contains("app is in maintenance mode", Assert.Single(closed.Errors).GetProperty("message").GetString(), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("\"COMPLETE\"", closed.Output, StringComparison.Ordinal);
        _app.Open();
        Assert.Equal(59, (await SyncAsync(byToken, filter, "full_refresh")).Records(Stream).Count);
        _app.Close();
        Assert.Equal(1, (await SyncAsync(byToken, filter, "full_refresh")).ExitCode);
    }

    /// <summary>Tokens may ask nothing, and of an app whose first records are all gone, nobody says: said in the guide.</summary>
    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 60)]
    public async Task One_of_which_nobody_says_that_records_are_there_is_taken_for_empty(bool byToken, int deleted)
    {
        for (var id = 1; id <= deleted; id++) _app.Delete(id);
        _simulator.Options = _simulator.Options with { MaintenanceAnswer = MaintenanceAnswer.Empty };
        if (deleted == 0) _app.Close();
        _simulator.Journal.Clear();
        var run = await SyncAsync(byToken, mode: "full_refresh");
        Assert.Equal((0, 0), (run.ExitCode, run.Records(Stream).Count));
        Assert.InRange(_simulator.Journal.Count, 2, 7);
    }

    [Fact]
    public async Task A_kintone_that_says_of_any_record_that_it_is_there_proves_nothing()
    {
        for (var id = 1; id <= 60; id++) _app.Delete(id);
        _simulator.Options = _simulator.Options with { MissingRecordAnswer = MissingRecordAnswer.NotViewable };
        Assert.Equal(0, (await SyncAsync(byToken: false, mode: "full_refresh")).ExitCode);
    }

    [Theory]
    [InlineData(Refused, true)]
    [InlineData(Empty, true)]
    [InlineData(Empty, false)]
    public async Task A_first_sync_that_begins_in_it_loses_nothing(string answer, bool byToken)
    {
        _simulator.Options = _simulator.Options with { MaintenanceAnswer = Enum.Parse<MaintenanceAnswer>(answer) };
        _app.Close();
        Assert.Empty((await SyncAsync(byToken)).Records(Stream));
        Wait(TimeSpan.FromDays(1));
        Assert.Empty((await SyncAsync(byToken)).Records(Stream));
        _app.Open();
        Wait(TimeSpan.FromDays(1));
        Assert.Equal(60, (await SyncAsync(byToken)).Records(Stream).Count(static r => !IsGone(r)));
    }

    /// <summary>"Refresh and remove records" of an incremental stream: the destination drops what it has.</summary>
    [Fact]
    public async Task A_refresh_that_removes_what_is_there_is_like_a_full_one()
    {
        await SyncAsync(byToken: false);
        _simulator.Options = _simulator.Options with { MaintenanceAnswer = MaintenanceAnswer.Empty };
        _app.Close();
        _states.Clear(Stream);
        var run = await SyncAsync(byToken: false, generation: 2);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("this app is in maintenance mode", Assert.Single(run.Errors).GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_that_is_refused_because_of_it_is_told_though_the_records_look_empty()
    {
        _simulator.Options = _simulator.Options with { MaintenanceAnswer = MaintenanceAnswer.Empty };
        _app.Close();
        _simulator.Faults.Always(Fault.Error(403, "GAIA_NO02"), static e => e.Resource == "app/form/fields");
        var run = await SyncAsync(byToken: true, mode: "full_refresh");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("This app is in maintenance mode", Assert.Single(run.Errors).GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_begins_while_deleted_records_are_searched_buries_nothing()
    {
        _simulator.Options = _simulator.Options with { MaintenanceAnswer = MaintenanceAnswer.Empty };
        await SyncAsync(byToken: true);
        _app.Delete(60);
        Wait(TimeSpan.FromMinutes(20));
        _simulator.BeforeAnswer = entry =>
        {
            // The newest record and the changes are asked for while it is open, the lists of the search when it is not.
            var isOfSearch = entry.Resource == "records" && entry.Query!.Contains("order by $id asc", StringComparison.Ordinal)
                && !entry.Query.Contains("更新日時", StringComparison.Ordinal);
            if (isOfSearch) _app.Close();
        };
        var run = await SyncAsync(byToken: true);
        Assert.Empty(run.Records(Stream));
        _simulator.BeforeAnswer = null;
        _app.Open();
        Assert.Equal([60], (await SyncAsync(byToken: true)).Records(Stream).Where(IsGone).Select(static r => r.GetProperty("_kintone_id").GetInt64()));
    }

    static bool IsGone(JsonElement record) => record.GetProperty("_ab_cdc_deleted_at").ValueKind == JsonValueKind.String;

    void Wait(TimeSpan time) => _time.Advance(time);

    async Task<Run> SyncAsync(bool byToken, string? filter = null, string mode = "incremental", long? generation = null,
        bool findsDeleted = true)
    {
        var config = TestConfig.Of(
            byToken ? TestConfig.Tokens(_token) : TestConfig.Password("sync", "open sesame"),
            TestConfig.Listed(filter is null ? 1 : new { app = 1, filter }), emitDeletedRecords: findsDeleted);
        var stream = new
        {
            stream = new { name = Stream, json_schema = new { } },
            sync_mode = mode,
            destination_sync_mode = "append",
            generation_id = generation,
            minimum_generation_id = generation,
        };
        var catalog = JsonSerializer.Serialize(new { streams = new[] { stream } });
        var run = await _simulator.ReadAsync(config, catalog, Encoding.UTF8.GetString(_states.ToFile()));
        foreach (var message in SyncRun.Parse(Encoding.UTF8.GetBytes(run.Output))) _states.Apply(message);
        return run;
    }

    public void Dispose()
    {
        _simulator.Dispose();
        _time.Dispose();
    }
}
