using System.Text.RegularExpressions;
using KintoneSimulator;
using KintoneSource.Testing;
using KintoneSource.Tests.Simulation;

namespace KintoneSource.Tests.Commands;

public partial class CheckCommandTests
{
    static object App(long app, long? guestSpace = null, string? filter = null) => guestSpace is null
        ? new { app, filter = filter ?? "" }
        : new { app, guest_space_id = guestSpace.Value, filter = filter ?? "" };

    [Fact]
    public async Task Everything_right_is_said_in_two_requests_per_app_and_a_third_that_counts_files()
    {
        using var simulator = SampleCompany.Create(InProcess.Clock());
        var run = await simulator.CheckAsync(TestConfig.Of(TestConfig.Demo, TestConfig.Listed(
            App(SampleCompany.CustomersApp, filter: "会社名 like \"株式会社\""), App(SampleCompany.TasksApp, SampleCompany.GuestSpace), App(SampleCompany.EmptyApp)),
                relatedStreams: ["files"]));

        Assert.Equal(("SUCCEEDED", null), run.Check);
        Assert.Equal(8, simulator.Journal.Count); // two of them have attached files, which one more request counts
        Assert.Equal(
            [
                "app 1 has attached files, which a first sync fetches where the app's stream of files is selected: 3 files (0.0 MB). "
                    + "Contents of files larger than 1500 MB are left out.",
                "app 7 in guest space 3 has attached files, which a first sync fetches where the app's stream of files is selected: 1 file (0.0 MB). "
                    + "Contents of files larger than 1500 MB are left out.",
                "app 9 shows no record to this user or token.",
            ],
            run.Of("LOG", "log").Where(static l => l.GetProperty("level").GetString() == "INFO").Select(static l => l.GetProperty("message").GetString()!)
                .Order());
    }

    [Theory]
    [InlineData(400, "en")]
    [InlineData(520, "ja")]
    public async Task All_problems_of_all_apps_come_in_one_message(int guestAppStatus, string language)
    {
        using var simulator = SampleCompany.Create(InProcess.Clock(), new()
        {
            GuestAppStatus = guestAppStatus,
            Language = language == "ja" ? MessageLanguage.Japanese : MessageLanguage.English,
        });
        var run = await simulator.CheckAsync(TestConfig.Of(TestConfig.Demo, TestConfig.Listed(
            App(SampleCompany.EmptyApp, 77), // is in no guest space
            App(999), // does not exist
            App(SampleCompany.MinutesApp), // may not be viewed
            App(SampleCompany.TasksApp), // is in a guest space
            App(SampleCompany.CustomersApp, filter: "会社名 = \"a\" limit 5"),
            App(SampleCompany.MinutesApp + 100, filter: "(("), // two problems of one app
            App(SampleCompany.DealsApp, filter: "ない = \"a\""),
            App(SampleCompany.AssetsApp))));

        Assert.Equal("FAILED", run.Check.Status);
        Assert.All(simulator.Journal.Entries.GroupBy(static r => r.App
            ?? long.Parse(r.Parameters.Text("app") ?? r.Parameters.Text("id")!, System.Globalization.CultureInfo.InvariantCulture)),
            static app => Assert.InRange(app.Count(), 1, 3));
        await Verifier.Verify(ErrorId().Replace(run.Check.Message!, "error ID …"), method: $"All_problems_in_one_message_{language}");
    }

