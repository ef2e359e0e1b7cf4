using System.Text.Json.Nodes;
using CsCheck;

namespace KintoneSimulator.Tests.Writing;

/// <summary>Records saved by request.</summary>
public sealed class RecordWritingTests : IDisposable
{
    readonly Company _company = new();
    readonly (string, string) _admin = Company.Password("admin", "secret");
    readonly (string, string) _ann = Company.Password("ann", "pass:word");

    [Fact]
    public async Task A_record_is_added_changed_and_deleted()
    {
        var added = await PostAsync("record", """{"app":1,"record":{"title":{"value":"first"},"amount":{"value":" 1.5e1 "}}}""");
        Assert.Equal("""{"id":"1","revision":"1"}""", added.Text);
        Assert.Equal("""{"revision":"2"}""", (await PutAsync("record", """{"app":1,"id":1,"revision":1,"record":{"title":{"value":"second"}}}""")).Text);
        var record = await RecordAsync(1);
        Assert.Equal(("second", "15", "2", "admin"),
            (Text(record, "title"), Text(record, "amount"), Text(record, "$revision"), (string?)record["更新者"]!["value"]!["code"]));
        Assert.Equal((409, "GAIA_CO02"), (await PutAsync("record", """{"app":1,"id":1,"revision":1,"record":{}}""")).Refusal);
        Assert.Equal("{}", (await SendAsync("DELETE", "records.json?app=1&ids[0]=1&revisions[0]=2", null)).Text);
        Assert.Equal((404, "GAIA_RE01"), (await SendAsync("DELETE", "records.json?app=1&ids[0]=1", null)).Refusal);
    }

    [Theory]
    [InlineData("amount", "\"twelve\"", "record.amount.value")]
    [InlineData("rank", "\"Z\"", "record.rank.value")]
    [InlineData("tags", "[\"a\",\"q\"]", "record.tags.value[1].value")]
    [InlineData("day", "\"2024-13-01\"", "record.day.value")]
    [InlineData("short", "\"too long a text\"", "record.short.value")]
    [InlineData("must", "\"\"", "record.must.value")]
    [InlineData("table", "[{\"value\":{\"count\":{\"value\":\"x\"}}}]", "record.table.value[0].value.count.value")]
    public async Task What_is_wrong_is_named_by_its_path_and_nothing_is_saved(string field, string value, string path)
    {
        AddEveryKind();
        var must = field == "must" ? "" : "\"must\":{\"value\":\"m\"},";
        var refused = await PostAsync("record", $"{{\"app\":1,\"record\":{{{must}\"{field}\":{{\"value\":{value}}}}}}}");
        Assert.Equal((400, "CB_VA01"), refused.Refusal);
        Assert.Equal([path], refused.Json["errors"]!.AsObject().Select(static error => error.Key));
        Assert.Equal(0, _company.App.Records.Count);
    }

    [Fact]
    public async Task A_record_without_values_gets_the_defaults()
    {
        AddEveryKind();
        _company.App.ChangeField("short", new() { ["defaultValue"] = "dflt" });
        _company.App.ChangeField("day", new() { ["defaultNowValue"] = true });
        Assert.Equal(200, (int)(await PostAsync("record", """{"app":1,"record":{"must":{"value":"m"}}}""")).Status);
        var record = await RecordAsync(1);
        Assert.Equal(("dflt", "2026-05-01", "a"), (Text(record, "short"), Text(record, "day"), Text(record, "radio")));
        Assert.Equal("admin", (string?)record["作成者"]!["value"]!["code"]);
    }

