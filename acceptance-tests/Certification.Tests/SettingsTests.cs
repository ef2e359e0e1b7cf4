namespace KintoneSource.Certification.Tests;

/// <summary>What the environment must say before anything is written.</summary>
public sealed class SettingsTests
{
    static readonly Dictionary<string, string> s_whole = new()
    {
        ["KINTONE_BASE_URL"] = "https://example.cybozu.com/k/",
        ["KINTONE_USERNAME"] = "admin",
        ["KINTONE_PASSWORD"] = "secret",
        ["KINTONE_CERTIFY"] = "yes",
    };

    [Fact]
    public void Without_an_address_the_simulator_is_meant() => Assert.Null(Settings.Read(static _ => null).BaseUrl);

    [Fact]
    public void An_address_a_user_and_consent_are_enough()
    {
        var settings = Settings.Read(s_whole.GetValueOrDefault);
        Assert.Equal(("https://example.cybozu.com/", "admin", "secret"), (settings.BaseUrl!.AbsoluteUri, settings.Username, settings.Password));
        Assert.Null(settings.Token);
    }

    [Theory]
    [InlineData("KINTONE_CERTIFY", "", "KINTONE_CERTIFY=yes")]
    [InlineData("KINTONE_CERTIFY", "no", "KINTONE_CERTIFY=yes")]
    [InlineData("KINTONE_BASE_URL", "http://example.cybozu.com", "https")]
    [InlineData("KINTONE_BASE_URL", "example.cybozu.com", "https")]
    [InlineData("KINTONE_USERNAME", "", "KINTONE_USERNAME")]
    [InlineData("KINTONE_PASSWORD", "", "KINTONE_PASSWORD")]
    [InlineData("KINTONE_API_TOKEN", "t", "KINTONE_API_TOKEN_APP")]
    [InlineData("KINTONE_MAINTENANCE_APP", "twelve", "KINTONE_MAINTENANCE_APP")]
    [InlineData("KINTONE_GUEST_SPACE_ID", "three", "KINTONE_GUEST_SPACE_ID")]
    [InlineData("KINTONE_OAUTH_CLIENT_ID", "c", "KINTONE_OAUTH_CLIENT_SECRET")]
    [InlineData("KINTONE_VIEWER_USERNAME", "v", "KINTONE_VIEWER_PASSWORD")]
    public void What_is_missing_or_wrong_is_named(string variable, string value, string named)
    {
        var variables = new Dictionary<string, string>(s_whole) { [variable] = value };
        var refused = Assert.Throws<CertificationException>(() => Settings.Read(variables.GetValueOrDefault));
        Assert.Contains(named, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://acme.cybozu.com", "cybozu.com")]
    [InlineData("https://acme.s.kintone.com", "kintone.com")]
    [InlineData("https://acme.example.org", "another host")]
    [InlineData("http://localhost:8080", "a loopback address")]
    public void A_report_names_which_kintone_it_was_and_not_whose(string address, string kind) => Assert.Equal(kind, CertificationReport.KindOf(new(address)));
}
