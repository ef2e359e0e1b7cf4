using System.Text.Json;
using System.Text.Json.Nodes;
using KintoneSimulator;
using KintoneSource.Catalog;
using KintoneSource.Testing;
using KintoneSource.Tests.Simulation;

namespace KintoneSource.Tests.Reading.Resources;

public class ResourceReaderTests
{
    static readonly object s_threeApps = TestConfig.Listed(SampleCompany.CustomersApp, SampleCompany.ReportsApp,
        new { app = SampleCompany.TasksApp, guest_space_id = SampleCompany.GuestSpace });

    /// <summary>Those that are read of Kintone; what a sync says of itself is not.</summary>
    public static TheoryData<string> Names => [.. ResourceStreams.All.Where(static s => s != ResourceStreams.SyncAudit).Select(static s => s.Name)];

    /// <summary>The sample company, one of whose apps has every setting that the others leave as it was.</summary>
    static Simulator Company()
    {
        var simulator = SampleCompany.Create(InProcess.Clock());
        var app = simulator.Domain.App(SampleCompany.CustomersApp)!;
        app.SetProcess("未処理", "処理中");
        foreach (var (resource, content) in s_settings) app.SetResource(resource, JsonNode.Parse(content)!.AsObject());
        foreach (var (resource, content) in s_forManagers) app.Resources[resource] = JsonNode.Parse(content)!.AsObject();
        return simulator;
    }

    static readonly Dictionary<string, string> s_forManagers = new()
    {
        ["app/plugins"] = """{"plugins": [{"id": "djmhffjhfgmebgnmcggopedaofckljlj", "name": "印刷", "enabled": true}, {"id": "aaaa", "name": "Old", "enabled": false}]}""",
        ["app/customize"] = """
            {"scope": "ADMIN", "desktop": {"js": [{"type": "URL", "url": "https://cdn.example/x.js"}, {"type": "FILE", "file": {"fileKey": "k", "name": "a.js", "contentType": "text/javascript", "size": "12"}}], "css": []},
             "mobile": {"js": [], "css": []}}
            """,
        ["app/adminNotes"] = """{"content": "<p>月次で確認</p>", "includeInTemplateAndDuplicates": true}""",
    };