    [Fact]
    public async Task A_hundred_records_are_added_at_once_and_no_more_all_or_none()
    {
        static string Many(int count, string last) =>
            $"{{\"app\":1,\"records\":[{string.Join(',', Enumerable.Range(1, count).Select(n => $"{{\"amount\":{{\"value\":\"{(n == count ? last : $"{n}")}\"}}}}"))}]}}";

        Assert.Equal((400, "CB_VA01"), (await PostAsync("records", Many(101, "1"))).Refusal);
        var refused = await PostAsync("records", Many(100, "x"));
        Assert.Equal(["records[99].amount.value"], refused.Json["errors"]!.AsObject().Select(static error => error.Key));
        Assert.Equal(0, _company.App.Records.Count);
        var added = (await PostAsync("records", Many(100, "100"))).Json;
        Assert.Equal(100, added["ids"]!.AsArray().Count);
        Assert.Equal(100, _company.App.Records.Count);
    }

    [Fact]
    public async Task Several_requests_count_together_or_not_at_all()
    {
        const string add = """{"method":"POST","api":"/k/v1/record.json","payload":{"app":1,"record":{"title":{"value":"a"}}}}""";
        const string edit = """{"method":"PUT","api":"/k/v1/record.json","payload":{"app":1,"id":1,"record":{"title":{"value":"b"}}}}""";
        const string wrong = """{"method":"DELETE","api":"/k/v1/records.json","payload":{"app":1,"ids":[1,99]}}""";
        _company.Add(1);
        var refused = await PostAsync("bulkRequest", $"{{\"requests\":[{add},{edit},{wrong}]}}");
        Assert.Equal((404, "GAIA_RE01"), ((int)refused.Status, (string?)refused.Json["results"]![2]!["code"]));
        Assert.Equal("{}", refused.Json["results"]![0]!.ToJsonString());
        Assert.Equal(("t0", "1"), (Text(await RecordAsync(1), "title"), Text(await RecordAsync(1), "$revision")));
        Assert.Equal(1, _company.App.Records.Count);

        var done = (await PostAsync("bulkRequest", $"{{\"requests\":[{add},{edit}]}}")).Json;
        Assert.Equal("2", (string?)done["results"]![1]!["revision"]);
        Assert.Equal(2, _company.App.Records.Count);
        Assert.Equal((400, "CB_VA01"), ((int)(await PostAsync("bulkRequest", """{"requests":[{"method":"POST","api":"/k/v1/record/comment.json","payload":{}}]}""")).Status,
            (string?)(await PostAsync("bulkRequest", """{"requests":[{"method":"POST","api":"/k/v1/record/comment.json","payload":{}}]}""")).Json["results"]![0]!["code"]));
    }

    [Fact]
    public async Task An_upsert_updates_what_the_key_finds_and_adds_what_it_does_not()
    {
        _company.App.ChangeField("title", new() { ["unique"] = true });
        await PostAsync("record", """{"app":1,"record":{"title":{"value":"known"},"amount":{"value":"1"}}}""");
        var answer = await PutAsync("records", """
            {"app":1,"upsert":true,"records":[
              {"updateKey":{"field":"title","value":"known"},"record":{"amount":{"value":"2"}}},
              {"updateKey":{"field":"title","value":"new"},"record":{"amount":{"value":"3"}}}]}
            """);
        Assert.Equal("""{"records":[{"id":"1","operation":"UPDATE","revision":"2"},{"id":"2","operation":"INSERT","revision":"1"}]}""", answer.Text);
        Assert.Equal("new", Text(await RecordAsync(2), "title"));
        Assert.Equal((400, "CB_VA01"), (await PostAsync("record", """{"app":1,"record":{"title":{"value":"new"}}}""")).Refusal);
        Assert.Equal((404, "GAIA_RE01"), (await PutAsync("record", """{"app":1,"updateKey":{"field":"title","value":"gone"},"record":{}}""")).Refusal);
    }

    [Fact]
    public async Task Only_who_manages_the_app_chooses_times_and_none_in_the_future()
    {
        static string Record(string time) => $"{{\"app\":1,\"record\":{{\"作成日時\":{{\"value\":\"{time}\"}},\"更新日時\":{{\"value\":\"{time}\"}}}}}}";
        Assert.Equal((403, "CB_NO02"), (await PostAsync("record", Record("2019-03-01T01:02:03Z"), _ann)).Refusal);
        Assert.Equal((400, "CB_VA01"), (await PostAsync("record", Record("2030-01-01T00:00:00Z"))).Refusal);
        Assert.Equal(200, (int)(await PostAsync("record", Record("2019-03-01T01:02:03Z"))).Status);
        Assert.Equal("2019-03-01T01:02:00Z", Text(await RecordAsync(1), "更新日時"));
    }

    [Theory]
    [InlineData(AppRights.View, 403, 403, 403)]
    [InlineData(AppRights.View | AppRights.Add, 200, 403, 403)]
    [InlineData(AppRights.View | AppRights.Edit, 403, 200, 403)]
    [InlineData(AppRights.View | AppRights.Delete, 403, 403, 200)]
    public async Task Users_and_tokens_need_the_right_for_what_they_do(AppRights rights, int adding, int editing, int deleting)
    {
        _company.Add(2);
        _company.App.SetRights("ann", rights);
        var id = 1;
        foreach (var caller in new[] { _ann, Company.Token(_company.App.AddToken(rights)) })
        {
            Assert.Equal(adding, (int)(await PostAsync("record", """{"app":1,"record":{}}""", caller)).Status);
            Assert.Equal(editing, (int)(await SendAsync("PUT", "record.json", $"{{\"app\":1,\"id\":{id},\"record\":{{}}}}", caller)).Status);
            Assert.Equal(deleting, (int)(await SendAsync("DELETE", $"records.json?app=1&ids[0]={id++}", null, caller)).Status);
        }
    }

    [Fact]
    public async Task Rows_keep_their_ids_and_what_a_change_does_not_name()
    {
        _company.App.AddTable("table", Field.Create("item", "SINGLE_LINE_TEXT"), Field.Create("count", "NUMBER"));
        await PostAsync("record", """{"app":1,"record":{"table":{"value":[{"value":{"item":{"value":"bolt"},"count":{"value":"1"}}},{"value":{"item":{"value":"nut"}}}]}}}""");
        var first = (string)(await RecordAsync(1))["table"]!["value"]![0]!["id"]!;
        await PutAsync("record", $"{{\"app\":1,\"id\":1,\"record\":{{\"table\":{{\"value\":[{{\"id\":\"{first}\",\"value\":{{\"count\":{{\"value\":\"7\"}}}}}},{{\"value\":{{\"item\":{{\"value\":\"new\"}}}}}}]}}}}}}");
        var rows = (await RecordAsync(1))["table"]!["value"]!.AsArray();
        Assert.Equal((first, "bolt", "7"),
            ((string?)rows[0]!["id"], (string?)rows[0]!["value"]!["item"]!["value"], (string?)rows[0]!["value"]!["count"]!["value"]));
        Assert.Equal(("new", 2), ((string?)rows[1]!["value"]!["item"]!["value"], rows.Count));
    }

    [Fact]
    public async Task Calculations_and_look_ups_are_filled_in()
    {
        var products = _company.Domain.AddApp("Products");
        products.AddField("name", "SINGLE_LINE_TEXT");
        products.AddField("price", "NUMBER");
        products.Add(new() { ["name"] = "bolt", ["price"] = "12" });
        _company.App.AddField("product", "SINGLE_LINE_TEXT", new()
        {
            ["lookup"] = new JsonObject
            {
                ["relatedApp"] = new JsonObject { ["app"] = $"{products.Id}", ["code"] = "" },
                ["relatedKeyField"] = "name",
                ["fieldMappings"] = new JsonArray(new JsonObject { ["field"] = "price", ["relatedField"] = "price" }),
            },
        });
        _company.App.AddField("price", "NUMBER");
        _company.App.AddField("total", "CALC", new() { ["expression"] = "price * (amount + 1)" });
        await PostAsync("record", """{"app":1,"record":{"product":{"value":"bolt"},"amount":{"value":"2"}}}""");
        Assert.Equal(("12", "36"), (Text(await RecordAsync(1), "price"), Text(await RecordAsync(1), "total")));
        await PutAsync("record", """{"app":1,"id":1,"record":{"amount":{"value":"4"}}}""");
        Assert.Equal("60", Text(await RecordAsync(1), "total"));
        Assert.Equal((400, "GAIA_LO04"), (await PostAsync("record", """{"app":1,"record":{"product":{"value":"none"}}}""")).Refusal);
    }

    [Fact]
    public async Task A_status_action_moves_the_record_and_counts_two_revisions()
    {
        _company.Add(1);
        Assert.Equal((400, "GAIA_ST02"), (await PutAsync("record/status", """{"app":1,"id":1,"action":"Start"}""")).Refusal);
        _company.App.SetProcess("Open", "Doing", "Done");
        Assert.Equal("""{"revision":"3"}""", (await PutAsync("record/status", """{"app":1,"id":1,"action":"Doingにする","assignee":"ann","revision":1}""")).Text);
        Assert.Equal(("Doing", "ann"), (Text(await RecordAsync(1), "ステータス"), (string?)(await RecordAsync(1))["作業者"]!["value"]![0]!["code"]));
        Assert.Equal((403, "GAIA_NT01"), (await PutAsync("record/status", """{"app":1,"id":1,"action":"Doneにする"}""")).Refusal);
        Assert.Equal("""{"revision":"4"}""", (await PutAsync("record/assignees", """{"app":1,"id":1,"assignees":["admin"]}""")).Text);
        Assert.Equal("""{"records":[{"id":"1","revision":"6"}]}""", (await PutAsync("records/status", """{"app":1,"records":[{"id":1,"action":"Doneにする"}]}""")).Text);
        Assert.Equal((400, "GAIA_IL03"), (await PutAsync("record/status", """{"app":1,"id":1,"action":"Doneにする"}""")).Refusal);
    }

    [Fact]
    public async Task Comments_are_added_and_deleted_by_who_wrote_them()
    {
        _company.Add(1);
        Assert.Equal("""{"id":"1"}""", (await PostAsync("record/comment", """{"app":1,"record":1,"comment":{"text":"hi","mentions":[{"code":"ann","type":"USER"}]}}""")).Text);
        Assert.Equal((403, "CB_NO02"), (await SendAsync("DELETE", "record/comment.json?app=1&record=1&comment=1", null, _ann)).Refusal);
        Assert.Equal("{}", (await SendAsync("DELETE", "record/comment.json?app=1&record=1&comment=1", null)).Text);
        Assert.Equal((400, "GAIA_RE02"), (await SendAsync("DELETE", "record/comment.json?app=1&record=1&comment=1", null)).Refusal);
    }

    [Fact]
    public async Task An_uploaded_file_belongs_to_the_first_record_that_names_it()
    {
        _company.App.AddField("files", "FILE");
        using var http = new HttpClient(new InMemoryHandler(_company.Simulator));
        using var content = new MultipartFormDataContent();
        using var bytes = new ByteArrayContent([1, 2, 3]);
        bytes.Headers.ContentType = new("image/png");
        content.Add(bytes, "file", "写真.png");
        using var request = new HttpRequestMessage(HttpMethod.Post, "http://localhost/k/v1/file.json") { Content = content };
        request.Headers.Add(_admin.Item1, _admin.Item2);
        using var uploaded = await http.SendAsync(request);
        var key = (string)(await Answer.ReadAsync(uploaded)).Json["fileKey"]!;
        Assert.Equal((404, "GAIA_BL01"), (await _company.GetAsync($"/k/v1/file.json?fileKey={key}")).Refusal);

        var record = $"{{\"app\":1,\"record\":{{\"files\":{{\"value\":[{{\"fileKey\":\"{key}\"}}]}}}}}}";
        Assert.Equal(200, (int)(await PostAsync("record", record)).Status);
        Assert.Equal((404, "GAIA_BL01"), (await PostAsync("record", record)).Refusal);
        var file = (await RecordAsync(1))["files"]!["value"]![0]!;
        Assert.Equal(("写真.png", "image/png", "3"), ((string?)file["name"], (string?)file["contentType"], (string?)file["size"]));
        Assert.Equal("\u0001\u0002\u0003", (await _company.GetAsync($"/k/v1/file.json?fileKey={file["fileKey"]}")).Text);
    }

    [Fact]
    public void Numbers_keep_their_value_whatever_their_form() => Gen.Select(Gen.Long[-999_999_999, 999_999_999], Gen.Int[0, 4], Gen.Int[-3, 3])
        .Sample((digits, places, exponent) =>
    {
        var value = digits / (decimal)Math.Pow(10, places);
        var text = $"{value.ToString(System.Globalization.CultureInfo.InvariantCulture)}e{exponent}";
        var exact = value * (decimal)Math.Pow(10, exponent);
        Assert.Equal(Math.Round(exact, 4, MidpointRounding.ToEven),
            decimal.Parse(PlainNumber.Of(text, null, false)!, System.Globalization.CultureInfo.InvariantCulture));
    });

    [Theory]
    [InlineData("1.50", false, "1.50")]
    [InlineData("1.50", true, "1.5")]
    [InlineData("-.5", false, "-0.5")]
    [InlineData("0.00005", false, "0.0000")]
    [InlineData("999999999999", false, "999999999999")]
    [InlineData("1000000000000", false, null)]
    [InlineData("1e13", false, null)]
    [InlineData("1,000", false, null)]
    [InlineData("", false, null)]
    public void A_number_has_the_digits_that_the_app_allows(string text, bool drop, string? kept) => Assert.Equal(kept, PlainNumber.Of(text, null, drop));

    void AddEveryKind()
    {
        var app = _company.App;
        app.AddField("must", "SINGLE_LINE_TEXT", new() { ["required"] = true });
        app.AddField("short", "SINGLE_LINE_TEXT", new() { ["maxLength"] = "5" });
        app.AddChoice("rank", "DROP_DOWN", "A", "B");
        app.AddChoice("radio", "RADIO_BUTTON", "a", "b");
        app.AddChoice("tags", "CHECK_BOX", "a", "b");
        app.AddField("day", "DATE");
        app.AddTable("table", Field.Create("count", "NUMBER"));
    }

    Task<Answer> PostAsync(string resource, string body, (string, string)? caller = null) => SendAsync("POST", $"{resource}.json", body, caller);

    Task<Answer> PutAsync(string resource, string body) => SendAsync("PUT", $"{resource}.json", body);

    Task<Answer> SendAsync(string method, string pathAndQuery, string? body, (string, string)? caller = null) =>
        _company.SendAsync(method, $"/k/v1/{pathAndQuery}", body, caller ?? _admin);

    async Task<JsonObject> RecordAsync(long id) => (JsonObject)(await _company.GetAsync($"/k/v1/record.json?app=1&id={id}")).Json["record"]!;

    static string? Text(JsonObject record, string code) => (string?)record[code]!["value"];

    public void Dispose() => _company.Dispose();
}
