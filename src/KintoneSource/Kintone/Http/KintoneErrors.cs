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
    /// <summary>Nobody, but it lasts longer than a sync: a later one helps.</summary>
    Later,
    /// <summary>The access token has run out: renew it once.</summary>
    Renew,
    /// <summary>Us: this connector asked for something that Kintone does not understand.</summary>
    Connector,
}

/// <summary>What else would meet the same answer.</summary>
enum Reach
{
    /// <summary>Nothing that is known of.</summary>
    Request,
    /// <summary>Whatever is asked of this app, space or list; others may be answered.</summary>
    Resource,
    /// <summary>Whatever goes out with the same credentials. Trying on could lock the user.</summary>
    Credential,
    /// <summary>Everything that is sent to this domain.</summary>
    Domain,
}

/// <param name="Advice">What to do, as a whole sentence.</param>
readonly record struct ErrorMeaning(Remedy Remedy, Reach Reach, string Advice);

/// <summary>
/// The one table of what answers mean: whose fault, tried again or not, how far it reaches. No official catalogue exists; the entries
/// come from official clients' tests and from measurements by third parties. Decided by code, never by the
/// message, whose language follows the user's settings; the HTTP status decides only where there is no code.
/// </summary>
static class KintoneErrors
{
    const string CheckToken = "Open the app's settings > API Token, tick \"View records\", press Save and then \"Update App\", and paste that token again.";

    const string Forbidden = "Access was refused: check the permissions of the user or token, and whether the domain restricts IP addresses or asks for a "
        + "client certificate.";

    public const string WrongBasic = "The user name or the password of the Basic authentication is wrong: check both with the administrator of the domain. "
        + "The login itself was not looked at.";

    static ErrorMeaning? Known(HttpStatusCode status, string code) => code switch
    {
        "CB_AU01" => Login("Kintone saw no valid credentials: check the user name and password or the API token, and whether the user may use Kintone."),
        "CB_WA01" => Login("Kintone does not accept this user name with this password, or the user is locked or stopped, which Kintone does not tell apart: "
            + "check both by logging in to Kintone in a browser, and ask an administrator to unlock the user (Users & System Administration). Repeated tries "
            + "lock the user."),
        "CB_TW02" => Login("This user has two-factor authentication, which rules out password authentication over the API: use an API token or OAuth, or a "
            + "user without it."),
        "CB_OA01" when status == HttpStatusCode.Forbidden => User(
            "The consent does not include what this needs: allow the registered client every scope that the guide names, and authorise the connection again."),
        "CB_OA01" => new(Remedy.Renew, Reach.Credential, "The OAuth access was withdrawn or has run out: authorise the connection again."),
        "CB_NO02" => User("The user has no privilege for this: give it permission to view the app and its records (app settings > Permissions), and check "
            + "the guest space ID."),
        "CB_IL02" => User("Kintone calls this an illegal request: check the guest space ID and that the user may use Kintone."),
        "CB_VA01" => User("Kintone did not accept a parameter: check the filter and the IDs in the configuration."),
        "GAIA_IA02" => User($"Kintone does not know the API token, or knows it for another app's. {CheckToken}"),
        "GAIA_NO01" => User($"The API token may not do this. {CheckToken}"),
        "GAIA_DA03" => User("Two of the API tokens belong to the same app: keep one token for each app."),
        "GAIA_AP01" => User("There is no such app: check the app ID (the number after /k/ in the app's URL), and whether the app was deleted."),
        "GAIA_AP15" => User("None of the API tokens belongs to this app: add a token of this app."),
        "GAIA_NO02" => new(Remedy.Later, Reach.Resource,
            "This app is in maintenance mode: wait until its administrators switch that off, or ask them to let the user of this connection in. Until then "
            + "nothing of it is read or taken for deleted."),
        "GAIA_OF02" => User("The domain has not switched on the feature that this needs: a system administrator of Kintone can, or leave the stream out."),
        "GAIA_IL23" => User("The app is in a guest space: set the guest space ID (the number after /k/guest/ in the app's URL)."),
        "GAIA_RE01" => User("There is no such record: check the record number."),
        "GAIA_IQ03" => User("The filter uses an operator that its field's type does not have: fields with options or users take in or not in, long texts "
            + "and files take like."),
        "GAIA_IQ07" => User("The filter uses = or != on a field inside a table: use in or not in."),
        "GAIA_IQ10" => User("The filter names a value that is not one of the field's options."),
        "GAIA_IQ11" => User("A field named in the filter or in the schema does not exist in the app: check the filter's field codes, and refresh the "
            + "schema if the app was changed."),
        "GAIA_IQ23" => User("The filter gives a date function a day that does not exist."),
        "GAIA_IQ25" => User("The filter gives a date function a unit that does not exist."),
        "GAIA_IL08" => User("The filter gives a function the wrong number of arguments."),
        "GAIA_IR02" => User("The filter names a field with a dot that is not part of a related-records field."),
        "GAIA_ST02" => User("The filter uses the status, but the app's process management is off."),
        "GAIA_IL26" => User("The filter names a user who does not exist: write the login name, and not the name that people see."),
        "GAIA_IL28" => User("The filter names an organization that does not exist: write its code, and not the name that people see."),
        "GAIA_IL42" => User("The filter names something that was deleted."),
        "GAIA_TO04" => Limit("More than 100 requests were under way in this Kintone domain: run fewer syncs and integrations at the same time."),
        "GAIA_TM12" => Limit("Too many cursors are open in this Kintone domain."),
        "GAIA_DA02" or "GAIA_RE18" or "GAIA_LT01" => Retry("Kintone's database was busy."),
        "CB_IJ01" or "GAIA_QU01" or "GAIA_QU02" => Ours(),
        _ => null,
    };

