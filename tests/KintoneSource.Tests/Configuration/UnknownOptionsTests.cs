namespace KintoneSource.Tests.Configuration;

/// <summary>What nobody reads is told, since it is probably meant to have an effect.</summary>
public class UnknownOptionsTests
{
    [Fact]
    public void An_unknown_option_is_named_with_the_nearest_one() =>
        Assert.Equal(
            [
                "The configuration has an unknown option colum_names: did you mean column_names?",
                "The configuration has an unknown option retries: it has no effect. Check its name and its place.",
            ],
            Configs.Parse(Configs.With(""" "colum_names": "ascii", "retries": 5 """)).Warnings);

    [Fact]
    public void So_are_members_inside_and_what_stands_in_another_place_than_its_own() =>
        Assert.Equal(
            [
                "The configuration has an unknown option filter in Apps: it has no effect. Check its name and its place.",
                "The configuration has an unknown option filtr in Apps > List of apps > entry 2: did you mean filter?",
            ],
            Configs.Parse(Configs.With(
                """
                "app_selection": { "mode": "listed_apps", "filter": "a = 1", "apps": [{ "app": 1 }, { "app": 2, "filtr": "a = 1" }] }
                """)).Warnings);

    [Fact] // a password in the place of a name
    public void A_name_that_does_not_look_like_one_is_not_shown() =>
        Assert.Equal(
            ["The configuration has an unknown option: it has no effect. Check its name and its place."],
            Configs.Parse(Configs.With(""" "S3cret!": "" """)).Warnings);

    [Fact]
    public void A_value_that_has_no_effect_beside_a_pasted_address_is_no_unknown_option() =>
        Assert.Empty(Configs.Parse(Configs.With(""" "domain": "kintone.com" """, subdomain: "https://mycompany.cybozu.com/k/12/")).Warnings);

    [Theory] // the name that is missing, and the one that stands there instead
    [InlineData(
        """{"subdomain": "mycompany", "credentials": {"auth_type": "password", "usernme": "sync", "password": "open sesame"}}""",
        "Authentication > Login name: is missing.", "There is an unknown option usernme in Authentication: did you mean username?")]
    [InlineData(
        """{"subdomain": "mycompany", "credentials": {"auth_type": "password", "user": "sync", "password": "open sesame"}}""",
        "Authentication > Login name: is missing.", "There is an unknown option user in Authentication: did you mean username?")]
    [InlineData(
        """
        {"subdomain": "mycompany", "credentials": {"auth_type": "password", "username": "sync", "password": "open sesame"},
         "app_selection": {"mode": "single_app", "id": 12}}
        """,
        "Apps > App ID: is missing.", "There is an unknown option id in Apps: did you mean app?")]
    [InlineData(
        """{"connectionConfiguration": {"subdomain": "mycompany", "credentials": {"auth_type": "password", "username": "sync", "password": "open sesame"}}}""",
        "Subdomain: is missing.",
        "There is an unknown option connectionConfiguration: subdomain, credentials in it belong one level up. Give what is inside it instead of it.")]
    [InlineData(
        """{"subdomain": "mycompany", "credentials": {"type": "password", "username": "sync", "password": "open sesame"}}""",
        "Authentication > Authentication method: is missing.", "There is an unknown option type in Authentication: did you mean auth_type?")]
    public void A_mistyped_name_is_told_together_with_what_is_missing(string json, string missing, string unknown)
    {
        var problems = Configs.Problems(json);
        Assert.Contains(missing, problems, StringComparison.Ordinal);
        Assert.Contains(unknown, problems, StringComparison.Ordinal);
        Assert.DoesNotContain("open sesame", problems, StringComparison.Ordinal);
    }

    [Fact] // builds before the first release had it
    public void The_group_of_Basic_authentication_is_unknown_and_its_parts_are_named() =>
        Assert.Equal(
            ["The configuration has an unknown option basic_auth: did you mean basic_auth_password or basic_auth_username?"],
            Configs.Parse(Configs.With(""" "basic_auth": {"username": "door", "password": "knock knock"} """)).Warnings);
}
