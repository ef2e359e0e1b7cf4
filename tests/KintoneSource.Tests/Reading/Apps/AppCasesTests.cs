using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KintoneSimulator;
using KintoneSource.Reading.Deletions;
using KintoneSource.Tests.Simulation;

namespace KintoneSource.Tests.Reading.Apps;

/// <summary>Syncs of one app in which an answer, a state or the catalog is not what the one before was.</summary>
public sealed class AppCasesTests : IDisposable
{
    readonly OneApp _app = new();

    static JsonArray Rows(params string[] items) => new([.. items.Select(static item => new JsonObject { ["value"] = new JsonObject { ["item"] = item } })]);

    void Add(int records)
    {
        for (var i = 0; i < records; i++) _app.App.Add(new() { ["memo"] = $"{i}", ["lines"] = Rows("a", "b") });
        _app.Wait();
    }

    static IEnumerable<long> Ids(Run run, string stream = OneApp.Records) => run.Records(stream).Select(static r => r.GetProperty("_kintone_id").GetInt64());

    static IEnumerable<string> Told(Run run) => run.Of("LOG", "log").Select(static l => l.GetProperty("message").GetString()!);

    JsonElement State(string stream) => JsonSerializer.Deserialize<JsonElement>(_app.States.ToString()).GetProperty(stream);

    void SetState(string stream, Action<JsonObject> change)
    {
        var state = JsonNode.Parse(State(stream).GetRawText())!.AsObject();
        change(state);
        _app.States.Apply(new("STATE", stream, JsonSerializer.SerializeToElement(new { state = new { stream = new { stream_state = state } } })));
    }

