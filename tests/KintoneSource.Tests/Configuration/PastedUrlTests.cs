using KintoneSource.Configuration;

namespace KintoneSource.Tests.Configuration;

/// <summary>The page whose URL is pasted as the subdomain completes the choice of apps, and never contradicts it silently.</summary>
public class PastedUrlTests
{
    const string InGuestSpace = "https://mycompany.cybozu.com/k/guest/3/12/";

    [Fact]
    public void An_app_is_chosen_where_the_form_chooses_none()
    {
        Assert.Equal(new SingleApp(new(12)), Apps("https://mycompany.cybozu.com/k/12/", ""));
        Assert.Equal(new SingleApp(new(12, 3)), Apps(InGuestSpace, ""));
        Assert.Equal(new SingleApp(new(12, 3, RecordNumber: 5)), Apps("https://mycompany.kintone.com/k/guest/3/12/show#record=5", ""));
        Assert.Null(Apps("https://mycompany.cybozu.com/k/guest/3/", ""));
    }

    [Fact]
    public void One_app_is_completed()
    {
        Assert.Equal(new SingleApp(new(12, 3)), Apps(InGuestSpace, """{"mode": "single_app"}"""));
        Assert.Equal(new SingleApp(new(12, 3, "x = 1")), Apps(InGuestSpace, """{"mode": "single_app", "app": 12, "filter": "x = 1"}"""));
        Assert.Equal(new SingleApp(new(12, 3)), Apps("mycompany.cybozu.com/k/12", """{"mode": "single_app", "app": 12, "guest_space_id": 3}"""));
        Assert.Equal(new SingleApp(new(12, null, null, 5)), Apps("mycompany.cybozu.com/k/12/show#record=5", """{"mode": "single_app"}"""));
    }

    [Fact]
    public void A_form_that_names_its_app_and_no_record_means_every_record() =>
        Assert.Equal(new SingleApp(new(12)), Apps("mycompany.cybozu.com/k/12/show#record=5", """{"mode": "single_app", "app": 12}"""));

    [Fact]
    public void Listed_apps_get_the_guest_space() =>
        Assert.Equal(
            [new(11), new(12, 3)],
            Assert.IsType<ListedApps>(Apps(InGuestSpace, """{"mode": "listed_apps", "apps": [{"app": 11}, {"app": 12}]}""")).Apps);

    [Fact]
    public void All_apps_get_the_guest_space() =>
        Assert.Equal([3], Assert.IsType<AllApps>(Apps(InGuestSpace, """{"mode": "all_apps"}""")).GuestSpaceIds);

    [Fact]
    public void Tokens_need_no_other_choice() =>
        Assert.Equal(
            new SingleApp(new(12, 3)), Configs.Parse(Configs.With(subdomain: InGuestSpace, credentials: Configs.Tokens)).Apps);

    [Fact]
    public void The_URL_of_an_app_stands_for_its_number()
    {
        const string Page = "https://mycompany.cybozu.com/k/guest/3/12/show#record=5";
        Assert.Equal(new SingleApp(new(12, 3, null, 5)), Apps("mycompany", $$"""{"mode": "single_app", "app": "{{Page}}"}"""));
        Assert.Equal(
            [new(12, 3, "x = 1", 5), new(13)],
            Assert.IsType<ListedApps>(Apps("mycompany", $$"""{"mode": "listed_apps", "apps": [{"app": "{{Page}}", "filter": "x = 1"}, {"app": 13}]}""")).Apps);
    }

    [Theory]
    [InlineData("https://other.cybozu.com/k/12/", "", "Apps > App ID: is the URL of an app of another subdomain. Correct one of the two.")]
    [InlineData(
        "https://mycompany.cybozu.com/k/guest/3/", "", "Apps > App ID: must be the number after /k/ in the app's URL, or that URL, and this text is neither.")]
    [InlineData(InGuestSpace, ", \"guest_space_id\": 4", "Apps > Guest space ID: is 4, but the URL pasted as App ID is of guest space 3. Correct one of "
        + "them.")]
    public void A_URL_that_is_none_of_an_app_here_is_a_problem(string url, string more, string expected) =>
        Assert.Contains(
            expected, Configs.Problems(Configs.With($$""" "app_selection": {"mode": "single_app", "app": "{{url}}"{{more}}} """)), StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"mode": "single_app", "app": 13}""", "Apps > App ID: is 13, but the URL pasted as the subdomain is of app 12.")]
    [InlineData("""{"mode": "single_app", "guest_space_id": 4}""", "Apps > Guest space ID: is 4, but the URL pasted as the subdomain is of guest space 3.")]
    [InlineData("""{"mode": "single_app", "record_number": 6}""", "Apps > Record number: is 6, but the URL pasted as the subdomain is of record 5.")]
    [InlineData(
        """{"mode": "listed_apps", "apps": [{"app": 11}]}""", "Apps > List of apps: does not hold app 12, whose URL is pasted as the subdomain.")]
    [InlineData(
        """{"mode": "listed_apps", "apps": [{"app": 12, "guest_space_id": 4}]}""",
        "Apps > List of apps > entry 1 > Guest space ID: is 4, but the URL pasted as the subdomain is of guest space 3.")]
    [InlineData(
        """{"mode": "all_apps", "guest_space_ids": [4]}""",
        "Apps > Guest space IDs: does not hold guest space 3, whose URL is pasted as the subdomain.")]
    [InlineData(
        """{"mode": "all_apps", "exclude_apps": [12]}""", "Apps > Apps to leave out: holds app 12, whose URL is pasted as the subdomain.")]
    public void A_contradiction_is_a_problem(string apps, string expected) =>
        Assert.StartsWith(
            $"The configuration has a problem. {expected}",
            Configs.Problems(Configs.With($""" "app_selection": {apps} """, "https://mycompany.cybozu.com/k/guest/3/12/show#record=5")),
            StringComparison.Ordinal);

    static AppSelection? Apps(string subdomain, string apps) =>
        Configs.Parse(Configs.With(apps.Length == 0 ? "" : $""" "app_selection": {apps} """, subdomain)).Apps;
}
