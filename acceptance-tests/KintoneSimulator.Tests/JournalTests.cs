namespace KintoneSimulator.Tests;

public sealed class JournalTests : IDisposable
{
    readonly Company _company = new();

    Journal Journal => _company.Simulator.Journal;

    [Fact]
    public async Task Every_request_is_written_down_with_its_answer()
    {
        _company.Add(2);
        await _company.GetAsync("/k/v1/records.json?app=1&fields[0]=$id&query=%24id%20%3E%201", Company.Token(_company.App.AddToken()));
        var entry = Assert.Single(Journal.Entries);
        Assert.Equal(("GET", "/k/v1/records.json", "records", "$id > 1"), (entry.Method, entry.Path, entry.Resource, entry.Query));
        Assert.Equal((Authentication.Token, "Administrator", 1L), (entry.Authentication, entry.User, entry.App));
        Assert.Equal((200, null, 1, Company.Noon, 1), (entry.Status, entry.Code, entry.Rows, entry.Started, entry.Running));
        Assert.Equal("GET /k/v1/records.json app=1&query=$id > 1&fields[0]=$id → 200 ", entry.ToString());
    }

    [Fact]
    public async Task Requests_count_per_app_and_refusals_too()
    {
        await _company.GetAsync("/k/v1/records.json?app=1");
        await _company.GetAsync("/k/v1/app.json?id=1");
        await _company.GetAsync("/k/v1/apps.json");
        await _company.GetAsync("/k/v1/records.json?app=1&query=x");
        Assert.Equal((4, 3, 2), (Journal.Count, Journal.CountOf(_company.App), Journal.CountOf("records")));
        Assert.Equal((400, "CB_VA01"), (Journal.Entries[^1].Status, Journal.Entries[^1].Code));
        Journal.Clear();
        Assert.Equal((0, 0, 0), (Journal.Count, Journal.CountOf(_company.App), Journal.PeakConcurrency));
    }

    [Fact]
    public async Task A_capped_journal_keeps_the_newest_and_counts_all()
    {
        Journal.Capacity = 2;
        for (var i = 1; i <= 5; i++)
            await _company.GetAsync($"/k/v1/app.json?id={i}");
        Assert.Equal(["4", "5"], Journal.Entries.Select(entry => entry.Parameters.Text("id")));
        Assert.Equal(5, Journal.Count);
    }

    [Fact]
    public async Task A_history_may_go_on_between_the_answers()
    {
        _company.Simulator.BeforeAnswer = _ => _company.Add(1);
        Assert.Equal([1], await _company.IdsAsync(""));
        Assert.Equal([2, 1], await _company.IdsAsync(""));
    }

    public void Dispose() => _company.Dispose();
}
