using CsCheck;
using KintoneSource.Configuration;

namespace KintoneSource.Tests.Configuration;

public class TypedAddressTests
{
    static readonly Gen<string> s_subdomain =
        from first in Gen.Char["abcxyz019"]
        from middle in Gen.String[Gen.Char["abcxyz019-"], 0, 20]
        from last in Gen.Char["abcxyz019"]
        select $"{first}{middle}{last}";

    static readonly Gen<(string Text, TypedAddress Page)> s_page =
        from app in Gen.Int[1, 99_999].Select(static id => (long)id)
        from guest in Gen.Int[1, 999].Select(static id => (long?)id)
        from record in Gen.Int[1, 99_999].Select(static id => (long?)id)
        from shape in Gen.OneOf<(string Text, bool App, bool Guest, bool Record)>(
            ("", false, false, false), ("/", false, false, false), ("/k/", false, false, false), ("/k/#/portal", false, false, false),
            ("/k/#/space/31", false, false, false), ("/?redirect=1", false, false, false),
            ("/k/APP", true, false, false), ("/k/APP/", true, false, false), ("/k/APP//", true, false, false), ("//k/APP/?view=8341", true, false, false),
            ("/k/APP/edit?record=RECORD", true, false, true), ("/k/APP/show#record=RECORD", true, false, true),
            ("/k/APP/show#record=RECORD&l.view=20&l.q", true, false, true), ("/k/m/APP/show?record=RECORD", true, false, true),
            ("/k/admin/app/flow?app=APP#section=form", true, false, false),
            ("/k/guest/GUEST/", false, true, false), ("/k/guest/GUEST", false, true, false), ("/k/guest/GUEST/#/space/GUEST", false, true, false),
            ("/k/guest/GUEST/APP/", true, true, false), ("/k/guest/GUEST/APP/show#record=RECORD", true, true, true),
            ("/k/guest/GUEST/m/APP/", true, true, false), ("/k/guest/GUEST/admin/app/flow?app=APP", true, true, false))
        select (
            shape.Text.Replace("APP", $"{app}", StringComparison.Ordinal).Replace("GUEST", $"{guest}", StringComparison.Ordinal)
                .Replace("RECORD", $"{record}", StringComparison.Ordinal),
            new TypedAddress("", null, false, shape.App ? app : null, shape.Guest ? guest : null, shape.Record ? record : null));

    /// <summary>Ways in which the same address comes out of keyboards and clipboards.</summary>
    static readonly Gen<Func<string, string>> s_hand = Gen.OneOf<Func<string, string>>(
        static text => text,
        static text => $"  {text}\t",
        static text => $"\u3000{text}\r\n",
        static text => $"\u200B{text}\u00A0",
        static text => $"<{text}>",
        FullWidth);

    [Fact]
    public void An_address_is_understood_however_it_is_typed() =>
        Gen.Select(
                s_subdomain, Gen.OneOf("", "cybozu.com", "kintone.com", "cybozu.cn"), Gen.Bool, s_page,
                Gen.OneOf("https://", "http://", "HTTPS://", "//", ""), Gen.Bool, s_hand)
            .Sample(static (subdomain, domain, secure, page, scheme, upper, hand) =>
            {
                var host = $"{subdomain}{(secure ? ".s" : "")}{(domain.Length > 0 ? "." : "")}{domain}";
                var typed = hand($"{scheme}{(upper ? host.ToUpperInvariant() : host)}{page.Text}");
                var address = TypedAddress.Parse(typed, out var problem);
                Assert.Null(problem);
                Assert.Equal(
                    page.Page with { Subdomain = subdomain, Domain = domain.Length > 0 ? domain : null, SecureAccess = secure }, address);
            });

    [Fact]
    public void Whatever_is_typed_gives_a_host_of_Kintone_or_a_problem() =>
        Gen.String[Gen.OneOf(Gen.Char["abk12.:/?#@=- "], Gen.OneOf('。', '／', 'ー', '社', '\u3000', '\uD842'), Gen.Char), 0, 30].Sample(static typed =>
        {
            var address = TypedAddress.Parse(typed, out var problem);
            Assert.True(address is null ^ problem is null);
            if (address is null) return;
            var url = new Uri($"https://{address.Host("cybozu.com", certificate: false)}/");
            Assert.True(TypedAddress.Domains.Any(domain => url.Host.EndsWith("." + domain, StringComparison.Ordinal)), url.Host);
            Assert.True(address.App is not null || address.RecordNumber is null);
        });

    [Theory]
    [InlineData("my-company。cybozu。com", "my-company.cybozu.com")]
    [InlineData("myーcompany", "my-company.cybozu.com")]
    [InlineData("mycompany.cybozu.com.", "mycompany.cybozu.com")]
    [InlineData("mycompany.cybozu.com:443/k/12", "mycompany.cybozu.com")]
    [InlineData("MyCompany.S.Kintone.Com", "mycompany.s.kintone.com")]
    public void Signs_of_input_methods_and_leftovers_of_hosts_are_understood(string typed, string host) =>
        Assert.Equal(host, TypedAddress.Parse(typed, out _)?.Host("cybozu.com", certificate: false));

    [Theory]
    [InlineData("cybozu.com")]
    [InlineData("https://")]
    [InlineData("mycompany.cybozu.com.evil.example")]
    [InlineData("evil.example/mycompany.cybozu.com")]
    [InlineData("mycompanycybozu.com")]
    [InlineData("a.b.cybozu.com")]
    [InlineData("mycompany.cybozu.com:8080")]
    [InlineData("my company")]
    [InlineData("my_company")]
    [InlineData("-mycompany")]
    [InlineData("会社")]
    [InlineData("192.168.0.1")]
    public void Other_hosts_are_refused(string typed)
    {
        Assert.Null(TypedAddress.Parse(typed, out var problem));
        Assert.Contains("Type the first part of your Kintone address, as in mycompany.", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ann@mycompany.cybozu.com")]
    [InlineData("https://ann:hunter2@mycompany.cybozu.com/")]
    public void A_login_in_a_URL_is_refused_and_not_repeated(string typed)
    {
        Assert.Null(TypedAddress.Parse(typed, out var problem));
        Assert.DoesNotContain("ann", problem, StringComparison.Ordinal);
    }

    static string FullWidth(string text) => string.Concat(text.Select(static c => c is > ' ' and <= '~' ? (char)(c + 0xFEE0) : c));
}
