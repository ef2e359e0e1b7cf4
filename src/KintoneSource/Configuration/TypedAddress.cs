using System.Globalization;
using System.Text.RegularExpressions;

namespace KintoneSource.Configuration;

/// <summary>
/// What a person typed or pasted as their subdomain: <c>mycompany</c>, <c>mycompany.cybozu.com</c> or the URL of a page.
/// </summary>
/// <param name="Subdomain">Lower case; letters, digits and hyphens.</param>
/// <param name="Domain">Null if only the subdomain was given.</param>
/// <param name="SecureAccess">The host was the one that asks for a client certificate.</param>
/// <param name="App">The app whose page it is.</param>
/// <param name="GuestSpace">The guest space whose page it is.</param>
/// <param name="RecordNumber">The record whose page it is; never without <paramref name="App"/>.</param>
sealed partial record TypedAddress(string Subdomain, string? Domain, bool SecureAccess, long? App, long? GuestSpace, long? RecordNumber)
{
    /// <summary>The domains Kintone is offered under.</summary>
    public static IReadOnlyList<string> Domains { get; } = OptionRules.Form.Of(Option.Domain).Choices;

    /// <param name="problem">Says what is wrong and what to type instead; null if nothing is.</param>
    /// <returns>Null if there is a problem.</returns>
    public static TypedAddress? Parse(string typed, out string? problem)
    {
        var text = Scheme.Replace(Typed.Fold(typed).Trim('<', '>', '"', '\''), "").TrimStart('/');
        var end = text.IndexOfAny(['/', '?', '#']);
        var (host, page) = end < 0 ? (text, "") : (text[..end], text[end..]);

        if (host.Contains('@', StringComparison.Ordinal))
        {
            // Not quoted: what stands before the @ may be a password.
            problem = "holds an @, as an e-mail address or a URL with a login does. Type the first part of your Kintone address, as in mycompany.";
            return null;
        }
        host = Dots.Replace(host.ToLowerInvariant(), ".");
        host = Hyphens.Replace(host, "-").Trim('.');
        if (host.EndsWith(":443", StringComparison.Ordinal)) host = host[..^4];

        var domain = Domains.FirstOrDefault(domain => host == domain || host.EndsWith("." + domain, StringComparison.Ordinal));
        var subdomain = domain is null ? host : host[..^domain.Length].TrimEnd('.');
        var secure = subdomain.EndsWith(".s", StringComparison.Ordinal);
        if (secure) subdomain = subdomain[..^2];

        problem =
            subdomain.Length == 0 ? $"{Typed.Quote(host)} names no subdomain. Type the first part of your Kintone address, as in mycompany."
            : Label.IsMatch(subdomain) ? null
            : domain is null && subdomain.Contains('.', StringComparison.Ordinal)
                ? $"{Typed.Quote(host)} is not an address of Kintone, which ends with {string.Join(", ", Domains)}. Type the first part of your Kintone "
                + "address, as in mycompany."
            : $"{Typed.Quote(host)} is not a subdomain, which has letters, digits and hyphens only. Type the first part of your Kintone address, as in "
            + "mycompany.";
        return problem is null ? Page(page) with { Subdomain = subdomain, Domain = domain, SecureAccess = secure } : null;
    }

    /// <summary>The host to talk to.</summary>
    public string Host(string domain, bool certificate) =>
        SecureAccess || certificate ? $"{Subdomain}.s.{Domain ?? domain}" : $"{Subdomain}.{Domain ?? domain}";

    static TypedAddress Page(string page)
    {
        var match = AppPage.Match(page) is { Success: true } app ? app : SettingsPage.Match(page);
        var guestSpace = Number((match.Success ? match : GuestPage.Match(page)).Groups["guest"]);
        var number = Number(match.Groups["app"]);
        return new("", null, false, number, guestSpace, number is null ? null : Number(RecordPage.Match(page).Groups["record"]));
    }

    static long? Number(Group group) =>
        group.Success && long.TryParse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;

    [GeneratedRegex("^[a-z][a-z0-9+.-]*:/+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    static partial Regex Scheme { get; }

    /// <summary>Dots of a Japanese input method too.</summary>
    [GeneratedRegex("[.。｡]+")]
    static partial Regex Dots { get; }

    /// <summary>What input methods and word processors write for a hyphen, the mark of long vowels among them.</summary>
    [GeneratedRegex("[\u2010-\u2015\u2212\u30FC\uFF70]")]
    static partial Regex Hyphens { get; }

    [GeneratedRegex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\z")]
    static partial Regex Label { get; }

    /// <summary><c>/k/12/…</c>, in a guest space <c>/k/guest/3/12/…</c>, on a phone <c>/k/m/12/…</c>.</summary>
    [GeneratedRegex("^/+k/(guest/(?<guest>[0-9]+)/)?(m/)?(?<app>[0-9]+)(?=[/?#]|$)", RegexOptions.ExplicitCapture)]
    static partial Regex AppPage { get; }

    /// <summary><c>/k/admin/app/flow?app=12</c>.</summary>
    [GeneratedRegex("^/+k/(guest/(?<guest>[0-9]+)/)?admin/.*[?&#]app=(?<app>[0-9]+)", RegexOptions.ExplicitCapture)]
    static partial Regex SettingsPage { get; }

    [GeneratedRegex("^/+k/guest/(?<guest>[0-9]+)(?=[/?#]|$)", RegexOptions.ExplicitCapture)]
    static partial Regex GuestPage { get; }

    [GeneratedRegex("[?&#]record=(?<record>[0-9]+)", RegexOptions.ExplicitCapture)]
    static partial Regex RecordPage { get; }
}
