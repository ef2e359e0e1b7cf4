using System.Text.Json;
using System.Text.Json.Nodes;
using KintoneSimulator;
using KintoneSource.Tests.Simulation;

namespace KintoneSource.Tests.Reading.Audit;

/// <summary>What <c>sync_audit</c> has to say from one sync to the next: what it leaves open, and in which sync that is settled.</summary>
public sealed class AuditAcrossSyncsTests : IDisposable
{
    readonly OneApp _app = new();

    public AuditAcrossSyncsTests()
    {
        for (var i = 0; i < 3; i++) _app.App.Add(new() { ["memo"] = $"{i}" });
        _app.Wait();
    }

    public void Dispose() => _app.Dispose();

    static string Of(Run run, params string[] columns) => Audits.Cells(run, columns);

    [Fact]
    public async Task A_sync_that_is_asked_to_stop_has_rows_and_what_is_resumed_leaves_open_what_is_there()
    {
        using var world = new World(seed: 7);
        world.Histories[0].Begin(200);
        var states = new SavedStates();
        Assert.Equal("cut_off, first, , 200, Null", await SyncAsync(new(Concurrency: 1, PageSize: 10, CancelAt: 10)));
        Assert.Equal("complete, resumed, , , String", await SyncAsync(new()));
        Assert.Equal($"complete, nothing_changed, {world.Histories[0].Records.Count}, {world.Histories[0].Records.Count}, String", await SyncAsync(new()));
        Assert.Equal("", await SyncAsync(new()));

        async Task<string> SyncAsync(Circumstances how)
        {
            world.Time.Advance(TimeSpan.FromMinutes(20));
            var run = await world.SyncAsync(states, how);
            foreach (var message in run.Messages) states.Apply(message);
            return string.Join('\n', Audits.Rows(run).Select(static row =>
                $"{row.GetProperty("outcome")}, {row.GetProperty("kind")}, {row.GetProperty("rows_expected")}, {row.GetProperty("kintone_count")}, {row.GetProperty("cursor").ValueKind}"));
        }
    }

