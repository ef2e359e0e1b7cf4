using System.Globalization;

namespace KintoneSource.Certification;

/// <summary>Where to run and as whom, from the environment. Nothing of it goes into a report.</summary>
public sealed record Settings
{
    /// <summary>Null: a simulated Kintone.</summary>
    public Uri? BaseUrl { get; init; }

    public string Username { get; init; } = "";

    public string Password { get; init; } = "";

    /// <summary>User and password of a domain that asks for Basic authentication besides.</summary>
    public (string User, string Password)? Basic { get; init; }

    /// <summary>A guest space that the user is a member of; its apps are listed, nothing in it is changed.</summary>
    public long? GuestSpace { get; init; }

    /// <summary>A token with the right to view, and the app that it belongs to; the app is read for the codes of its answers alone.</summary>
    public (string Token, long App)? Token { get; init; }

    /// <summary>A user without the right to manage apps.</summary>
    public (string User, string Password)? Viewer { get; init; }

    /// <summary>A user whose display name may be changed and put back.</summary>
    public string? SpareUser { get; init; }

    /// <summary>An app in maintenance mode that the user does not work on; it is only read.</summary>
    public long? MaintenanceApp { get; init; }

    public OAuthSettings? OAuth { get; init; }

    /// <summary>Reads the variables.</summary>
    /// <param name="read">Gives a variable; null or empty when it is not set.</param>
    /// <exception cref="CertificationException">One is missing or wrong, or nobody has agreed to writing.</exception>
    public static Settings Read(Func<string, string?> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        if (Text("KINTONE_BASE_URL") is not { } address)
            return new();
        if (!Uri.TryCreate(address, UriKind.Absolute, out var url)
            || (url.Scheme != Uri.UriSchemeHttps && !(url.Scheme == Uri.UriSchemeHttp && url.IsLoopback)))
            throw new CertificationException("KINTONE_BASE_URL must be the https address of a domain, such as https://example.cybozu.com.");
        if (Text("KINTONE_CERTIFY") != "yes")
            throw new CertificationException(
                "This makes two apps in that domain, fills and edits them, and cannot delete them again. Set KINTONE_CERTIFY=yes if you agree to that; use "
                    + "a developer account, not your company's domain.");
        return new()
        {
            BaseUrl = new(url.GetLeftPart(UriPartial.Authority)),
            Username = Text("KINTONE_USERNAME") ?? throw Missing("KINTONE_USERNAME"),
            Password = Text("KINTONE_PASSWORD") ?? throw Missing("KINTONE_PASSWORD"),
            Basic = Pair("KINTONE_BASIC_USERNAME", "KINTONE_BASIC_PASSWORD"),
            GuestSpace = Number("KINTONE_GUEST_SPACE_ID"),
            Token = Text("KINTONE_API_TOKEN") is { } token ? (token, Number("KINTONE_API_TOKEN_APP") ?? throw Missing("KINTONE_API_TOKEN_APP")) : null,
            Viewer = Pair("KINTONE_VIEWER_USERNAME", "KINTONE_VIEWER_PASSWORD"),
            SpareUser = Text("KINTONE_SPARE_USER"),
            MaintenanceApp = Number("KINTONE_MAINTENANCE_APP"),
            OAuth = Text("KINTONE_OAUTH_CLIENT_ID") is { } client
                ? new(client, Text("KINTONE_OAUTH_CLIENT_SECRET") ?? throw Missing("KINTONE_OAUTH_CLIENT_SECRET"), Text("KINTONE_OAUTH_REFRESH_TOKEN")
                ?? throw Missing("KINTONE_OAUTH_REFRESH_TOKEN"))
                : null,
        };

        string? Text(string name) => read(name) is { Length: > 0 } text ? text : null;

        (string, string)? Pair(string first, string second) => Text(first) is { } one ? (one, Text(second) ?? throw Missing(second)) : null;

        long? Number(string name) => Text(name) is not { } text ? null
            : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : throw new CertificationException($"{name} must be a number.");

        static CertificationException Missing(string name) => new($"{name} is not set.");
    }
}

/// <summary>A client of the domain and a refresh token that somebody consented to.</summary>
public sealed record OAuthSettings(string ClientId, string ClientSecret, string RefreshToken);
