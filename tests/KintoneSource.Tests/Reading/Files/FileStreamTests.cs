using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KintoneSimulator;
using KintoneSource.Reading.Files;
using KintoneSource.Testing;
using KintoneSource.Tests.Simulation;

namespace KintoneSource.Tests.Reading.Files;

/// <summary>The stream of files: which contents are fetched, that every row brings some, and what a later sync still knows.</summary>
public sealed class FileStreamTests : IDisposable
{
    const string Files = "app_1_files", Attachments = "app_1_attachments";

    readonly VirtualTime _time = new(new(2026, 5, 1, 3, 0, 0, TimeSpan.Zero));
    readonly DirectoryInfo _staging = Directory.CreateTempSubdirectory("staging-");
    readonly Simulator _simulator;
    readonly App _app;
    readonly SavedStates _states = new();
    string _more = "";

    public FileStreamTests()
    {
        _simulator = new(new() { Time = _time });
        _simulator.Domain.AddUser("sync", "open sesame");
        _app = _simulator.Domain.AddApp("案件");
        _app.AddTable("lines", Field.Create("drawing", "FILE"));
        _app.AddField("files", "FILE");
        _app.AddField("memo", "SINGLE_LINE_TEXT");
        for (var i = 1; i <= 4; i++) _app.Add(new() { ["files"] = new JsonArray(File($"{i}.txt", i * 1000)) });
        _app.Add(new() { ["memo"] = "without files" });
        _app.Add(new()
        {
            ["files"] = new JsonArray(File("same.txt", 10), File("same.txt", 10)),
            ["lines"] = new JsonArray(new JsonObject { ["value"] = new JsonObject { ["drawing"] = new JsonArray(File("same.txt", 10)) } }),
        });
        Wait();
    }

    JsonObject File(string name, long size) => _simulator.Domain.AddFile(name, FileContent.Generated(size, (int)_simulator.Domain.NextId()), "text/plain");

    void Wait() => _time.Advance(TimeSpan.FromMinutes(20));

