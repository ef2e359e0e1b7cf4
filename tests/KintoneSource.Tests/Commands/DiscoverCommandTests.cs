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
        ["app_fields", "app_settings", "app_layouts", "app_views", "app_processes", "app_reports", "app_actions", "app_notifications", "app_permissions", "app_customizations", "app_plugins", "app_admin_notes"];

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
                    else foreach (var property in part.Value.EnumerateObject()) text.Append("    ").Append(property.Name).Append(": ").AppendLine(property.Value.GetRawText());
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
    public async Task The_catalog_is_the_same_every_time(int maxConcurrent)
    {
        using var simulator = SampleCompany.Create(InProcess.Clock());
        var config = TestConfig.Of(TestConfig.Demo, TestConfig.AllApps([SampleCompany.GuestSpace]));
        var expected = await simulator.DiscoverAsync(config);
        var dice = new Random(maxConcurrent);
        simulator.BeforeAnswer = _ => Thread.SpinWait(dice.Next(20_000));

        var run = await simulator.DiscoverAsync(TestConfig.Of(TestConfig.Demo, TestConfig.AllApps([SampleCompany.GuestSpace]), maxConcurrentRequests: maxConcurrent));
        Assert.Equal(expected.Output, run.Output);
    }

    [Fact]
    public async Task What_is_offered_follows_the_credentials_and_the_selection()
    {
        using var simulator = SampleCompany.Create(InProcess.Clock());
        async Task<IEnumerable<string>> OfferedAsync(object credentials, object? selection) => Streams(await simulator.DiscoverAsync(TestConfig.Of(credentials, selection)));

        Assert.Equal(["apps", "users", "organizations", "groups", .. s_statistics], await OfferedAsync(TestConfig.Demo, null));
        Assert.Equal(["apps", .. s_settings, "users", "organizations", "groups", "spaces", "space_members", .. s_statistics, "app_1_records", "app_1_attachments"], await OfferedAsync(TestConfig.Demo, TestConfig.Listed(1)));
        Assert.Equal(["apps", .. s_settings.Except(["app_customizations"]), "app_1_records", "app_1_attachments"], await OfferedAsync(TestConfig.Tokens(SampleCompany.TokenOf(1)), TestConfig.Listed(1)));
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
        simulator.Faults.Always(Fault.Error(400, "GAIA_ZZ99"), static r => r.Resource == "app/form/fields" && r.Path.Contains("guest", StringComparison.Ordinal));
        var run = await simulator.DiscoverAsync(TestConfig.Of(TestConfig.Demo, TestConfig.Listed(
            999, SampleCompany.MinutesApp, SampleCompany.EmptyApp, new { app = SampleCompany.CustomersApp, guest_space_id = 3 }, new { app = SampleCompany.DealsApp, filter = "limit 1" }), "ascii"));

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
        var credentials = code == "CB_WA01" ? TestConfig.Password(SampleCompany.DemoUser, "wrong") : TestConfig.Password(SampleCompany.TwoFactorUser, SampleCompany.TwoFactorPassword);
        var error = await Assert.ThrowsAsync<KintoneException>(() => simulator.DiscoverAsync(TestConfig.Of(credentials, TestConfig.Listed(1, 2, 3))));
        Assert.Equal(code, error.Code);
        Assert.Equal(1, simulator.Journal.Count);
    }

    [Fact]
    public async Task No_good_token_fails_it_and_a_foreign_one_leaves_its_app_out()
    {
        using var simulator = SampleCompany.Create(InProcess.Clock());
        var error = await Assert.ThrowsAsync<KintoneException>(() => simulator.DiscoverAsync(TestConfig.Of(TestConfig.Tokens("nobody's token"), TestConfig.Listed(1, 2))));
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
        Assert.Equal(Enumerable.Range(1, 230).Where(static i => i is not (5 or 7)).Select(static i => $"app_{i}_records"), Streams(all).SkipWhile(static s => s != "app_1_records"));
        Assert.Equal(228 + 3, simulator.Journal.Count);

        simulator.Journal.Clear();
        var named = await simulator.DiscoverAsync(TestConfig.Of(password, TestConfig.Listed(Enumerable.Range(1, 230).Reverse().Select(static i => (object)i)), "ascii"));
        Assert.Equal(230 + 3, simulator.Journal.Count);
        Assert.Equal("案件 230", named.Catalog.GetProperty("streams").EnumerateArray().Last().GetProperty("json_schema").GetProperty("title").GetString());

        var part = await simulator.DiscoverAsync(TestConfig.Of(password, TestConfig.AllApps(nameContains: "22"), "ascii"));
        Assert.Equal([.. Enumerable.Range(220, 10).Prepend(122).Prepend(22).Select(static i => string.Create(CultureInfo.InvariantCulture, $"app_{i}_records"))], Streams(part).SkipWhile(static s => s != "app_22_records"));
    }

    [Fact]
    public async Task Names_that_fall_together_are_warned_of_once_and_not_in_ascii()
    {
        using var simulator = SampleCompany.Create(InProcess.Clock());
        var run = await simulator.DiscoverAsync(TestConfig.Of(TestConfig.Demo, TestConfig.Listed(1, 2)));
        Assert.StartsWith("Apps 1 and 2 have field codes that fall together in some destinations. App 1 (顧客): ", Assert.Single(run.Warnings), StringComparison.Ordinal);
        Assert.EndsWith("set \"Column names\" (column_names) to ascii.", run.Warnings[0], StringComparison.Ordinal); // as the form calls it
        Assert.Empty((await simulator.DiscoverAsync(TestConfig.Of(TestConfig.Demo, TestConfig.Listed(1, 2), "ascii"))).Warnings);
    }
}
