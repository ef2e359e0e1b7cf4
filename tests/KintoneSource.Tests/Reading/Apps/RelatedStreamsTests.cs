using System.Text.Json;
using System.Text.Json.Nodes;
using KintoneSimulator;
using KintoneSource.Tests.Simulation;

namespace KintoneSource.Tests.Reading.Apps;

/// <summary>Streams of one app beside each other: what they cost together, and what becomes of one that is not in step.</summary>
public sealed class RelatedStreamsTests : IDisposable
{
    const string Records = "app_1_records", Rows = "app_1_table_lines", Files = "app_1_attachments";

    readonly VirtualTime _time = new(new(2026, 5, 1, 3, 0, 0, TimeSpan.Zero));
    readonly Simulator _simulator;
    readonly App _app;
    readonly SavedStates _states = new();
    string _more = "";

    public RelatedStreamsTests()
    {
        _simulator = new(new() { Time = _time });
        _simulator.Domain.AddUser("sync", "open sesame");
        _app = _simulator.Domain.AddApp("案件");
        _app.AddTable("lines", Field.Create("item", "SINGLE_LINE_TEXT"));
        _app.AddField("files", "FILE");
        for (var i = 1; i <= 3; i++)
        {
            _app.Add(new()
            {
                ["lines"] = new JsonArray(Line($"a{i}"), Line($"b{i}")),
                ["files"] = new JsonArray(_simulator.Domain.AddFile($"{i}.txt", new byte[i])),
            });
        }
        Wait(); // what is younger than the look-back comes again in the next sync
    }

    void Wait() => _time.Advance(TimeSpan.FromMinutes(20));

    static JsonObject Line(string item, long? id = null)
    {
        var line = new JsonObject { ["value"] = new JsonObject { ["item"] = item } };
        if (id is { } known) line["id"] = $"{known}";
        return line;
    }

    [Fact]
    public async Task One_scan_feeds_them_all_and_their_lines_stand_together_with_their_states()
    {
        var run = await SyncAsync(Records, Rows, Files);
        Assert.Equal((3, 6, 3), (run.Records(Records).Count, run.Records(Rows).Count, run.Records(Files).Count));
        Assert.Equal(3, _simulator.Journal.Count); // form, newest record, one page
        Assert.Equal(["1 1 a1", "1 2 b1", "2 1 a2", "2 2 b2", "3 1 a3", "3 2 b3"],
            run.Records(Rows).Select(static r => $"{r.GetProperty("_kintone_id")} {r.GetProperty("_kintone_row_number")} {r.GetProperty("item")}"));
        Assert.Equal(["1 1 files 1 1.txt 1", "2 1 files 1 2.txt 2", "3 1 files 1 3.txt 3"], run.Records(Files).Select(static r =>
            $"{r.GetProperty("_kintone_id")} {r.GetProperty("_kintone_file_number")} {r.GetProperty("field")} {r.GetProperty("position")} {r.GetProperty("name")} {r.GetProperty("size")}"));
        Assert.All([Records, Rows, Files], stream => Assert.True(_states.Has(stream)));
    }

    [Fact]
    public async Task Rows_and_files_that_an_edit_removes_get_tombstones_with_its_time_and_revision()
    {
        await SyncAsync(Records, Rows, Files);
        Wait();
        var kept = _app.Records.Find(2)!.Cells[_app.Form.Field("lines")!.Uid].Rows![1].Id;
        _app.Edit(2, new() { ["lines"] = new JsonArray(Line("new"), Line("b2", kept)), ["files"] = new JsonArray() });
        Wait();
        var run = await SyncAsync(Records, Rows, Files);

        Assert.Equal(["1 new ", "2 b2 ", "gone"], run.Records(Rows).Select(static r => IsGone(r) ? "gone" : Text(r, "_kintone_row_number") + Text(r, "item")));
        var tombstones = new[] { run.Records(Rows)[2], Assert.Single(run.Records(Files)) };
        Assert.All(tombstones, static t =>
        {
            Assert.Equal((2, 2, "2026-05-01T03:40:00Z"),
                (t.GetProperty("_kintone_id").GetInt32(), t.GetProperty("_kintone_revision").GetInt32(), t.GetProperty("_kintone_updated_at").GetString()));
            Assert.True(IsGone(t));
        });
        Assert.Equal(1, tombstones[1].GetProperty("_kintone_file_number").GetInt32());
        var lines = run.Of("RECORD", "record").ToLookup(static r => IsGone(r.GetProperty("data")), static r => r.GetProperty("emitted_at").GetInt64());
        Assert.True(lines[true].Min() > lines[false].Max(), "of equal times destinations keep what was emitted last");
    }

