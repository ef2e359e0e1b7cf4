using System.Text.Json;
using System.Text.Json.Nodes;
using KintoneSimulator;
using KintoneSource.Tests.Simulation;

namespace KintoneSource.Tests.Reading.Apps;

/// <summary>A form that is changed while its records are read: Kintone leaves a field out without a word, and absent is not empty.</summary>
public sealed class ChangedFormTests : IDisposable
{
    const int Records = 2_000;

    readonly Simulator _simulator = new(new() { Time = InProcess.Clock() });
    readonly App _app;
    readonly string _config;

    public ChangedFormTests()
    {
        _simulator.Domain.AddUser("admin", "secret");
        _app = _simulator.Domain.AddApp("注文", id: 12);
        _app.AddField("品名", "SINGLE_LINE_TEXT");
        _app.AddField("金額", "NUMBER");
        _app.AddField("添付", "FILE");
        _app.AddTable("明細", Field.Create("摘要", "SINGLE_LINE_TEXT"), Field.Create("数量", "NUMBER"));
        for (var i = 1; i <= Records; i++)
        {
            _app.Add(new()
            {
                ["品名"] = "鉛筆",
                ["金額"] = "120",
                ["明細"] = i % 3 == 0 ? new JsonArray() : new JsonArray(new JsonObject { ["value"] = new JsonObject { ["摘要"] = "赤", ["数量"] = "3" } }),
            });
        }
        _config = TestConfig.Of(TestConfig.Password("admin", "secret"), TestConfig.Listed(12));
    }

    public void Dispose() => _simulator.Dispose();

    /// <summary>What happens to the form, and the paths of the columns that it takes away.</summary>
    public static TheoryData<string, bool, bool> Changes()
    {
        var data = new TheoryData<string, bool, bool>();
        foreach (var code in (string[])["金額", "数量", "明細"])
            foreach (var isRemoved in (bool[])[false, true])
                foreach (var isIncremental in (bool[])[false, true])
                    data.Add(code, isRemoved, isIncremental);
        return data;
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task No_record_is_delivered_with_nulls_for_it_and_the_next_sync_goes_on_by_the_new_form(string code, bool isRemoved, bool isIncremental)
    {
        var selected = JsonNode.Parse((await _simulator.DiscoverAsync(_config)).Configure(static s => s == "app_12_records", isIncremental))!;
        selected["streams"]![0]!["stream"]!["json_schema"]!["properties"]!.AsObject().Remove("品名"); // so that the fields are asked for by name
        var catalog = selected.ToJsonString();
        OnPage(3, () =>
        {
            if (isRemoved) _app.RemoveField(code);
            else _app.RenameField(code, "別のコード");
        });
        var cut = await _simulator.ReadAsync(_config, catalog);

        Assert.Equal(1, cut.ExitCode);
        var error = Assert.Single(cut.Errors);
        Assert.Equal("transient_error", error.GetProperty("failure_type").GetString());
        Assert.Contains($"its form was changed: no field has the code {code} any more", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        var before = cut.Records("app_12_records");
        Assert.InRange(before.Count, 1, Records - 1);
        Assert.All(before, static row =>
        {
            Assert.Equal(120, row.GetProperty("金額").GetInt32());
            Assert.All(row.GetProperty("明細").EnumerateArray(), static r => Assert.Equal(3, r.GetProperty("数量").GetInt32()));
        });

        _simulator.BeforeAnswer = null;
        var rest = await _simulator.ReadAsync(_config, catalog, $"[{cut.Of("STATE", "state").Last().GetRawText()}]");
        Assert.True(rest.ExitCode == 0, rest.Output);
        Assert.Contains(rest.Warnings, w =>
            w.Contains(isRemoved ? "no longer exist" : "was probably changed to", StringComparison.Ordinal) && w.Contains(code, StringComparison.Ordinal));
        Assert.Equal(Records, before.Concat(rest.Records("app_12_records")).Select(static r => r.GetProperty("_kintone_id").GetInt64()).Distinct().Count());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_may_not_be_viewed_costs_one_request_of_a_scan_and_a_status_without_a_process_none(bool isHidden)
    {
        var catalog = (await _simulator.DiscoverAsync(_config)).Configure(static s => s == "app_12_records");
        if (isHidden)
        {
            _app.HideField("金額");
            _app.HideField("摘要");
        }
        _simulator.Journal.Clear();
        var run = await _simulator.ReadAsync(_config, catalog);

        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.Warnings);
        Assert.Equal(Records, run.Records("app_12_records").Count);
        Assert.Equal(isHidden ? 2 : 1, _simulator.Journal.CountOf("app/form/fields"));
    }

    /// <summary>Whoever asks about the form has a page in hand, and would wait for ever for memory that pages hold.</summary>
    [Fact]
    public async Task Where_pages_hold_the_memory_the_form_is_asked_for_all_the_same()
    {
        var catalog = (await _simulator.DiscoverAsync(_config)).Configure(static s => s == "app_12_records");
        _app.HideField("金額");
        var run = await _simulator.ReadAsync(_config, catalog, memory: 64 * 1024).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal((0, Records), (run.ExitCode, run.Records("app_12_records").Count));
    }

    /// <summary>Nor does it wait for a slot in which another app's page waits for memory.</summary>
    [Fact]
    public async Task Where_a_page_of_another_app_waits_for_memory_the_form_is_asked_for_all_the_same()
    {
        var other = _simulator.Domain.AddApp("見積", id: 13);
        other.AddField("金額", "NUMBER");
        for (var i = 0; i < Records; i++) other.Add(new() { ["金額"] = "120" });
        var config = JsonNode.Parse(TestConfig.Of(TestConfig.Password("admin", "secret"), TestConfig.Listed(12, 13)))!;
        config["max_concurrent_requests"] = 2;
        var catalog = (await _simulator.DiscoverAsync(config.ToJsonString())).Configure(static s => s.EndsWith("_records", StringComparison.Ordinal));
        _app.HideField("金額");
        other.HideField("金額");
        var run = await _simulator.ReadAsync(config.ToJsonString(), catalog, memory: 64 * 1024).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal((0, Records, Records), (run.ExitCode, run.Records("app_12_records").Count, run.Records("app_13_records").Count));
    }

    [Fact]
    public async Task One_that_is_hidden_meanwhile_is_null_from_then_on()
    {
        var catalog = (await _simulator.DiscoverAsync(_config)).Configure(static s => s == "app_12_records");
        OnPage(3, () => _app.HideField("金額"));
        var run = await _simulator.ReadAsync(_config, catalog);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(
            [JsonValueKind.Number, JsonValueKind.Null],
            run.Records("app_12_records").Select(static r => r.GetProperty("金額").ValueKind).Distinct().Order());
    }

    void OnPage(int number, Action change)
    {
        var pages = 0;
        _simulator.BeforeAnswer = entry =>
        {
            if (entry.Resource == "records" && entry.Query!.Contains("limit 500", StringComparison.Ordinal) && ++pages == number) change();
        };
    }
}
