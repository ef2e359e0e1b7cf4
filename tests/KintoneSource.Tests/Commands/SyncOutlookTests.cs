using KintoneSource.Tests.Simulation;

namespace KintoneSource.Tests.Commands;

/// <summary>What the log says that later syncs will cost is what they cost.</summary>
public sealed class SyncOutlookTests : IDisposable
{
    readonly OneApp _app = new();

    [Theory]
    [InlineData(true, null)]
    [InlineData(false, null)]
    [InlineData(true, "memo not like \"none\"")]
    [InlineData(false, "memo not like \"none\"")]
    [InlineData(false, "start date")]
    public async Task A_sync_in_which_nothing_changed_takes_as_many_requests_as_the_log_said(bool findsDeleted, string? condition)
    {
        _app.More["emit_deleted_records"] = findsDeleted;
        if (condition == "start date") _app.More["start_date"] = "2020-01-01T00:00:00Z";
        else if (condition is not null) _app.More["app_selection"] = new { mode = "single_app", app = 1, filter = condition };
        for (var i = 0; i < 3; i++) _app.App.Add(new() { ["memo"] = $"{i}" });
        _app.Wait();
        var first = await _app.SyncAsync(OneApp.Records, OneApp.Lines);
        Assert.Equal(3, first.Records(OneApp.Records).Count);
        _app.Wait();
        await _app.SyncAsync(OneApp.Records, OneApp.Lines);
        var said = _app.Simulator.Journal.Count == 1 ? "takes 1 request per app" : $"takes {_app.Simulator.Journal.Count} requests per app";
        Assert.Contains(first.Of("LOG", "log"), log => log.GetProperty("message").GetString()!.Contains(said, StringComparison.Ordinal));
    }

    public void Dispose() => _app.Dispose();
}