    static readonly Dictionary<string, string> s_settings = new()
    {
        ["app/views"] = """
            {"views": {"一覧": {"index": "0", "type": "LIST", "name": "一覧", "id": "20", "fields": ["会社名"], "filterCond": "会社名 != \"\"", "sort": "$id desc"},
             "（作業者が自分）": {"index": "1", "type": "LIST", "builtinType": "ASSIGNEE", "name": "（作業者が自分）", "id": "21", "filterCond": "", "sort": ""},
             "Custom": {"index": "2", "type": "CUSTOM", "name": "Custom", "id": "22", "html": "<b>x</b>", "pager": true, "device": "DESKTOP"}}}
            """,
        ["app/reports"] = """
            {"reports": {"件数": {"id": "30", "index": "0", "name": "件数", "chartType": "BAR", "chartMode": "NORMAL", "groups": [{"code": "会社名"}],
             "aggregations": [{"type": "COUNT"}], "filterCond": "", "sorts": [{"by": "TOTAL", "order": "DESC"}], "periodicReport": {"active": true, "period": {"every": "YEAR"}}}}}
            """,
        ["app/actions"] = """
            {"actions": {"案件を作る": {"id": "40", "name": "案件を作る", "index": "0", "destApp": {"app": "2", "code": "DEAL"},
             "mappings": [{"srcType": "FIELD", "srcField": "会社名", "destField": "会社名"}], "entities": [{"type": "GROUP", "code": "everyone"}], "filterCond": ""}}}
            """,
    };

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Reads_every_row_of_the_sample_company(string stream)
    {
        using var simulator = Company();
        var config = TestConfig.Of(TestConfig.Administrator, s_threeApps);

        var discovered = await simulator.DiscoverAsync(config);
        var run = await simulator.ReadAsync(config, discovered.Configure(name => name == stream));

        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.Warnings);
        var schema = new SchemaCheck(Offered(discovered, stream).GetProperty("json_schema"));
        Assert.All(run.Records(stream), row => Assert.Empty(schema.Problems(row)));
        var key = ResourceStreams.Find(stream)!.Key;
        Assert.Equal(run.Records(stream).Count, run.Records(stream).DistinctBy(row => string.Join('\n', key.Select(k => row.GetProperty(k).GetString())))
            .Count());
        await Verifier.Verify(string.Join('\n', run.Records(stream).Select(static r => r.GetRawText())), "jsonl", method: $"Rows_of_{stream}");
    }

    [Fact]
    public async Task A_stream_is_its_statuses_its_records_and_one_state()
    {
        using var simulator = SampleCompany.Create(InProcess.Clock());
        var config = TestConfig.Of(TestConfig.Administrator, s_threeApps);
        var run = await simulator.ReadAsync(config, Catalog("groups", "code", "users"));

        Assert.Equal(
            ["STARTED", "RUNNING", "RECORD", "RECORD", "RECORD", "RECORD", """STATE 4.0 {}""", "COMPLETE"],
            run.Messages.Where(static m => m.GetProperty("type").GetString() != "LOG").Select(static m => m.GetProperty("type").GetString() switch
            {
                "TRACE" => m.GetProperty("trace").GetProperty("stream_status").GetProperty("status").GetString(),
                "STATE" => $"STATE {m.GetProperty("state").GetProperty("sourceStats").GetProperty("recordCount").GetRawText()} {m.GetProperty("state").GetProperty("stream").GetProperty("stream_state").GetRawText()}",
                var type => type,
            }));
        Assert.All(run.Records("groups"), static r => Assert.Equal(["code", "users"], r.EnumerateObject().Select(static p => p.Name)));
    }

    [Fact]
    public async Task An_empty_stream_completes_with_a_state()
    {
        using var simulator = SampleCompany.Create(InProcess.Clock());
        var run = await simulator.ReadAsync(TestConfig.Of(TestConfig.Administrator, TestConfig.Listed(SampleCompany.EmptyApp)), Catalog("spaces"));

        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.Records("spaces"));
        Assert.Equal("0.0", Assert.Single(run.Of("STATE", "state")).GetProperty("sourceStats").GetProperty("recordCount").GetRawText());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(50)]
    public async Task People_come_in_pages_and_memberships_side_by_side_in_the_order_of_the_rows(int maxConcurrent)
    {
        using var simulator = new Simulator(new() { Time = InProcess.Clock() });
        simulator.Domain.AddUser("admin", "secret");
        for (var i = 0; i < 249; i++) simulator.Domain.AddUser($"u{i}");
        for (var i = 0; i < 200; i++) simulator.Domain.AddGroup($"g{i}", $"Group {i}",
            [.. Enumerable.Range(0, i % 7 == 0 ? Math.Min(100 + i, 249) : i % 5).Select(static n => $"u{n}")]);
        var dice = new Random(1);
        simulator.BeforeAnswer = _ => Thread.SpinWait(dice.Next(2000)); // answers overtake each other

        var config = TestConfig.Of(TestConfig.Password("admin", "secret"), maxConcurrentRequests: maxConcurrent);
        var run = await simulator.ReadAsync(config, Catalog("users", "code"));
        Assert.Equal(simulator.Domain.Users.Select(static u => u.Code), run.Records("users").Select(static r => r.GetProperty("code").GetString()));
        Assert.Equal(4, simulator.Journal.CountOf("users")); // pages overlap by one, and the last says that nothing comes behind it

        run = await simulator.ReadAsync(config, Catalog("groups", "code", "users"));
        Assert.Equal(simulator.Domain.Groups.Select(static g => g.Code), run.Records("groups").Select(static r => r.GetProperty("code").GetString()));
        Assert.Equal(
            simulator.Domain.Groups.Select(static g => g.Members.AsEnumerable()),
            run.Records("groups").Select(static r => r.GetProperty("users").EnumerateArray().Select(static u => u.GetProperty("code").GetString()!)));
        Assert.Equal(4, simulator.Journal.CountOf("groups"));

        simulator.Journal.Clear();
        run = await simulator.ReadAsync(config, Catalog("groups", "id", "name"));
        Assert.Equal(200, run.Records("groups").Count);
        Assert.Equal(4, simulator.Journal.Count); // nobody asked for the members
    }

    [Fact]
    public async Task What_may_not_be_read_is_one_warning_for_each_cause_and_missing_rows()
    {
        using var simulator = SampleCompany.Create(InProcess.Clock());
        var config = TestConfig.Of(TestConfig.Demo, TestConfig.Listed(SampleCompany.CustomersApp, SampleCompany.MinutesApp, 999));
        var run = await simulator.ReadAsync(config, Catalog("app_views", "app_permissions", "app_fields"));

        Assert.Equal(0, run.ExitCode);
        Assert.All(run.Records("app_views").Concat(run.Records("app_fields")), static r => Assert.Equal("1", r.GetProperty("appId").GetString()));
        Assert.Empty(run.Records("app_permissions"));
        await Verifier.Verify(string.Join('\n', run.Warnings.Order(StringComparer.Ordinal).Select(WithoutErrorId)));
    }

    [Fact]
    public async Task A_value_that_does_not_fit_is_null_and_the_row_says_so()
    {
        using var simulator = SampleCompany.Create(InProcess.Clock());
        simulator.Domain.App(SampleCompany.CustomersApp)!.SetResource("app/views", JsonNode.Parse(
            """{"views": {"一覧": {"index": "0", "type": "LIST", "name": "一覧", "id": "20", "fields": "会社名", "pager": "yes", "filterCond": null, "sort": ""}}}""")!.AsObject());
        var run = await simulator.ReadAsync(TestConfig.Of(TestConfig.Administrator, TestConfig.Listed(SampleCompany.CustomersApp)),
            Catalog("app_views", "id", "fields", "pager", "sort", "filterCond"));

        Assert.Equal(
            """{"data":{"id":"20","fields":null,"filterCond":null,"sort":"","pager":null},"meta":{"changes":[{"field":"fields","change":"NULLED","reason":"SOURCE_SERIALIZATION_ERROR"},{"field":"pager","change":"NULLED","reason":"SOURCE_SERIALIZATION_ERROR"}]}}""",
            JsonSerializer.Serialize(Assert.Single(run.Of("RECORD", "record")).EnumerateObject().Where(static p => p.Name is "data" or "meta")
                .ToDictionary(static p => p.Name, static p => p.Value), s_plain));
    }

    static readonly JsonSerializerOptions s_plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public async Task Labels_in_languages_and_names_of_apps_cost_what_the_guide_says()
    {
        using var simulator = SampleCompany.Create(InProcess.Clock());
        var byPassword = Config(TestConfig.Administrator);
        var run = await simulator.ReadAsync(byPassword, Catalog("app_fields"));
        var rows = run.Records("app_fields").ToDictionary(static r => (r.GetProperty("appId").GetString(), r.GetProperty("path").GetString()));
        Assert.Equal("""{"en":"Company","ja":"会社名"}""", rows[("1", "会社名")].GetProperty("labels").ToString());
        Assert.Equal("""{"en":"小計","ja":"小計"}""", rows[("2", "明細.小計")].GetProperty("labels").ToString());
        Assert.Equal(["案件管理", "顧客"], rows.Values.Select(static r => r.GetProperty("appName").GetString()).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal((6, 2, 1, 0), Asked()); // a form in three languages and a layout for each app, and one list of names

        await simulator.ReadAsync(Config(TestConfig.Tokens(SampleCompany.TokenOf(1), SampleCompany.TokenOf(2))), Catalog("app_fields"));
        Assert.Equal((6, 2, 0, 2), Asked()); // tokens may not list apps

        await simulator.ReadAsync(byPassword, Catalog("app_fields", "appId", "path", "label"));
        Assert.Equal((2, 0, 1, 0), Asked());

        static string Config(object credentials) =>
            TestConfig.Of(credentials, TestConfig.Listed(SampleCompany.CustomersApp, SampleCompany.DealsApp))[..^1] + """, "label_languages": ["ja", "en"]}""";

        (int Forms, int Layouts, int Lists, int Apps) Asked()
        {
            var journal = simulator.Journal;
            var asked = (journal.CountOf("app/form/fields"), journal.CountOf("app/form/layout"), journal.CountOf("apps"), journal.CountOf("app"));
            simulator.Journal.Clear();
            return asked;
        }
    }

    [Fact]
    public async Task Without_the_layout_the_fields_have_no_place_and_the_log_says_why()
    {
        using var simulator = SampleCompany.Create(InProcess.Clock());
        simulator.Faults.Next(1, Fault.Error(403, "CB_NO02"), static r => r.Resource == "app/form/layout");
        var run = await simulator.ReadAsync(TestConfig.Of(TestConfig.Administrator, TestConfig.Listed(SampleCompany.DealsApp)), Catalog("app_fields"));

        Assert.Equal(0, run.ExitCode);
        Assert.All(run.Records("app_fields"), static r => Assert.Equal(JsonValueKind.Null, r.GetProperty("position").ValueKind));
        Assert.StartsWith("app_fields: position is null for app 2. ", Assert.Single(run.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Whether_settings_need_the_right_to_manage_changes_the_rows_and_not_the_outcome(bool needed)
    {
        using var simulator = SampleCompany.Create(InProcess.Clock(), new() { SettingsNeedManagement = needed });
        var config = TestConfig.Of(TestConfig.Tokens(SampleCompany.TokenOf(1)), TestConfig.Listed(SampleCompany.CustomersApp));
        var run = await simulator.ReadAsync(config, Catalog("app_notifications", "app_settings", "apps"));

        Assert.Equal(0, run.ExitCode);
        Assert.Single(run.Records("apps"));
        Assert.Single(run.Records("app_settings"));
        Assert.Equal(needed ? [] : ["general", "per_record", "reminder"],
            run.Records("app_notifications").Select(static r => r.GetProperty("kind").GetString()!));
        Assert.Equal(needed ? 1 : 0, run.Warnings.Count);
    }

    [Fact]
    public async Task Members_that_may_not_be_read_are_null_and_the_row_is_there()
    {
        using var simulator = SampleCompany.Create(InProcess.Clock());
        simulator.Faults.Always(Fault.Error(403, "CB_NO02"), static r => r.Resource == "group/users" && r.Parameters.Text("code") == "kacho");
        var run = await simulator.ReadAsync(TestConfig.Of(TestConfig.Administrator, maxConcurrentRequests: 1), Catalog("groups"));

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(JsonValueKind.Null, run.Records("groups").Single(static r => r.GetProperty("code").GetString() == "kacho").GetProperty("users")
            .ValueKind);
        Assert.Contains("kacho", Assert.Single(run.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("app_views")]
    [InlineData("spaces")]
    [InlineData("users")]
    [InlineData("apps")]
    public async Task Wrong_credentials_fail_the_stream(string stream)
    {
        using var simulator = SampleCompany.Create(InProcess.Clock());
        var config = TestConfig.Of(TestConfig.Password(SampleCompany.Administrator, "wrong"), s_threeApps);
        var run = await simulator.ReadAsync(config, Catalog(stream));

        Assert.Equal(1, run.ExitCode);
        var error = Assert.Single(run.Errors);
        Assert.Equal("config_error", error.GetProperty("failure_type").GetString());
        Assert.Contains("password", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Empty(run.Of("STATE", "state"));
    }

    [Fact] // many wrong tries lock a user
    public async Task A_wrong_password_is_not_tried_again_for_each_stream()
    {
        using var simulator = SampleCompany.Create(InProcess.Clock());
        var config = TestConfig.Of(TestConfig.Password(SampleCompany.Administrator, "wrong"), s_threeApps, maxConcurrentRequests: 1);
        var run = await simulator.ReadAsync(config, Catalog("users", "id", "organizations", "app_views", "app_settings", "spaces"));

        Assert.Equal(5, run.Errors.Count);
        Assert.Equal(1, simulator.Journal.Count);
    }

    [Theory]
    [InlineData("apps")]
    [InlineData("app_settings")]
    public async Task A_token_that_is_no_good_costs_its_app_and_no_good_token_fails_the_stream(string stream)
    {
        using var simulator = SampleCompany.Create(InProcess.Clock());
        async Task<Run> ReadAsync(params string[] tokens) =>
            await simulator.ReadAsync(TestConfig.Of(TestConfig.Tokens(tokens), TestConfig.Listed(1, 2)), Catalog(stream));

        var one = await ReadAsync(SampleCompany.TokenOf(2));
        Assert.Equal(0, one.ExitCode);
        Assert.Equal("2", Assert.Single(one.Records(stream)).GetProperty("appId").GetString());
        Assert.StartsWith($"{stream}: rows are missing. ", Assert.Single(one.Warnings), StringComparison.Ordinal);

        var none = await ReadAsync("nobody's token");
        Assert.Equal(1, none.ExitCode);
        Assert.Contains("GAIA_IA02", Assert.Single(none.Errors).GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Empty(none.Of("STATE", "state"));
    }

    [Fact]
    public async Task A_guest_space_that_is_closed_is_one_warning_beside_the_other_apps()
    {
        using var simulator = SampleCompany.Create(InProcess.Clock());
        var run = await simulator.ReadAsync(TestConfig.Of(TestConfig.Demo, TestConfig.AllApps([99])), Catalog("apps", "appId", "app_settings"));

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(
            SampleCompany.DemoApps.Append(SampleCompany.TasksApp).Order().Select(static a => $"{a}"),
            run.Records("apps").Select(static r => r.GetProperty("appId").GetString()!));
        Assert.Equal(run.Records("apps").Count, run.Records("app_settings").Count);
        Assert.StartsWith("No app of guest space 99 is visible", Assert.Single(run.Warnings), StringComparison.Ordinal);
    }

    [Theory] // the normal path's list may or may not hold the apps of guest spaces
    [InlineData(true)]
    [InlineData(false)]
    public async Task Every_app_is_listed_once(bool listHoldsGuestApps)
    {
        using var simulator = SampleCompany.Create(InProcess.Clock(), new() { AppListHoldsGuestApps = listHoldsGuestApps });
        var run = await simulator.ReadAsync(TestConfig.Of(TestConfig.Administrator, TestConfig.AllApps([SampleCompany.GuestSpace])), Catalog("apps", "appId"));

        Assert.Equal(
            simulator.Domain.Apps.Select(static a => a.Id).Order(),
            run.Records("apps").Select(static r => long.Parse(r.GetProperty("appId").GetString()!, System.Globalization.CultureInfo.InvariantCulture))
                .Order());
    }

    [Fact]
    public async Task A_stream_for_passwords_says_so_to_tokens()
    {
        using var simulator = SampleCompany.Create(InProcess.Clock());
        var run = await simulator.ReadAsync(TestConfig.Of(TestConfig.Tokens(SampleCompany.TokenOf(1)), TestConfig.Listed(1)), Catalog("users"));

        Assert.Equal(1, run.ExitCode);
        Assert.Equal("The stream users can be read with a user name and password, or with \"API token for the directory\" (directory_api_token) only. "
            + "Deselect it, or enter one of them.", Assert.Single(run.Errors).GetProperty("message").GetString());
        Assert.Equal(0, simulator.Journal.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Statistics_that_the_course_or_the_user_does_not_have_are_one_warning(bool isAdministrator)
    {
        using var simulator = SampleCompany.Create(InProcess.Clock(), new() { StatisticsAvailable = !isAdministrator });
        var run = await simulator.ReadAsync(TestConfig.Of(isAdministrator ? TestConfig.Administrator : TestConfig.Demo, s_threeApps),
            Catalog("app_statistics"));

        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.Records("app_statistics"));
        Assert.StartsWith(
            "app_statistics is empty, because it may not be read. Statistics are part of the Wide course, and are shown to who manages the app or Kintone: ",
            Assert.Single(run.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_apps_are_asked_side_by_side_and_written_in_order()
    {
        using var simulator = new Simulator(new() { Time = InProcess.Clock() });
        simulator.Domain.AddUser("admin", "secret");
        for (var i = 0; i < 150; i++) simulator.Domain.AddApp($"App {i}");
        var dice = new Random(1);
        simulator.BeforeAnswer = _ => Thread.SpinWait(dice.Next(2000));

        var run = await simulator.ReadAsync(TestConfig.Of(TestConfig.Password("admin", "secret"), TestConfig.AllApps()),
            Catalog("app_settings", "app_layouts"));

        foreach (var stream in new[] { "app_settings", "app_layouts" })
            Assert.Equal(simulator.Domain.Apps.Select(static a => $"{a.Id}").ToArray(),
                run.Records(stream).Select(static r => r.GetProperty("appId").GetString()!));
        Assert.Equal(3, simulator.Journal.CountOf("apps")); // listed once for both streams
        Assert.Equal(303, simulator.Journal.Count);
    }

    static JsonElement Offered(Run discovered, string stream) =>
        discovered.Catalog.GetProperty("streams").EnumerateArray().Single(s => s.GetProperty("name").GetString() == stream);

    /// <summary>A configured catalog: stream names, and after a stream the columns to select of it.</summary>
    static string Catalog(params ReadOnlySpan<string> namesAndColumns)
    {
        var streams = new List<(string Name, List<string> Columns)>();
        foreach (var word in namesAndColumns)
        {
            if (ResourceStreams.Find(word) is { } found
                && !(streams is [.., var last] && ResourceStreams.Find(last.Name)!.Columns.Any(c => c.Name == found.Name))) streams.Add((word, []));
            else streams[^1].Columns.Add(word);
        }
        return JsonSerializer.Serialize(new
        {
            streams = streams.Select(static s => new
            {
                stream = new { name = s.Name, json_schema = new { properties = s.Columns.ToDictionary(static c => c, static _ => new { }) } },
                sync_mode = "full_refresh",
            }),
        });
    }

    static string WithoutErrorId(string message) => System.Text.RegularExpressions.Regex.Replace(message, @"error ID \w+", "error ID …");
}
