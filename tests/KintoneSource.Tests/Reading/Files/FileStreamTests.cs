using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KintoneSimulator;
using KintoneSource.Reading.Files;
using KintoneSource.Testing;
using KintoneSource.Tests.Simulation;

namespace KintoneSource.Tests.Reading.Files;

/// <summary>The stream of attached files with their contents: which ones are fetched, what rows say of them, and what a later sync still knows.</summary>
public sealed class FileStreamTests : IDisposable
{
    const string Files = "app_1_attachments";

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
            Assert.Equal((path, "fetched"), (data.GetProperty("path").GetString(), data.GetProperty("contents").GetString()));
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
    public async Task Without_include_files_there_are_rows_and_no_requests_for_files()
    {
        var run = await SyncAsync(includeFiles: false);
        Assert.All(run.Of("RECORD", "record"), static r =>
        {
            Assert.Null(Reference(r));
            Assert.Equal((JsonValueKind.Null, JsonValueKind.Null), (r.GetProperty("data").GetProperty("path").ValueKind, r.GetProperty("data").GetProperty("contents").ValueKind));
        });
        Assert.Equal(0, Fetched());
        Assert.Empty(_staging.EnumerateFileSystemInfos());
        var both = await SyncAsync(streams: ["app_1_records", Files], includeFiles: false);
        Assert.DoesNotContain("staging", both.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_later_sync_fetches_what_is_new_or_was_replaced_and_no_more()
    {
        await SyncAsync();
        Wait();
        _app.Edit(1, new() { ["memo"] = "edited, with the same file" });
        _app.Edit(2, new() { ["files"] = new JsonArray(File("2.txt", 2000)) }); // replaced: same name, same size
        _app.Edit(6, new() { ["files"] = new JsonArray(File("first.txt", 5), Kept(6, 0)) }); // another in front, and one of two goes
        var added = _app.Add(new() { ["files"] = new JsonArray(File("new.txt", 7)) });
        Wait();
        var run = await SyncAsync();
        Assert.Equal(3, Fetched());
        Assert.Equal(
            ["1 1 1.txt fetched_before", "2 1 2.txt fetched", "6 1 first.txt fetched", "6 2 same.txt fetched_before", "6 3 same.txt fetched_before", $"{added} 1 new.txt fetched"],
            Rows(run).Where(static r => r.GetProperty("_ab_cdc_deleted_at").ValueKind == JsonValueKind.Null)
                .Select(static r => $"{r.GetProperty("_kintone_id")} {r.GetProperty("_kintone_file_number")} {r.GetProperty("name").GetString()} {r.GetProperty("contents").GetString()}").Order());
        Assert.All(run.Of("RECORD", "record"), static r => Assert.Equal(r.GetProperty("data").GetProperty("contents").GetString() == "fetched", Reference(r) is not null));
        Assert.All(Rows(run), static r => Assert.StartsWith($"{Files}/", r.GetProperty("path").GetString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_that_went_gets_its_tombstone_and_so_do_those_of_a_deleted_record()
    {
        await SyncAsync();
        Wait();
        _app.Edit(6, new() { ["files"] = new JsonArray() });
        _app.Delete(3);
        var run = await SyncAsync();
        Assert.Equal(0, Fetched());
        Assert.Equal(["3 1", "6 2", "6 3"], Rows(run).Where(static r => r.GetProperty("_ab_cdc_deleted_at").ValueKind != JsonValueKind.Null)
            .Select(static r => $"{r.GetProperty("_kintone_id")} {r.GetProperty("_kintone_file_number")}").Order());
    }

    [Fact]
    public async Task Nothing_changed_costs_two_requests_and_keeps_what_is_known_of_files()
    {
        await SyncAsync();
        Wait();
        Assert.Empty(Rows(await SyncAsync()));
        Assert.Equal(2, _simulator.Journal.Count);
        Wait();
        _app.Edit(1, new() { ["memo"] = "edited" });
        Assert.Equal("fetched_before", Assert.Single(Rows(await SyncAsync())).GetProperty("contents").GetString());
    }

    /// <summary>Files have a scan of their own: what the plan says of later syncs is what they take.</summary>
    [Theory]
    [InlineData("records", 4)]
    [InlineData("attachments", 2)]
    public async Task The_plan_counts_the_scan_of_files(string other, int requests)
    {
        string[] streams = [.. new[] { $"app_1_{other}", Files }.Distinct()];
        await SyncAsync(streams: streams);
        Wait();
        var idle = await SyncAsync(streams: streams);
        Assert.Equal(requests, _simulator.Journal.Count);
        var logs = idle.Of("LOG", "log").Select(static l => l.GetProperty("message").GetString()!).ToArray();
        Assert.Contains(logs, m => m.StartsWith($"A later sync in which nothing changes takes {requests} requests per app: ", StringComparison.Ordinal));
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
        Assert.All(Rows(run), static r => Assert.Equal("fetched", r.GetProperty("contents").GetString()));
    }

    [Theory]
    [InlineData(404, "GAIA_BL01", "gone", 2)] // its record is read once more before that is believed
    [InlineData(403, "CB_NO02", "refused", 1)]
    public async Task A_file_that_Kintone_does_not_give_is_a_row_that_says_so_and_the_rest_goes_on(int status, string code, string contents, int requests)
    {
        _simulator.Faults.Always(Fault.Error(status, code), Of(2));
        var run = await SyncAsync();
        Assert.Equal(6, Rows(run).Count(static r => r.GetProperty("contents").GetString() == "fetched"));
        AssertWithout(run, 2, contents, "SOURCE_RETRIEVAL_ERROR");
        Assert.Equal(requests, _simulator.Journal.Entries.Count(e => e.Query?.Contains("$id > 1 and $id <= 2", StringComparison.Ordinal) == true || Of(2)(e)));
        Assert.Contains("2 (files)", Assert.Single(run.Warnings), StringComparison.Ordinal);
        _simulator.Faults.Clear();
        Wait();
        _app.Edit(2, new() { ["memo"] = "may be read now" });
        Assert.Equal("fetched", Assert.Single(Rows(await SyncAsync())).GetProperty("contents").GetString()); // the state did not claim it
    }

    [Fact]
    public async Task A_key_that_has_run_out_is_asked_for_anew()
    {
        _simulator.Options = _simulator.Options with { FileKeysChange = true };
        _simulator.Faults.Next(1, Fault.Error(404, "GAIA_BL01"), Of(2));
        Assert.All(Rows(await SyncAsync()), static r => Assert.Equal("fetched", r.GetProperty("contents").GetString()));
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
        Assert.All(run.Of("RECORD", "record"), r => Assert.Equal(
            _simulator.Domain.File(r.GetProperty("data").GetProperty("fileKey").GetString()!)!.Content.ToArray(), System.IO.File.ReadAllBytes(Reference(r)!.Value.GetProperty("staging_file_url").GetString()!)));
    }

    [Fact]
    public async Task A_file_that_is_cut_each_time_is_a_row_that_says_so()
    {
        _simulator.Faults.Always(Fault.Garbage, Of(3));
        AssertWithout(await SyncAsync(), 3, "broken", "SOURCE_RETRIEVAL_ERROR");
    }

    [Fact]
    public async Task A_file_that_is_torn_for_ten_minutes_does_not_stop_the_others()
    {
        _simulator.Faults.Always(Fault.TornBody(100), Of(3));
        AssertWithout(await SyncAsync(), 3, "broken", "SOURCE_RETRIEVAL_ERROR");
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
        Assert.All(Rows(await SyncAsync()), static r => Assert.Equal("fetched", r.GetProperty("contents").GetString()));
    }

    [Fact]
    public async Task Large_files_and_other_names_are_rows_without_contents_until_they_are_wanted()
    {
        var large = _app.Add(new() { ["files"] = new JsonArray(File("large.bin", 2_000_000), File("picture.PNG", 20)) });
        _more = ", \"max_attachment_mb\": 1, \"attachment_names\": \"*.png, large*\"";
        var run = await SyncAsync();
        Assert.Equal(1, Fetched());
        AssertWithout(run, large, "too_large", "SOURCE_FIELD_SIZE_LIMITATION");
        Assert.Equal(7, Rows(run).Count(static r => r.GetProperty("contents").GetString() == "name_not_wanted"));
        Assert.All(run.Of("RECORD", "record").Where(static r => r.GetProperty("data").GetProperty("contents").GetString() == "name_not_wanted"), static r => Assert.False(r.TryGetProperty("meta", out _)));
        Wait();
        _more = "";
        var all = await SyncAsync(); // nobody edited them
        Assert.Equal(8, Fetched());
        Assert.Contains(all.Of("LOG", "log"), static l => l.GetProperty("message").GetString()!.Contains("the contents of files are wanted that no sync so far has fetched", StringComparison.Ordinal));
        Assert.Equal("fetched_before", Rows(all).Single(static r => r.GetProperty("name").GetString() == "picture.PNG").GetProperty("contents").GetString());
        Wait();
        Assert.Empty(Rows(await SyncAsync()));
    }

    [Fact]
    public async Task Files_that_are_wanted_from_now_on_are_all_fetched()
    {
        await SyncAsync(includeFiles: false);
        Wait();
        await SyncAsync();
        Assert.Equal(7, Fetched());
        Wait();
        await SyncAsync(includeFiles: false); // forgets which
        Wait();
        await SyncAsync();
        Assert.Equal(7, Fetched());
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
        _simulator.Faults.Always(Fault.Maintenance, Of(6));
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
        _simulator.Faults.Always(Fault.Maintenance, Of(6));
        var broken = await SyncAsync(expected: 1);
        Assert.Equal(4, Rows(broken).Count);
        _simulator.Faults.Clear();
        var rest = await SyncAsync();
        Assert.Equal(3, Fetched());
        Assert.Equal(4, Rows(rest).Count(static r => r.GetProperty("contents").GetString() == "fetched_before"));
    }

    [Fact]
    public async Task A_record_that_goes_between_a_broken_sync_and_the_next_leaves_no_file_behind()
    {
        _simulator.Faults.Always(Fault.Maintenance, Of(6));
        await SyncAsync(expected: 1);
        _simulator.Faults.Clear();
        _app.Delete(2);
        var rest = await SyncAsync();
        var gone = Rows(rest).Single(static r => r.GetProperty("_ab_cdc_deleted_at").ValueKind != JsonValueKind.Null);
        Assert.Equal("2 1", $"{gone.GetProperty("_kintone_id")} {gone.GetProperty("_kintone_file_number")}");
    }

    [Fact]
    public async Task The_first_lines_say_how_many_files_are_to_come_and_the_last_what_came()
    {
        var logs = (await SyncAsync()).Of("LOG", "log").Select(static l => l.GetProperty("message").GetString()!).Where(static m => m.StartsWith(Files, StringComparison.Ordinal) || m.StartsWith("This sync:", StringComparison.Ordinal));
        await Verifier.Verify(string.Join('\n', logs).Replace(_staging.FullName, "{staging}", StringComparison.Ordinal));
    }

    JsonObject Kept(long record, int place)
    {
        var file = _app.Records.Find(record)!.Cells[_app.Form.Field("files")!.Uid].Value[place];
        return JsonNode.Parse(file.GetRawText())!.AsObject();
    }

    /// <summary>Requests for the files of a record.</summary>
    Func<JournalEntry, bool> Of(long record) => e => e.Resource == "file" && e.Parameters.RequiredText("fileKey") is var key && _app.OwnerOf(key.Split('.')[0]) == record;

    static void AssertWithout(Run run, long record, string contents, string reason)
    {
        var line = Assert.Single(run.Of("RECORD", "record"), r => r.GetProperty("data").GetProperty("_kintone_id").GetInt64() == record && r.GetProperty("data").GetProperty("contents").GetString() == contents);
        Assert.Null(Reference(line));
        Assert.Equal(JsonValueKind.Null, line.GetProperty("data").GetProperty("path").ValueKind);
        var change = Assert.Single(line.GetProperty("meta").GetProperty("changes").EnumerateArray());
        Assert.Equal(("path", "NULLED", reason), (change.GetProperty("field").GetString(), change.GetProperty("change").GetString(), change.GetProperty("reason").GetString()));
    }

    static JsonElement? Reference(JsonElement record) => record.TryGetProperty("file_reference", out var reference) ? reference : null;

    static IReadOnlyList<JsonElement> Rows(Run run) => run.Records(Files);

    /// <summary>Files that the last sync asked for and got.</summary>
    int Fetched() => _simulator.Journal.Entries.Count(static e => e is { Resource: "file", Status: 200, Fault: null });

    async Task<Run> SyncAsync(int expected = 0, string mode = "incremental", bool includeFiles = true, long? generation = null, string[]? streams = null)
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
            Encoding.UTF8.GetString(_states.ToFile()), name => name == StagingFolder.Variable ? _staging.FullName : null);
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
