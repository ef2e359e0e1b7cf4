using System.Text.Json;

namespace KintoneSource.Configuration;

static class CredentialsParser
{
    /// <returns>Null only if a problem was noted.</returns>
    public static Credentials? Parse(ConfigSection form)
    {
        var choices = $"Choose {Option.PasswordLogin}, {Option.TokenLogin} or {Option.OAuth}.";
        if (form.RequiredSection(Option.Credentials, choices) is not { } section) return null;
        var kind = section.Variant(Option.AuthType, choices);
        return kind == Option.PasswordLogin.Name ? Password(section)
            : kind == Option.TokenLogin.Name ? Tokens(section)
            : kind == Option.OAuth.Name ? OAuth(section)
            : null;
    }

    public static BasicAuth? ParseBasicAuth(ConfigSection form, Credentials? credentials)
    {
        if (!form.Has(Option.BasicAuthUserName) && !form.Has(Option.BasicAuthPassword)) return null;
        if (credentials is OAuthCredentials)
            form.Problem(Option.BasicAuthUserName,
                $"cannot be combined with {Option.OAuth}: both are sent in the same header (Authorization), which holds one of them. "
                + $"Remove it and its password, or sign in with {Option.PasswordLogin} or {Option.TokenLogin}.");
        var together = $"{Option.BasicAuthUserName} and {Option.BasicAuthPassword} go together: fill in both, or leave both empty.";
        var name = form.RequiredText(Option.BasicAuthUserName, together);
        var password = form.RequiredSecret(Option.BasicAuthPassword, together);
        return name is null || password is null ? null : new(name, password);
    }

    public static Secret? ParseDirectoryToken(ConfigSection form)
    {
        if (form.Secret(Option.DirectoryApiToken) is not { } given) return null;
        if (form.Has(Option.BasicAuthUserName) || form.Has(Option.BasicAuthPassword))
            form.Problem(Option.DirectoryApiToken,
                $"cannot be combined with Basic authentication: both are sent in the same header (Authorization), which holds one of them. Remove one of "
                + "the two.");
        var token = given.Reveal().Trim();
        if (!token.AsSpan().ContainsAnyExceptInRange('!', '~')) return new(token);
        form.Problem(Option.DirectoryApiToken, "holds a character that no token has. Copy the token again, and nothing but it.");
        return null;
    }

    static PasswordCredentials? Password(ConfigSection section)
    {
        var name = section.RequiredText(Option.LoginName, "Type the name that the user signs in to Kintone with.");
        var password = section.RequiredSecret(Option.Password, "Type the password that the user signs in to Kintone with.");
        return name is null || password is null ? null : new(name, password);
    }

    static OAuthCredentials? OAuth(ConfigSection section)
    {
        const string WhereToFind = "It is on the page of the registered client in cybozu.com Administration.";
        var id = section.RequiredText(Option.ClientId, WhereToFind);
        var secret = section.RequiredSecret(Option.ClientSecret, WhereToFind);
        var refresh = section.RequiredSecret(Option.RefreshToken, "Kintone gives it together with the first access token, when the user consents.");
        return id is null || secret is null || refresh is null ? null : new(id, Trim(secret), Trim(refresh));

        static Secret Trim(Secret pasted) => new(pasted.Reveal().Trim());
    }

    static ApiTokenCredentials? Tokens(ConfigSection section)
    {
        var items = section.Items(Option.ApiTokens).ToList();
        if (items.Find(static item => item.ValueKind is not JsonValueKind.String) is { ValueKind: not JsonValueKind.Undefined } unfit)
        {
            section.Problem(Option.ApiTokens, $"must be a text, or a list of texts, and holds {ConfigValue.Kind(unfit)}.");
            return null;
        }
        if (items.Exists(static item => Typed.Pieces(item.GetString()!).Any(Secret.IsHidden)))
        {
            section.Problem(Option.ApiTokens, Secret.Hidden);
            return null;
        }
        var tokens = items.SelectMany(static item => Typed.Pieces(item.GetString()!)).Distinct(StringComparer.Ordinal).ToList();
        if (tokens.FindIndex(static token => token.AsSpan().ContainsAnyExceptInRange('!', '~')) is >= 0 and var strange)
        {
            section.Problem(Option.ApiTokens, $"token {strange + 1} holds a character that no token has. Copy the token again, and nothing but it.");
            return null;
        }
        if (tokens.Count > 0) return new([.. tokens.Select(static token => new Secret(token))]);
        section.Missing(Option.ApiTokens, "Paste at least one token, from the app's settings: App Settings, API Token, Generate.");
        return null;
    }
}
