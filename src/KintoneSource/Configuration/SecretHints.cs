namespace KintoneSource.Configuration;

/// <summary>What looks like a slip in a password, and may be right: it is sent as it was given.</summary>
static class SecretHints
{
    const string Quotes = "\"'“”„‘’「」『』";

    public static IEnumerable<string> Of(Credentials credentials, BasicAuth? basic) =>
        ((string?[])
        [
            credentials is PasswordCredentials login ? Hint(Option.Password, login.Password) : null,
            basic is null ? null : Hint(Option.BasicAuthPassword, basic.Password),
        ]).OfType<string>();

    static string? Hint(Option option, Secret secret)
    {
        var text = secret.Reveal();
        return
            text != text.Trim() ? $"{option}: it begins or ends with a blank, which is sent as a part of it. If it is refused, enter it without the blank."
            : text.Length > 2 && Quotes.Contains(text[0], StringComparison.Ordinal) && Quotes.Contains(text[^1], StringComparison.Ordinal)
                ? $"{option}: it stands in quotes, which are sent as a part of it. If it is refused, enter it without the quotes."
            : null;
    }
}