    /// <param name="hasAnswered">Kintone has answered another request: it is there, and what stands in between lets requests through.</param>
    public static ErrorMeaning Explain(HttpStatusCode status, string? code, bool hasAnswered = false) =>
        code is null ? ExplainStatus((int)status, hasAnswered)
        : Known(status, code) is not { } meaning ? ExplainUnknown((int)status)
        : status == HttpStatusCode.Unauthorized ? meaning with { Reach = Reach.Credential }
        : meaning;

    /// <summary>Kintone's own answer, with a code that is not in the table.</summary>
    static ErrorMeaning ExplainUnknown(int status) => status switch
    {
        401 => Login("The credentials were refused: check them."),
        403 => User(Forbidden),
        (>= 400 and < 500 and not (408 or 421 or 425 or 429)) or 520 => Ours(),
        _ => ExplainStatus(status, hasAnswered: true),
    };

    /// <summary>An answer without a code of Kintone's: of whatever stands in between, which stands before everything until an answer of Kintone's came
    /// through.</summary>
    static ErrorMeaning ExplainStatus(int status, bool hasAnswered) => status switch
    {
        < 300 => Retry("Only 200 is an answer of Kintone's: a proxy or a cache between this connector and Kintone changes answers. Check what stands "
            + "between them."),
        < 400 => User("Kintone sent the request elsewhere, as it does with an unknown subdomain or where a login page, an IP address restriction or a "
            + "client certificate stands in between: check the subdomain and how this domain lets clients in.", hasAnswered ? Reach.Request : Reach.Domain),
        400 => User("Something in front of Kintone refused the request: check the subdomain, and whether this domain asks for a client certificate or no "
            + "longer accepts this one.", hasAnswered ? Reach.Request : Reach.Domain),
        401 => User("Kintone itself was not reached: this domain asks for Basic authentication in addition. Fill in its user name and password.",
            Reach.Domain),
        403 => User(Forbidden, hasAnswered ? Reach.Request : Reach.Domain),
        404 when hasAnswered => User("Kintone answers other requests and has nothing at this address: this domain may not have the feature. Leave its "
            + "stream out, or report this."),
        404 => User("Nothing answers there: check the subdomain.", Reach.Domain),
        407 => User("A proxy asks for a user name and a password: write them into the proxy variable, as http://name:password@host:port.", Reach.Domain),
        408 or 421 or 425 => Retry("Kintone, or something in front of it, asked for the request once more."),
        429 => Limit("Kintone asked for fewer requests: run fewer syncs at the same time."),
        520 => Retry("Kintone had an internal error: try again later."),
        >= 500 => Retry("Kintone is under maintenance or overloaded: try again later."),
        _ => Ours() with { Reach = Reach.Request },
    };

