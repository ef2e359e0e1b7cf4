using System.Collections.Frozen;
using System.Net;
using KintoneSource.Protocol;

namespace KintoneSource.Kintone.Http;

/// <summary>What an error of Kintone asks for.</summary>
enum Remedy
{
    /// <summary>The user must change something: the advice says what.</summary>
    User,

    /// <summary>Nobody: trying again helps.</summary>
    Retry,

    /// <summary>The access token has run out: renew it once.</summary>
    Renew,

    /// <summary>Us: this connector asked for something that Kintone does not understand.</summary>
    Connector,
}

/// <param name="Advice">What to do, as a whole sentence.</param>
readonly record struct ErrorMeaning(Remedy Remedy, string Advice);

/// <summary>
/// The table of Kintone's error codes: the one place that knows them. No official catalogue exists; the entries
/// come from official clients' tests and from measurements by third parties. Decided by code, never by the
/// message, whose language follows the user's settings; the HTTP status decides only where there is no code.
/// </summary>
static class KintoneErrors
{
    const string CheckToken = "Open the app's settings > API Token, tick \"View records\", press Save and then \"Update App\", and paste that token again.";

    static readonly FrozenDictionary<string, ErrorMeaning> s_meanings = new Dictionary<string, ErrorMeaning>
    {
        ["CB_AU01"] = User("Kintone saw no valid credentials: check the user name and password or the API token, and whether the user may use Kintone."),
        ["CB_WA01"] = User("The user name or the password is wrong, or the user is locked or stopped, which Kintone does not tell apart: check both by logging in to Kintone in a browser, and ask an administrator to unlock the user (Users & System Administration). Repeated wrong tries lock the user."),
        ["CB_TW02"] = User("This user has two-factor authentication, which rules out password authentication over the API: use an API token or OAuth, or a user without it."),
        ["CB_OA01"] = new(Remedy.Renew, "The OAuth access was withdrawn or has run out: authorise the connection again."),
        ["CB_NO02"] = User("The user has no privilege for this: give it permission to view the app and its records (app settings > Permissions), and check the guest space ID."),
        ["CB_IL02"] = User("Kintone calls this an illegal request: check the guest space ID and that the user may use Kintone."),
        ["CB_IJ01"] = Ours(),
        ["CB_VA01"] = User("Kintone did not accept a parameter: check the filter and the IDs in the configuration."),
        ["GAIA_IA02"] = User($"An API token was not recognised. {CheckToken}"),
        ["GAIA_NO01"] = User($"The API token may not do this. {CheckToken}"),
        ["GAIA_DA03"] = User("Two of the API tokens belong to the same app: keep one token for each app."),
        ["GAIA_AP01"] = User("There is no such app: check the app ID (the number after /k/ in the app's URL), and whether the app was deleted."),
        ["GAIA_AP15"] = User("None of the API tokens belongs to this app: add a token of this app."),
        ["GAIA_IL23"] = User("The app is in a guest space: set the guest space ID (the number after /k/guest/ in the app's URL)."),
        ["GAIA_RE01"] = User("There is no such record: check the record number."),
        ["GAIA_IQ03"] = User("The filter uses an operator that its field's type does not have: fields with options or users take in or not in, long texts and files take like."),
        ["GAIA_IQ07"] = User("The filter uses = or != on a field inside a table: use in or not in."),
        ["GAIA_IQ10"] = User("The filter names a value that is not one of the field's options."),
        ["GAIA_IQ11"] = User("A field named in the filter or in the schema does not exist in the app: check the filter's field codes, and refresh the schema if the app was changed."),
        ["GAIA_IQ23"] = User("The filter gives a date function a day that does not exist."),
        ["GAIA_IQ25"] = User("The filter gives a date function a unit that does not exist."),
        ["GAIA_IL08"] = User("The filter gives a function the wrong number of arguments."),
        ["GAIA_IR02"] = User("The filter names a field with a dot that is not part of a related-records field."),
        ["GAIA_ST02"] = User("The filter uses the status, but the app's process management is off."),
        ["GAIA_IL26"] = User("The filter names a user who does not exist: write the login name, and not the name that people see."),
        ["GAIA_IL28"] = User("The filter names an organization that does not exist: write its code, and not the name that people see."),
        ["GAIA_IL42"] = User("The filter names something that was deleted."),
        ["GAIA_QU01"] = Ours(),
        ["GAIA_QU02"] = Ours(),
        ["GAIA_TO04"] = Retry("More than 100 requests were under way in this Kintone domain: run fewer syncs and integrations at the same time."),
        ["GAIA_TM12"] = Retry("Too many cursors are open in this Kintone domain."),
        ["GAIA_DA02"] = Retry("Kintone's database was busy."),
        ["GAIA_RE18"] = Retry("Kintone's database was busy."),
        ["GAIA_LT01"] = Retry("Kintone's database was busy."),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <param name="hasAnswered">Kintone has answered another request: it is there, and what stands in between lets requests through.</param>
    public static ErrorMeaning Explain(HttpStatusCode status, string? code, bool hasAnswered = false) =>
        code is not null && s_meanings.TryGetValue(code, out var meaning) ? meaning : ExplainStatus((int)status, code, hasAnswered);

    static ErrorMeaning ExplainStatus(int status, string? code, bool hasAnswered) => status switch
    {
        < 300 => Retry("Only 200 is an answer of Kintone's: a proxy or a cache between this connector and Kintone changes answers. Check what stands between them."),
        429 => Retry("Kintone asked for fewer requests: run fewer syncs at the same time."),
        >= 500 and not 520 => Retry("Kintone is under maintenance or overloaded: try again later."),
        520 when code is null => Retry("Kintone had an internal error: try again later."),
        >= 300 and < 400 => User("Kintone sent the request elsewhere, as it does with an unknown subdomain or where a login page, an IP address restriction or a client certificate stands in between: check the subdomain and how this domain lets clients in."),
        400 when code is null => User("Something in front of Kintone refused the request: check the subdomain, and whether this domain asks for a client certificate or no longer accepts this one."),
        401 when code is null => User("Kintone itself was not reached: this domain asks for Basic authentication in addition. Fill in its user name and password."),
        401 => User("The credentials were refused: check them."),
        403 => User("Access was refused: check the permissions of the user or token, and whether the domain restricts IP addresses or asks for a client certificate."),
        404 when code is null && hasAnswered => User("Kintone answers other requests and has nothing at this address: this domain may not have the feature. Leave its stream out, or report this."),
        404 when code is null => User("Nothing answers there: check the subdomain."),
        _ => Ours(),
    };

    static ErrorMeaning User(string advice) => new(Remedy.User, advice);
    static ErrorMeaning Retry(string advice) => new(Remedy.Retry, advice);
    static ErrorMeaning Ours() => new(Remedy.Connector, "Kintone refused something that this connector asks for by itself. Please report this with Kintone's error ID.");
}

/// <summary>Kintone's own answer that something failed, or an answer that is none.</summary>
/// <param name="advice">What it means and what to do, in whole sentences: the message begins with it.</param>
/// <param name="happened">What was attempted and what came, as a sentence: the evidence, behind it.</param>
sealed class KintoneException(string advice, string happened, HttpStatusCode status, string? code, Remedy remedy, TimeSpan? retryAfter = null, Exception? inner = null)
    : ConnectorException($"{advice} {happened}", inner)
{
    public HttpStatusCode Status => status;

    /// <summary>Kintone's code, as <c>GAIA_AP01</c>; null where the answer carried none.</summary>
    public string? Code => code;

    public Remedy Remedy => remedy;

    /// <summary>Kintone had answered another request before.</summary>
    public bool HasAnsweredOthers { get; init; }

    /// <summary>A code that nobody knows, with a status that leaves open whether it may pass: worth a few more tries.</summary>
    public bool IsUnknown => (int)status == 520 && remedy == Remedy.Connector;

    /// <summary>How long the server asked to be left alone.</summary>
    public TimeSpan? RetryAfter => retryAfter;

    public override FailureType FailureType => remedy switch
    {
        Remedy.User or Remedy.Renew => FailureType.ConfigError,
        Remedy.Retry => FailureType.TransientError,
        _ => FailureType.SystemError,
    };

    /// <summary>The parameters that Kintone found wrong, as far as it names them.</summary>
    public IReadOnlyList<string> Parameters { get; init; } = [];

    /// <summary>The same failure, for somebody who knows better what to do about it.</summary>
    /// <param name="better">One or more whole sentences.</param>
    public KintoneException WithAdvice(string better) =>
        new(better, happened, status, code, remedy, retryAfter, InnerException) { HasAnsweredOthers = HasAnsweredOthers, Parameters = Parameters };

    /// <summary>The same failure, for somebody who knows one thing more to do about it.</summary>
    /// <param name="more">One or more whole sentences.</param>
    public KintoneException WithMoreAdvice(string more) => WithAdvice($"{advice} {more}");
}