    [Fact]
    public async Task Rows_and_files_go_with_their_record()
    {
        await SyncAsync(Records, Rows, Files);
        Wait();
        _app.Delete(3);
        var run = await SyncAsync(Records, Rows, Files);
        Assert.Equal((1, 2, 1), (run.Records(Records).Count, run.Records(Rows).Count, run.Records(Files).Count));
        Assert.All([.. run.Records(Records), .. run.Records(Rows), .. run.Records(Files)], static r => Assert.True(IsGone(r)));
    }

    [Fact]
    public async Task Nothing_changed_costs_two_requests_in_one_round_trip_and_one_without_deleted_records()
    {
        await SyncAsync(Records, Rows, Files);
        Wait();
        Assert.Equal(0, RecordsOf(await SyncAsync(Records, Rows, Files)));
        Assert.Equal(2, _simulator.Journal.Count);
        Assert.Equal(2, _simulator.Journal.CountOf("records"));

        _more = ", \"emit_deleted_records\": false";
        await SyncAsync(Records); // from now on without
        Wait();
        Assert.Equal(0, RecordsOf(await SyncAsync(Records)));
        Assert.Equal(1, _simulator.Journal.Count);
        _app.Edit(1, new() { ["files"] = new JsonArray() });
        Wait();
        Assert.Equal(1, RecordsOf(await SyncAsync(Records)));
    }

