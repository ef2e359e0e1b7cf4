using System.Text.Json.Nodes;

namespace KintoneSimulator.Tests.Writing;

/// <summary>An app made and changed by request: settings under way, and what counts once they are deployed.</summary>
public sealed class SettingsWritingTests : IDisposable
{
    readonly Company _company = new();
    readonly (string, string) _admin = Company.Password("admin", "secret");
    readonly (string, string) _ann = Company.Password("ann", "pass:word");

    [Fact]
    public async Task An_app_exists_for_readers_once_it_is_deployed()
    {
        var made = await PostAsync("preview/app", """{"name":"Orders"}""", _ann);
        Assert.Equal("""{"app":"2","revision":"1"}""", made.Text);
        Assert.Equal((404, "GAIA_AP01"), (await _company.GetAsync("/k/v1/app.json?id=2")).Refusal);
        Assert.Equal("""{"revision":"2"}""", (await PostAsync("preview/app/form/fields", """{"app":2,"properties":{"name":{"type":"SINGLE_LINE_TEXT","code":"name","label":"Name","maxLength":10}}}""", _ann)).Text);
        Assert.Equal("10", (string?)(await _company.GetAsync("/k/v1/preview/app/form/fields.json?app=2")).Json["properties"]!["name"]!["maxLength"]);
        Assert.Equal((409, "GAIA_CO03"), (await PostAsync("preview/app/deploy", """{"apps":[{"app":2,"revision":1}]}""", _ann)).Refusal);
        Assert.Equal("{}", (await PostAsync("preview/app/deploy", """{"apps":[{"app":2,"revision":2}]}""", _ann)).Text);
        Assert.Equal("""{"apps":[{"app":"2","status":"SUCCESS"}]}""", (await _company.GetAsync("/k/v1/preview/app/deploy.json?apps[0]=2")).Text);
        Assert.Equal("Orders", (string?)(await _company.GetAsync("/k/v1/app.json?id=2")).Json["name"]);
        Assert.Equal("2", (string?)(await _company.GetAsync("/k/v1/app/form/fields.json?app=2")).Json["revision"]);
    }

