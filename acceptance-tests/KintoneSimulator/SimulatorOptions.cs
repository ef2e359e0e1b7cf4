using KintoneSimulator.Query;

namespace KintoneSimulator;

/// <summary>
/// How this Kintone behaves. The first part is the set-up of a test; the second, from <see cref="GuestAppStatus"/> on, holds one switch per
/// fact that no source settles, and its default is the answer that looks likeliest. Replace <see cref="Simulator.Options"/> at any time.
/// </summary>
public sealed record SimulatorOptions
{
    /// <summary>The clock of the server; every wait goes through it too.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>How far the server's clock is ahead of <see cref="Time"/>.</summary>
    public TimeSpan ClockSkew { get; init; }

    /// <summary>How long every answer takes before its first byte.</summary>
    public TimeSpan Latency { get; init; }

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

    /// <summary>Status and code of an access token that is unknown or has expired.</summary>
    public (int Status, string Code) AccessTokenRefusal { get; init; } = (401, "CB_OA01");

    /// <summary>Status and code of an access token without the scope that a request needs.</summary>
    public (int Status, string Code) ScopeRefusal { get; init; } = (403, "CB_OA01");

    /// <summary>Status of CB_TW02, a password of a user with two-factor authentication.</summary>
    public int TwoFactorStatus { get; init; } = 403;

    /// <summary>Code (with 403) of a token that belongs to another app: GAIA_NO01 or GAIA_AP15.</summary>
    public string ForeignTokenCode { get; init; } = "GAIA_NO01";

    /// <summary>Refreshing an access token gives a new refresh token and ends the old one.</summary>
    public bool RefreshTokensRotate { get; init; }

    /// <summary>Fields that may not be viewed are left out of form/fields.json too, not only of records.</summary>
    public bool HiddenFieldsLeaveForm { get; init; }

    /// <summary>A look-up's settings are null in form/fields.json for those without rights on the app that it looks in.</summary>
    public bool LookupsNeedRights { get; init; } = true;

    /// <summary>Times of apps and spaces end in <c>.000Z</c> instead of <c>Z</c>.</summary>
    public bool AppTimesHaveMilliseconds { get; init; } = true;

    /// <summary>The normal path's apps.json lists apps of guest spaces too.</summary>
    public bool AppListHoldsGuestApps { get; init; }

    /// <summary>Reading notifications, views of permissions and notes asks for the right to manage the app.</summary>
    public bool SettingsNeedManagement { get; init; } = true;

    /// <summary>Every answer shows other file keys for the same files; each of them opens its file.</summary>
    public bool FileKeysDiffer { get; init; }

    /// <summary>Two members of a record, <c>$id</c> and <c>$revision</c>, come after the fields instead of before.</summary>
    public bool IdsLast { get; init; }
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
