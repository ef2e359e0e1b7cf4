using System.Text.Json.Nodes;
using CsCheck;

namespace KintoneSimulator.Tests;

public sealed class RecordsTests : IDisposable
{
    readonly Company _company = new();

    [Fact]
    public async Task Times_have_whole_minutes_and_revisions_tell_edits_of_one_minute_apart()
    {
        var id = _company.App.Add(new() { ["title"] = "a" });
        var added = await RecordAsync(id);
        Assert.Equal(("2026-05-01T12:00:00Z", "2026-05-01T12:00:00Z", "1"), Times(added));
        _company.Clock.Advance(TimeSpan.FromSeconds(10));
        _company.App.Edit(id, new() { ["title"] = "b" });
        Assert.Equal(("2026-05-01T12:00:00Z", "2026-05-01T12:00:00Z", "2"), Times(await RecordAsync(id)));
        _company.Clock.Advance(TimeSpan.FromSeconds(10));
        _company.App.Edit(id, new() { ["title"] = "c" });
        Assert.Equal(("2026-05-01T12:00:00Z", "2026-05-01T12:01:00Z", "3"), Times(await RecordAsync(id)));

        static (string?, string?, string?) Times(JsonObject record) =>
            ((string?)record["作成日時"]!["value"], (string?)record["更新日時"]!["value"], (string?)record["$revision"]!["value"]);
    }

    [Fact]
    public async Task A_record_may_be_created_in_the_past()
    {
        _company.Add(1);
        var old = _company.App.Add(new() { ["title"] = "migrated" }, new(2019, 3, 1, 1, 2, 3, TimeSpan.Zero));
        Assert.Equal([old], await _company.IdsAsync("更新日時 < \"2020-01-01T00:00:00Z\""));
        Assert.Equal("2019-03-01T01:02:00Z", (string?)(await RecordAsync(old))["更新日時"]!["value"]);
    }

    [Fact]
    public async Task An_id_is_never_given_twice()
    {
        _company.Add(3);
        Assert.True(_company.App.Delete(3));
        Assert.False(_company.App.Delete(3));
        Assert.Equal(4, _company.App.Add());
        Assert.Equal((404, "GAIA_RE01"), (await _company.GetAsync("/k/v1/record.json?app=1&id=3")).Refusal);
        Assert.Equal([4, 2, 1], await _company.IdsAsync(""));
    }

    [Fact]
    public async Task A_renamed_field_keeps_its_values_and_a_new_field_under_an_old_code_has_none()
    {
        _company.App.AddTable("table", Field.Create("item", "SINGLE_LINE_TEXT"), Field.Create("count", "NUMBER"));
        var id = _company.App.Add(new() { ["title"] = "kept", ["table"] = new JsonArray(new JsonObject { ["item"] = "bolt", ["count"] = 3 }) });
        var revision = _company.App.Revision;

        _company.App.RenameField("title", "subject");
        _company.App.RenameField("item", "part");
        Assert.Equal("kept", (string?)(await RecordAsync(id))["subject"]!["value"]);
        var row = (await RecordAsync(id))["table"]!["value"]![0]!;
        Assert.Equal(("1", "bolt", "3"), ((string?)row["id"], (string?)row["value"]!["part"]!["value"], (string?)row["value"]!["count"]!["value"]));
        Assert.Equal([id], await _company.IdsAsync("part in (\"bolt\") and subject = \"kept\""));

        _company.App.RemoveField("subject");
        _company.App.AddField("subject", "SINGLE_LINE_TEXT");
        Assert.Equal("", (string?)(await RecordAsync(id))["subject"]!["value"]);
        _company.App.ChangeType("amount", "DATE");
        Assert.Null((await RecordAsync(id))["amount"]!["value"]);
        Assert.Equal(revision + 5, _company.App.Revision);
    }

    [Theory]
    [InlineData("GROUP")]
    [InlineData("REFERENCE_TABLE")]
    public async Task Fields_without_values_are_in_the_form_and_not_in_records(string type)
    {
        _company.App.AddField("field", type);
        var id = _company.App.Add();
        Assert.False((await RecordAsync(id)).ContainsKey("field"));
        Assert.True((await _company.GetAsync("/k/v1/app/form/fields.json?app=1")).Json["properties"]!.AsObject().ContainsKey("field"));
    }