    [Fact]
    public async Task No_query_joins_an_or_to_anything()
    {
        foreach (var deleted in new[] { "true", "false" })
        {
            _more = $", \"emit_deleted_records\": {deleted}";
            for (var i = 0; i < 3; i++)
            {
                await SyncAsync(Records, Rows);
                Assert.All(_simulator.Journal.Entries, static e => Assert.False(e.ToString().Contains(" or ", StringComparison.Ordinal)
                    && e.ToString().Contains(" and ", StringComparison.Ordinal), e.ToString()));
                Wait();
                _app.Edit(1, new() { ["files"] = new JsonArray() });
                _app.Add(new());
            }
        }
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public async Task A_renamed_update_time_leads_to_the_form(bool unknownFieldsAreErrors, bool anotherFieldTakesItsCode)
    {
        await SyncAsync(Records, Rows);
        _simulator.Options = _simulator.Options with { UnknownFieldsAreErrors = unknownFieldsAreErrors };
        Wait();
        _app.RenameField("更新日時", "changed_at");
        if (anotherFieldTakesItsCode) _app.AddField("更新日時", "DATETIME");
        _app.Edit(2, new() { ["files"] = new JsonArray() });
        Wait();
        Assert.Equal(["2"], (await SyncAsync(Records, Rows)).Records(Records).Select(static r => r.GetProperty("_kintone_id").ToString()));
        Wait();
        Assert.Equal(0, RecordsOf(await SyncAsync(Records, Rows)));
        Assert.Equal(2, _simulator.Journal.Count); // in step again
    }

    [Fact]
    public async Task A_stream_that_is_added_reads_by_itself_once_and_then_joins()
    {
        await SyncAsync(Records);
        Wait();
        var added = await SyncAsync(Records, Rows);
        Assert.Equal((0, 6), (added.Records(Records).Count, added.Records(Rows).Count));
        Assert.Equal(4, _simulator.Journal.Count); // form, newest record, a page for each: nothing changed, and everything
        Wait();
        _app.Edit(1, new() { ["lines"] = new JsonArray() });
        Wait();
        var joined = await SyncAsync(Records, Rows);
        Assert.Equal((1, 2), (joined.Records(Records).Count, joined.Records(Rows).Count));
        Assert.Equal(3, _simulator.Journal.Count);
    }

    [Fact]
    public async Task A_stream_that_is_reset_joins_again_and_one_of_another_mode_stays_apart()
    {
        await SyncAsync(Records, Rows, Files);
        _states.Clear(Rows);
        Wait();
        var reset = await SyncAsync(Records, Rows, Files);
        Assert.Equal((0, 6, 0), (reset.Records(Records).Count, reset.Records(Rows).Count, reset.Records(Files).Count));
        Wait();
        await SyncAsync(Records, Rows, Files);
        Assert.Equal(2, _simulator.Journal.Count);

        Wait();
        var mixed = await SyncAsync(Records, Rows, $"full:{Files}");
        Assert.Equal((0, 0, 3), (mixed.Records(Records).Count, mixed.Records(Rows).Count, mixed.Records(Files).Count));
        Assert.Equal(4, _simulator.Journal.Count); // form, newest record, changes, everything
    }

    [Fact]
    public async Task A_stream_that_fails_leaves_the_others_running()
    {
        await SyncAsync(Records, Rows, Files);
        Wait();
        _app.RemoveField("lines");
        _app.Edit(1, new() { ["files"] = new JsonArray() });
        Wait();
        var run = await SyncAsync(expected: 1, Records, Rows, Files);
        Assert.Equal((1, 0, 1), (run.Records(Records).Count, run.Records(Rows).Count, run.Records(Files).Count));
        var error = Assert.Single(run.Errors);
        Assert.Contains("its sub-table no longer exists in the app", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(Rows, error.GetProperty("stream_descriptor").GetProperty("name").GetString());
    }

    [Fact]
    public async Task File_keys_that_differ_in_every_answer_change_no_key_of_a_row()
    {
        _simulator.Options = _simulator.Options with { FileKeysChange = true };
        var first = await SyncAsync(Files);
        _states.Clear(Files);
        var again = await SyncAsync(Files);
        Assert.Equal(Keys(first), Keys(again));
        Assert.NotEqual(first.Records(Files).Select(static r => r.GetProperty("fileKey").GetString()),
            again.Records(Files).Select(static r => r.GetProperty("fileKey").GetString()));

        static IEnumerable<string> Keys(Run run) =>
            run.Records(Files).Select(static r => $"{r.GetProperty("_kintone_id")} {r.GetProperty("_kintone_file_number")}");
    }

    static string Text(JsonElement row, string name) => row.GetProperty(name).ValueKind == JsonValueKind.Null ? "" : $"{row.GetProperty(name)} ";

    static bool IsGone(JsonElement row) => row.GetProperty("_ab_cdc_deleted_at").ValueKind != JsonValueKind.Null;

    static int RecordsOf(Run run) => run.Of("RECORD", "record").Count();

    Task<Run> SyncAsync(params string[] streams) => SyncAsync(0, streams);

    /// <param name="streams">By name; <c>full:</c> in front asks for a full refresh.</param>
    async Task<Run> SyncAsync(int expected, params string[] streams)
    {
        _simulator.Journal.Clear();
        var run = await _simulator.ReadAsync(
            $$"""{"subdomain": "example", "base_url": "http://localhost:1", "credentials": {"auth_type": "password", "username": "sync", "password": "open sesame"}, "app_selection": {"mode": "single_app", "app": 1}{{_more}}}""",
            JsonSerializer.Serialize(new
            {
                streams = streams.Select(static s => new
                {
                    stream = new { name = s.Split(':')[^1], json_schema = new { } },
                    sync_mode = s.StartsWith("full:", StringComparison.Ordinal) ? "full_refresh" : "incremental",
                }),
            }),
            System.Text.Encoding.UTF8.GetString(_states.ToFile()));
        Assert.True(expected == run.ExitCode, string.Join('\n', run.Errors));
        foreach (var message in SyncRun.Parse(System.Text.Encoding.UTF8.GetBytes(run.Output))) _states.Apply(message);
        return run;
    }

    public void Dispose()
    {
        _simulator.Dispose();
        _time.Dispose();
    }
}
