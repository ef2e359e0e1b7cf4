using System.Globalization;
using System.Text;
using System.Text.Json;
using KintoneSimulator;
using KintoneSource.Kintone.Http;
using KintoneSource.Testing;
using KintoneSource.Tests.Simulation;

namespace KintoneSource.Tests.Commands;

public class DiscoverCommandTests
{
    static IEnumerable<string> Streams(Run run) => run.Catalog.GetProperty("streams").EnumerateArray().Select(static s => s.GetProperty("name").GetString()!);

    static readonly string[] s_settings =
        ["app_fields", "app_settings", "app_layouts", "app_views", "app_processes", "app_reports", "app_actions", "app_notifications", "app_permissions",
            "app_customizations", "app_plugins", "app_admin_notes"];

    static readonly string[] s_statistics = ["app_statistics", "space_statistics"];

    /// <summary>The catalog as it is, a line for each member of a stream and each property of its schema.</summary>
    static string Lines(JsonElement catalog)
    {
        var text = new StringBuilder();
        foreach (var stream in catalog.GetProperty("streams").EnumerateArray())
        {
            text.AppendLine();
            foreach (var member in stream.EnumerateObject())
            {
                if (member.Name != "json_schema")
                {
                    text.Append(member.Name).Append(": ").AppendLine(member.Value.GetRawText());
                    continue;
                }
                foreach (var part in member.Value.EnumerateObject())
                    if (part.Name != "properties") text.Append("  ").Append(part.Name).Append(": ").AppendLine(part.Value.GetRawText());
                    else foreach (var property in part.Value.EnumerateObject()) text.Append("    ").Append(property.Name).Append(": ")
                        .AppendLine(property.Value.GetRawText());
            }
        }
        return text.ToString();
    }

    [Theory] // the normal path's list may or may not hold the apps of guest spaces
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_sample_company_is_this_catalog(bool listHoldsGuestApps)
    {
        using var simulator = SampleCompany.Create(InProcess.Clock(), new() { AppListHoldsGuestApps = listHoldsGuestApps });
        var run = await simulator.DiscoverAsync(TestConfig.Of(TestConfig.Demo, TestConfig.AllApps([SampleCompany.GuestSpace])));

        Assert.Equal(0, run.ExitCode);
        await Verifier.Verify($"{string.Join('\n', run.Warnings)}\n\n{Lines(run.Catalog)}", method: "The_sample_company");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(50)]
    [Trait("Duration", "long")]
    public async Task The_catalog_is_the_same_every_time(int maxConcurrent)
    {
        using var simulator = SampleCompany.Create(InProcess.Clock());
        var config = TestConfig.Of(TestConfig.Demo, TestConfig.AllApps([SampleCompany.GuestSpace]));
        var expected = await simulator.DiscoverAsync(config);
        var dice = new Random(maxConcurrent);
        simulator.BeforeAnswer = _ => Thread.SpinWait(dice.Next(20_000));

        var run = await simulator.DiscoverAsync(TestConfig.Of(TestConfig.Demo, TestConfig.AllApps([SampleCompany.GuestSpace]),
            maxConcurrentRequests: maxConcurrent));
        Assert.Equal(expected.Output, run.Output);
    }

    [Fact]
    public async Task What_is_offered_follows_the_credentials_and_the_selection()
    {
        using var simulator = SampleCompany.Create(InProcess.Clock());
        async Task<IEnumerable<string>> OfferedAsync(object credentials, object? selection) =>
            Streams(await simulator.DiscoverAsync(TestConfig.Of(credentials, selection)));

        Assert.Equal(["apps", "users", "organizations", "groups", .. s_statistics], await OfferedAsync(TestConfig.Demo, null));
        Assert.Equal(["apps", .. s_settings, "users", "organizations", "groups", "spaces", "space_members", .. s_statistics, "sync_audit",
            "app_1_records", "app_1_attachments"], await OfferedAsync(TestConfig.Demo, TestConfig.Listed(1)));
        Assert.Equal(["apps", .. s_settings.Except(["app_customizations"]), "sync_audit", "app_1_records", "app_1_attachments"],
            await OfferedAsync(TestConfig.Tokens(SampleCompany.TokenOf(1)), TestConfig.Listed(1)));
    }

