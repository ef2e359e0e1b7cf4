using KintoneSimulator.Query;

namespace KintoneSimulator;

/// <summary>
/// How this Kintone behaves. The first part is the set-up of a test; the second, from <see cref="GuestAppStatus"/> on, holds one switch per
/// fact that no source settles, and its default is the answer that looks likeliest; acceptance-tests/Certification asks a real Kintone. Replace <see
/// cref="Simulator.Options"/> at any time.
/// </summary>
public sealed record SimulatorOptions
{
    /// <summary>The clock of the server; every wait goes through it too.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>How far the server's clock is ahead of <see cref="Time"/>.</summary>
    public TimeSpan ClockSkew { get; init; }

    /// <summary>How long every answer takes before its first byte.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>How fast a file's bytes come, on each connection; null for as fast as they go.</summary>
    public int? FileBytesPerSecond { get; init; }

    /// <summary>Requests at once per domain; one more gets 429 GAIA_TO04 (official docs).</summary>
    public int ConcurrencyLimit { get; init; } = 100;

    /// <summary>Requests of that limit which people and other programs are using.</summary>
    public int BackgroundRequests { get; init; }

    /// <summary>Send <c>X-ConcurrencyLimit-Limit</c> and <c>-Running</c>.</summary>
    public bool ConcurrencyHeaders { get; init; } = true;

    /// <summary>Compress answers for clients that accept gzip.</summary>
    public bool Compression { get; init; }

    public MessageLanguage Language { get; init; } = MessageLanguage.English;

    public DateHeader DateHeader { get; init; } = DateHeader.Clock;

    /// <summary>User and password that every request must bring as Basic authentication besides its own; null asks for none.</summary>
    public (string User, string Password)? BasicAuthentication { get; init; }

    /// <summary>The time zone in which TODAY() and its kin are the user's days.</summary>
    public TimeZoneInfo TimeZone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>Rows that a filter with <c>like</c> may match before the search is aborted and the answer is partial (measured by a third party).</summary>
    public int LikeThreshold { get; init; } = 100_000;

    /// <summary>Longest request target in bytes (official docs: 8 KB).</summary>
    public int UrlLimit { get; init; } = 8192;

    /// <summary>Cursors that may be open in the domain (measured by a third party).</summary>
    public int CursorLimit { get; init; } = 10;

    public TimeSpan CursorLife { get; init; } = TimeSpan.FromMinutes(10);

    public TimeSpan AccessTokenLife { get; init; } = TimeSpan.FromHours(1);

    /// <summary>GAIA_IL23, an app of a guest space on the normal path: 520 in an older note, 400 in a newer one.</summary>
    public int GuestAppStatus { get; init; } = 400;

    /// <summary>A code in <c>fields</c> that the app does not have: ignored, or GAIA_IQ11.</summary>
    public bool UnknownFieldsAreErrors { get; init; }

    /// <summary><c>limit 0</c>: an empty page, or CB_VA01.</summary>
    public bool LimitZeroAllowed { get; init; } = true;

    /// <summary>How a time with seconds in a query is compared with times that have whole minutes.</summary>
    public LiteralSeconds Seconds { get; init; }

    /// <summary>Whether an app token may read comments; otherwise GAIA_NO01.</summary>
    public bool TokensReadComments { get; init; } = true;

    /// <summary>Comments of an app that has them switched off: an empty list, or GAIA_CO04.</summary>
    public bool DisabledCommentsAreEmpty { get; init; }

    /// <summary>Status and code of an access token that is unknown or has expired.</summary>
    public (int Status, string Code) AccessTokenRefusal { get; init; } = (401, "CB_OA01");

    /// <summary>Status and code of an access token without the scope that a request needs.</summary>
    public (int Status, string Code) ScopeRefusal { get; init; } = (403, "CB_OA01");

    /// <summary>Status of CB_TW02, a password of a user with two-factor authentication.</summary>
    public int TwoFactorStatus { get; init; } = 403;

