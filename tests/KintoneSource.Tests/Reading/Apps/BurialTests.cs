using System.Text.Json;
using System.Text.Json.Nodes;
using KintoneSource.Tests.Simulation;

namespace KintoneSource.Tests.Reading.Apps;

/// <summary>Tombstones, and what a process that is killed among them leaves to the next one.</summary>
public sealed class BurialTests : IDisposable
{
    readonly OneApp _app = new();

    static JsonArray Rows(int rows) => new([.. Enumerable.Range(1, rows).Select(static i => new JsonObject { ["value"] = new JsonObject { ["item"] = $"{i}" } })]);

    static DateTimeOffset Cursor(JsonElement row) => row.GetProperty("_kintone_updated_at").GetDateTimeOffset();

    static IEnumerable<long> Gone(Run run, string stream, string key) => run.Records(stream).Where(OneApp.IsGone).Select(row => row.GetProperty(key).GetInt64());

    /// <summary>Of one record alone there may be more rows than a step holds: they are steps, with STATEs between them.</summary>
    [Fact]
    public async Task A_process_that_is_killed_among_the_rows_of_one_record_leaves_the_others_to_the_next()
    {
        const int Many = 25_000;
        _app.App.Add(new() { ["lines"] = Rows(Many) });
        _app.App.Add(new() { ["lines"] = Rows(1) });
        _app.Wait();
        await _app.SyncAsync(OneApp.Lines);
        _app.App.Delete(1);
        _app.Wait();
        var tombstones = 0;
        _app.KilledAfter = message => message.Type == "RECORD" && ++tombstones == 15_000;
        var killed = await _app.SyncAsync(OneApp.Lines);
        var counts = killed.Of("STATE", "state").Select(static s => s.GetProperty("sourceStats").GetProperty("recordCount").GetDouble());
        Assert.All(counts, static count => Assert.InRange(count, 0, 11_000));
        _app.KilledAfter = null;
        var rest = await _app.SyncAsync(OneApp.Lines);
        var gone = Gone(killed, OneApp.Lines, "_kintone_row_id").Take(15_000).Concat(Gone(rest, OneApp.Lines, "_kintone_row_id"));
        Assert.Equal(Many, gone.Distinct().Count());
        Assert.InRange(rest.Records(OneApp.Lines).Count(OneApp.IsGone), 1, Many - 9_000);
    }

    /// <summary>A page whose records have lost many rows is several steps, and a STATE between them says which of its records are left.</summary>
    [Fact]
    public async Task A_process_that_is_killed_among_the_steps_of_a_page_leaves_its_other_records_to_the_next()
    {
        const int Records = 80, Each = 250;
        for (var i = 0; i < Records; i++) _app.App.Add(new() { ["lines"] = Rows(Each) });
        _app.Wait();
        await _app.SyncAsync(OneApp.Lines);
        for (var i = 1; i <= Records; i++) _app.App.Edit(i, new() { ["lines"] = Rows(0) });
        _app.Wait();
        var tombstones = 0;
        _app.KilledAfter = message =>
        {
            if (message.Type == "RECORD") tombstones++;
            return message.Type == "STATE";
        };
        var killed = await _app.SyncAsync(OneApp.Lines);
        Assert.InRange(tombstones, 1, (Records * Each) - 1);
        _app.KilledAfter = null;
        _app.Wait();
        var rest = await _app.SyncAsync(OneApp.Lines);
        var gone = Gone(killed, OneApp.Lines, "_kintone_row_id").Take(tombstones).Concat(Gone(rest, OneApp.Lines, "_kintone_row_id"));
        Assert.Equal(Records * Each, gone.Distinct().Count());
    }

    /// <summary>Whether its tombstone was taken nobody knows: so it comes again with a time that no destination takes for older.</summary>
    [Fact]
    public async Task A_record_that_is_shown_again_after_a_process_was_killed_behind_its_tombstone_comes_as_one_that_came_back()
    {
        for (var i = 0; i < 3; i++) _app.App.Add(new() { ["memo"] = $"{i}" });
        _app.Wait();
        await _app.SyncAsync(OneApp.Records);
        _app.App.RecordIsVisible = static (_, id) => id != 2;
        _app.Wait();
        _app.KilledAfter = static message => message.Type == "RECORD" && message.Json.GetRawText().Contains("_ab_cdc_deleted_at\":\"", StringComparison.Ordinal);
        var buried = (await _app.SyncAsync(OneApp.Records)).Records(OneApp.Records).Single(OneApp.IsGone);
        _app.KilledAfter = null;
        _app.App.RecordIsVisible = null;
        var again = (await _app.SyncAsync(OneApp.Records)).Records(OneApp.Records).Single(static row => row.GetProperty("_kintone_id").GetInt64() == 2);
        Assert.False(OneApp.IsGone(again));
        Assert.True(Cursor(again) >= Cursor(buried), $"{again} after {buried}");
    }

    /// <summary>Without a Date header Kintone's clock is where the newest record was, which a sync may come by after its start.</summary>
    [Theory]
    [InlineData(KintoneSimulator.DateHeader.Clock)]
    [InlineData(KintoneSimulator.DateHeader.Absent)]
    public async Task A_record_that_is_edited_delivered_and_deleted_while_the_sync_runs_gets_a_tombstone_that_is_no_older(KintoneSimulator.DateHeader header)
    {
        _app.Simulator.Options = _app.Simulator.Options with { DateHeader = header, ClockSkew = TimeSpan.FromDays(1) };
        for (var i = 0; i < 3; i++) _app.App.Add(new() { ["memo"] = $"{i}" });
        _app.Wait();
        await _app.SyncAsync(OneApp.Records);
        _app.Wait();
        _app.App.Delete(3);
        var isEdited = false;
        _app.Simulator.BeforeAnswer = request =>
        {
            if (request.Resource != "records") return;
            if (!isEdited && request.Query!.Contains("更新日時 >=", StringComparison.Ordinal))
            {
                isEdited = true;
                _app.Time.Advance(TimeSpan.FromSeconds(90));
                _app.App.Edit(2, new() { ["memo"] = "edited" });
            }
            else if (isEdited && _app.App.Records.Holds(2) && !request.Query!.Contains("更新日時", StringComparison.Ordinal)) _app.App.Delete(2);
        };
        var rows = (await _app.SyncAsync(OneApp.Records)).Records(OneApp.Records).Where(static row => row.GetProperty("_kintone_id").GetInt64() == 2).ToArray();
        Assert.Equal([false, true], rows.Select(OneApp.IsGone));
        Assert.True(Cursor(rows[1]) >= Cursor(rows[0]), $"{rows[1]} after {rows[0]}");
    }

    public void Dispose() => _app.Dispose();
}
