using KintoneSource.Kintone.Apps;
using KintoneSource.Kintone.Http;

namespace KintoneSource.Kintone.Credentials;

/// <summary>What Kintone says to a group of tokens for one app.</summary>
enum TokenVerdict
{
    /// <summary>One of them may read the app's records.</summary>
    Works,
    /// <summary>All are fine, and none is for this.</summary>
    Foreign,
    /// <summary>One of them is unknown or not yet in force, and spoils the request; or none is of this app.</summary>
    Unclear,
    /// <summary>Two of them belong to the same app: the request is spoilt.</summary>
    SameApp,
}

/// <summary>Asks Kintone about tokens by reading one record's id, the least that needs the permission to view records.</summary>
/// <param name="signIn">A connection to the domain for the authentication given, with the process's slots and retries.</param>
sealed class TokenProbe(Func<Authentication, KintoneHttp> signIn, Func<string, CancellationToken, ValueTask> warn)
{
    /// <exception cref="KintoneException">The answer was about something else: no such app, say.</exception>
    public async Task<TokenVerdict> AskAsync(AppAddress app, TokenGroup tokens, CancellationToken ct)
    {
        try
        {
            await new KintoneApp(signIn(new HeaderAuthentication(TokenGroup.HeaderName, tokens.Header)), app).ReadHeadAsync(null, ct);
            return TokenVerdict.Works;
        }
        catch (KintoneException e) when (IsAboutTokens(e))
        {
            return e.Code switch
            {
                "GAIA_IA02" => TokenVerdict.Unclear,
                "GAIA_DA03" => TokenVerdict.SameApp,
                _ => TokenVerdict.Foreign,
            };
        }
    }

    /// <summary>Says what a person should know of the answers.</summary>
    public ValueTask WarnAsync(string message, CancellationToken ct) => warn(message, ct);

    public static bool IsAboutTokens(KintoneException error) => error.IsOfTokens || error.Code is "GAIA_NO01" or "GAIA_AP15";
}