    static ErrorMeaning User(string advice, Reach reach = Reach.Resource) => new(Remedy.User, reach, advice);
    static ErrorMeaning Login(string advice) => User(advice, Reach.Credential);
    static ErrorMeaning Retry(string advice) => new(Remedy.Retry, Reach.Request, advice);
    static ErrorMeaning Limit(string advice) => new(Remedy.Retry, Reach.Domain, advice);
    static ErrorMeaning Ours() => new(Remedy.Connector, Reach.Resource,
        "Kintone refused something that this connector asks for by itself. Please report this with Kintone's error ID.");
}

/// <summary>Kintone's own answer that something failed, or an answer that is none.</summary>
/// <param name="advice">What to do, in whole sentences: the message begins with it.</param>
/// <param name="happened">What was attempted and what came, as a sentence: the evidence, behind it.</param>
sealed class KintoneException(string advice, string happened, HttpStatusCode status, string? code, Remedy remedy, Reach reach = Reach.Request)
    : ConnectorException($"{advice} {happened}", inner: null)
{
    public KintoneException(ErrorMeaning meaning, string happened, HttpStatusCode status, string? code)
        : this(meaning.Advice, happened, status, code, meaning.Remedy, meaning.Reach) { }

    public HttpStatusCode Status => status;

    /// <summary>Kintone's code, as <c>GAIA_AP01</c>; null where the answer carried none.</summary>
    public string? Code => code;

    public Remedy Remedy => remedy;

    public Reach Reach => reach;

    /// <summary>How long the server asked to be left alone.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The parameters that Kintone found wrong, as far as it names them.</summary>
    public IReadOnlyList<string> Parameters { get; init; } = [];

    /// <summary>A code that nobody knows, with a status that leaves open whether it may pass: worth a few more tries.</summary>
    public bool IsUnknown => (int)status == 520 && remedy == Remedy.Connector;

    /// <summary>There were too many requests, ours or others'.</summary>
    public bool IsOfLimit => remedy == Remedy.Retry && (reach == Reach.Domain || (RetryAfter is not null && status == HttpStatusCode.ServiceUnavailable));

    /// <summary>Kintone refused this app, space or list, and may answer about another.</summary>
    public bool IsOfOneResource => reach == Reach.Resource;

    /// <summary>The credentials are wrong as such: every request that they go out with would be refused.</summary>
    public bool IsOfCredentials => reach >= Reach.Credential && remedy != Remedy.Retry;

    /// <summary>The tokens that are left for this app are no good; those of another may be.</summary>
    public bool IsOfTokens => code is "GAIA_IA02" or "GAIA_DA03";

    /// <summary>The user or token is known, and may not do this.</summary>
    public bool IsOfPrivilege => code is "CB_NO02" or "GAIA_NO01";

    public override FailureType FailureType => remedy switch
    {
        Remedy.User or Remedy.Renew => FailureType.ConfigError,
        Remedy.Retry or Remedy.Later => FailureType.TransientError,
        _ => FailureType.SystemError,
    };

    /// <summary>The same failure, for somebody who knows better what to do about it.</summary>
    /// <param name="better">One or more whole sentences.</param>
    public KintoneException WithAdvice(string better) =>
        new(better, happened, status, code, remedy, reach) { RetryAfter = RetryAfter, Parameters = Parameters };

    /// <summary>The same failure, for somebody who knows one thing more to do about it.</summary>
    /// <param name="more">One or more whole sentences.</param>
    public KintoneException WithMoreAdvice(string more) => WithAdvice($"{advice} {more}");
}
