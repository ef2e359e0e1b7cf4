using System.Text.Json;
using System.Text.Json.Nodes;
using KintoneSimulator;
using KintoneSource.Tests.Simulation;

namespace KintoneSource.Tests.Commands;

/// <summary>An app that is changed between discover and read: its destination's table was made from the catalog.</summary>
public sealed class SchemaDriftTests : IDisposable
{
    const string UpdatedTime = "更新日時";

    readonly Simulator _simulator = new(new() { Time = InProcess.Clock() });
    readonly App _app;
    readonly string _config;

    public SchemaDriftTests()
    {
        _simulator.Domain.AddUser("admin", "secret");
        _app = _simulator.Domain.AddApp("注文", id: 12);
        _app.AddField("品名", "SINGLE_LINE_TEXT");
        _app.AddField("金額", "NUMBER");
        _app.AddTable("明細", Field.Create("摘要", "SINGLE_LINE_TEXT"), Field.Create("数量", "NUMBER"));
        _app.Add(Values("鉛筆", "120", ("赤", "3")), _simulator.Domain.Now.AddDays(-1), _simulator.Domain.Now.AddDays(-1));
        _config = TestConfig.Of(TestConfig.Password("admin", "secret"), TestConfig.Listed(12));
    }

    public void Dispose() => _simulator.Dispose();

    static JsonObject Values(string name, string amount, params (string Note, string Count)[] rows) => new()
    {
        ["品名"] = name,
        ["金額"] = amount,
        ["明細"] = new JsonArray([.. rows.Select(static r => new JsonObject { ["value"] = new JsonObject { ["摘要"] = r.Note, ["数量"] = r.Count } })]),
    };

    /// <summary>Discovers, changes the app, and reads by the catalog from before.</summary>
    /// <param name="afterFirstSync">The change comes between two syncs instead of before the first.</param>
    async Task<Run> ReadAfterAsync(Action change, bool incremental = false, bool afterFirstSync = false)
    {
        var catalog = (await _simulator.DiscoverAsync(_config)).Configure(static s => s == "app_12_records", incremental);
        string? state = null;
        if (afterFirstSync)
        {
            var first = await _simulator.ReadAsync(_config, catalog);
            Assert.Equal(0, first.ExitCode);
            state = $"[{first.Of("STATE", "state").Last().GetRawText()}]";
        }
        change();
        return await _simulator.ReadAsync(_config, catalog, state);
    }

    static JsonElement OnlyRow(Run run)
    {
        Assert.True(run.ExitCode == 0, run.Output);
        return Assert.Single(run.Records("app_12_records"));
    }

    static IEnumerable<(string Field, string Change)> Changes(Run run) => run.Of("RECORD", "record").SelectMany(static r =>
        r.TryGetProperty("meta", out var meta) ? meta.GetProperty("changes").EnumerateArray().ToArray() : [])
        .Select(static c => (c.GetProperty("field").GetString()!, c.GetProperty("change").GetString()!));

