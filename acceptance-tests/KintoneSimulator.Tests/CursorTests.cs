namespace KintoneSimulator.Tests;

public sealed class CursorTests : IDisposable
{
    const string Path = "/k/v1/records/cursor.json";

    readonly Company _company = new();

    public CursorTests() => _company.Add(25);

    [Fact]
    public async Task A_cursor_gives_every_page_once_and_is_gone()
    {
        var id = await OpenAsync("""{"app":1,"fields":["$id"],"query":"$id > 3 order by $id asc","size":10}""");
        var (first, second, third) = (await NextAsync(id), await NextAsync(id), await NextAsync(id));
        Assert.Equal(Enumerable.Range(4, 22).Select(i => (long)i), [.. first.Ids, .. second.Ids, .. third.Ids]);
        Assert.Equal((true, true, false), ((bool)first.Json["next"]!, (bool)second.Json["next"]!, (bool)third.Json["next"]!));
        Assert.Equal((404, "GAIA_CN01"), (await NextAsync(id)).Refusal);
        Assert.Equal(0, _company.Simulator.Cursors.Count);
    }

    [Fact]
    public async Task Rows_and_order_are_fixed_and_values_are_of_the_moment()
    {
        var id = await OpenAsync("""{"app":1,"query":"order by $id asc","size":10}""");
        _company.App.Delete(Enumerable.Range(1, 10).Select(i => (long)i));
        _company.App.Edit(11, new() { ["title"] = "edited" });
        _company.Add(5);
        var page = await NextAsync(id);
        Assert.Equal((0, true), (page.Ids.Count, (bool)page.Json["next"]!));
        page = await NextAsync(id);
        Assert.Equal("edited", (string?)page.Json["records"]![0]!["title"]!["value"]);
        Assert.Equal([21, 22, 23, 24, 25], (await NextAsync(id)).Ids);
    }

    [Fact]
    public async Task Ten_may_be_open_in_the_domain_for_ten_minutes_each()
    {
        var ids = new List<string>();
        for (var i = 0; i < 10; i++)
            ids.Add(await OpenAsync("""{"app":1,"size":10}"""));
        Assert.Equal((429, "GAIA_TM12"), (await PostAsync("""{"app":1}""")).Refusal);
        Assert.Equal("{}", (await SendAsync("DELETE", $"{Path}?id={ids[0]}", null)).Text);
        Assert.Equal((404, "GAIA_CN01"), (await SendAsync("DELETE", Path, $$"""{"id":"{{ids[0]}}"}""")).Refusal);
        await OpenAsync("""{"app":1}""");

        _company.Clock.Advance(TimeSpan.FromMinutes(9));
        Assert.Equal(200, (int)(await NextAsync(ids[1])).Status);
        _company.Clock.Advance(TimeSpan.FromMinutes(9));
        Assert.Equal(200, (int)(await NextAsync(ids[1])).Status);
        Assert.Equal((404, "GAIA_CN01"), (await NextAsync(ids[2])).Refusal);
    }

    [Theory]
    [InlineData("""{"app":1,"query":"limit 5"}""", 400, "CB_VA01")]
    [InlineData("""{"app":1,"query":"offset 5"}""", 400, "CB_VA01")]
    [InlineData("""{"app":1,"size":501}""", 400, "CB_VA01")]
    [InlineData("""{"app":1,"size":0}""", 400, "CB_VA01")]
    [InlineData("""{"app":9}""", 404, "GAIA_AP01")]
    [InlineData("""{}""", 400, "CB_VA01")]
    public async Task An_odd_cursor_is_not_opened(string body, int status, string code) => Assert.Equal((status, code), (await PostAsync(body)).Refusal);

    [Fact]
    public async Task Access_tokens_open_no_cursors()
    {
        var client = _company.Domain.OAuth.AddClient("c", "s");
        var access = _company.Domain.OAuth.IssueAccessToken(new(client, _company.Domain.User("admin")!, new HashSet<string> { "k:app_record:read" },
            DateTimeOffset.MaxValue));
        Assert.Equal((403, "CB_OA01"), (await _company.SendAsync("POST", Path, """{"app":1}""", Company.Bearer(access))).Refusal);
        Assert.Equal(200, (int)(await _company.SendAsync("POST", Path, """{"app":1}""", Company.Token(_company.App.AddToken()))).Status);
    }

    async Task<string> OpenAsync(string body)
    {
        var answer = await PostAsync(body);
        Assert.True((int)answer.Status == 200, answer.Text);
        return (string)answer.Json["id"]!;
    }

    Task<Answer> PostAsync(string body) => SendAsync("POST", Path, body);

    Task<Answer> NextAsync(string id) => SendAsync("GET", $"{Path}?id={id}", null);

    Task<Answer> SendAsync(string method, string path, string? body) => _company.SendAsync(method, path, body, Company.Password("admin", "secret"));

    public void Dispose() => _company.Dispose();
}
