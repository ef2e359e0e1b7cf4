using System.Text.Json.Nodes;
using KintoneSimulator;
using KintoneSource.Tests.Simulation;

namespace KintoneSource.Tests.Reading.Files;

/// <summary>Contents of files where something else is the matter: memory, keys that run out, one file that never comes.</summary>
public sealed class FileCasesTests : IDisposable
{
    /// <summary>Who waits ten minutes for one file must not find that all others took as long.</summary>
    readonly OneApp _app = new(isMeasured: true);

    JsonObject File(string name, int size, byte content) => _app.Simulator.Domain.AddFile(name, Enumerable.Repeat(content, size).ToArray(), "text/plain");

    Func<JournalEntry, bool> Of(long record) => e => e.Resource == "file" && e.Parameters.RequiredText("fileKey") is var key
        && _app.App.OwnerOf(key.Split('.')[0]) == record;

    static Dictionary<string, byte> Brought(Run run) => run.Of("RECORD", "record").Where(static r => r.GetProperty("stream").GetString() == OneApp.Files)
        .ToDictionary(
        static r => $"{r.GetProperty("data").GetProperty("_kintone_id")}.{r.GetProperty("data").GetProperty("_kintone_file_number")}",
        static r => System.IO.File.ReadAllBytes(r.GetProperty("file_reference").GetProperty("staging_file_url").GetString()!)[0]);

    [Fact]
    [Trait("Duration", "long")]
    public async Task Contents_beside_records_as_large_as_the_memory_never_hang()
    {
        for (var i = 1; i <= 60; i++) _app.App.Add(new() { ["files"] = new JsonArray(File("a.txt", 300_000, (byte)i)), ["memo"] = new string('x', 900_000) });
        _app.Memory = 12 << 20;
        _app.Wait();
        var run = await _app.SyncAsync(OneApp.Records, OneApp.Files, OneApp.Comments);
        Assert.Equal(60, Brought(run).Count);
        Assert.Equal(60, run.Records(OneApp.Records).Count);
    }

    /// <summary>The page that tells of changes is there before the lists of files wait for memory: whoever kept it would wait for itself.</summary>
    [Fact]
    public async Task Files_of_an_app_with_a_start_date_are_fetched_with_one_slot_too()
    {
        _app.More["start_date"] = "2020-01-01T00:00:00Z";
        _app.More["max_concurrent_requests"] = 1;
        _app.App.Add(new() { ["files"] = new JsonArray(File("a.txt", 10, 1)) });
        _app.Wait();
        await _app.SyncAsync(OneApp.Files);
        _app.Wait();
        _app.App.Edit(1, new() { ["files"] = new JsonArray(File("a.txt", 10, 2)) });
        Assert.Equal(2, Assert.Single(Brought(await _app.SyncAsync(OneApp.Files))).Value);
    }

    [Fact]
    public async Task A_file_that_stands_twice_in_a_cell_is_brought_by_both_rows()
    {
        var file = File("a.txt", 10, 1);
        _app.App.Add(new() { ["files"] = new JsonArray(file, file.DeepClone()) });
        _app.Wait();
        Assert.Equal(new Dictionary<string, byte> { ["1.1"] = 1, ["1.2"] = 1 }, Brought(await _app.SyncAsync(OneApp.Files)));
        _app.Wait();
        _app.App.Edit(1, new() { ["memo"] = "edited" });
        Assert.Empty(Brought(await _app.SyncAsync(OneApp.Files)));
    }

