using KintoneSource.Catalog;
using KintoneSource.Configuration;

namespace KintoneSource.Commands;

/// <summary>Which streams of resources the configured sign-in can read at all.</summary>
static class StreamOffer
{
    /// <returns>Why not, with what to do; null where it can.</returns>
    public static string? Refusal(ResourceStream stream, SourceConfig config) => stream switch
    {
        { IsOfDirectory: true } when config.DirectoryToken is not null => null,
        { IsOfDirectory: true } when config.Credentials is not PasswordCredentials =>
            $"The stream {stream.Name} can be read with a user name and password, or with "
                + $"\"{Option.DirectoryApiToken.Title}\" ({Option.DirectoryApiToken.Name}) only. Deselect it, or enter one of them.",
        { PasswordOnly: true } when config.Credentials is not PasswordCredentials =>
            $"The stream {stream.Name} can be read with a user name and password only. Deselect it, or change the authentication.",
        { NotByToken: true } when config.Credentials is ApiTokenCredentials =>
            $"The stream {stream.Name} cannot be read with API tokens, to which Kintone does not show it. Deselect it, or change the authentication.",
        { NotByOAuth: true } when config.Credentials is OAuthCredentials =>
            $"The stream {stream.Name} cannot be read with OAuth 2.0, which has no scope for it. Deselect it, or change the authentication.",
        _ => null,
    };
}