    [Fact]
    public async Task Apps_of_several_guest_spaces_stand_side_by_side()
    {
        using var simulator = SampleCompany.Create(InProcess.Clock());
        var other = simulator.Domain.AddSpace("もう一つ", isGuest: true, isPrivate: true, id: 4, members: SampleCompany.DemoUser);
        simulator.Domain.AddApp("向こう側", other, id: 44);
        var run = await simulator.DiscoverAsync(TestConfig.Of(TestConfig.Demo, TestConfig.Listed(
            new { app = 44, guest_space_id = 4 }, new { app = SampleCompany.TasksApp, guest_space_id = SampleCompany.GuestSpace }, 9)));

        Assert.Equal(["app_7_records", "app_7_attachments", "app_9_records", "app_44_records"], Streams(run).TakeLast(4));
        Assert.Equal(3, simulator.Journal.CountOf("apps")); // the names: one request for each place
        Assert.Equal(6, simulator.Journal.Count);
    }

    [Fact]
    public async Task What_can_t_be_read_is_left_out_with_a_warning_that_names_it()
    {
        using var simulator = SampleCompany.Create(InProcess.Clock());
        simulator.Faults.Always(Fault.Error(400, "GAIA_ZZ99"), static r => r.Resource == "app/form/fields"
            && r.Path.Contains("guest", StringComparison.Ordinal));
        var run = await simulator.DiscoverAsync(TestConfig.Of(TestConfig.Demo, TestConfig.Listed(
            999, SampleCompany.MinutesApp, SampleCompany.EmptyApp, new { app = SampleCompany.CustomersApp, guest_space_id = 3 },
                new { app = SampleCompany.DealsApp, filter = "limit 1" }), "ascii"));

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(["app_2_records", "app_2_table_meisai_xfbffe0f80c", "app_2_attachments", "app_9_records"], Streams(run).TakeLast(4));
        Assert.Collection(
            run.Warnings,
            static w => Assert.StartsWith("The filter of app 2 can't be used", w, StringComparison.Ordinal),
            static w => Assert.StartsWith("App 1 is left out of the catalog.", w, StringComparison.Ordinal),
            static w => Assert.StartsWith("App 6 is left out of the catalog.", w, StringComparison.Ordinal),
            static w => Assert.StartsWith("App 999 is left out of the catalog.", w, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("CB_WA01")]
    [InlineData("CB_TW02")]
    public async Task Wrong_credentials_fail_it_at_the_first_request(string code)
    {
        using var simulator = SampleCompany.Create(InProcess.Clock());
        var credentials = code == "CB_WA01" ? TestConfig.Password(SampleCompany.DemoUser, "wrong")
            : TestConfig.Password(SampleCompany.TwoFactorUser, SampleCompany.TwoFactorPassword);
        var error = await Assert.ThrowsAsync<KintoneException>(() => simulator.DiscoverAsync(TestConfig.Of(credentials, TestConfig.Listed(1, 2, 3))));
        Assert.Equal(code, error.Code);
        Assert.Equal(1, simulator.Journal.Count);
    }

    [Fact]
    public async Task No_good_token_fails_it_and_a_foreign_one_leaves_its_app_out()
    {
        using var simulator = SampleCompany.Create(InProcess.Clock());
        var error = await Assert.ThrowsAsync<KintoneException>(() =>
            simulator.DiscoverAsync(TestConfig.Of(TestConfig.Tokens("nobody's token"), TestConfig.Listed(1, 2))));
        Assert.Equal("GAIA_IA02", error.Code);

        var run = await simulator.DiscoverAsync(TestConfig.Of(TestConfig.Tokens(SampleCompany.TokenOf(2)), TestConfig.Listed(1, 2), "ascii"));
        Assert.Equal(["app_2_records", "app_2_table_meisai_xfbffe0f80c", "app_2_attachments"], Streams(run).TakeLast(3));
        Assert.DoesNotContain("app_1_records", Streams(run));
        Assert.StartsWith("App 1 is left out of the catalog.", Assert.Single(run.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_domain_of_many_apps_costs_one_request_each_and_a_list()
    {
        using var simulator = new Simulator(new() { Time = InProcess.Clock() });
        simulator.Domain.AddUser("admin", "secret");
        for (var i = 1; i <= 230; i++) simulator.Domain.AddApp($"案件 {i}");
        var password = TestConfig.Password("admin", "secret");

        var all = await simulator.DiscoverAsync(TestConfig.Of(password, TestConfig.AllApps(exclude: [5, 7]), "ascii"));
        Assert.Equal(Enumerable.Range(1, 230).Where(static i => i is not (5 or 7)).Select(static i => $"app_{i}_records"),
            Streams(all).SkipWhile(static s => s != "app_1_records"));
        Assert.Equal(228 + 4, simulator.Journal.Count);

        simulator.Journal.Clear();
        var named = await simulator.DiscoverAsync(TestConfig.Of(password, TestConfig.Listed(Enumerable.Range(1, 230).Reverse().Select(static i => (object)i)),
            "ascii"));
        Assert.Equal(230 + 3, simulator.Journal.Count);
        Assert.Equal("案件 230", named.Catalog.GetProperty("streams").EnumerateArray().Last().GetProperty("json_schema").GetProperty("title").GetString());

        var part = await simulator.DiscoverAsync(TestConfig.Of(password, TestConfig.AllApps(nameContains: "22"), "ascii"));
        Assert.Equal([.. Enumerable.Range(220, 10).Prepend(122).Prepend(22)
            .Select(static i => string.Create(CultureInfo.InvariantCulture, $"app_{i}_records"))], Streams(part).SkipWhile(static s => s != "app_22_records"));
    }

    [Fact] // platforms discover every day, and nothing remembers that it was said
    public async Task Names_that_fall_together_are_one_line_at_info_and_not_in_ascii()
    {
        using var simulator = SampleCompany.Create(InProcess.Clock());
        static IEnumerable<string> Told(Run run) => run.Of("LOG", "log").Where(static l => l.GetProperty("level").GetString() is "INFO" or "WARN")
            .Select(static l => l.GetProperty("message").GetString()!).Where(static m => m.Contains("fall together", StringComparison.Ordinal));
        var run = await simulator.DiscoverAsync(TestConfig.Of(TestConfig.Demo, TestConfig.Listed(1, 2)));
        Assert.StartsWith("Apps 1 and 2 have columns that fall together in some destinations. App 1 (顧客): ", Assert.Single(Told(run)),
            StringComparison.Ordinal);
        Assert.EndsWith("set \"Column names\" (column_names) to ascii.", Assert.Single(Told(run)), StringComparison.Ordinal); // as the form calls it
        Assert.Empty(run.Warnings);
        Assert.Empty(Told(await simulator.DiscoverAsync(TestConfig.Of(TestConfig.Demo, TestConfig.Listed(1, 2), "ascii"))));
    }

    /// <summary>It must not look as if its streams were gone: the platform would take them out of the connection.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Where_no_app_at_all_can_be_described_it_fails(bool isSingle)
    {
        using var simulator = SampleCompany.Create(InProcess.Clock());
        var error = await Assert.ThrowsAsync<KintoneException>(() => simulator.DiscoverAsync(TestConfig.Of(
            TestConfig.Demo, isSingle ? new { mode = "single_app", app = 999 } : TestConfig.Listed(998, 999))));
        Assert.Equal("GAIA_AP01", error.Code);
    }

    [Fact]
    [Trait("Duration", "long")]
    public async Task Streams_can_show_their_apps_names_and_a_catalog_from_before_a_renaming_goes_on()
    {
        using var simulator = SampleCompany.Create(InProcess.Clock());
        var config = TestConfig.Of(TestConfig.Demo, TestConfig.Listed(SampleCompany.DealsApp), streamNames: "id_and_name");
        var before = await simulator.DiscoverAsync(config);
        Assert.Equal(["app_2_ankenkanri_records", "app_2_ankenkanri_table_meisai_xfbffe0f80c", "app_2_ankenkanri_attachments"], Streams(before).TakeLast(3));

        simulator.Faults.Always(new("renamed")
        {
            Garble = static body =>
            Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(body.Span).Replace("案件管理", "商談", StringComparison.Ordinal))
        },
            static r => r.Resource is "app" or "apps");
        var after = await simulator.DiscoverAsync(config);
        Assert.Equal(["app_2_shoudan_records", "app_2_shoudan_table_meisai_xfbffe0f80c", "app_2_shoudan_attachments"], Streams(after).TakeLast(3));
        static string Columns(Run run) => string.Join('\n', run.Catalog.GetProperty("streams").EnumerateArray().TakeLast(3)
            .Select(static s => s.GetProperty("json_schema").GetProperty("properties").GetRawText()));
        Assert.Equal(Columns(before), Columns(after));

        foreach (var catalog in (Run[])[before, after])
        {
            var streams = catalog.Catalog.GetProperty("streams").EnumerateArray().TakeLast(3).ToArray();
            var read = await simulator.ReadAsync(config, JsonSerializer.Serialize(new { streams = streams.Select(static s => new { stream = s, sync_mode = "incremental" }).Append(new { stream = JsonElement.Parse("""{"name": "app_fields"}"""), sync_mode = "full_refresh" }) }));
            Assert.Equal(0, read.ExitCode);
            Assert.All(streams, s => Assert.NotEmpty(read.Records(s.GetProperty("name").GetString()!)));
            Assert.All(read.Records("app_fields"), f => Assert.Equal(streams[0].GetProperty("name").GetString(), f.GetProperty("stream").GetString()));
        }
    }

    [Theory]
    [InlineData(20_000, false)]
    [InlineData(20_001, true)]
    [Trait("Duration", "long")]
    public async Task A_catalog_that_platforms_may_not_take_is_told_with_its_size_and_the_way_out(int columns, bool isLarge)
    {
        using var simulator = new Simulator(new() { Time = InProcess.Clock() });
        simulator.Domain.AddUser("admin", "secret");
        const int Apps = 50;
        for (var i = 0; i < Apps; i++) simulator.Domain.AddApp($"{i}");
        var config = TestConfig.Of(TestConfig.Password("admin", "secret"), TestConfig.AllApps(), "ascii");
        var others = ColumnsOf((await simulator.DiscoverAsync(config)).Catalog);
        var fields = columns - others;
        foreach (var (i, app) in simulator.Domain.Apps.Index())
            for (var n = 0; n < (fields / Apps) + (i < fields % Apps ? 1 : 0); n++) app.AddField($"f{n}", "NUMBER");
        var run = await simulator.DiscoverAsync(config);
        Assert.Equal(columns, ColumnsOf(run.Catalog));
        if (!isLarge) Assert.Empty(run.Warnings);
        else Assert.Matches("^The catalog is large: [0-9]+ streams with 20,001 columns, [0-9.]+ MB\\. .*\\(parts\\).*related_streams",
            Assert.Single(run.Warnings));

        static int ColumnsOf(JsonElement catalog) => catalog.GetProperty("streams").EnumerateArray()
            .Sum(static s => s.GetProperty("json_schema").GetProperty("properties").EnumerateObject().Count());
    }
}