    [Fact]
    public async Task Status_is_in_records_only_while_the_process_is_on()
    {
        var id = _company.App.Add();
        Assert.False((await RecordAsync(id)).ContainsKey("ステータス"));
        Assert.False((bool)(await _company.GetAsync("/k/v1/app/form/fields.json?app=1")).Json["properties"]!["ステータス"]!["enabled"]!);
        _company.App.SetProcess("未処理", "処理中", "完了");
        _company.App.Edit(id, new() { ["ステータス"] = "完了" });
        var other = _company.App.Add();
        Assert.Equal("完了", (string?)(await RecordAsync(id))["ステータス"]!["value"]);
        Assert.Equal("未処理", (string?)(await RecordAsync(other))["ステータス"]!["value"]);
        Assert.Equal([other], await _company.IdsAsync("ステータス = \"未処理\""));
    }

    [Fact]
    public void Any_text_comes_back_as_it_was_saved() => Gen.String.Sample(text =>
    {
        // A lone half of a surrogate pair is no text.
        var sound = new string([.. text.EnumerateRunes().SelectMany(rune => rune.ToString())]);
        var id = _company.App.Add(new() { ["title"] = sound });
        var record = RecordAsync(id).GetAwaiter().GetResult();
        Assert.Equal(sound, (string?)record["title"]!["value"]);
    }, iter: 200, threads: 1);

    [Theory]
    [InlineData("\" 1.5e1 \"", "15")]
    [InlineData("42", "42")]
    [InlineData("\"100000000000000000000000000000.25\"", "100000000000000000000000000000.25")]
    [InlineData("\"\"", "")]
    public async Task Numbers_become_plain_digits(string given, string saved)
    {
        var id = _company.App.Add(new() { ["amount"] = JsonNode.Parse(given) });
        Assert.Equal(saved, (string?)(await RecordAsync(id))["amount"]!["value"]);
    }

    [Fact]
    public async Task An_apps_code_stands_before_its_record_numbers()
    {
        var app = _company.Domain.AddApp("coded", code: "DEAL");
        app.Add();
        Assert.Equal("DEAL-1", (string?)(await _company.GetAsync($"/k/v1/record.json?app={app.Id}&id=1")).Json["record"]!["レコード番号"]!["value"]);
        Assert.Equal([1], await _company.IdsAsync("レコード番号 = \"DEAL-1\"", app));
    }

    [Fact]
    public async Task Related_records_can_be_searched()
    {
        var customers = _company.Domain.AddApp("customers");
        customers.AddField("name", "SINGLE_LINE_TEXT");
        customers.AddField("deals", "REFERENCE_TABLE", new()
        {
            ["referenceTable"] = new JsonObject
            {
                ["relatedApp"] = new JsonObject { ["app"] = "1", ["code"] = "" },
                ["condition"] = new JsonObject { ["field"] = "name", ["relatedField"] = "title" },
            },
        });
        _company.App.Add(new() { ["title"] = "ABC", ["amount"] = 5 });
        customers.Add(new() { ["name"] = "ABC" });
        customers.Add(new() { ["name"] = "XYZ" });
        Assert.Equal([1], await _company.IdsAsync("deals.amount > 4", customers));
    }

    [Fact]
    public async Task The_form_tells_of_other_apps_only_those_who_may_view_them()
    {
        var other = _company.Domain.AddApp("other");
        var related = new JsonObject { ["relatedApp"] = new JsonObject { ["app"] = $"{other.Id}", ["code"] = "" } };
        _company.App.AddField("reference", "REFERENCE_TABLE", new() { ["referenceTable"] = related.DeepClone() });
        _company.App.AddTable("table", Field.Create("lookup", "NUMBER", new() { ["lookup"] = related.DeepClone() }));
        Assert.Equal((true, true), await SeesAsync(Company.Password("admin", "secret")));
        Assert.Equal((false, false), await SeesAsync(Company.Token(_company.App.AddToken())));
        Assert.Equal((true, true), await SeesAsync(Company.Token(_company.App.AddToken(), other.AddToken())));
        _company.Simulator.Options = _company.Simulator.Options with { LookupsNeedRights = false };
        Assert.Equal((false, true), await SeesAsync(Company.Token(_company.App.AddToken())));

        async Task<(bool Reference, bool Lookup)> SeesAsync((string, string) credentials)
        {
            var properties = (await _company.GetAsync("/k/v1/app/form/fields.json?app=1", credentials)).Json["properties"]!;
            return (properties["reference"]!["referenceTable"] is not null, properties["table"]!["fields"]!["lookup"]!["lookup"] is not null);
        }
    }

