namespace KintoneSimulator.Tests;

public sealed class LimitsTests : IDisposable
{
    readonly Company _company = new();

    [Theory]
    [InlineData("limit 500", null)]
    [InlineData("limit 501", "GAIA_QU01")]
    [InlineData("offset 10000", null)]
    [InlineData("offset 10001", "GAIA_QU02")]
    [InlineData("limit 0", null)]
    [InlineData("nonsense", "CB_VA01")]
    [InlineData("missing = 1", "GAIA_IQ11")]
    public async Task A_query_keeps_within_the_limits(string query, string? code)
    {
        var answer = await _company.GetAsync($"/k/v1/records.json?app=1&query={Uri.EscapeDataString(query)}");
        Assert.Equal((code is null ? 200 : 400, code), answer.Refusal);
    }

    [Fact]
    public async Task Without_an_order_the_newest_hundred_come_first()
    {
        _company.Add(150);
        Assert.Equal(Enumerable.Range(51, 100).Reverse().Select(id => (long)id), (await _company.GetAsync("/k/v1/records.json?app=1")).Ids);
    }

    [Fact]
    public async Task Limit_zero_may_be_refused()
    {
        _company.Simulator.Options = _company.Simulator.Options with { LimitZeroAllowed = false };
        Assert.Equal((400, "CB_VA01"), (await _company.GetAsync("/k/v1/records.json?app=1&query=limit%200")).Refusal);
    }

    [Fact]
    public async Task Total_count_is_null_until_it_is_asked_for()
    {
        _company.Add(3);
        Assert.Null((await _company.GetAsync("/k/v1/records.json?app=1")).Json["totalCount"]);
        Assert.Equal("3", (string?)(await _company.GetAsync("/k/v1/records.json?app=1&totalCount=true&query=limit%201")).Json["totalCount"]);
    }

    [Theory]
    [InlineData("records.json?query=limit%201", "app")]
    [InlineData("records.json?app=-1", "app")]
    [InlineData("records.json?app=x", "app")]
    [InlineData("records.json?app=1&totalCount=maybe", "totalCount")]
    [InlineData("record.json?app=1", "id")]
    [InlineData("app/form/fields.json?app=1&lang=klingon", "lang")]
    [InlineData("record/comments.json?app=1&record=1&limit=11", "limit")]
    [InlineData("record/comments.json?app=1&record=1&order=up", "order")]
    [InlineData("apps.json?limit=101", "limit")]
    [InlineData("apps.json?offset=-1", "offset")]
    [InlineData("records.json?app=1&fields[100]=title", "fields")]
    [InlineData("file.json", "fileKey")]
    public async Task An_odd_parameter_is_named(string path, string parameter)
    {
        _company.Add(1);
        var answer = await _company.GetAsync($"/k/v1/{path}");
        Assert.Equal((400, "CB_VA01"), answer.Refusal);
        Assert.NotNull(answer.Json["errors"]![parameter]!["messages"]![0]);
    }

    [Fact]
    public async Task A_long_address_is_refused_and_the_same_as_a_body_is_not()
    {
        var query = string.Join(" or ", Enumerable.Range(1, 700).Select(id => $"$id = {id}"));
        _company.Add(3);
        Assert.Equal(414, (int)(await _company.GetAsync($"/k/v1/records.json?app=1&query={Uri.EscapeDataString(query)}")).Status);
        var answer = await _company.SendAsync("POST", "/k/v1/records.json", $$"""{"app":1,"query":"{{query}}","fields":["$id"]}""",
            Company.Password("admin", "secret"), ("X-HTTP-Method-Override", "GET"));
        Assert.Equal([3, 2, 1], answer.Ids);
    }

    [Fact]
    public async Task All_forms_of_a_request_ask_the_same()
    {
        _company.Add(5);
        var password = Company.Password("admin", "secret");
        const string body = """{"app":"1","query":"$id < 3","fields":["$id","title"],"totalCount":true}""";
        var inAddress = await _company.GetAsync("/k/v1/records.json?app=1&query=%24id%20%3C%203&fields[0]=$id&fields[1]=title&totalCount=true");
        Assert.Equal([2, 1], inAddress.Ids);
        Assert.Equal(inAddress.Text, (await _company.SendAsync("GET", "/k/v1/records.json", body, password)).Text);
        Assert.Equal(inAddress.Text, (await _company.SendAsync("POST", "/k/v1/records.json", body, password, ("X-HTTP-Method-Override", "GET"))).Text);
        Assert.Equal((400, "CB_IJ01"), (await _company.SendAsync("GET", "/k/v1/records.json", "{", password)).Refusal);
        // Without the override it is a request to add records.
        Assert.Equal((400, "CB_VA01"), (await _company.SendAsync("POST", "/k/v1/records.json", body, password)).Refusal);
    }

    [Theory]
    [InlineData(PlaceOfIds.First, "$id", "amount")]
    [InlineData(PlaceOfIds.Last, "レコード番号", "$revision")]
    public async Task The_ids_of_a_record_may_come_first_or_last(PlaceOfIds place, string first, string last)
    {
        _company.Add(2);
        _company.Simulator.Options = _company.Simulator.Options with { PlaceOfIds = place };
        var record = (await _company.GetAsync("/k/v1/records.json?app=1")).Json["records"]![0]!.AsObject();
        Assert.Equal(first, record.First().Key);
        Assert.Equal(last, record.Last().Key);
    }