    [Fact]
    public async Task A_deployment_takes_its_time()
    {
        _company.Simulator.Options = _company.Simulator.Options with { DeployTime = TimeSpan.FromSeconds(5) };
        await PostAsync("preview/app", """{"name":"Orders"}""");
        await PostAsync("preview/app/deploy", """{"apps":[{"app":2}]}""");
        Assert.Contains("PROCESSING", (await _company.GetAsync("/k/v1/preview/app/deploy.json?apps[0]=2")).Text, StringComparison.Ordinal);
        Assert.Equal((404, "GAIA_AP01"), (await _company.GetAsync("/k/v1/app.json?id=2")).Refusal);
        _company.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(200, (int)(await _company.GetAsync("/k/v1/app.json?id=2")).Status);
        Assert.Contains("SUCCESS", (await _company.GetAsync("/k/v1/preview/app/deploy.json?apps[0]=2")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fields_change_with_the_deployment_and_keep_their_values()
    {
        _company.Add(1);
        Assert.Equal(200, (int)(await PutAsync("preview/app/form/fields", """{"app":1,"properties":{"title":{"code":"subject","label":"Subject"}}}""")).Status);
        Assert.Equal("t0", (string?)(await RecordAsync())["title"]!["value"]);
        await DeployAsync();
        Assert.Equal("t0", (string?)(await RecordAsync())["subject"]!["value"]);
        await SendAsync("DELETE", "preview/app/form/fields.json?app=1&fields[0]=subject", null);
        await PostAsync("preview/app/deploy", """{"apps":[{"app":1}],"revert":true}""");
        await DeployAsync();
        Assert.True((await RecordAsync()).ContainsKey("subject"));
        await SendAsync("DELETE", "preview/app/form/fields.json?app=1&fields[0]=subject", null);
        await DeployAsync();
        Assert.False((await RecordAsync()).ContainsKey("subject"));
    }

    [Theory]
    [InlineData(UpdateTimeMoves.None, true, "2026-05-01T12:00:00Z", "Ace")]
    [InlineData(UpdateTimeMoves.ChoiceRenames, true, "2026-05-01T12:10:00Z", "Ace")]
    [InlineData(UpdateTimeMoves.None, false, "2026-05-01T12:00:00Z", "A")]
    public async Task A_renamed_choice_is_renamed_in_records_and_may_move_their_time(UpdateTimeMoves moves, bool changes, string updated, string expected)
    {
        _company.Simulator.Options = _company.Simulator.Options with { UpdateTimeMovesWith = moves, ChoiceRenamesChangeRecords = changes };
        _company.App.AddChoice("rank", "DROP_DOWN", "A", "B");
        _company.App.AddTable("table", new Field(-1, "tags", "CHECK_BOX", FieldDefaults.Options("A"), []));
        _company.App.Add(new() { ["rank"] = "A" });
        _company.Clock.Advance(TimeSpan.FromMinutes(10));
        await PutAsync("preview/app/form/fields", """{"app":1,"properties":{"rank":{"type":"DROP_DOWN","options":{"A":{"label":"Ace","index":"0"},"B":{"label":"B","index":"1"}}}}}""");
        await DeployAsync();
        var record = await RecordAsync();
        Assert.Equal((expected, updated), ((string?)record["rank"]!["value"], (string?)record["更新日時"]!["value"]));
        Assert.Equal(["Ace", "B"], _company.App.Form.Field("rank")!.Properties["options"]!.AsObject().Select(static option => option.Key));
    }

    [Fact]
    public async Task A_removed_choice_is_gone_from_records()
    {
        _company.App.AddChoice("tags", "CHECK_BOX", "a", "b");
        _company.App.Add(new() { ["tags"] = new JsonArray("a", "b") });
        await PutAsync("preview/app/form/fields", """{"app":1,"properties":{"tags":{"type":"CHECK_BOX","options":{"b":{"label":"b","index":"0"}}}}}""");
        await DeployAsync();
        Assert.Equal("""["b"]""", (await RecordAsync())["tags"]!["value"]!.ToJsonString());
    }

    [Fact]
    public async Task A_process_comes_with_the_deployment_and_its_states_can_be_renamed()
    {
        _company.Add(1);
        await PutAsync("preview/app/status", """
            {"app":1,"enable":true,"states":{"Open":{"name":"Open","index":"0","assignee":{"type":"ONE","entities":[]}},"Done":{"name":"Done","index":"1","assignee":{"type":"ONE","entities":[]}}},
             "actions":[{"name":"Finish","from":"Open","to":"Done"}]}
            """);
        Assert.False((await RecordAsync()).ContainsKey("ステータス"));
        await DeployAsync();
        await PutAsync("record/status", """{"app":1,"id":1,"action":"Finish"}""");
        await PutAsync("preview/app/status", """{"app":1,"states":{"Open":{"name":"Open","index":"0"},"Done":{"name":"Closed","index":"1"}},"actions":[{"name":"Finish","from":"Open","to":"Closed"}]}""");
        await DeployAsync();
        Assert.Equal("Closed", (string?)(await RecordAsync())["ステータス"]!["value"]);
    }

    [Fact]
    public async Task Labels_come_in_the_language_that_is_asked_for()
    {
        _company.App.SetLabels("en", ("title", "Subject"));
        Assert.Equal("Subject", await LabelAsync("title", "&lang=en"));
        Assert.NotEqual("Subject", await LabelAsync("title", ""));
        Assert.Equal(await LabelAsync("title", ""), await LabelAsync("title", "&lang=zh"));
        Assert.Equal(await LabelAsync("amount", ""), await LabelAsync("amount", "&lang=en"));
        Assert.Equal((400, "CB_VA01"), (await _company.GetAsync("/k/v1/app/form/fields.json?app=1&lang=xx")).Refusal);

        async Task<string?> LabelAsync(string code, string language) =>
            (string?)(await _company.GetAsync($"/k/v1/app/form/fields.json?app=1{language}")).Json["properties"]![code]!["label"];
    }

    [Fact]
    public async Task Permissions_hide_the_app_fields_and_records_from_those_they_name()
    {
        _company.Add(3);
        await PutAsync("field/acl", """{"app":1,"rights":[{"code":"amount","entities":[{"accessibility":"NONE","entity":{"type":"USER","code":"ann"}},{"accessibility":"WRITE","entity":{"type":"GROUP","code":"everyone"}}]}]}""");
        await PutAsync("record/acl", """{"app":1,"rights":[{"filterCond":"title in (\"t1\")","entities":[{"entity":{"type":"USER","code":"ann"},"viewable":false,"editable":false,"deletable":false},{"entity":{"type":"GROUP","code":"everyone"},"viewable":true,"editable":true,"deletable":true}]}]}""");
        var seen = (await _company.GetAsync("/k/v1/records.json?app=1&totalCount=true", _ann)).Json;
        Assert.Equal(("2", false), ((string?)seen["totalCount"], seen["records"]![0]!.AsObject().ContainsKey("amount")));
        Assert.Equal("3", (string?)(await _company.GetAsync("/k/v1/records.json?app=1&totalCount=true")).Json["totalCount"]);
        Assert.Equal((403, "CB_NO02"), (await PutAsync("record", """{"app":1,"id":1,"record":{"amount":{"value":"1"}}}""", _ann)).Refusal);

        Assert.Equal((400, "CB_VA01"), (await PutAsync("app/acl", """{"app":1,"rights":[{"entity":{"type":"GROUP","code":"everyone"},"recordViewable":true}]}""")).Refusal);
        await PutAsync("app/acl", """{"app":1,"rights":[{"entity":{"type":"CREATOR"},"appEditable":true,"recordViewable":true}]}""");
        Assert.Equal((403, "CB_NO02"), (await _company.GetAsync("/k/v1/records.json?app=1", _ann)).Refusal);
        Assert.Equal((403, "CB_NO02"), (await PutAsync("field/acl", """{"app":1,"rights":[]}""", _ann)).Refusal);
    }

    [Fact]
    public async Task Settings_views_and_layout_are_stored()
    {
        await PutAsync("preview/app/settings", """{"app":1,"name":"Renamed","description":"d","numberPrecision":{"digits":"20","decimalPlaces":"4","roundingMode":"HALF_EVEN"}}""");
        Assert.Equal((400, "CB_VA01"), (await PutAsync("preview/app/settings", """{"app":1,"numberPrecision":{"digits":"31","decimalPlaces":"4"}}""")).Refusal);
        var views = await PutAsync("preview/app/views", """{"app":1,"views":{"All":{"type":"LIST","index":0,"fields":["title"]}}}""");
        Assert.NotNull((string?)views.Json["views"]!["All"]!["id"]);
        await PutAsync("preview/app/form/layout", """{"app":1,"layout":[{"type":"ROW","fields":[{"type":"SINGLE_LINE_TEXT","code":"title","size":{"width":"100"}},{"type":"LABEL","label":"hi"}]},{"type":"GROUP","code":"g","layout":[{"type":"ROW","fields":[{"type":"NUMBER","code":"amount"}]}]}]}""");
        await PostAsync("preview/app/form/fields", """{"app":1,"properties":{"more":{"type":"DATE","code":"more","label":"More"}}}""");
        await PutAsync("preview/app/form/fields", """{"app":1,"properties":{"amount":{"code":"sum"}}}""");
        await DeployAsync();
        Assert.Equal("Renamed", (string?)(await _company.GetAsync("/k/v1/app/settings.json?app=1")).Json["name"]);
        Assert.Equal("0", (string?)(await _company.GetAsync("/k/v1/app/views.json?app=1")).Json["views"]!["All"]!["index"]);
        var layout = (await _company.GetAsync("/k/v1/app/form/layout.json?app=1")).Json["layout"]!.AsArray();
        Assert.Equal(("sum", "more"), ((string?)layout[1]!["layout"]![0]!["fields"]![0]!["code"], (string?)layout[^1]!["fields"]![0]!["code"]));
        Assert.Equal("GROUP", (string?)(await _company.GetAsync("/k/v1/app/form/fields.json?app=1")).Json["properties"]!["g"]!["type"]);
    }

    [Fact]
    public async Task Only_those_who_manage_the_app_edit_its_settings()
    {
        Assert.Equal((403, "CB_NO02"), (await PutAsync("preview/app/settings", """{"app":1,"name":"x"}""", _ann)).Refusal);
        Assert.Equal((403, "GAIA_NO01"), (await PutAsync("preview/app/settings", """{"app":1,"name":"x"}""", Company.Token(_company.App.AddToken(AppRights.Everyday)))).Refusal);
        Assert.Equal(200, (int)(await PutAsync("preview/app/settings", """{"app":1,"name":"x"}""", Company.Token(_company.App.AddToken(AppRights.Manage)))).Status);
        Assert.Equal((403, "GAIA_NO01"), (await PostAsync("preview/app", """{"name":"x"}""", Company.Token(_company.App.AddToken(AppRights.All)))).Refusal);
    }

    [Theory]
    [InlineData("""{"title":{"type":"SINGLE_LINE_TEXT","code":"title"}}""", "GAIA_FC01")]
    [InlineData("""{"x":{"type":"NOTHING","code":"x"}}""", "CB_VA01")]
    [InlineData("""{"x":{"type":"DROP_DOWN","code":"x"}}""", "CB_VA01")]
    [InlineData("""{"1x":{"type":"DATE","code":"1x"}}""", "CB_VA01")]
    [InlineData("""{"x":{"code":"x"}}""", "CB_VA01")]
    public async Task A_field_that_makes_no_sense_is_refused(string properties, string code) =>
        Assert.Equal((400, code), (await PostAsync("preview/app/form/fields", $"{{\"app\":1,\"properties\":{properties}}}")).Refusal);

    async Task DeployAsync() => Assert.Equal("{}", (await PostAsync("preview/app/deploy", """{"apps":[{"app":1}]}""")).Text);

    Task<Answer> PostAsync(string resource, string body, (string, string)? caller = null) => SendAsync("POST", $"{resource}.json", body, caller);

    Task<Answer> PutAsync(string resource, string body, (string, string)? caller = null) => SendAsync("PUT", $"{resource}.json", body, caller);

    Task<Answer> SendAsync(string method, string pathAndQuery, string? body, (string, string)? caller = null) =>
        _company.SendAsync(method, $"/k/v1/{pathAndQuery}", body, caller ?? _admin);

    async Task<JsonObject> RecordAsync(long id = 1) => (JsonObject)(await _company.GetAsync($"/k/v1/record.json?app=1&id={id}")).Json["record"]!;

    public void Dispose() => _company.Dispose();
}