    /// <summary>A stream begins before any answer has told Kintone's clock, and ends by it.</summary>
    [Theory]
    [InlineData(-60)]
    [InlineData(60)]
    public async Task Both_times_of_a_row_are_by_one_clock(int minutesAhead)
    {
        _app.Simulator.Options = _app.Simulator.Options with { ClockSkew = TimeSpan.FromMinutes(minutesAhead) };
        var row = Assert.Single((await _app.SyncAsync(OneApp.Records, Audits.Stream)).Records(Audits.Stream));
        Assert.InRange(row.GetProperty("finished_at").GetDateTimeOffset() - row.GetProperty("started_at").GetDateTimeOffset(),
            TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Where_deleted_records_were_not_wanted_nothing_is_certain_before_the_second_sync_that_wants_them()
    {
        _app.App.AddComment(1, "on 1");
        _app.More["emit_deleted_records"] = false;
        Assert.Equal("app_1_comments: first, null, null\napp_1_records: first, null, null",
            Of(await _app.SyncAsync(OneApp.Records, OneApp.Comments, Audits.Stream), "kind", "reason", "rows_expected"));
        _app.Wait();
        _app.More["emit_deleted_records"] = true;
        Assert.Equal("app_1_records: full_reread, deleted_records_wanted, null",
            Of(await _app.SyncAsync(OneApp.Records, Audits.Stream), "kind", "reason", "rows_expected"));
        _app.Wait();
        Assert.Equal("app_1_records: nothing_changed, null, 3", Of(await _app.SyncAsync(OneApp.Records, Audits.Stream), "kind", "reason", "rows_expected"));
    }

    [Fact]
    public async Task A_full_refresh_of_it_has_a_row_of_every_stream_in_every_sync()
    {
        await _app.SyncAsync(OneApp.Records, Audits.Stream);
        for (var sync = 0; sync < 2; sync++)
        {
            _app.Wait();
            Assert.Equal("app_1_records: nothing_changed, 3, 6, 3",
                Of(await _app.SyncAsync(OneApp.Records, $"full:{Audits.Stream}"), "kind", "rows_expected", "ids_sum", "ids_max"));
        }
    }

    /// <summary>Without deleted records, that nothing was changed moves no cursor (docs/decisions/0017).</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_row_of_an_idle_stream_says_where_the_cursor_of_its_state_stands(bool findsDeleted)
    {
        _app.More["emit_deleted_records"] = findsDeleted;
        await _app.SyncAsync(OneApp.Records);
        _app.Wait();
        var row = Assert.Single((await _app.SyncAsync(OneApp.Records, $"full:{Audits.Stream}")).Records(Audits.Stream));
        var state = JsonSerializer.Deserialize<JsonElement>(_app.States.ToString()).GetProperty(OneApp.Records);
        Assert.Equal("nothing_changed", row.GetProperty("kind").GetString());
        Assert.Equal(state.GetProperty("cursor").GetDateTimeOffset(), row.GetProperty("cursor").GetDateTimeOffset());
    }

    /// <summary>Whose row is behind, and up to where syncs are known, outlives a sync in which every stream fails before its state is looked at.</summary>
    [Fact]
    public async Task Its_state_keeps_what_it_knows_and_forgets_streams_that_are_not_selected_any_more()
    {
        await _app.SyncAsync(OneApp.Records, Audits.Stream);
        var before = Member("synced_at");
        Assert.Equal("", Member("unsettled"));
        _app.Wait();
        await _app.ReadAsync("app_2_records", Audits.Stream);
        Assert.Equal((before, """["app_2_records"]"""), (Member("synced_at"), Member("unsettled")));
        await _app.SyncAsync(OneApp.Records, Audits.Stream);
        Assert.Equal("", Member("unsettled"));

        string Member(string name)
        {
            var states = JsonElement.Parse(_app.States.ToFile()).EnumerateArray().Select(static s => s.GetProperty("stream"));
            var state = states.Single(static s => s.GetProperty("stream_descriptor").GetProperty("name").GetString() == Audits.Stream);
            return state.GetProperty("stream_state").TryGetProperty(name, out var member) ? member.GetRawText() : "";
        }
    }

    [Fact]
    public async Task The_newest_update_is_that_of_rows_which_were_sent()
    {
        var first = await _app.SyncAsync(OneApp.Records, OneApp.Lines, Audits.Stream);
        Assert.Equal("app_1_records: 3\napp_1_table_lines: 0", Of(first, "rows_sent"));
        Assert.Equal([JsonValueKind.String, JsonValueKind.Null],
            first.Records(Audits.Stream).Select(static row => row.GetProperty("newest_update").ValueKind));
    }

    [Fact]
    public async Task Behind_a_sync_that_brought_something_an_idle_one_of_the_same_day_says_nothing()
    {
        for (var change = 1; change <= 2; change++)
        {
            await _app.SyncAsync(OneApp.Records, Audits.Stream);
            _app.Wait();
            Assert.Equal("", Of(await _app.SyncAsync(OneApp.Records, Audits.Stream), "kind"));
            _app.App.Edit(change, new() { ["memo"] = "edited" });
            _app.Wait();
        }
    }

    /// <summary>The first app of two was about to be read on a new day, and the other one had no turn: it has its row later that day.</summary>
    [Fact]
    public async Task A_stream_that_had_no_turn_has_its_row_of_the_day_in_the_next_sync()
    {
        using var world = new World(seed: 7, apps: 2);
        foreach (var history in world.Histories) history.Begin(5);
        var states = new SavedStates();
        await SyncAsync(new());
        world.Time.Advance(TimeSpan.FromDays(1));
        Assert.Equal("app_1_records", await SyncAsync(new(Concurrency: 1, CancelAt: 1)));
        Assert.Equal("app_1_records, app_2_records", await SyncAsync(new()));

        async Task<string> SyncAsync(Circumstances how)
        {
            world.Time.Advance(TimeSpan.FromMinutes(20));
            var run = await world.SyncAsync(states, how);
            foreach (var message in run.Messages) states.Apply(message);
            return string.Join(", ", Audits.Rows(run).Select(Audits.StreamOf).Order(StringComparer.Ordinal));
        }
    }

    /// <summary>A record is deleted behind the count, and before it is read.</summary>
    [Fact]
    public async Task A_record_that_goes_after_the_count_is_one_more_than_is_there()
    {
        var isCounted = false;
        _app.Simulator.BeforeAnswer = request =>
        {
            if (isCounted && _app.App.Records.Find(3) is not null) _app.App.Delete(3);
            isCounted |= request.Parameters.Flag("totalCount");
        };
        Assert.Equal("app_1_records: first, 3, 2, 1, not_looked_into",
            Of(await _app.SyncAsync(OneApp.Records, Audits.Stream), "kind", "kintone_count", "rows_expected", "count_difference", "count_difference_reason"));
    }

    [Fact]
    public async Task Comments_that_were_not_read_leave_open_what_is_there_until_they_are()
    {
        for (var i = 1; i <= 3; i++) _app.App.AddComment(i, $"on {i}");
        _app.Simulator.Faults.Always(Fault.Error(400, "CB_VA01"),
            static request => request.Resource == "record/comments" && request.Parameters.RequiredText("record") == "2");
        Assert.Equal("app_1_comments: complete, first, null", Of(await _app.SyncAsync(OneApp.Comments, Audits.Stream), "outcome", "kind", "rows_expected"));
        _app.Simulator.Faults.Clear();
        _app.Wait();
        Assert.Equal("app_1_comments: complete, incremental, 3",
            Of(await _app.SyncAsync(OneApp.Comments, Audits.Stream), "outcome", "kind", "rows_expected"));
        _app.Wait();
        Assert.Equal("app_1_comments: complete, nothing_changed, 3",
            Of(await _app.SyncAsync(OneApp.Comments, $"full:{Audits.Stream}"), "outcome", "kind", "rows_expected"));
    }

    [Theory]
    [InlineData(OneApp.Files, "first")]
    [InlineData($"full:{OneApp.Files}", "full_refresh")]
    public async Task Contents_of_files_never_say_that_something_is_gone(string stream, string kind)
    {
        var file = _app.Simulator.Domain.AddFile("a.txt", "contents"u8.ToArray(), "text/plain");
        _app.App.Edit(1, new() { ["files"] = new JsonArray(file) });
        _app.Wait();
        Assert.Equal($"app_1_files: {kind}, 1, 1, null, null, null",
            Of(await _app.SyncAsync(stream, Audits.Stream), "kind", "rows_sent", "files_sent", "rows_expected", "ids_sum", "ids_max"));
    }
}