    [Fact]
    public async Task The_ids_of_records_stand_anywhere_elsewhere_in_other_pages_and_at_one_place_in_all_records_of_a_page()
    {
        _company.Add(60);
        var places = new HashSet<(int, int)>();
        for (var page = 0; page < 20; page++)
        {
            var answer = await _company.GetAsync($"/k/v1/records.json?app=1&query={Uri.EscapeDataString($"order by $id asc limit 3 offset {page}")}");
            var inPage = answer.Json["records"]!.AsArray().Select(static record => record!.AsObject().Select(static member => member.Key).ToList())
                .Select(static keys => (keys.IndexOf("$id"), keys.IndexOf("$revision"))).Distinct().ToList();
            Assert.Single(inPage);
            Assert.DoesNotContain(-1, new[] { inPage[0].Item1, inPage[0].Item2 });
            places.Add(inPage[0]);
        }
        Assert.Contains(places, static place => place.Item1 > 1);
        Assert.Contains(places, static place => Math.Abs(place.Item1 - place.Item2) > 1);
        Assert.True(places.Count > 5, $"{places.Count} places");
    }

    [Fact]
    public async Task Unknown_fields_are_ignored_or_refused()
    {
        _company.Add(1);
        const string path = "/k/v1/records.json?app=1&fields[0]=$id&fields[1]=gone";
        Assert.Equal("""{"records":[{"$id":{"type":"__ID__","value":"1"}}],"totalCount":null}""", (await _company.GetAsync(path)).Text);
        _company.Simulator.Options = _company.Simulator.Options with { UnknownFieldsAreErrors = true };
        Assert.Equal((400, "GAIA_IQ11"), (await _company.GetAsync(path)).Refusal);
    }

    [Fact]
    public async Task The_hundred_and_first_request_at_once_is_refused()
    {
        _company.Simulator.Options = _company.Simulator.Options with { Latency = TimeSpan.FromSeconds(1), BackgroundRequests = 30 };
        var first = Enumerable.Range(0, 70).Select(_ => _company.GetAsync("/k/v1/records.json?app=1")).ToList();
        var refused = await _company.GetAsync("/k/v1/records.json?app=1");
        Assert.Equal((429, "GAIA_TO04"), refused.Refusal);
        Assert.Equal(("100", "101"), (refused.Headers["X-ConcurrencyLimit-Limit"], refused.Headers["X-ConcurrencyLimit-Running"]));
        _company.Clock.Advance(TimeSpan.FromSeconds(1));
        var answers = await Task.WhenAll(first);
        Assert.All(answers, answer => Assert.Equal(200, (int)answer.Status));
        Assert.Equal(Enumerable.Range(31, 70).Select(i => $"{i}").Order(), answers.Select(answer => answer.Headers["X-ConcurrencyLimit-Running"]).Order());
        Assert.Equal((71, 1, 0), (_company.Simulator.Journal.PeakConcurrency, _company.Simulator.Journal.Refused, _company.Simulator.Running));
    }

    [Fact]
    public async Task A_search_for_words_with_too_many_hits_is_cut_off_and_says_so()
    {
        _company.Simulator.Options = _company.Simulator.Options with { LikeThreshold = 5 };
        _company.Add(6);
        var all = await _company.GetAsync("/k/v1/records.json?app=1&query=title%20not%20like%20%22z%22");
        Assert.Equal("Filter aborted because of too many search results", all.Headers["X-Cybozu-Warning"]);
        Assert.True(all.Ids.Count < 6);
        Assert.DoesNotContain("X-Cybozu-Warning", (await _company.GetAsync("/k/v1/records.json?app=1&query=title%20!%3D%20%22z%22")).Headers.Keys);
    }

    [Fact]
    public async Task Messages_come_in_the_language_of_the_domain()
    {
        const string missing = "/k/v1/app.json?id=99";
        Assert.Contains("not found", (string?)(await _company.GetAsync(missing)).Json["message"], StringComparison.Ordinal);
        _company.Simulator.Options = _company.Simulator.Options with { Language = MessageLanguage.Japanese };
        var answer = await _company.GetAsync(missing);
        Assert.Equal((404, "GAIA_AP01"), answer.Refusal);
        Assert.Contains("見つかりません", (string?)answer.Json["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_date_header_is_the_servers_clock_or_useless()
    {
        _company.Simulator.Options = _company.Simulator.Options with { ClockSkew = TimeSpan.FromMinutes(3) };
        Assert.Equal("Fri, 01 May 2026 12:03:40 GMT", (await _company.GetAsync("/k/v1/app.json?id=1")).Headers["Date"]);
        _company.Simulator.Options = _company.Simulator.Options with { DateHeader = DateHeader.Absurd };
        Assert.Equal("Thu, 01 Jan 1970 00:00:00 GMT", (await _company.GetAsync("/k/v1/app.json?id=1")).Headers["Date"]);
        _company.Simulator.Options = _company.Simulator.Options with { DateHeader = DateHeader.Absent };
        Assert.DoesNotContain("Date", (await _company.GetAsync("/k/v1/app.json?id=1")).Headers.Keys);
    }

    [Fact]
    public async Task Paths_that_lead_nowhere_are_404()
    {
        foreach (var path in new[] { "/", "/k/v1/nothing.json", "/k/v1/preview/apps.json", "/k/guest/x/v1/app.json?id=1", "/v2/users.json" })
            Assert.Equal(404, (int)(await _company.GetAsync(path)).Status);
    }

    public void Dispose() => _company.Dispose();
}