    [Fact]
    public async Task Files_are_found_while_a_record_shows_them()
    {
        _company.App.AddField("files", "FILE");
        var file = _company.Domain.AddFile("見積.txt", "内容"u8.ToArray(), "text/plain");
        var path = $"/k/v1/file.json?fileKey={file["fileKey"]}";
        Assert.Equal((404, "GAIA_BL01"), (await _company.GetAsync(path)).Refusal);
        var id = _company.App.Add(new() { ["files"] = new JsonArray(file) });
        var answer = await _company.GetAsync(path);
        Assert.Equal(("内容", "text/plain"), (answer.Text, answer.Headers["Content-Type"]));
        Assert.Equal(200, (int)(await _company.GetAsync(path, Company.Token(_company.App.AddToken()))).Status);
        Assert.Equal((400, "GAIA_IA02"), (await _company.GetAsync(path, Company.Token(_company.Domain.AddApp("o").AddToken()))).Refusal);
        _company.App.Edit(id, new() { ["files"] = new JsonArray() });
        Assert.Equal((404, "GAIA_BL01"), (await _company.GetAsync(path)).Refusal);
    }

    [Fact]
    public async Task Comments_come_ten_at_a_time_from_either_end()
    {
        _company.Add(1);
        for (var i = 1; i <= 12; i++)
            _company.App.AddComment(1, $"c{i}", new("ann", "Ann"), ("admin", "USER"));
        var newest = await CommentsAsync("");
        Assert.Equal((10, "c12 ", true, false), Shape(newest));
        Assert.Equal((2, "c2 ", false, true), Shape(await CommentsAsync("&offset=10")));
        Assert.Equal((10, "c1 ", false, true), Shape(await CommentsAsync("&order=asc")));
        Assert.Equal((400, "CB_VA01"), (await _company.GetAsync("/k/v1/record/comments.json?app=1&record=1&limit=11")).Refusal);
        Assert.Equal((404, "GAIA_RE01"), (await _company.GetAsync("/k/v1/record/comments.json?app=1&record=2")).Refusal);
        _company.Simulator.Options = _company.Simulator.Options with { TokensReadComments = false };
        Assert.Equal((403, "GAIA_NO01"), (await _company.GetAsync("/k/v1/record/comments.json?app=1&record=1", Company.Token(_company.App.AddToken())))
            .Refusal);

        async Task<JsonObject> CommentsAsync(string more) => (await _company.GetAsync($"/k/v1/record/comments.json?app=1&record=1{more}")).Json;
        static (int, string?, bool, bool) Shape(JsonObject json) =>
            (json["comments"]!.AsArray().Count, (string?)json["comments"]![0]!["text"], (bool)json["older"]!, (bool)json["newer"]!);
    }

    [Fact]
    public async Task Records_may_be_changed_while_they_are_read()
    {
        _company.App.AddTable("table", Field.Create("item", "SINGLE_LINE_TEXT"));
        _company.Add(200);
        using var stop = new CancellationTokenSource();
        var changes = Task.Run(() =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                var id = _company.App.Add(new() { ["table"] = new JsonArray(new JsonObject { ["item"] = "x" }) });
                _company.App.Edit(1 + (i % 100), new() { ["title"] = $"{i}" });
                _company.App.Delete(id);
                _company.App.AddField("extra", i % 2 == 0 ? "NUMBER" : "DATE");
            }
        });
        for (var i = 0; i < 50; i++)
            Assert.Equal(200, (await _company.IdsAsync("$id <= 200 order by $id asc limit 500")).Count);
        await stop.CancelAsync();
        await changes;
    }

    async Task<JsonObject> RecordAsync(long id) => (JsonObject)(await _company.GetAsync($"/k/v1/record.json?app=1&id={id}")).Json["record"]!;

    public void Dispose() => _company.Dispose();
}
