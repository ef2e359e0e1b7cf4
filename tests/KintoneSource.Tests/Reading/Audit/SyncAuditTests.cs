using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KintoneSimulator;
using KintoneSource.Catalog;
using KintoneSource.Protocol;
using KintoneSource.Reading.Audit;
using KintoneSource.Reading.Output;
using KintoneSource.Reading.States;
using KintoneSource.Tests.Simulation;

namespace KintoneSource.Tests.Reading.Audit;

/// <summary>Each row of <c>sync_audit</c> in a case that brings it about. That its numbers are right, histories show.</summary>
public sealed class SyncAuditTests : IDisposable
{
    readonly OneApp _app = new();

    public void Dispose() => _app.Dispose();

    void Add(int records)
    {
        for (var i = 0; i < records; i++)
            _app.App.Add(new() { ["memo"] = $"{i}", ["lines"] = new JsonArray(new JsonObject { ["value"] = new JsonObject { ["item"] = "a" } }) });
        _app.Wait();
    }

    static string Of(Run run, params string[] columns) => Audits.Cells(run, columns);

    /// <summary>Each stream's kind, and what must be there.</summary>
    static string Of(Run run) => Of(run, "kind", "rows_expected", "ids_sum", "ids_max");

    [Fact]
    public async Task From_one_sync_to_the_next()
    {
        Add(3);
        var first = await _app.SyncAsync(OneApp.Records, OneApp.Lines, Audits.Stream);
        Assert.Equal("app_1_records: first, 3, 6, 3\napp_1_table_lines: first, 3, 12, 3", Of(first));
        Assert.Equal("app_1_records: complete, 3, 0, 3, 0\napp_1_table_lines: complete, 3, 0, null, null",
            Of(first, "outcome", "rows_sent", "deletions_sent", "kintone_count", "count_difference"));

        _app.Wait();
        Assert.Equal("", Of(await _app.SyncAsync(OneApp.Records, OneApp.Lines, Audits.Stream))); // the same day
        _app.Wait(days: 1);
        Assert.Equal("app_1_records: nothing_changed, 3, 6, 3\napp_1_table_lines: nothing_changed, 3, 12, 3",
            Of(await _app.SyncAsync(OneApp.Records, OneApp.Lines, Audits.Stream)));

        _app.App.Delete(2);
        _app.App.Edit(1, new() { ["memo"] = "edited" });
        _app.Wait();
        var gone = await _app.SyncAsync(OneApp.Records, OneApp.Lines, Audits.Stream);
        Assert.Equal("app_1_records: incremental, 2, 4, 3\napp_1_table_lines: incremental, 2, 8, 3", Of(gone));
        Assert.Equal("app_1_records: 2, 1, null\napp_1_table_lines: 2, 1, null", Of(gone, "rows_sent", "deletions_sent", "newest_update"));

        _app.App.Edit(3, new() { ["memo"] = "edited" });
        _app.Wait();
        _app.App.Edit(1, new() { ["memo"] = "edited later, and comes before" });
        _app.Wait();
        var edited = await _app.SyncAsync(OneApp.Records, Audits.Stream);
        Assert.Equal("app_1_records: incremental, 2, 4, 3", Of(edited));
        Assert.Equal(edited.Records(OneApp.Records).Max(static row => row.GetProperty("_kintone_updated_at").GetDateTimeOffset()),
            edited.Records(Audits.Stream)[0].GetProperty("newest_update").GetDateTimeOffset());

        _app.Wait(days: 8);
        Assert.Equal("app_1_records: full_reread, periodic, 2", Of(await _app.SyncAsync(OneApp.Records, Audits.Stream), "kind", "reason", "rows_expected"));
    }

    [Fact]
    public async Task It_asks_for_nothing_and_changes_nothing_else()
    {
        using var other = new OneApp();
        Add(3);
        for (var i = 0; i < 3; i++)
            other.App.Add(new() { ["memo"] = $"{i}", ["lines"] = new JsonArray(new JsonObject { ["value"] = new JsonObject { ["item"] = "a" } }) });
        other.Wait();
        for (var sync = 0; sync < 3; sync++)
        {
            var (with, without) = (await _app.SyncAsync(OneApp.Records, Audits.Stream), await other.SyncAsync(OneApp.Records));
            Assert.Equal(without.Records(OneApp.Records).Select(static r => r.ToString()), with.Records(OneApp.Records).Select(static r => r.ToString()));
            Assert.Equal(other.Simulator.Journal.Count, _app.Simulator.Journal.Count);
            _app.Wait();
            other.Wait();
        }
    }

