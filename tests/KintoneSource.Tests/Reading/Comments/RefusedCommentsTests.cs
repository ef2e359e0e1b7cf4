using System.Globalization;
using KintoneSimulator;
using KintoneSource.Tests.Simulation;

namespace KintoneSource.Tests.Reading.Comments;

/// <summary>Records whose comments Kintone does not give: for good, for as long as there is patience, or all but a few.</summary>
public sealed class RefusedCommentsTests : IDisposable
{
    readonly OneApp _app = new(isMeasured: true);

    void Add(int records)
    {
        for (var i = 1; i <= records; i++)
        {
            _app.App.Add(new());
            _app.App.AddComment(i, $"on {i}");
        }
        _app.Wait();
    }

    static long RecordOf(JournalEntry request) =>
        request.Resource == "record/comments" ? long.Parse(request.Parameters.RequiredText("record"), CultureInfo.InvariantCulture) : 0;

    static IEnumerable<string> Rows(Run run) => run.Records(OneApp.Comments)
        .Select(static r => $"{r.GetProperty("_kintone_id")} {(OneApp.IsGone(r) ? "gone" : r.GetProperty("text").GetString())}").Order(StringComparer.Ordinal);

    public static TheoryData<string> Failures => ["500", "503", "520", "silence", "torn"];

    Fault Failure(string name)
    {
        _app.Time.IsHanging = () => name == "silence";
        return name switch
        {
            "500" => Fault.Error(500, "CB_IL99"),
            "503" => Fault.Maintenance,
            "520" => new(name) { Instead = static _ => Reply.Text(520, "text/html", "") },
            "silence" => Fault.Hang,
            _ => Fault.TornBody(5),
        };
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task A_record_whose_comments_fail_each_time_is_left_out_and_asked_for_again(string name)
    {
        Add(3);
        _app.Simulator.Faults.Always(Failure(name), static e => RecordOf(e) == 2);
        var run = await _app.SyncAsync(OneApp.Comments);
        Assert.Equal(["1 on 1", "3 on 3"], Rows(run));
        Assert.Contains(run.Warnings, static w => w.Contains("record 2 of app 1 were not read", StringComparison.Ordinal));
        _app.Simulator.Faults.Clear();
        _app.Wait(days: 40);
        _app.More["full_reread_days"] = 0;
        Assert.Contains("2 on 2", Rows(await _app.SyncAsync(OneApp.Comments)));
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Comments_that_fail_for_every_record_fail_the_stream(string name)
    {
        Add(3);
        _app.Simulator.Faults.Always(Failure(name), static e => RecordOf(e) > 0);
        var run = await _app.ReadAsync(OneApp.Comments);
        Assert.Equal(1, run.ExitCode);
        _app.Simulator.Faults.Clear();
        Assert.Equal(["1 on 1", "2 on 2", "3 on 3"], Rows(await _app.SyncAsync(OneApp.Comments)));
    }

    /// <summary>Others are answered, as Kintone's word on a record that there never was tells: what is gone is found all the same.</summary>
    [Fact]
    public async Task The_only_record_that_a_sync_looks_at_may_be_the_one_that_is_not_answered()
    {
        Add(3);
        await _app.SyncAsync(OneApp.Comments);
        _app.Wait(days: 40);
        _app.More["full_reread_days"] = 0;
        _app.App.Edit(2, []);
        _app.App.Delete(3);
        _app.Simulator.Faults.Always(Fault.Garbage, static e => RecordOf(e) == 2);
        Assert.Equal(["3 gone"], Rows(await _app.SyncAsync(OneApp.Comments)));
    }

    [Fact]
    public async Task What_was_refused_is_asked_for_again_where_nobody_wants_to_know_of_deleted_records()
    {
        _app.More["emit_deleted_records"] = false;
        Add(3);
        _app.Simulator.Faults.Always(Fault.Error(400, "CB_VA01"), static e => RecordOf(e) == 2);
        Assert.Equal(["1 on 1", "3 on 3"], Rows(await _app.SyncAsync(OneApp.Comments)));
        _app.Simulator.Faults.Clear();
        _app.More["full_reread_days"] = 0;
        _app.Wait(days: 40);
        Assert.Equal(["2 on 2"], Rows(await _app.SyncAsync(OneApp.Comments)));
        _app.Wait();
        Assert.Empty(Rows(await _app.SyncAsync(OneApp.Comments)));
        Assert.Equal(0, _app.Asked("record/comments"));
    }

    /// <summary>A destination would put what came in the place of what was there.</summary>
    [Fact]
    public async Task A_full_refresh_most_of_which_is_refused_after_some_is_not_complete()
    {
        Add(310);
        _app.Simulator.Faults.Always(Fault.Error(403, "CB_NO02"), static e => RecordOf(e) > 20);
        Assert.Equal((1, 1), (await EndsWithAsync(), await EndsWithAsync()));
        _app.Simulator.Faults.Clear();
        Assert.Equal(0, await EndsWithAsync());

        async Task<int> EndsWithAsync() => (await _app.ReadAsync($"full:{OneApp.Comments}")).ExitCode;
    }

    [Fact]
    public async Task A_full_refresh_all_of_which_is_refused_is_complete_without_rows()
    {
        Add(3);
        _app.Simulator.Faults.Always(Fault.Error(403, "CB_NO02"), static e => RecordOf(e) > 0);
        Assert.Empty(Rows(await _app.SyncAsync($"full:{OneApp.Comments}")));
    }

    public void Dispose() => _app.Dispose();
}
