using System.Text.Json;
using CsCheck;
using KintoneSimulator;
using KintoneSource.Reading.Deletions;
using KintoneSource.Tests.Simulation;

namespace KintoneSource.Tests.Reading.Apps;

/// <summary>What one sync has to remember for the search for deleted records of a later one.</summary>
public sealed class DeletedRecordsTests : IDisposable
{
    readonly OneApp _app = new();

    void Add(int records)
    {
        for (var i = 0; i < records; i++) _app.App.Add(new() { ["memo"] = $"{i}" });
        _app.Wait();
    }

    static bool Tells(Run run, string text) =>
        run.Of("LOG", "log").Any(log => log.GetProperty("message").GetString()!.Contains(text, StringComparison.Ordinal));

    static DateTimeOffset UpdatedAt(JsonElement row) => row.GetProperty("_kintone_updated_at").GetDateTimeOffset();

    [Fact]
    public void A_difference_is_usual_as_long_as_each_sync_finds_the_same_as_the_one_before() => Gen.Int[-2, 2].Array[0, 12].Sample(static found =>
    {
        var (difference, last) = (new CountDifference(), 0);
        foreach (var one in found)
        {
            difference = one == difference.Confirmed ? difference.Agreed() : difference.After(one);
            Assert.Equal(one == last ? one : 0, difference.Confirmed);
            last = one;
        }
    });

    /// <summary>Whether the sync in which the count agrees has something to read or not.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_count_that_agrees_between_two_that_do_not_is_no_usual_difference(bool isIdle)
    {
        Add(5);
        await _app.SyncAsync(OneApp.Records);
        foreach (var round in Enumerable.Range(0, 2))
        {
            _app.Wait();
            _app.Simulator.Faults.Always(Fault.WrongTotalCount(-1), static entry => entry.Resource == "records");
            Assert.True(Tells(await _app.SyncAsync(OneApp.Records), "If the next search finds the same"), $"round {round}");
            _app.Wait();
            _app.Simulator.Faults.Clear();
            if (!isIdle) _app.App.Edit(2, new() { ["memo"] = $"edited {round}" });
            await _app.SyncAsync(OneApp.Records);
        }
    }

    /// <summary>The app was emptied and filled while nobody wanted to know: it is as large as when deletions were last looked for.</summary>
    [Fact]
    public async Task The_guard_goes_by_how_many_records_there_were_when_deletions_were_last_looked_for()
    {
        Add(310);
        await _app.SyncAsync(OneApp.Records);
        _app.More["emit_deleted_records"] = false;
        for (var id = 1; id <= 310; id++) _app.App.Delete(id);
        Add(300);
        await _app.SyncAsync(OneApp.Records);
        _app.Wait();
        _app.More["emit_deleted_records"] = true;
        Assert.Equal(310, (await _app.SyncAsync(OneApp.Records)).Records(OneApp.Records).Count(OneApp.IsGone));
    }

    /// <summary>Without a Date header the newest time that was delivered tells what time it is for Kintone, and a comment is newer than its record.</summary>
    [Fact]
    public async Task A_comment_has_a_tombstone_that_is_not_older_than_itself_without_a_Date_header()
    {
        _app.Simulator.Options = _app.Simulator.Options with { DateHeader = DateHeader.Absent, UpdateTimeMovesWith = UpdateTimeMoves.None };
        Add(3);
        _app.Wait(days: 2);
        _app.App.AddComment(2, "late");
        var comment = Assert.Single((await _app.SyncAsync(OneApp.Comments)).Records(OneApp.Comments));
        _app.App.Delete(2);
        var tombstone = Assert.Single((await _app.SyncAsync(OneApp.Comments)).Records(OneApp.Comments));
        Assert.True(OneApp.IsGone(tombstone));
        Assert.InRange(UpdatedAt(tombstone), UpdatedAt(comment), DateTimeOffset.MaxValue);
    }

    public void Dispose() => _app.Dispose();
}