    /// <summary>Whatever the file's number: the bytes of another one would be worse than none.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)] // the first one is taken out of the record meanwhile
    public async Task Of_two_files_of_the_same_name_and_size_none_gets_the_other_s_bytes_when_keys_run_out(bool isEdited)
    {
        _app.Simulator.Options = _app.Simulator.Options with { FileKeysChange = true };
        _app.App.Add(new() { ["files"] = new JsonArray(File("a.txt", 10, 1), File("a.txt", 10, 2)) });
        _app.Wait();
        var asked = new HashSet<string>();
        _app.Simulator.Faults.Always(Fault.Error(404, "GAIA_BL01"), e => e.Resource == "file"
            && asked.Add(e.Parameters.RequiredText("fileKey").Split('.')[0]));
        if (isEdited)
        {
            _app.Simulator.BeforeAnswer = request =>
            {
                if (request.Query?.Contains("limit 1", StringComparison.Ordinal) != true || request.Query.Contains("desc", StringComparison.Ordinal)) return;
                lock (asked) // both files are looked for again at the same time
                {
                    if (_app.App.Records.Find(1)!.Revision > 1) return;
                    var second = JsonNode.Parse(_app.App.Records.Find(1)!.Cells[_app.App.Form.Field("files")!.Uid].Value[1].GetRawText());
                    _app.App.Edit(1, new() { ["files"] = new JsonArray(second) });
                }
            };
        }
        var brought = Brought(await _app.SyncAsync(OneApp.Files));
        if (!isEdited) Assert.Equal(new Dictionary<string, byte> { ["1.1"] = 1, ["1.2"] = 2 }, brought);
        else Assert.Empty(brought);
        _app.Simulator.BeforeAnswer = null;
        _app.Simulator.Faults.Clear();
        _app.Wait();
        if (isEdited) Assert.Equal(new Dictionary<string, byte> { ["1.1"] = 2 }, Brought(await _app.SyncAsync(OneApp.Files)));
    }

    [Fact]
    public async Task The_only_file_of_an_app_that_Kintone_answers_with_an_error_each_time_ends_nothing()
    {
        _app.App.Add(new() { ["files"] = new JsonArray(File("a.txt", 10, 1)) });
        _app.Wait();
        _app.Simulator.Faults.Always(Fault.Error(500, "CB_IL99"), Of(1));
        var run = await _app.SyncAsync(OneApp.Files);
        Assert.Empty(Brought(run));
        Assert.Contains(run.Warnings, static w => w.Contains("1 file left out", StringComparison.Ordinal));
    }

    /// <summary>Whoever is killed must not fetch much again.</summary>
    [Fact]
    public async Task A_STATE_follows_every_few_megabytes_of_files()
    {
        for (var i = 1; i <= 4; i++) _app.App.Add(new() { ["files"] = new JsonArray(File("a.bin", 3_000_000, (byte)i)) });
        _app.Wait();
        var run = await _app.SyncAsync(OneApp.Files);
        var last = run.Messages.ToList().FindLastIndex(static m => m.GetProperty("type").GetString() == "RECORD");
        Assert.InRange(run.Messages.Take(last).Count(static m => m.GetProperty("type").GetString() == "STATE"), 1, 4);
    }

    /// <summary>Lists that are larger than what may be held come in smaller pages, and all memory is given back in the end.</summary>
    [Fact]
    public async Task Pages_whose_lists_of_files_find_no_room_are_asked_for_in_parts()
    {
        for (var i = 1; i <= 60; i++) _app.App.Add(new() { ["files"] = new JsonArray([.. Enumerable.Range(0, 20).Select(n => File($"{n}.txt", 1, (byte)i))]) });
        _app.Memory = 1_500_000;
        _app.Wait();
        Assert.Equal(1_200, Brought(await _app.SyncAsync(OneApp.Files)).Count);
    }

    [Fact]
    public async Task One_file_that_Kintone_answers_with_an_error_each_time_does_not_stop_the_others()
    {
        for (var i = 1; i <= 3; i++) _app.App.Add(new() { ["files"] = new JsonArray(File("a.txt", 10, (byte)i)) });
        _app.Wait();
        _app.Simulator.Faults.Always(Fault.Error(500, "CB_IL99"), Of(2));
        var run = await _app.SyncAsync(OneApp.Files);
        Assert.Equal(["1.1", "3.1"], Brought(run).Keys.Order());
        Assert.Contains("never whole", Assert.Single(run.Warnings, static w => w.Contains("left out:", StringComparison.Ordinal)), StringComparison.Ordinal);
        _app.Wait();
        Assert.Empty(Brought(await _app.SyncAsync(OneApp.Files)));
        Assert.Equal(0, _app.Asked("file"));
    }

