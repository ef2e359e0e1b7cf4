using System.Text.Json;
using System.Text.Json.Nodes;
using KintoneSource.Tests.Simulation;

namespace KintoneSource.Tests.Reading.Apps;

/// <summary>A record that was hidden, got its tombstone, and came back: a destination that goes by the cursor must take what is said of it later.</summary>
public sealed class ReturnedRecordTests : IDisposable
{
    readonly OneApp _app = new();

    static JsonArray Rows(params string[] items) => new([.. items.Select(static item => new JsonObject { ["value"] = new JsonObject { ["item"] = item } })]);

    /// <summary>Its rows carry the time of the newest tombstone. An edit that took its time before that, and is seen only now, removes them.</summary>
    [Fact]
    public async Task Rows_that_a_late_edit_removes_of_it_get_tombstones_that_are_no_older_than_they_are()
    {
        for (var i = 0; i < 3; i++) _app.App.Add(new() { ["lines"] = Rows("a", "b"), ["files"] = new JsonArray(_app.Simulator.Domain.AddFile("a.txt", new byte[1])) });
        string[] streams = [OneApp.Lines, OneApp.Attachments];
        await SyncAsync(20, streams);
        _app.App.RecordIsVisible = static (_, id) => id != 2;
        await SyncAsync(20, streams);
        _app.App.RecordIsVisible = null;
        var returned = await SyncAsync(1, streams);
        _app.Time.Advance(TimeSpan.FromMinutes(1));
        _app.App.Edit(2, new() { ["lines"] = Rows("c"), ["files"] = new JsonArray() }, updatedTime: _app.Time.GetUtcNow() - TimeSpan.FromMinutes(4));
        var edited = await SyncAsync(1, streams);
        foreach (var stream in streams)
        {
            var earlier = Assert.Single(returned.Records(stream).Select(Cursor).Distinct());
            var gone = edited.Records(stream).Where(OneApp.IsGone).ToList();
            Assert.NotEmpty(gone);
            Assert.All(gone, row => Assert.True(Cursor(row) >= earlier, $"{row} after {earlier}"));
        }
    }

    static DateTimeOffset Cursor(JsonElement row) => row.GetProperty("_kintone_updated_at").GetDateTimeOffset();

    Task<Run> SyncAsync(double minutes, string[] streams)
    {
        _app.Time.Advance(TimeSpan.FromMinutes(minutes));
        return _app.SyncAsync(streams);
    }

    public void Dispose() => _app.Dispose();
}
