using System.Text;
using System.Text.Json;
using KintoneSimulator;
using KintoneSource.Tests.Simulation;

namespace KintoneSource.Tests.Reading.Comments;

/// <summary>Answers about comments that are not to be taken at their word: empty lists, refusals of one record, lists without an end.</summary>
public sealed class DoubtfulCommentsTests : IDisposable
{
    /// <summary>Who waits ten minutes for the comments of one record must not find that those of another took as long.</summary>
    readonly OneApp _app = new(new() { DisabledCommentsAreEmpty = true }, isMeasured: true);

    public DoubtfulCommentsTests()
    {
        for (var i = 1; i <= 3; i++) _app.App.Add(new());
        for (var i = 1; i <= 3; i++) _app.App.AddComment(i, $"on {i}");
        _app.Wait();
    }

    bool Enabled { set => _app.App.Resources["app/settings"]["enableComments"] = value; }

    static bool IsOf(JournalEntry request, long record) => request.Resource == "record/comments" && request.Parameters.RequiredText("record") == $"{record}";

    static IEnumerable<string> Rows(Run run) => run.Records(OneApp.Comments)
        .Select(static r => $"{r.GetProperty("_kintone_id")} {(OneApp.IsGone(r) ? "gone" : r.GetProperty("text").GetString())}").Order(StringComparer.Ordinal);

    [Fact]
    public async Task Comments_that_are_off_for_one_answer_and_on_for_the_settings_are_not_deleted()
    {
        _app.More["max_concurrent_requests"] = 1; // what is set for one answer is there for others that are made beside it
        await _app.SyncAsync(OneApp.Comments);
        _app.Wait();
        var isOff = true;
        _app.Simulator.BeforeAnswer = request => Enabled = !(isOff &= request.Resource != "app/settings") || !IsOf(request, 2);
        Assert.Empty(Rows(await _app.SyncAsync(OneApp.Comments)));
    }