    static string[] ColumnsOf(JsonElement row) => [.. row.EnumerateObject().Select(static p => p.Name)];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_field_that_was_added_waits_for_the_next_discover(bool incremental)
    {
        var run = await ReadAfterAsync(() =>
        {
            _app.AddField("備考", "SINGLE_LINE_TEXT");
            _app.AddTable("明細", Field.Create("摘要", "SINGLE_LINE_TEXT"), Field.Create("単価", "NUMBER"), Field.Create("数量", "NUMBER"));
            _app.Edit(1, Values("消しゴム", "80", ("青", "5")));
        }, incremental, afterFirstSync: incremental);

        var row = OnlyRow(run);
        Assert.DoesNotContain("備考", ColumnsOf(row));
        Assert.Equal("消しゴム", row.GetProperty("品名").GetString());
        Assert.Equal(["_kintone_row_id", "摘要", "数量"], ColumnsOf(row.GetProperty("明細")[0]).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(run.Warnings, static w => w.Contains("columns", StringComparison.Ordinal));
        Assert.Empty(Changes(run));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_field_that_was_removed_is_null_and_named_in_a_warning(bool incremental)
    {
        var run = await ReadAfterAsync(() =>
        {
            _app.RemoveField("金額");
            _app.RemoveField("数量");
            _app.TouchRecord(1);
        }, incremental, afterFirstSync: incremental);

        var row = OnlyRow(run);
        Assert.Equal(JsonValueKind.Null, row.GetProperty("金額").ValueKind);
        Assert.Equal(JsonValueKind.Null, row.GetProperty("明細")[0].GetProperty("数量").ValueKind);
        Assert.Equal("赤", row.GetProperty("明細")[0].GetProperty("摘要").GetString());
        var warning = Assert.Single(run.Warnings, static w => w.Contains("no longer exist", StringComparison.Ordinal));
        Assert.Contains("金額", warning, StringComparison.Ordinal);
        Assert.Contains("明細.数量", warning, StringComparison.Ordinal);
        Assert.Contains("Refresh the schema", warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_that_was_removed_is_null_and_named_once()
    {
        var run = await ReadAfterAsync(() => _app.RemoveField("明細"));

        Assert.Equal(JsonValueKind.Null, OnlyRow(run).GetProperty("明細").ValueKind);
        Assert.Contains("every record: 明細. ", Assert.Single(run.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_field_that_was_renamed_is_gone_under_its_old_name()
    {
        var run = await ReadAfterAsync(() =>
        {
            _app.RenameField("品名", "商品名");
            _app.RenameField("摘要", "内容");
        });

        var row = OnlyRow(run);
        Assert.Equal(JsonValueKind.Null, row.GetProperty("品名").ValueKind);
        Assert.DoesNotContain("商品名", ColumnsOf(row));
        Assert.Equal(JsonValueKind.Null, row.GetProperty("明細")[0].GetProperty("摘要").ValueKind);
        Assert.Equal(3, row.GetProperty("明細")[0].GetProperty("数量").GetInt32());
        Assert.Equal(
            "app_12_records: the codes of fields of app 12 were probably changed: that of 明細.摘要 to 内容, that of 品名 to 商品名. "
                + "Refresh the schema: the new codes have columns of their own, and the old columns stay and are null from now on.",
            Assert.Single(run.Warnings));
    }

    [Fact]
    public async Task One_field_that_was_renamed_is_one_sentence()
    {
        var run = await ReadAfterAsync(() => _app.RenameField("金額", "合計金額"));
        Assert.Equal(
            "app_12_records: the code of the field 金額 of app 12 was probably changed to 合計金額. "
                + "Refresh the schema: the new code has a column of its own, and the old column stays and is null from now on.",
            Assert.Single(run.Warnings));
        Assert.Equal(JsonValueKind.Null, OnlyRow(run).GetProperty("金額").ValueKind);
        Assert.DoesNotContain("合計金額", ColumnsOf(OnlyRow(run)));
    }

    [Fact]
    public async Task Where_the_label_changed_too_the_only_one_of_its_type_is_meant_and_of_two_nobody_knows()
    {
        var run = await ReadAfterAsync(() =>
        {
            _app.RenameField("金額", "合計");
            _app.ChangeField("合計", new() { ["label"] = "合計（税込）" });
        });
        Assert.Contains("the field 金額 of app 12 was probably changed to 合計.", Assert.Single(run.Warnings), StringComparison.Ordinal);

        run = await ReadAfterAsync(() =>
        {
            _app.RemoveField("合計");
            _app.AddField("税抜", "NUMBER");
            _app.AddField("税込", "NUMBER");
        });
        Assert.Contains("no longer exist in the app", Assert.Single(run.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_field_of_another_type_keeps_what_fits_and_notes_what_does_not(bool incremental)
    {
        var run = await ReadAfterAsync(() =>
        {
            _app.ChangeType("金額", "SINGLE_LINE_TEXT");
            _app.ChangeType("数量", "SINGLE_LINE_TEXT");
            _app.ChangeType("品名", "NUMBER");
            _app.Edit(1, Values("7", "百二十円", ("緑", "三つ"), ("黄", "4")));
        }, incremental, afterFirstSync: incremental);

        var row = OnlyRow(run);
        Assert.Equal("7", row.GetProperty("品名").GetString());
        Assert.Equal(JsonValueKind.Null, row.GetProperty("金額").ValueKind);
        Assert.Equal([JsonValueKind.Null, JsonValueKind.Number], row.GetProperty("明細").EnumerateArray().Select(static r => r.GetProperty("数量").ValueKind));
        Assert.Contains(("金額", "NULLED"), Changes(run));
        Assert.Contains(Changes(run), static c => c.Field.Contains("明細", StringComparison.Ordinal) && c.Change == "NULLED");
        var warning = Assert.Single(run.Warnings, static w => w.Contains("another type", StringComparison.Ordinal));
        Assert.All(new[] { "品名", "金額", "明細.数量" }, name => Assert.Contains(name, warning, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("明細", "SINGLE_LINE_TEXT")]
    [InlineData("品名", "SUBTABLE")]
    public async Task A_table_and_a_plain_field_do_not_fit_each_other(string code, string type)
    {
        var run = await ReadAfterAsync(() =>
        {
            if (type == "SUBTABLE") _app.AddTable(code, Field.Create("中", "SINGLE_LINE_TEXT"));
            else _app.ChangeType(code, type);
            _app.Edit(1, new() { [code] = type == "SUBTABLE" ? new JsonArray(new JsonObject { ["value"] = new JsonObject { ["中"] = "x" } }) : "text" });
        });

        Assert.Equal(JsonValueKind.Null, OnlyRow(run).GetProperty(code).ValueKind);
        Assert.Contains((code, "NULLED"), Changes(run));
        Assert.Contains("another type", Assert.Single(run.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Without_the_update_time_an_incremental_sync_asks_to_refresh_the_schema(bool afterFirstSync)
    {
        var run = await ReadAfterAsync(() => _app.RemoveField(UpdatedTime), incremental: true, afterFirstSync);

        Assert.Equal(1, run.ExitCode);
        var error = Assert.Single(run.Errors);
        Assert.Equal("config_error", error.GetProperty("failure_type").GetString());
        Assert.Contains("refresh the schema", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Empty(run.Records("app_12_records"));
    }

    [Fact]
    public async Task Without_the_update_time_a_full_refresh_goes_on()
    {
        var run = await ReadAfterAsync(() => _app.RemoveField(UpdatedTime));
        Assert.Equal(JsonValueKind.Null, OnlyRow(run).GetProperty("_kintone_updated_at").ValueKind);
    }

    [Fact]
    public async Task An_update_time_of_another_code_is_the_same_column()
    {
        var run = await ReadAfterAsync(() =>
        {
            _app.RenameField(UpdatedTime, "最終更新");
            _app.TouchRecord(1);
        }, incremental: true, afterFirstSync: true);
        Assert.Equal("2026-05-01T03:00:00Z", OnlyRow(run).GetProperty("_kintone_updated_at").GetString());
    }

    [Theory] // whether a field that may not be viewed leaves the form too is unverified
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_field_that_was_hidden_is_null(bool leavesForm)
    {
        _simulator.Options = _simulator.Options with { HiddenFieldsLeaveForm = leavesForm };
        var run = await ReadAfterAsync(() => _app.HideField("金額"));

        Assert.Equal(JsonValueKind.Null, OnlyRow(run).GetProperty("金額").ValueKind);
        Assert.Equal(leavesForm ? 1 : 0, run.Warnings.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_app_that_was_removed_fails_its_stream_alone(bool incremental)
    {
        var other = _simulator.Domain.AddApp("見積", id: 13);
        other.Add();
        var config = TestConfig.Of(TestConfig.Password("admin", "secret"), TestConfig.Listed(12, 13));
        var catalog = (await _simulator.DiscoverAsync(config)).Configure(static s => s.EndsWith("_records", StringComparison.Ordinal) || s == "app_settings",
            incremental);
        _simulator.Domain.RemoveApp(_app);
        var run = await _simulator.ReadAsync(config, catalog);

        Assert.Equal(1, run.ExitCode);
        var error = Assert.Single(run.Errors);
        Assert.Equal(("config_error", "app_12_records"),
            (error.GetProperty("failure_type").GetString(), error.GetProperty("stream_descriptor").GetProperty("name").GetString()));
        Assert.Contains("app 12", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Contains("refresh the schema", error.GetProperty("message").GetString(), StringComparison.OrdinalIgnoreCase);
        Assert.Single(run.Records("app_13_records"));
        Assert.Single(run.Records("app_settings"));
        Assert.Single(run.Warnings, static w => w.StartsWith("app_settings: rows are missing.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_app_that_is_no_longer_selected_says_so()
    {
        var catalog = (await _simulator.DiscoverAsync(_config)).Configure(static s => s == "app_12_records");
        var run = await _simulator.ReadAsync(TestConfig.Of(TestConfig.Password("admin", "secret"), TestConfig.AllApps(exclude: [12])), catalog);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("not among those of the apps that the configuration selects", Assert.Single(run.Errors).GetProperty("message").GetString(),
            StringComparison.Ordinal);
    }
}