    [Fact]
    public async Task Guest_spaces_that_do_not_fit_have_sentences_of_their_own()
    {
        using var simulator = SampleCompany.Create(InProcess.Clock());
        simulator.Domain.AddSpace("Other", isGuest: true, isPrivate: true, id: 4, members: "admin");
        async Task<string?> CheckAsync(object app) => (await simulator.CheckAsync(TestConfig.Of(TestConfig.Demo, TestConfig.Listed(app)))).Check.Message;

        Assert.Equal(
            "App 9 is not in guest space 3, but outside guest spaces: leave the guest space ID empty.",
            await CheckAsync(App(SampleCompany.EmptyApp, SampleCompany.GuestSpace)));
        Assert.StartsWith("App 7 was not found in guest space 4: it is in another guest space", await CheckAsync(App(SampleCompany.TasksApp, 4)),
            StringComparison.Ordinal);
        Assert.Contains("set the guest space ID", await CheckAsync(App(SampleCompany.TasksApp)), StringComparison.Ordinal);
        Assert.Contains("There is no such app", await CheckAsync(App(999, 3)), StringComparison.Ordinal);
        Assert.Contains("no privilege", await CheckAsync(App(SampleCompany.MinutesApp, 3)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_credentials_are_said_once_and_tried_once()
    {
        using var simulator = SampleCompany.Create(InProcess.Clock());
        var run = await simulator.CheckAsync(TestConfig.Of(
            TestConfig.Password(SampleCompany.DemoUser, "wrong"), TestConfig.Listed(App(1), App(2), App(3, filter: "limit 5"), App(4))));

        Assert.Equal("FAILED", run.Check.Status);
        Assert.Equal(1, simulator.Journal.Count);
        Assert.Single(Regex.Matches(run.Check.Message!, "CB_WA01"));
        Assert.Contains("The filter of app 3", run.Check.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong\"", run.Check.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_good_token_is_one_problem_and_a_foreign_one_its_app_s()
    {
        using var simulator = SampleCompany.Create(InProcess.Clock());
        var none = await simulator.CheckAsync(TestConfig.Of(TestConfig.Tokens("nobody's token"), TestConfig.Listed(App(1), App(2), App(3))));
        Assert.Single(Regex.Matches(none.Check.Message!, "While "));
        Assert.Contains("GAIA_IA02", none.Check.Message, StringComparison.Ordinal);

        var one = await simulator.CheckAsync(TestConfig.Of(TestConfig.Tokens(SampleCompany.TokenOf(2)), TestConfig.Listed(App(1), App(2), App(3))));
        Assert.Matches("(?s)^2 problems:\n- .* app 1,.*\n- .* app 3,", one.Check.Message);
    }

    [Fact]
    public async Task Every_bad_filter_is_listed()
    {
        using var simulator = SampleCompany.Create(InProcess.Clock());
        var run = await simulator.CheckAsync(TestConfig.Of(TestConfig.Demo, TestConfig.Listed(App(2, filter: "order by x"), App(1, filter: "limit 1"))));

        Assert.Matches("(?s)^2 problems:\n- The filter of app 1 .*\n- The filter of app 2 ", run.Check.Message);
    }

    [Theory]
    [InlineData("en")]
    [InlineData("ja")]
    public async Task What_Kintone_cannot_read_of_a_filter_is_shown_to_check_and_to_read(string language)
    {
        using var simulator = SampleCompany.Create(InProcess.Clock(),
            new() { Language = language == "ja" ? MessageLanguage.Japanese : MessageLanguage.English });
        var config = TestConfig.Of(TestConfig.Demo, TestConfig.Listed(App(SampleCompany.CustomersApp, filter: "会社名 = サンプル")));
        const string expected = "Kintone cannot read the filter of app 1: a text without quotes at character 7: 会社名 = »サンプル«. Write \"サンプル\". Texts stand "
            + "in double quotes";

        var check = await simulator.CheckAsync(config);
        Assert.StartsWith(expected, check.Check.Message, StringComparison.Ordinal);
        Assert.Contains(" While looking up the newest record of app 1, Kintone answered 400 CB_VA01", check.Check.Message, StringComparison.Ordinal);
        if (language == "ja") Assert.EndsWith("[query: クエリ記法が間違っています。].", check.Check.Message, StringComparison.Ordinal);

        var read = await simulator.ReadAsync(config, (await simulator.DiscoverAsync(config)).Configure(static s => s == "app_1_records"));
        Assert.StartsWith(expected, Assert.Single(read.Errors).GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal("config_error", read.Errors[0].GetProperty("failure_type").GetString());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Any_app_will_do_where_none_is_named(bool listHoldsGuestApps)
    {
        using var simulator = SampleCompany.Create(InProcess.Clock(), new() { AppListHoldsGuestApps = listHoldsGuestApps });
        var run = await simulator.CheckAsync(TestConfig.Of(TestConfig.Demo, TestConfig.AllApps([SampleCompany.GuestSpace])));
        Assert.Equal(("SUCCEEDED", null), run.Check);
        Assert.Empty(run.Warnings);

        run = await simulator.CheckAsync(TestConfig.Of(TestConfig.Demo, TestConfig.AllApps(nameContains: "nothing is called so")));
        Assert.Equal("FAILED", run.Check.Status);
        Assert.StartsWith("No app matches the selection", run.Check.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_guest_space_that_was_named_must_be_visible()
    {
        using var simulator = SampleCompany.Create(InProcess.Clock());
        var run = await simulator.CheckAsync(TestConfig.Of(TestConfig.Demo, TestConfig.AllApps([SampleCompany.GuestSpace, 99])));

        Assert.Equal("FAILED", run.Check.Status);
        Assert.StartsWith(
            "No app of guest space 99 is visible: check the guest space ID (the number after /k/guest/ in a URL) and that the user is a member of the space.",
            run.Check.Message, StringComparison.Ordinal);
        Assert.Empty(run.Warnings);

        simulator.Domain.AddSpace("空", isGuest: true, isPrivate: true, id: 4, members: SampleCompany.DemoUser);
        run = await simulator.CheckAsync(TestConfig.Of(TestConfig.Demo, TestConfig.AllApps([4])));
        Assert.Equal("SUCCEEDED", run.Check.Status); // there is none yet
        Assert.StartsWith("No app of guest space 4 is visible", Assert.Single(run.Warnings), StringComparison.Ordinal);
    }

    static Simulator ManyApps(int apps, Func<int, bool>? isHidden = null)
    {
        var simulator = new Simulator(new() { Time = InProcess.Clock() });
        simulator.Domain.AddUser("viewer", "secret");
        simulator.Domain.AddUser("other");
        if (isHidden is not null)
            simulator.Faults.Always(Fault.Error(403, "CB_NO02"), call => call.Resource == "records"
                && isHidden(int.Parse(call.Parameters.Text("app")!, System.Globalization.CultureInfo.InvariantCulture)));
        for (var i = 1; i <= apps; i++) simulator.Domain.AddApp($"案件 {i}");
        return simulator;
    }

    [Fact]
    public async Task A_thousand_apps_cost_sixty_requests_and_those_that_are_looked_at_are_spread_over_the_list()
    {
        using var simulator = ManyApps(1000);
        var run = await simulator.CheckAsync(TestConfig.Of(TestConfig.Password("viewer", "secret"), TestConfig.AllApps()));

        Assert.Equal(("SUCCEEDED", null), run.Check);
        Assert.InRange(simulator.Journal.Count, 40, 60);
        var asked = simulator.Journal.Entries.Select(static e => e.App).OfType<long>().Distinct().Order().ToArray();
        Assert.Equal((20, 1, 1000), (asked.Length, asked[0], asked[^1]));
        Assert.All(asked.Zip(asked.Skip(1)), static pair => Assert.InRange(pair.Second - pair.First, 50, 55));
    }

    [Fact]
    public async Task Apps_of_the_sample_that_can_not_be_read_are_one_warning_and_all_of_them_a_failure()
    {
        using var some = ManyApps(100, static app => app > 50);
        var run = await some.CheckAsync(TestConfig.Of(TestConfig.Password("viewer", "secret"), TestConfig.AllApps()));
        Assert.Equal("SUCCEEDED", run.Check.Status);
        Assert.StartsWith("Of the 20 apps that were looked at, 10 apps, for example ", Assert.Single(run.Warnings), StringComparison.Ordinal);
        Assert.Single(Regex.Matches(run.Warnings[0], "CB_NO02"));

        using var all = ManyApps(100, static _ => true);
        run = await all.CheckAsync(TestConfig.Of(TestConfig.Password("viewer", "secret"), TestConfig.AllApps()));
        Assert.Equal("FAILED", run.Check.Status);
        Assert.Single(Regex.Matches(run.Check.Message!, "CB_NO02"));
    }

    [Fact]
    public async Task A_record_that_is_not_there_is_a_failure_and_one_that_does_not_match_today_is_none()
    {
        using var simulator = SampleCompany.Create(InProcess.Clock());
        async Task<(string Status, string? Message)> CheckAsync(long record, string filter = "") => (await simulator.CheckAsync(
            TestConfig.Of(TestConfig.Demo, new { mode = "single_app", app = SampleCompany.CustomersApp, record_number = record, filter }))).Check;

        Assert.Equal(("SUCCEEDED", null), await CheckAsync(1));
        var missing = await CheckAsync(999_999);
        Assert.Equal("FAILED", missing.Status);
        Assert.StartsWith("There is no record 999999 in app 1 that", missing.Message, StringComparison.Ordinal);

        Assert.Equal(("SUCCEEDED", null), await CheckAsync(1, "会社名 = \"だれでもない\""));
        Assert.Equal("FAILED", (await CheckAsync(999_999, "会社名 = \"だれでもない\"")).Status);
    }

    [Fact]
    public async Task Without_apps_the_credentials_are_checked()
    {
        using var simulator = SampleCompany.Create(InProcess.Clock());
        var check = await simulator.CheckAsync(TestConfig.Of(TestConfig.Demo));
        Assert.Equal(("SUCCEEDED", "No apps are chosen, so no records will be offered, only the streams of the domain: choose apps to read their records."),
            check.Check);
        Assert.Equal(check.Check.Message, Assert.Single(check.Warnings));
        var run = await simulator.CheckAsync(TestConfig.Of(TestConfig.Password(SampleCompany.TwoFactorUser, SampleCompany.TwoFactorPassword)));
        Assert.Contains("two-factor", run.Check.Message, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"error ID \w+")]
    private static partial Regex ErrorId();
}