    /// <summary>How good tokens are refused none of which belongs to the app (GAIA_IA02 in a test that ran against a real domain; which code
    /// records.json gives is open).</summary>
    public ForeignTokenAnswer ForeignTokenAnswer { get; init; }

    /// <summary>What an app in maintenance mode answers about its records to everybody but those who work on it.</summary>
    public MaintenanceAnswer MaintenanceAnswer { get; init; }

    /// <summary>Where such an app looks empty: a record has no comments either, or CB_NO02.</summary>
    public bool ClosedCommentsAreEmpty { get; init; }

    /// <summary>What records/acl/evaluate says of a record that is not there.</summary>
    public MissingRecordAnswer MissingRecordAnswer { get; init; }

    /// <summary>Refreshing an access token gives a new refresh token and ends the old one.</summary>
    public bool RefreshTokensRotate { get; init; }

    /// <summary>Fields that may not be viewed are left out of form/fields.json too, not only of records.</summary>
    public bool HiddenFieldsLeaveForm { get; init; }

    /// <summary>A look-up's settings are null in form/fields.json for those without rights on the app that it looks in.</summary>
    public bool LookupsNeedRights { get; init; } = true;

    /// <summary>Times of apps and spaces end in <c>.000Z</c> instead of <c>Z</c>.</summary>
    public bool AppTimesHaveMilliseconds { get; init; } = true;

    /// <summary>The normal path's apps.json lists apps of guest spaces too (two tests that ran against real domains).</summary>
    public bool AppListHoldsGuestApps { get; init; } = true;

    /// <summary>Reading notifications, views of permissions and notes asks for the right to manage the app.</summary>
    public bool SettingsNeedManagement { get; init; } = true;

    /// <summary>What moves the update time of records besides an edit, a status action and a change of assignees.</summary>
    public UpdateTimeMoves UpdateTimeMovesWith { get; init; }

    /// <summary>Renaming a choice in the form renames it in the records that hold it (reported by users).</summary>
    public bool ChoiceRenamesChangeRecords { get; init; } = true;

    /// <summary>Renaming a state of the process renames it in the records that are in it.</summary>
    public bool StateRenamesChangeRecords { get; init; } = true;

    /// <summary>Records show a user under the display name of today, not under that of the day they were saved.</summary>
    public bool UserRenamesChangeRecords { get; init; } = true;

    /// <summary>How many revisions a status action counts (measured by a third party).</summary>
    public int StatusActionRevisions { get; init; } = 2;

    /// <summary>The key of a record's file is another one in every answer; the older ones stay good.</summary>
    public bool FileKeysChange { get; init; }

    /// <summary>A code that the form does not have in a record to be saved: ignored (official docs of older versions), or CB_VA01.</summary>
    public bool UnknownFieldsInRecordsAreErrors { get; init; }

    /// <summary>How long it takes until new settings are in use.</summary>
    public TimeSpan DeployTime { get; init; }

    /// <summary>How long records that were added by the hundred cannot be found yet.</summary>
    public TimeSpan BulkVisibilityLag { get; init; }

    /// <summary><c>totalCount</c> counts records too that the user may not view.</summary>
    public bool TotalCountIgnoresPermissions { get; init; }

    /// <summary>Fields that may not be viewed stay in records, empty, instead of being left out.</summary>
    public bool HiddenFieldsStayInRecords { get; init; }

    /// <summary>Whether the domain's course has apps/statistics.json; otherwise CB_NO02.</summary>
    public bool StatisticsAvailable { get; init; } = true;

    /// <summary>How old statistics may be.</summary>
    public TimeSpan StatisticsLag { get; init; }

    /// <summary>apis.json asks for credentials.</summary>
    public bool ApisNeedLogin { get; init; }

    /// <summary>Whether an app token may read what is installed of plug-ins; otherwise GAIA_NO01.</summary>
    public bool TokensReadPlugins { get; init; }

    /// <summary>The OAuth token endpoint takes the client's id and secret in the form too, not only as Basic authentication.</summary>
    public bool OAuthCredentialsInForm { get; init; } = true;