    /// <summary>In maintenance mode, which may look like this, the settings say as ever that there are comments.</summary>
    [Theory]
    [InlineData(MaintenanceAnswer.Empty, true, 0)]
    [InlineData(MaintenanceAnswer.Empty, true, 1)]
    [InlineData(MaintenanceAnswer.Empty, false, 0)]
    [InlineData(MaintenanceAnswer.Empty, false, 1)]
    [InlineData(MaintenanceAnswer.Refused, false, 0)]
    public async Task Comments_of_an_app_that_closes_while_they_are_read_are_neither_deleted_nor_missed(MaintenanceAnswer answer, bool areEmpty, int before)
    {
        _app.Simulator.Options = _app.Simulator.Options with { MaintenanceAnswer = answer, ClosedCommentsAreEmpty = areEmpty };
        await _app.SyncAsync(OneApp.Comments);
        for (var i = 1; i <= 3; i++) _app.App.AddComment(i, $"again on {i}");
        _app.Wait();
        var asked = 0;
        _app.Simulator.BeforeAnswer = request => { if (request.Resource == "record/comments" && asked++ == before) _app.App.Close(); };
        var cut = Rows(await _app.ReadAsync(OneApp.Comments)).ToList();
        Assert.DoesNotContain(cut, static row => row.EndsWith("gone", StringComparison.Ordinal));
        _app.Simulator.BeforeAnswer = null;
        _app.App.Open();
        _app.Wait(days: 40); // beyond the window: what was not read is remembered
        _app.More["full_reread_days"] = 0;
        cut.AddRange(Rows(await _app.SyncAsync(OneApp.Comments)));
        var again = cut.Where(static row => row.Contains("again", StringComparison.Ordinal));
        Assert.Equal(["1 again on 1", "2 again on 2", "3 again on 3"], again.Distinct().Order(StringComparer.Ordinal));
        Assert.DoesNotContain(cut, static row => row.EndsWith("gone", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("full:")]
    public async Task Comments_that_a_closed_app_did_not_show_to_a_scan_of_all_come_when_it_is_open(string mode)
    {
        _app.Simulator.Options = _app.Simulator.Options with { MaintenanceAnswer = MaintenanceAnswer.Empty, ClosedCommentsAreEmpty = true };
        var asked = 0;
        _app.Simulator.BeforeAnswer = request => { if (request.Resource == "record/comments" && asked++ == 1) _app.App.Close(); };
        var cut = await _app.ReadAsync(mode + OneApp.Comments);
        Assert.Contains("this app is in maintenance mode", Assert.Single(cut.Errors).GetProperty("message").GetString(), StringComparison.Ordinal);
        _app.Simulator.BeforeAnswer = null;
        _app.App.Open();
        var arrived = Rows(cut).Concat(Rows(await _app.SyncAsync(mode + OneApp.Comments)));
        Assert.Equal(["1 on 1", "2 on 2", "3 on 3"], arrived.Distinct().Order(StringComparer.Ordinal));
    }

    /// <summary>Where nobody may see the settings, a record that shows comments is the witness; without one nothing is believed.</summary>
    [Fact]
    public async Task Comments_that_are_off_where_the_settings_may_not_be_read_are_not_deleted()
    {
        _app.Simulator.Faults.Always(Fault.Error(403, "CB_NO02"), static e => e.Resource == "app/settings");
        await _app.SyncAsync(OneApp.Comments);
        _app.Wait();
        Enabled = false;
        Assert.Empty(Rows(await _app.SyncAsync(OneApp.Comments)));
        Enabled = true;
        _app.Wait();
        Assert.Empty(Rows(await _app.SyncAsync(OneApp.Comments)));
        _app.App.DeleteComment(2, 1);
        _app.Wait();
        Assert.Equal(["2 gone"], Rows(await _app.SyncAsync(OneApp.Comments)));
    }

    [Fact]
    public async Task Comments_that_go_off_while_a_witness_is_asked_are_not_deleted()
    {
        _app.Simulator.Faults.Always(Fault.Error(403, "CB_NO02"), static e => e.Resource == "app/settings");
        await _app.SyncAsync(OneApp.Comments);
        _app.Wait();
        var asked = 0;
        _app.Simulator.BeforeAnswer = request => { if (request.Resource == "record/comments" && ++asked > 1) Enabled = false; };
        Assert.Empty(Rows(await _app.SyncAsync(OneApp.Comments)));
    }

    [Fact]
    public async Task Comments_that_are_on_only_while_the_settings_are_asked_first_are_not_deleted()
    {
        _app.More["max_concurrent_requests"] = 1; // what is set for one answer is there for others that are made beside it
        await _app.SyncAsync(OneApp.Comments);
        _app.Wait();
        var settings = 0;
        _app.Simulator.BeforeAnswer = request => Enabled = request.Resource == "app/settings" ? ++settings == 1 : !IsOf(request, 2);
        Assert.Empty(Rows(await _app.SyncAsync(OneApp.Comments)));
        Assert.Equal(2, settings);
    }

    [Fact]
    public async Task An_app_most_of_whose_comments_are_refused_is_read_no_further()
    {
        for (var i = 4; i <= 210; i++) _app.App.Add(new());
        _app.Wait();
        _app.Simulator.Faults.Always(Fault.Error(400, "CB_VA01"), static e => e.Resource == "record/comments" && !IsOf(e, 1));
        Assert.Contains((await _app.SyncAsync(OneApp.Comments)).Warnings, static w => w.Contains("comments are not read, because", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_deleted_records_an_empty_list_costs_no_look_at_the_settings()
    {
        _app.More["emit_deleted_records"] = false;
        await _app.SyncAsync(OneApp.Comments);
        _app.App.DeleteComment(2, 1);
        for (var sync = 0; sync < 2; sync++)
        {
            _app.Wait();
            Assert.Empty(Rows(await _app.SyncAsync(OneApp.Comments)));
            Assert.Equal(0, _app.Asked("app/settings"));
        }
    }

    public static TheoryData<string> Refusals => ["403 CB_NO02", "400 CB_VA01", "418", "520 unknown", "200 html", "garbage"];

    static Fault Refusal(string name) => name switch
    {
        "403 CB_NO02" => Fault.Error(403, "CB_NO02"),
        "400 CB_VA01" => Fault.Error(400, "CB_VA01"),
        "418" => new(name) { Instead = static _ => Reply.Text(418, "text/plain", "") },
        "520 unknown" => Fault.Error(520, "GAIA_XX99"),
        "200 html" => Fault.Html,
        _ => Fault.Garbage,
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task A_record_whose_comments_are_refused_is_left_out_told_and_asked_for_again(string refusal)
    {
        _app.Simulator.Faults.Always(Refusal(refusal), static e => IsOf(e, 2));
        var run = await _app.SyncAsync(OneApp.Comments);
        Assert.Equal(["1 on 1", "3 on 3"], Rows(run));
        Assert.Contains("record 2 ", Assert.Single(run.Warnings, static w => w.Contains("were not read", StringComparison.Ordinal)), StringComparison.Ordinal);
        _app.Wait();
        Assert.DoesNotContain(Rows(await _app.SyncAsync(OneApp.Comments)), static row => row.StartsWith('2'));
        _app.Simulator.Faults.Clear();
        _app.Wait(days: 40); // beyond the window, and before no re-read: it is remembered
        _app.More["full_reread_days"] = 0;
        Assert.Contains("2 on 2", Rows(await _app.SyncAsync(OneApp.Comments)));
    }

    [Fact]
    public async Task A_full_refresh_without_one_record_is_not_complete_and_goes_on_with_that_record()
    {
        _app.Simulator.Faults.Always(Fault.Error(403, "CB_NO02"), static e => IsOf(e, 2));
        var run = await _app.ReadAsync($"full:{OneApp.Comments}");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("were not read, so this full refresh is not whole", Assert.Single(run.Errors).GetProperty("message").GetString(),
            StringComparison.Ordinal);
        Assert.Equal(["1 on 1", "3 on 3"], Rows(run));
        _app.Simulator.Faults.Clear();
        Assert.Equal(["2 on 2"], Rows(await _app.SyncAsync($"full:{OneApp.Comments}")));
        Assert.Equal(1, _app.Asked("record/comments"));
    }

    [Fact]
    public async Task A_record_whose_comments_never_end_is_left_out_after_a_bounded_number_of_requests()
    {
        var next = 1_000_000_000;
        _app.Simulator.Faults.Always(new("endless") { Garble = _ => Page(ref next, size: 10) }, static e => IsOf(e, 2));
        var run = await _app.SyncAsync(OneApp.Comments);
        Assert.Equal(["1 on 1", "3 on 3"], Rows(run));
        Assert.InRange(_app.Asked("record/comments"), 1_000, 2_010);
        Assert.Contains(run.Warnings, static w => w.Contains("did not come to their end", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_record_whose_comments_are_larger_than_the_memory_is_left_out_and_the_others_are_read()
    {
        _app.Memory = 16 << 20;
        var next = 1_000_000_000;
        _app.Simulator.Faults.Always(new("large") { Garble = _ => Page(ref next, size: 60_000) }, static e => IsOf(e, 2));
        var run = await _app.SyncAsync(OneApp.Comments);
        Assert.Equal(["1 on 1", "3 on 3"], Rows(run));
        Assert.Contains(run.Warnings, static w => w.Contains("larger than this program may hold at once", StringComparison.Ordinal));
        Assert.InRange(_app.Asked("record/comments"), 3, 20);
    }

    /// <summary>The page that follows begins with the last comment of this one.</summary>
    static byte[] Page(ref int next, int size)
    {
        var first = next;
        next -= 9;
        var text = new string('x', size);
        return Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new
        {
            comments = Enumerable.Range(0, 10)
                .Select(i => new
                {
                    id = $"{first - i}",
                    text,
                    createdAt = "2026-05-01T03:00:00Z",
                    creator = new { code = "a", name = "a" },
                    mentions = Array.Empty<object>()
                }),
            older = true,
            newer = false,
        }));
    }

    [Fact]
    public async Task As_many_comments_as_a_page_moves_by_written_between_two_pages_hide_none()
    {
        for (var i = 1; i <= 20; i++) _app.App.AddComment(1, $"{i}");
        _app.Wait();
        var asked = 0;
        _app.Simulator.BeforeAnswer = request =>
        {
            if (IsOf(request, 1) && ++asked == 2)
                for (var i = 0; i < 9; i++) _app.App.AddComment(1, $"late {i}");
        };
        Assert.Equal(30, Rows(await _app.SyncAsync(OneApp.Comments)).Count(static row => row.StartsWith("1 ", StringComparison.Ordinal)));
    }

    public void Dispose() => _app.Dispose();
}