    /// <summary>The idle check asks two questions at once. One of them is answered minutes later than the other; an edit in between belongs to the
    /// next sync.</summary>
    [Theory]
    [InlineData(DateHeader.Clock)]
    [InlineData(DateHeader.Absent)]
    public async Task An_edit_between_an_answer_and_its_sibling_that_was_asked_for_again_is_not_lost(DateHeader dateHeader)
    {
        _app.Simulator.Options = _app.Simulator.Options with { DateHeader = dateHeader };
        Add(5);
        // Without a header, what is known of Kintone's clock is the newest update and the time since: a recent one, so that it is near.
        if (dateHeader == DateHeader.Absent) _app.App.Edit(1, new() { ["memo"] = "just now" });
        await _app.SyncAsync(OneApp.Records);
        _app.Time.Advance(TimeSpan.FromMinutes(1));
        var failures = 0;
        _app.Simulator.Faults.Next(14, Fault.Maintenance, request =>
        {
            if (!OneApp.IsOfNewest(request) || request.Query!.Contains("更新日時 desc", StringComparison.Ordinal)) return false;
            if (++failures == 2) _app.App.Edit(3, new() { ["memo"] = "meanwhile" });
            return true;
        });
        var first = await _app.SyncAsync(OneApp.Records);
        Assert.Equal(14, failures);
        _app.Simulator.Faults.Clear();
        _app.Wait();
        Assert.Contains("meanwhile", first.Records(OneApp.Records).Concat((await _app.SyncAsync(OneApp.Records)).Records(OneApp.Records))
            .Select(static r => r.GetProperty("memo").GetString()));
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(int.MaxValue, 1)]
    public async Task A_newest_record_that_contradicts_the_count_is_asked_for_again_and_then_fails(int times, int exitCode)
    {
        Add(300);
        _app.Simulator.Faults.Next(times, new("id 8 of 300") { Garble = static _ => Encoding.UTF8.GetBytes("""{"records":[{"$id":{"type":"__ID__","value":"8"}}],"totalCount":"300"}""") }, OneApp.IsOfNewest);
        var run = await _app.ReadAsync(OneApp.Records);
        Assert.Equal(exitCode, run.ExitCode);
        Assert.Equal(exitCode == 0 ? 300 : 0, Ids(run).Count());
        if (exitCode != 0) Assert.Contains("records would be missed", Assert.Single(run.Errors).GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_app_of_which_nothing_may_be_seen_and_something_is_counted_is_empty()
    {
        Add(3);
        _app.Simulator.Options = _app.Simulator.Options with { TotalCountIgnoresPermissions = true };
        _app.App.RecordIsVisible = static (_, _) => false;
        Assert.Empty(Ids(await _app.SyncAsync(OneApp.Records)));
    }

    /// <summary>Streams that read together go on from the lesser of their greatest ids: none, where one of them has seen the app empty already.</summary>
    [Fact]
    public async Task An_app_that_was_emptied_is_empty_for_streams_of_which_only_one_has_seen_it_so()
    {
        Add(1);
        await _app.SyncAsync(OneApp.Lines, OneApp.Attachments);
        _app.App.Delete(1);
        await _app.SyncAsync(OneApp.Lines, OneApp.Attachments);
        _app.Wait();
        await _app.SyncAsync(OneApp.Lines);
        _app.Wait();
        var run = await _app.SyncAsync(OneApp.Records, OneApp.Lines, OneApp.Attachments);
        Assert.Empty(run.Warnings);
    }

    /// <summary>One of two streams has delivered a record that the other has not; together they look at it again, and it is known to both from then on.
    /// It is listed, hides before its page comes, and shows itself once more.</summary>
    [Fact]
    public async Task A_record_that_hides_between_its_list_and_its_page_is_looked_for_again()
    {
        Add(3);
        _app.App.RecordIsVisible = static (_, id) => id != 2;
        await _app.SyncAsync(OneApp.Records, OneApp.Lines);
        _app.App.RecordIsVisible = null;
        _app.Wait();
        Assert.Contains(2, Ids(await _app.SyncAsync(OneApp.Lines), OneApp.Lines));
        _app.Wait();
        var isAsked = false;
        _app.Simulator.BeforeAnswer = request =>
        {
            if (request.Query?.Contains("$id in", StringComparison.Ordinal) != true) return;
            isAsked = true;
            _app.App.RecordIsVisible = static (_, id) => id != 2;
        };
        var run = await _app.SyncAsync(OneApp.Records, OneApp.Lines, Audits.Stream);
        Assert.DoesNotContain(2, Ids(run));
        Assert.True(isAsked);
        Assert.All(Expected(run), static rows => Assert.Equal(JsonValueKind.Null, rows.ValueKind)); // not certain yet
        (_app.Simulator.BeforeAnswer, _app.App.RecordIsVisible) = (null, null);
        _app.Wait();
        run = await _app.SyncAsync(OneApp.Records, OneApp.Lines, Audits.Stream);
        Assert.Contains(2, Ids(run));
        Assert.Equal([3, 6], Expected(run).Select(static rows => rows.GetInt64()).Order());

        static JsonElement[] Expected(Run run)
        {
            JsonElement[] rows = [.. run.Records(Audits.Stream).Select(static row => row.GetProperty("rows_expected"))];
            Assert.Equal(2, rows.Length);
            return rows;
        }
    }

    [Theory]
    [InlineData("known_rows", OneApp.Lines)]
    [InlineData("known_ids", OneApp.Lines)]
    [InlineData("returned_ids", OneApp.Lines)]
    [InlineData("unseen_ids", OneApp.Records)]
    public async Task A_state_that_can_not_be_read_fails_its_stream_alone_and_is_named(string member, string stream)
    {
        Add(3);
        await _app.SyncAsync(OneApp.Records, OneApp.Lines);
        SetState(stream, state => state[member] = "1:AAAA");
        _app.Wait();
        _app.App.Edit(2, new() { ["memo"] = "edited" });
        var run = await _app.ReadAsync(OneApp.Records, OneApp.Lines);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(stream, Assert.Single(run.Errors).GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.NotEmpty(Ids(run, stream == OneApp.Lines ? OneApp.Records : OneApp.Lines));
    }

    [Fact]
    public async Task Without_a_schema_an_update_time_that_is_hidden_for_one_sync_is_an_error_that_keeps_the_state()
    {
        Add(3);
        await _app.SyncAsync(OneApp.Records);
        var before = State(OneApp.Records).GetRawText();
        _app.Wait();
        _app.App.Edit(2, new() { ["memo"] = "edited" });
        _app.Simulator.Faults.Always(new("no update time") { Garble = WithoutUpdateTime }, static e => e.Resource is "app/form/fields" or "records");
        var run = await _app.ReadAsync(OneApp.Records);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("UPDATED_TIME", Assert.Single(run.Errors).GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(before, State(OneApp.Records).GetRawText());

        static ReadOnlyMemory<byte> WithoutUpdateTime(ReadOnlyMemory<byte> body) =>
            Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(body.Span).Replace("UPDATED_TIME", "DATETIME", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_full_refresh_beside_an_incremental_stream_does_not_lend_it_its_clock()
    {
        _app.Simulator.Options = _app.Simulator.Options with { DateHeader = DateHeader.Absent, ClockSkew = TimeSpan.FromHours(-3) };
        Add(3);
        await _app.SyncAsync($"full:{OneApp.Lines}", OneApp.Records);
        Assert.InRange(State(OneApp.Records).GetProperty("cursor").GetDateTimeOffset(), DateTimeOffset.MinValue, _app.Simulator.Domain.Now);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_choice_that_was_renamed_while_a_stream_was_deselected_or_failed_is_read_again_by_that_stream_too(bool hasFailed)
    {
        _app.More["full_reread_days"] = 60;
        _app.App.AddChoice("kind", "DROP_DOWN", "old");
        Add(3);
        await _app.SyncAsync(OneApp.Records, OneApp.Lines);
        _app.Wait();
        _app.App.RenameChoice("kind", "old", "new");
        _app.App.Edit(1, new() { ["memo"] = "edited" });
        var rows = State(OneApp.Lines).GetProperty("known_rows").GetString();
        if (hasFailed) SetState(OneApp.Lines, static state => state["known_rows"] = "damaged");
        var without = await _app.ReadAsync(hasFailed ? [OneApp.Records, OneApp.Lines] : [OneApp.Records]);
        Assert.Equal((hasFailed ? 1 : 0, 0), (without.ExitCode, without.Records(OneApp.Lines).Count));
        Assert.Equal([1, 2, 3], Ids(without).Order());
        if (hasFailed) SetState(OneApp.Lines, state => state["known_rows"] = rows);
        _app.Wait();
        var run = await _app.SyncAsync(OneApp.Records, OneApp.Lines);
        Assert.Equal([1, 2, 3], Ids(run, OneApp.Lines).Distinct().Order());
        Assert.Contains(Told(run), static m => m.Contains("the choices of a field or the statuses of the process have changed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Rows_that_were_removed_while_nobody_wanted_to_know_are_gone_with_the_sync_after_it_is_wanted()
    {
        Add(3);
        await _app.SyncAsync(OneApp.Records, OneApp.Lines);
        _app.Wait();
        _app.More["emit_deleted_records"] = false;
        _app.App.Edit(2, new() { ["lines"] = Rows("only") });
        _app.Wait(); // the next sync does not look back to it
        await _app.SyncAsync(OneApp.Records, OneApp.Lines);
        _app.Wait();
        _app.More["emit_deleted_records"] = true;
        Assert.Equal(2, (await _app.SyncAsync(OneApp.Records, OneApp.Lines)).Records(OneApp.Lines).Count(OneApp.IsGone));
    }

    [Fact]
    public async Task What_is_gone_is_not_looked_for_while_nobody_wants_to_know()
    {
        Add(3);
        await _app.SyncAsync(OneApp.Records, OneApp.Lines);
        _app.More["emit_deleted_records"] = false;
        _app.App.Delete(3);
        _app.App.Edit(2, new() { ["lines"] = Rows("only") });
        _app.Wait();
        var run = await _app.SyncAsync(OneApp.Records, OneApp.Lines);
        Assert.DoesNotContain(run.Records(OneApp.Records).Concat(run.Records(OneApp.Lines)), OneApp.IsGone);
        Assert.Equal([2], Ids(run));
    }

    /// <summary>Nothing happened in an app of which one stream has never seen the form: the others do not forget it.</summary>
    [Fact]
    public async Task A_stream_that_knows_no_form_does_not_let_the_others_forget_theirs()
    {
        _app.App.AddChoice("kind", "DROP_DOWN", "old");
        Add(3);
        await _app.SyncAsync(OneApp.Records, OneApp.Lines);
        SetState(OneApp.Lines, static state => state.Remove("form"));
        _app.Wait();
        Assert.Empty(Ids(await _app.SyncAsync(OneApp.Records, OneApp.Lines)));
        _app.App.RenameChoice("kind", "old", "new");
        _app.App.Edit(1, new() { ["memo"] = "edited" });
        _app.Wait();
        Assert.Equal([1, 2, 3], Ids(await _app.SyncAsync(OneApp.Records, OneApp.Lines)).Order());
    }

    /// <summary>The newest record is hidden just when all are read once more, in an app that was always counted as one fewer.</summary>
    [Fact]
    public async Task The_newest_record_that_a_full_re_read_did_not_see_is_searched_though_the_sums_agree()
    {
        Add(5);
        await _app.SyncAsync(OneApp.Records);
        SetState(OneApp.Records, static state => state["count_off"] = -1);
        _app.Wait(days: 8);
        _app.App.RecordIsVisible = static (_, id) => id != 5;
        Assert.Equal([5], (await _app.SyncAsync(OneApp.Records)).Records(OneApp.Records).Where(OneApp.IsGone).Select(static r => r.GetProperty("_kintone_id").GetInt64()));
    }

    [Fact]
    public async Task Deleted_records_that_are_wanted_from_now_on_are_one_full_scan_of_all_streams_and_told()
    {
        _app.More["emit_deleted_records"] = false;
        Add(3);
        await _app.SyncAsync(OneApp.Records, OneApp.Lines, OneApp.Attachments);
        var before = State(OneApp.Records).GetProperty("full_read_at").GetDateTimeOffset();
        _app.Wait();
        _app.More["emit_deleted_records"] = true;
        var run = await _app.SyncAsync(OneApp.Records, OneApp.Lines, OneApp.Attachments);
        Assert.Contains(Told(run), static m => m.Contains("deleted records are looked for from this sync on", StringComparison.Ordinal));
        Assert.Equal(3, _app.Simulator.Journal.Count); // form, newest record, one page
        Assert.True(State(OneApp.Records).GetProperty("full_read_at").GetDateTimeOffset() > before);
    }

    [Fact]
    public async Task Streams_whose_known_ids_differ_join_again_and_settle_the_difference()
    {
        Add(4);
        await _app.SyncAsync(OneApp.Records, OneApp.Lines);
        var fewer = IdSet.Decode(State(OneApp.Lines).GetProperty("known_ids").GetString()!);
        fewer.Remove(3);
        SetState(OneApp.Lines, state => state["known_ids"] = fewer.Encode());
        _app.Wait();
        Assert.Contains(3, Ids(await _app.SyncAsync(OneApp.Records, OneApp.Lines), OneApp.Lines));
        _app.Wait();
        Assert.Empty(Ids(await _app.SyncAsync(OneApp.Records, OneApp.Lines)));
        Assert.Equal(2, _app.Simulator.Journal.Count);
    }

    [Fact]
    public async Task All_records_of_a_small_app_hidden_and_shown_again_are_back_with_the_next_sync()
    {
        Add(30);
        await _app.SyncAsync(OneApp.Records);
        _app.Wait();
        _app.App.RecordIsVisible = static (_, _) => false;
        _app.Simulator.Faults.Always(Fault.Error(403, "CB_NO02"), static e => e.Resource == "records/acl/evaluate");
        Assert.Empty(Ids(await _app.SyncAsync(OneApp.Records))); // perhaps it is closed for now
        _app.Wait(days: 8);
        Assert.Equal(30, (await _app.SyncAsync(OneApp.Records)).Records(OneApp.Records).Count(OneApp.IsGone));
        _app.Wait();
        _app.App.RecordIsVisible = null;
        Assert.Equal(30, (await _app.SyncAsync(OneApp.Records)).Records(OneApp.Records).Count(static r => !OneApp.IsGone(r)));
    }

    [Fact]
    public async Task Many_records_that_are_shown_again_are_read_by_about_the_requests_of_a_scan()
    {
        Add(4_000);
        _app.App.RecordIsVisible = static (_, id) => id % 3 == 0;
        await _app.SyncAsync(OneApp.Records);
        _app.Wait();
        _app.App.RecordIsVisible = null;
        var run = await _app.SyncAsync(OneApp.Records);
        Assert.Empty(Enumerable.Range(1, 4_000).Select(static i => (long)i).Where(static i => i % 3 != 0).Except(Ids(run)));
        Assert.InRange(_app.Simulator.Journal.Count, 10, 40); // lists and pages of 500
    }

    [Fact]
    public async Task A_broken_page_of_the_idle_check_is_asked_for_again()
    {
        Add(3);
        await _app.SyncAsync(OneApp.Records);
        _app.Wait();
        _app.App.Edit(2, new() { ["memo"] = "edited" });
        _app.Simulator.Faults.Next(1, new("broken "
            + "record")
        {
            Garble = static body =>
            Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(body.Span).Replace("\"memo\":{", "\"memo\":[", StringComparison.Ordinal))
        },
            static e => e.Resource == "records" && e.Query!.Contains("更新日時 >=", StringComparison.Ordinal));
        Assert.Equal([2], Ids(await _app.SyncAsync(OneApp.Records)));
    }

    /// <summary>Rows of records that went are as many lines as there are: steps, and so STATEs between them, are bounded.</summary>
    [Fact]
    [Trait("Duration", "long")]
    public async Task Records_of_many_rows_are_buried_in_bounded_steps()
    {
        string[] items = [.. Enumerable.Range(1, 250).Select(static i => $"{i}")];
        for (var i = 0; i < 120; i++) _app.App.Add(new() { ["lines"] = Rows(items) });
        _app.More["deletion_guard_percent"] = 100;
        _app.Wait();
        await _app.SyncAsync(OneApp.Lines);
        _app.App.Delete([.. Enumerable.Range(1, 120).Select(static i => (long)i)]);
        _app.Wait();
        var run = await _app.SyncAsync(OneApp.Lines);
        Assert.Equal(30_000, run.Records(OneApp.Lines).Count(OneApp.IsGone));
        var counts = run.Of("STATE", "state").Select(static s => s.GetProperty("sourceStats").GetProperty("recordCount").GetDouble()).ToArray();
        Assert.All(counts, static count => Assert.InRange(count, 0, 11_000));
    }

    [Fact]
    [Trait("Duration", "long")]
    public async Task Rows_that_are_removed_from_many_records_at_once_are_bounded_steps_too()
    {
        string[] items = [.. Enumerable.Range(1, 250).Select(static i => $"{i}")];
        for (var i = 0; i < 120; i++) _app.App.Add(new() { ["lines"] = Rows(items) });
        _app.Wait();
        await _app.SyncAsync(OneApp.Lines);
        for (var i = 1; i <= 120; i++) _app.App.Edit(i, new() { ["lines"] = Rows() });
        _app.Wait();
        var run = await _app.SyncAsync(OneApp.Lines);
        Assert.Equal(30_000, run.Records(OneApp.Lines).Count(OneApp.IsGone));
        Assert.All(run.Of("STATE", "state").Select(static s => s.GetProperty("sourceStats").GetProperty("recordCount").GetDouble()),
            static count => Assert.InRange(count, 0, 11_500));
    }

    /// <summary>Of 2,048 records whose ids follow each other there may be 2^21 rows.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_table_with_more_rows_than_can_be_kept_fails_alone_and_not_where_nobody_wants_to_know(bool findsDeleted)
    {
        Add(3);
        await _app.SyncAsync(OneApp.Records, OneApp.Lines);
        var rows = new KnownRows();
        var full = Enumerable.Range(1, 1_026).Select(static i => (long)i).ToArray();
        for (var record = 4L; record < 1L << RowBlock.IdBits; record++) rows.Replace(record, full);
        Assert.False(rows.HasRoomFor(1, 30));
        SetState(OneApp.Lines, state => state["known_rows"] = rows.Encode());
        _app.Wait();
        _app.More["emit_deleted_records"] = findsDeleted;
        _app.App.Edit(2, new() { ["memo"] = "edited", ["lines"] = Rows([.. Enumerable.Range(1, 30).Select(static i => $"{i}")]) });
        var run = await _app.ReadAsync(OneApp.Records, OneApp.Lines);
        Assert.Contains(2, Ids(run));
        Assert.Equal(findsDeleted ? 1 : 0, run.ExitCode);
        if (!findsDeleted) return;
        var message = Assert.Single(run.Errors).GetProperty("message").GetString();
        Assert.StartsWith($"{OneApp.Lines} has more rows than", message, StringComparison.Ordinal);
        Assert.Equal(rows.Encode(), State(OneApp.Lines).GetProperty("known_rows").GetString());
    }

    public void Dispose() => _app.Dispose();
}