    /// <summary>The OAuth token endpoint takes its parameters in the query string too.</summary>
    public bool OAuthParametersInQuery { get; init; }

    /// <summary>A cursor's query may sort; the official OpenAPI description says no, its samples and measurements say yes.</summary>
    public bool CursorsTakeOrderBy { get; init; } = true;

    /// <summary>STATUS_ASSIGNEE may be searched by <c>in</c>; otherwise GAIA_IQ03.</summary>
    public bool AssigneesCanBeSearched { get; init; } = true;

    /// <summary><c>and</c> and <c>or</c> bind alike, from left to right, instead of <c>and</c> tighter.</summary>
    public bool AndBindsLikeOr { get; init; }

    /// <summary>In which language the fields are named that a new app comes with.</summary>
    public MessageLanguage NewAppLanguage { get; init; } = MessageLanguage.Japanese;

    /// <summary>A number's zeros at its end are dropped when it is saved: 1.50 becomes 1.5.</summary>
    public bool NumbersLoseTrailingZeros { get; init; }

    /// <summary>Most digits that an app's number precision may have.</summary>
    public int MostDigits { get; init; } = 30;

    /// <summary>Bytes that a file may have.</summary>
    public long FileLimit { get; init; } = 1L << 30;

    /// <summary>Bytes that an answer may have; a larger one is refused with 500. No source knows of such a limit.</summary>
    public long AnswerLimit { get; init; } = long.MaxValue;

    /// <summary>Members of a user beside those that the documentation lists.</summary>
    public IReadOnlyList<string> MoreUserMembers { get; init; } = [];

    /// <summary>How a mistake is refused where it is not as written: by the usual code, the status and code that are sent instead.</summary>
    public IReadOnlyDictionary<string, (int Status, string Code)> Refusals { get; init; } = new Dictionary<string, (int, string)>();

    /// <summary>
    /// Status, assignees and categories stand in records, and are asked for in <c>fields</c>, under the field's name instead of its code (official
    /// docs; in every form that
    /// was published the two are the same).
    /// </summary>
    public bool StatusGoesByName { get; init; }

    /// <summary>Where <c>$id</c> and <c>$revision</c> stand in a record (apart, in an answer of a real domain).</summary>
    public PlaceOfIds PlaceOfIds { get; init; }
}

/// <summary>How tokens of other apps are refused.</summary>
public enum ForeignTokenAnswer
{
    /// <summary>400 GAIA_IA02, as a token that does not exist.</summary>
    UnknownToken,

    /// <summary>403 GAIA_AP15: token and app do not go together.</summary>
    WrongApp,

    /// <summary>403 GAIA_NO01, as a token without the right.</summary>
    NoRight,
}

public enum MaintenanceAnswer
{
    /// <summary>403 GAIA_NO02.</summary>
    Refused,

    /// <summary>200, as if the app had no records.</summary>
    Empty,
}

public enum MissingRecordAnswer
{
    /// <summary>404 GAIA_RE01, whatever else was asked about.</summary>
    Refused,

    /// <summary>Nothing: the others alone are in the answer.</summary>
    LeftOut,

    /// <summary>What it says of a record that may not be viewed.</summary>
    NotViewable,
}

public enum PlaceOfIds
{
    /// <summary>Anywhere among the fields and apart from each other, elsewhere in every answer.</summary>
    Anywhere,
    First,
    Last,
}

/// <summary>What no source says of the update time.</summary>
[Flags]
public enum UpdateTimeMoves
{
    None = 0,
    Comments = 1,
    ChoiceRenames = 2,
    StateRenames = 4,
    FieldChanges = 8,
    Permissions = 16,
    UserRenames = 32,
}

public enum MessageLanguage
{
    English,
    Japanese,
}

public enum DateHeader
{
    Clock,

    /// <summary>Not sent. Over a socket, where the server insists, it is empty.</summary>
    Absent,

    /// <summary>A time of the past century.</summary>
    Absurd,
}
