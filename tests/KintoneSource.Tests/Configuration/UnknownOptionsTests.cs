namespace KintoneSource.Tests.Configuration;

/// <summary>What nobody reads is told, since it is probably meant to have an effect.</summary>
public class UnknownOptionsTests
{
    [Fact]
    public void An_unknown_option_is_named_with_the_nearest_one() =>
        Assert.Equal(
            ["The configuration has an unknown option colum_names: did you mean column_names?", "The configuration has an unknown option retries: it has no effect. Check its name and its place."],
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
}