    [Fact]
    public async Task A_stream_that_fails_has_a_row_that_leaves_open_what_is_there_until_the_next_sync()
    {
        Add(3);
        await _app.SyncAsync(OneApp.Records, Audits.Stream);
        _app.App.Edit(3, new() { ["memo"] = "edited" });
        _app.Simulator.Faults.Always(Fault.Maintenance, static request => request.Query?.Contains("更新日時", StringComparison.Ordinal) == true);
        var failed = await _app.ReadAsync(OneApp.Records, Audits.Stream);
        Assert.Equal("app_1_records: failed, null", Of(failed, "outcome", "rows_expected"));
        Assert.Equal(Assert.Single(failed.Errors).GetProperty("message").GetString(), failed.Records(Audits.Stream)[0].GetProperty("message").GetString());

        _app.Simulator.Faults.Clear();
        Assert.Equal("app_1_records: incremental, 3, 6, 3", Of(await _app.SyncAsync(OneApp.Records, Audits.Stream)));
    }

    [Fact]
    public async Task Whom_somebody_must_help_is_refused()
    {
        Add(120);
        await _app.SyncAsync(OneApp.Records, Audits.Stream);
        for (var id = 1; id <= 110; id++) _app.App.Delete(id);
        _app.Wait();
        Assert.Equal("app_1_records: refused, incremental, null, 10",
            Of(await _app.ReadAsync(OneApp.Records, Audits.Stream), "outcome", "kind", "rows_expected", "kintone_count"));
        Assert.Equal("app_2_records: refused, null", Of(await _app.ReadAsync("app_2_records", Audits.Stream), "outcome", "kind"));
    }

    [Fact]
    public async Task An_app_that_shows_nothing_any_more_is_refused_though_the_platform_takes_it_for_read()
    {
        Add(3);
        await _app.SyncAsync(OneApp.Records, Audits.Stream);
        _app.Simulator.Options = _app.Simulator.Options with { MaintenanceAnswer = MaintenanceAnswer.Empty };
        _app.App.Close();
        _app.Wait();
        Assert.Equal("app_1_records: refused, null", Of(await _app.SyncAsync(OneApp.Records, Audits.Stream), "outcome", "rows_expected"));
    }

    /// <summary>
    /// A sync delivers a tombstone and its last STATE, and is killed before it writes its rows: the next one finds nothing to do, and has a row.
    /// </summary>
    [Fact]
    public async Task Behind_a_sync_that_was_killed_before_its_rows_an_idle_stream_has_one()
    {
        Add(3);
        var first = await _app.SyncAsync(OneApp.Records, Audits.Stream);
        _app.App.Delete(2);
        _app.Wait();
        await _app.SyncAsync(OneApp.Records, Audits.Stream);
        _app.States.Apply(SyncRun.Parse(Encoding.UTF8.GetBytes(first.Output)).Last(static m => m is { Type: "STATE", Stream: Audits.Stream }));
        _app.Wait();
        Assert.Equal("app_1_records: nothing_changed, 2, 4, 3", Of(await _app.SyncAsync(OneApp.Records, Audits.Stream)));
    }

    /// <summary>A catalog as a runner writes it that knows of destinations.</summary>
    static string Catalog(string mode, int? generation) => JsonSerializer.Serialize(new
    {
        streams = ((string[])[OneApp.Records, Audits.Stream]).Select(name => new
        {
            stream = new { name, json_schema = Schema(name) },
            sync_mode = "full_refresh",
            destination_sync_mode = mode,
            generation_id = generation,
            minimum_generation_id = generation,
        }),
    });

    static JsonObject Schema(string stream)
    {
        if (stream == Audits.Stream) return [];
        static JsonObject Integer() => new() { ["type"] = "integer" };
        return new() { ["title"] = "案件", ["properties"] = new JsonObject { ["_kintone_id"] = Integer(), ["memo"] = Integer() } };
    }

    Task<Run> ReadAsync(string catalog, string? states = null) =>
        _app.Simulator.ReadAsync(TestConfig.Of(TestConfig.Password("sync", "open sesame"), TestConfig.Listed(1)), catalog, states);

    [Theory]
    [InlineData("overwrite", null, "3, 6, 3")]
    [InlineData("append", null, "null, null, null")] // rows of earlier refreshes stay
    [InlineData("append", 2, "3, 6, 3")] // unless the destination removes them
    public async Task A_full_refresh_is_what_must_be_there_where_the_destination_keeps_nothing_else(string mode, int? generation, string expected)
    {
        Add(3);
        var run = await ReadAsync(Catalog(mode, generation));
        Assert.Equal($"app_1_records: full_refresh, {expected}", Of(run));
    }

