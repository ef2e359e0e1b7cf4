using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace KintoneSource.Configuration;

/// <summary>How to sign in; exactly one way.</summary>
abstract record Credentials
{
    private protected Credentials() { } // closed: all cases live in this file

    /// <summary>The title of this way in the form.</summary>
    public abstract Option Kind { get; }

    /// <summary>Every text that must not be shown, with the encodings in which it travels.</summary>
    public abstract IEnumerable<string> SecretValues { get; }

    private protected static string Pair(string name, Secret secret) =>
        Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{secret.Reveal()}"));
}

/// <summary>A Kintone user. Does not work for users with two-factor authentication.</summary>
sealed record PasswordCredentials(string LoginName, Secret Password) : Credentials
{
    public override Option Kind => Option.PasswordLogin;

    public override IEnumerable<string> SecretValues => [Password.Reveal(), Pair(LoginName, Password)];
}

/// <summary>Tokens of apps, in the user's order and without repeats; nothing says which token is whose.</summary>
/// <param name="Tokens">At least one. Kintone takes 9 per request at most: whoever sends them picks.</param>
sealed record ApiTokenCredentials(IReadOnlyList<Secret> Tokens) : Credentials
{
    public override Option Kind => Option.TokenLogin;

    public override IEnumerable<string> SecretValues => Tokens.Select(static token => token.Reveal());
}

/// <summary>A client of the domain's own OAuth server and the consent of a user.</summary>
sealed record OAuthCredentials(string ClientId, Secret ClientSecret, Secret RefreshToken) : Credentials
{
    public override Option Kind => Option.OAuth;

    public override IEnumerable<string> SecretValues =>
        [ClientId, ClientSecret.Reveal(), RefreshToken.Reveal(), Pair(ClientId, ClientSecret)];
}

/// <summary>What a domain asks for in addition to the login. Never together with <see cref="OAuthCredentials"/>.</summary>
sealed record BasicAuth(string UserName, Secret Password)
{
    public IEnumerable<string> SecretValues =>
        [Password.Reveal(), Convert.ToBase64String(Encoding.UTF8.GetBytes($"{UserName}:{Password.Reveal()}"))];
}

/// <summary>The certificate that secure access asks for.</summary>
/// <param name="Certificate">Loaded, with its private key.</param>
/// <param name="Pfx">The Base64 text it came from.</param>
sealed record ClientCertificate(X509Certificate2 Certificate, Secret Pfx, Secret? Passphrase)
{
    public IEnumerable<string> SecretValues =>
        Passphrase is null ? [Pfx.Reveal()] : [Pfx.Reveal(), Passphrase.Reveal()];
}