    /// <summary>What stands in between refuses one file, perhaps before any other has come.</summary>
    [Theory]
    [InlineData(302)]
    [InlineData(400)]
    [InlineData(403)]
    [InlineData(418)]
    public async Task One_file_that_is_refused_without_a_code_of_Kintone_s_does_not_stop_the_others(int status)
    {
        for (var i = 1; i <= 3; i++) _app.App.Add(new() { ["files"] = new JsonArray(File("a.txt", 10, (byte)i)) });
        _app.Wait();
        _app.Simulator.Faults.Always(new($"{status}") { Instead = _ => Reply.Text(status, "text/html", "blocked") }, Of(2));
        var run = await _app.SyncAsync(OneApp.Files);
        Assert.Equal(["1.1", "3.1"], Brought(run).Keys.Order());
        Assert.Contains(run.Warnings, static w => w.Contains("1 file left out", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Files_that_are_all_refused_without_a_code_of_Kintone_s_are_asked_for_again_by_the_next_sync()
    {
        for (var i = 1; i <= 30; i++) _app.App.Add(new() { ["files"] = new JsonArray(File("a.txt", 10, (byte)i)) });
        _app.Wait();
        _app.Simulator.Faults.Always(new("proxy") { Instead = static _ => Reply.Text(403, "text/html", "blocked") }, static e => e.Resource == "file");
        Assert.Equal(1, (await _app.ReadAsync(OneApp.Files)).ExitCode);
        _app.Simulator.Faults.Clear();
        Assert.Equal(30, Brought(await _app.SyncAsync(OneApp.Files)).Count);
    }

    [Theory]
    [InlineData(MaintenanceAnswer.Empty)]
    [InlineData(MaintenanceAnswer.Refused)]
    public async Task Files_of_an_app_that_closes_while_they_are_fetched_come_when_it_is_open(MaintenanceAnswer answer)
    {
        _app.Simulator.Options = _app.Simulator.Options with { MaintenanceAnswer = answer };
        for (var i = 1; i <= 30; i++) _app.App.Add(new() { ["files"] = new JsonArray(File("a.txt", 10, (byte)i)) });
        _app.Wait();
        var asked = 0;
        _app.Simulator.BeforeAnswer = request => { if (request.Resource == "file" && ++asked == 4) _app.App.Close(); };
        var cut = await _app.ReadAsync(OneApp.Files);
        var brought = Brought(cut);
        Assert.Contains("this app is in maintenance mode", Assert.Single(cut.Errors).GetProperty("message").GetString(), StringComparison.OrdinalIgnoreCase);
        _app.Simulator.BeforeAnswer = null;
        _app.App.Open();
        _app.Wait();
        Assert.Equal(30, brought.Count + Brought(await _app.SyncAsync(OneApp.Files)).Count);
    }

    [Fact]
    public async Task An_app_whose_files_are_refused_is_not_asked_for_each_of_them()
    {
        for (var i = 1; i <= 300; i++) _app.App.Add(new() { ["files"] = new JsonArray(File("a.txt", 10, 1)) });
        _app.Wait();
        _app.Simulator.Faults.Always(Fault.Error(403, "CB_NO02"), static e => e.Resource == "file");
        await _app.SyncAsync(OneApp.Files);
        Assert.InRange(_app.Asked("file"), 100, 120);
    }

    [Fact]
    public async Task Records_of_all_apps_are_read_before_any_app_s_files()
    {
        const int Apps = 6;
        for (var app = 2; app <= Apps; app++) _app.Simulator.Domain.AddApp($"{app}").AddField("files", "FILE");
        for (var app = 1; app <= Apps; app++)
            for (var i = 0; i < 3; i++) _app.Simulator.Domain.App(app)!.Add(new() { ["files"] = new JsonArray(File("a.txt", 10, 1)) });
        _app.More["app_selection"] = new { mode = "listed_apps", apps = Enumerable.Range(1, Apps).Select(static app => new { app }) };
        _app.More["max_concurrent_requests"] = 2;
        var run = await _app.SyncAsync([.. Enumerable.Range(1, Apps).SelectMany(static app => (string[])[$"app_{app}_files", $"app_{app}_records"])]);
        var messages = run.Of("RECORD", "record").Select(static r => r.GetProperty("stream").GetString()!).ToList();
        Assert.True(messages.FindLastIndex(static s => s.EndsWith("records", StringComparison.Ordinal)) < messages.FindIndex(static s =>
            s.EndsWith("files", StringComparison.Ordinal)), string.Join(' ', messages));
    }

    public void Dispose() => _app.Dispose();
}