    [Fact]
    public async Task A_full_refresh_that_is_asked_for_again_in_its_generation_leaves_open_what_is_there()
    {
        Add(3);
        var first = await ReadAsync(Catalog("append", 2));
        foreach (var message in SyncRun.Parse(Encoding.UTF8.GetBytes(first.Output))) _app.States.Apply(message);
        Assert.Equal("app_1_records: nothing_changed, null, null, null",
            Of(await ReadAsync(Catalog("append", 2), Encoding.UTF8.GetString(_app.States.ToFile()))));
    }

    [Fact]
    public async Task What_did_not_fit_is_counted_and_the_app_is_called_as_in_the_schema()
    {
        _app.App.Add(new() { ["memo"] = "seven" });
        _app.App.Add(new() { ["memo"] = "7" });
        var run = await ReadAsync(Catalog("overwrite", null));
        var lines = run.Output.Split('\n').Where(static line => line.StartsWith("""{"type":"RECORD","record":{"stream":"app_1_records""", StringComparison.Ordinal));
        Assert.Equal($"app_1_records: 案件, 1, {lines.Sum(static line => Encoding.UTF8.GetByteCount(line) + 1)}, {run.Warnings.Count}",
            Of(run, "app_name", "values_nulled", "bytes_sent", "warnings"));
    }

    /// <summary>The titles of other streams, and of columns, are not the app's name.</summary>
    [Theory]
    [InlineData(OneApp.Records, """{ "title": "案件" }""", "案件")]
    [InlineData(OneApp.Records, """{ "title": "" }""", null)]
    [InlineData(OneApp.Records, """{ "title": ["案件"] }""", null)]
    [InlineData(OneApp.Records, """{ "properties": { "title": { "title": "件名" } } }""", null)]
    [InlineData(OneApp.Records, "{}", null)]
    [InlineData(OneApp.Records, "null", null)]
    [InlineData(OneApp.Attachments, """{ "title": "案件: attachments" }""", null)]
    public async Task An_app_is_called_as_the_schema_of_its_records_says_or_not_at_all(string stream, string schema, string? called)
    {
        var run = await ReadAsync($$"""
            { "streams": [
              { "stream": { "name": "{{stream}}", "json_schema": {{schema}} }, "sync_mode": "full_refresh" },
              { "stream": { "name": "{{Audits.Stream}}", "json_schema": { "title": "Audit" } }, "sync_mode": "full_refresh" } ] }
            """);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(called, Assert.Single(run.Records(Audits.Stream)).GetProperty("app_name").GetString());
    }

    [Fact]
    public async Task A_state_that_can_not_be_read_fails_this_stream_alone()
    {
        Add(3);
        var state = JsonSerializer.SerializeToElement(new { state = new { stream = new { stream_state = new { idle_rows_on = 7 } } } });
        _app.States.Apply(new("STATE", Audits.Stream, state));
        var run = await _app.ReadAsync(OneApp.Records, Audits.Stream);
        Assert.Equal((1, 3, ""), (run.ExitCode, run.Records(OneApp.Records).Count, Of(run)));
        Assert.Contains("idle_rows_on", Assert.Single(run.Errors).GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_secret_is_in_a_row()
    {
        await using var stdout = new BreakingStream();
        var mask = new SecretMask();
        mask.Add(["open sesame"]);
        var writer = new MessageWriter(stdout, mask);
        var catalog = ConfiguredCatalog.Parse(Encoding.UTF8.GetBytes(Catalog("append", null)), "catalog.json");
        var audit = SyncAudit.Of(catalog, InputState.Empty, "0.1.0", TimeProvider.System, static () => new(2026, 5, 1, 3, 0, 0, TimeSpan.Zero))!;
        var stream = new StreamOutput(new(OneApp.Records), writer, TimeProvider.System);
        audit.Begin(stream, 1);
        audit.End(stream, new("it said open sesame", null, null, FailureType.TransientError));
        await audit.WriteAsync(new([new(audit.Stream.Descriptor, writer, TimeProvider.System)], writer, TimeProvider.System), static _ => default, mask, default);
        Assert.Contains("it said ****", Encoding.UTF8.GetString(stdout.Written.Span), StringComparison.Ordinal);
    }
}