    [Fact]
    public async Task The_first_sync_fetches_every_file_whole_into_a_folder_of_its_own()
    {
        var run = await SyncAsync();
        var records = run.Of("RECORD", "record").ToArray();
        Assert.Equal(7, records.Length);
        Assert.Equal(7, records.Select(r => Reference(r)!.Value.GetProperty("staging_file_url").GetString()).Distinct().Count());
        foreach (var record in records)
        {
            var (data, reference) = (record.GetProperty("data"), Reference(record)!.Value);
            var path = reference.GetProperty("source_file_relative_path").GetString()!;
            Assert.Equal(Path.Combine(_staging.FullName, path), reference.GetProperty("staging_file_url").GetString());
            Assert.Equal(path, data.GetProperty("path").GetString());
            Assert.StartsWith($"{Files}/{data.GetProperty("_kintone_id")}/", path, StringComparison.Ordinal);
            Assert.EndsWith($"/{data.GetProperty("name").GetString()}", path, StringComparison.Ordinal);
            var expected = _simulator.Domain.File(data.GetProperty("fileKey").GetString()!)!.Content.ToArray();
            Assert.Equal(expected, System.IO.File.ReadAllBytes(reference.GetProperty("staging_file_url").GetString()!));
            Assert.Equal(expected.Length, reference.GetProperty("file_size_bytes").GetInt64());
            Assert.False(record.TryGetProperty("meta", out _));
        }
        Assert.Equal(7, Fetched());
        Assert.Empty(Directory.EnumerateFiles(_staging.FullName, ".*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task The_rows_of_files_come_for_every_destination_and_fetch_nothing()
    {
        var run = await SyncAsync(streams: ["app_1_records", Attachments], includeFiles: false);
        Assert.Equal(7, run.Records(Attachments).Count);
        Assert.All(run.Of("RECORD", "record"), static r => Assert.Null(Reference(r)));
        Assert.Equal(0, Fetched());
        Assert.Empty(_staging.EnumerateFileSystemInfos());
        Assert.DoesNotContain("staging", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(run.Records(Attachments)[0].EnumerateObject(), static column => column.Name is "path" or "contents");
    }

    [Fact]
    public async Task Where_nobody_takes_files_their_stream_says_so_and_fetches_nothing()
    {
        var run = await SyncAsync(expected: 1, streams: [Files, Attachments], includeFiles: false);
        var error = Assert.Single(run.Errors);
        Assert.Equal("config_error", error.GetProperty("failure_type").GetString());
        Assert.Contains($"Deselect it, and select {Attachments}", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal((0, 0, 7), (Fetched(), Rows(run).Count, run.Records(Attachments).Count));
    }

    [Fact]
    public async Task A_state_of_rows_that_brought_contents_is_told_where_they_come_now()
    {
        await SyncAsync();
        var run = await SyncAsync(expected: 1, streams: [Attachments],
            state: Encoding.UTF8.GetString(_states.ToFile()).Replace(Files, Attachments, StringComparison.Ordinal));
        Assert.Contains($"select {Files}", Assert.Single(run.Errors).GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Empty(run.Records(Attachments));
    }

    [Fact]
    public async Task A_later_sync_fetches_what_is_new_was_replaced_or_has_moved_and_no_more()
    {
        await SyncAsync();
        Wait();
        _app.Edit(1, new() { ["memo"] = "edited, with the same file" });
        _app.Edit(2, new() { ["files"] = new JsonArray(File("2.txt", 2000)) }); // replaced: same name, same size
        _app.Edit(6, new() { ["files"] = new JsonArray(File("first.txt", 5), Kept(6, 0)) }); // another in front, and one of two goes
        var added = _app.Add(new() { ["files"] = new JsonArray(File("new.txt", 7)) });
        Wait();
        var run = await SyncAsync();
        Assert.Equal(4, Fetched());
        Assert.Equal(["2 1 2.txt", "6 1 first.txt", "6 2 same.txt", $"{added} 1 new.txt"], Keys(run));
        Assert.All(run.Of("RECORD", "record"), static r => Assert.NotNull(Reference(r)));
        Assert.All(Rows(run), static r => Assert.StartsWith($"{Files}/", r.GetProperty("path").GetString(), StringComparison.Ordinal));
    }

    /// <summary>A row says what its number is now: a file that comes back to one is brought again.</summary>
    [Fact]
    public async Task Files_that_change_places_and_change_back_are_brought_each_time()
    {
        await SyncAsync();
        for (var i = 0; i < 2; i++)
        {
            Wait();
            _app.Edit(6, new() { ["files"] = new JsonArray(Kept(6, 1), Kept(6, 0)) });
            Wait();
            Assert.Equal(["6 1 same.txt", "6 2 same.txt"], Keys(await SyncAsync()));
        }
    }

    [Fact]
    public async Task What_is_gone_has_no_row_which_would_bring_no_file()
    {
        await SyncAsync(streams: [Attachments, Files]);
        Wait();
        _app.Edit(6, new() { ["files"] = new JsonArray() });
        _app.Delete(3);
        var run = await SyncAsync(streams: [Attachments, Files]);
        Assert.Equal(["6 1 same.txt"], Keys(run)); // that of the sub-table, which has moved up
        Assert.Equal(["3 1", "6 2", "6 3"], run.Records(Attachments).Where(static r => r.GetProperty("_ab_cdc_deleted_at").ValueKind != JsonValueKind.Null)
            .Select(static r => $"{r.GetProperty("_kintone_id")} {r.GetProperty("_kintone_file_number")}").Order());
    }

    [Fact]
    public async Task Nothing_changed_costs_one_request_and_keeps_what_is_known_of_files()
    {
        await SyncAsync();
        Wait();
        Assert.Empty(Rows(await SyncAsync()));
        Assert.Single(_simulator.Journal.Entries);
        Wait();
        _app.Edit(1, new() { ["memo"] = "edited" });
        Assert.Empty(Rows(await SyncAsync()));
        Assert.Equal(0, Fetched());
    }

    /// <summary>Files have a scan of their own: what the plan says of later syncs is what they take.</summary>
    [Theory]
    [InlineData("records", 3)]
    [InlineData("files", 1)]
    public async Task The_plan_counts_the_scan_of_files(string other, int requests)
    {
        string[] streams = [.. new[] { $"app_1_{other}", Files }.Distinct()];
        await SyncAsync(streams: streams);
        Wait();
        var idle = await SyncAsync(streams: streams);
        Assert.Equal(requests, _simulator.Journal.Count);
        var logs = idle.Of("LOG", "log").Select(static l => l.GetProperty("message").GetString()!).ToArray();
        Assert.Contains(logs, m => m.StartsWith($"A later sync in which nothing changes takes {requests} {(requests == 1 ? "request" : "requests")} per app: ",
            StringComparison.Ordinal));
        Assert.Contains(logs, m => m.Contains($"Requests: about {requests} if as much has changed as last time", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Keys_that_differ_in_every_answer_lose_nothing_and_cost_a_request_for_each_file_of_a_changed_record()
    {
        _simulator.Options = _simulator.Options with { FileKeysChange = true };
        await SyncAsync();
        Assert.Equal(7, Fetched());
        Wait();
        _app.Edit(6, new() { ["memo"] = "edited" });
        var run = await SyncAsync();
        Assert.Equal(3, Fetched());
        Assert.Equal(3, Rows(run).Count);
    }

    /// <summary>Nothing of the record came, and the last WARN says why.</summary>
    static void AssertWithout(Run run, long record, string why)
    {
        Assert.DoesNotContain(Keys(run), key => key.StartsWith($"{record} 1 ", StringComparison.Ordinal));
        var warning = run.Warnings[^1];
        Assert.Contains(why, warning, StringComparison.Ordinal);
        Assert.Contains($"{record} (files)", warning, StringComparison.Ordinal);
    }

    static IEnumerable<string> Keys(Run run) =>
        Rows(run).Select(static r => $"{r.GetProperty("_kintone_id")} {r.GetProperty("_kintone_file_number")} {r.GetProperty("name").GetString()}").Order();

    [Fact]
    public async Task A_key_that_has_run_out_is_asked_for_anew()
    {
        _simulator.Options = _simulator.Options with { FileKeysChange = true };
        _simulator.Faults.Next(1, Fault.Error(404, "GAIA_BL01"), Of(2));
        Assert.Equal(7, Rows(await SyncAsync()).Count);
    }

    [Fact]
    public async Task Torn_and_late_files_are_tried_again_and_come_whole()
    {
        _simulator.Faults.Next(2, Fault.TornBody(900), static e => e.Resource == "file");
        _simulator.Faults.Next(2, Fault.TooManyRequests(), static e => e.Resource == "file");
        _simulator.Faults.Next(1, Fault.Maintenance, static e => e.Resource == "file");
        _simulator.Faults.Next(1, Fault.Html, Of(4)); // a login page, say: not the number of bytes that Kintone had said
        _simulator.Faults.Next(1, Fault.Garbage, Of(3)); // cut in the middle, and announced so
        var run = await SyncAsync();
        Assert.Equal(7, Rows(run).Count);
        Assert.All(run.Of("RECORD", "record"), r => Assert.Equal(
            _simulator.Domain.File(r.GetProperty("data").GetProperty("fileKey").GetString()!)!.Content.ToArray(),
            System.IO.File.ReadAllBytes(Reference(r)!.Value.GetProperty("staging_file_url").GetString()!)));
    }

    [Fact]
    public async Task A_file_that_is_cut_each_time_is_told()
    {
        _simulator.Faults.Always(Fault.Garbage, Of(3));
        AssertWithout(await SyncAsync(), 3, "never whole");
    }

    [Fact]
    public async Task A_file_that_is_torn_for_ten_minutes_does_not_stop_the_others()
    {
        _simulator.Faults.Always(Fault.TornBody(100), Of(3));
        AssertWithout(await SyncAsync(), 3, "never whole");
    }

    [Fact]
    public async Task Wrong_credentials_and_a_Kintone_that_is_down_fail_the_stream_and_no_row_says_that_a_file_is_lost()
    {
        _simulator.Faults.Always(Fault.Maintenance, static e => e.Resource == "file");
        var down = await SyncAsync(expected: 1);
        Assert.Equal("transient_error", Assert.Single(down.Errors).GetProperty("failure_type").GetString());
        Assert.Empty(Rows(down));
        _simulator.Faults.Clear();
        _simulator.Faults.Always(Fault.Error(401, "CB_WA01"), static e => e.Resource == "file");
        var refused = await SyncAsync(expected: 1);
        Assert.Equal("config_error", Assert.Single(refused.Errors).GetProperty("failure_type").GetString());
        _simulator.Faults.Clear();
        Assert.Equal(7, Rows(await SyncAsync()).Count);
    }

    [Fact]
    public async Task Large_files_and_other_names_do_not_come_until_they_are_wanted()
    {
        var large = _app.Add(new() { ["files"] = new JsonArray(File("large.bin", 2_000_000), File("picture.PNG", 20)) });
        _more = ", \"max_attachment_mb\": 1, \"attachment_names\": \"*.png, large*\"";
        var run = await SyncAsync();
        Assert.Equal(1, Fetched());
        AssertWithout(run, large, "larger than 1 MB");
        Assert.Equal([$"{large} 2 picture.PNG"], Keys(run));
        Wait();
        _more = "";
        var all = await SyncAsync(); // nobody edited them
        Assert.Equal(8, Fetched());
        Assert.Contains(all.Of("LOG", "log"), static l =>
            l.GetProperty("message").GetString()!.Contains("the contents of files are wanted that no sync so far has fetched", StringComparison.Ordinal));
        Assert.DoesNotContain($"{large} 2 picture.PNG", Keys(all));
        Wait();
        Assert.Empty(Rows(await SyncAsync()));
    }

    [Fact]
    public async Task A_full_refresh_brings_every_file_each_time_and_resumes_within_its_generation()
    {
        await SyncAsync(mode: "full_refresh", generation: 1);
        Assert.Equal(7, Fetched());
        await SyncAsync(mode: "full_refresh", generation: 2);
        Assert.Equal(7, Fetched());
        await SyncAsync(mode: "full_refresh", generation: 2);
        Assert.Equal(0, Fetched());
        _simulator.Faults.Always(Fault.Maintenance, DownAfter(4));
        await SyncAsync(expected: 1, mode: "full_refresh", generation: 3);
        _simulator.Faults.Clear();
        await SyncAsync(mode: "full_refresh", generation: 3);
        Assert.Equal(3, Fetched());
    }

    [Fact]
    public async Task A_new_generation_of_the_destination_gets_every_file_again()
    {
        await SyncAsync(generation: 1);
        Wait();
        await SyncAsync(generation: 2);
        Assert.Equal(7, Fetched());
    }

    [Fact]
    public async Task A_sync_that_breaks_off_fetches_no_finished_file_again()
    {
        _simulator.Faults.Always(Fault.Maintenance, DownAfter(4));
        var broken = await SyncAsync(expected: 1);
        Assert.Equal(4, Rows(broken).Count);
        _simulator.Faults.Clear();
        var rest = await SyncAsync();
        Assert.Equal(3, Fetched());
        Assert.Equal(3, Rows(rest).Count);
    }

    [Fact]
    public async Task The_first_lines_say_how_many_files_are_to_come_and_the_last_what_came()
    {
        var logs = (await SyncAsync()).Of("LOG", "log").Select(static l => l.GetProperty("message").GetString()!)
            .Where(static m => m.StartsWith(Files, StringComparison.Ordinal) || m.StartsWith("This sync:", StringComparison.Ordinal));
        await Verifier.Verify(string.Join('\n', logs).Replace(_staging.FullName, "{staging}", StringComparison.Ordinal));
    }

    JsonObject Kept(long record, int place)
    {
        var file = _app.Records.Find(record)!.Cells[_app.Form.Field("files")!.Uid].Value[place];
        return JsonNode.Parse(file.GetRawText())!.AsObject();
    }

    /// <summary>Requests for files, but for the first ones.</summary>
    static Func<JournalEntry, bool> DownAfter(int files)
    {
        var left = files;
        return e => e.Resource == "file" && Interlocked.Decrement(ref left) < 0;
    }

    /// <summary>Requests for the files of a record.</summary>
    Func<JournalEntry, bool> Of(long record) => e => e.Resource == "file" && e.Parameters.RequiredText("fileKey") is var key
        && _app.OwnerOf(key.Split('.')[0]) == record;

    static void AssertWithout(Run run, long record, string contents, string reason)
    {
        var line = Assert.Single(run.Of("RECORD", "record"), r => r.GetProperty("data").GetProperty("_kintone_id").GetInt64() == record
            && r.GetProperty("data").GetProperty("contents").GetString() == contents);
        Assert.Null(Reference(line));
        Assert.Equal(JsonValueKind.Null, line.GetProperty("data").GetProperty("path").ValueKind);
        var change = Assert.Single(line.GetProperty("meta").GetProperty("changes").EnumerateArray());
        Assert.Equal(("path", "NULLED", reason),
            (change.GetProperty("field").GetString(), change.GetProperty("change").GetString(), change.GetProperty("reason").GetString()));
    }

    static JsonElement? Reference(JsonElement record) => record.TryGetProperty("file_reference", out var reference) ? reference : null;

    static IReadOnlyList<JsonElement> Rows(Run run) => run.Records(Files);

    /// <summary>Files that the last sync asked for and got.</summary>
    int Fetched() => _simulator.Journal.Entries.Count(static e => e is { Resource: "file", Status: 200, Fault: null });

    async Task<Run> SyncAsync(int expected = 0, string mode = "incremental", bool includeFiles = true, long? generation = null, string[]? streams = null,
        string? state = null)
    {
        _simulator.Journal.Clear();
        var run = await _simulator.ReadAsync(
            $$"""{"subdomain": "example", "base_url": "http://localhost:1", "credentials": {"auth_type": "password", "username": "sync", "password": "open sesame"}, "app_selection": {"mode": "single_app", "app": 1}{{_more}}}""",
            JsonSerializer.Serialize(new
            {
                streams = (streams ?? [Files]).Select(s => new
                {
                    stream = new { name = s, json_schema = new { } },
                    sync_mode = mode,
                    include_files = includeFiles,
                    generation_id = generation,
                    minimum_generation_id = generation is null ? (long?)null : 0,
                }),
            }),
            state ?? Encoding.UTF8.GetString(_states.ToFile()), name => name == StagingFolder.Variable ? _staging.FullName : null);
        Assert.True(expected == run.ExitCode, string.Join('\n', run.Errors));
        foreach (var message in SyncRun.Parse(Encoding.UTF8.GetBytes(run.Output))) _states.Apply(message);
        return run;
    }

    public void Dispose()
    {
        _simulator.Dispose();
        _time.Dispose();
        _staging.Delete(recursive: true);
    }
}
