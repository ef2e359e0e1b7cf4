namespace KintoneSimulator.Query;

/// <summary>Who asks, and when. Dates are those of the user's time zone (measured by a third party).</summary>
public sealed record QueryContext
{
    public required DateTimeOffset Now { get; init; }

    public TimeZoneInfo TimeZone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>What LOGINUSER() stands for. With an API token that is "Administrator".</summary>
    public string LoginUser { get; init; } = "Administrator";

    /// <summary>What PRIMARY_ORGANIZATION() stands for; without one, conditions that name it are dropped.</summary>
    public string? PrimaryOrganization { get; init; }

    /// <summary>How a literal with seconds is compared with times that have none. Unverified, hence a switch.</summary>
    public LiteralSeconds Seconds { get; init; }
}

public enum LiteralSeconds
{
    /// <summary>As given: <c>&gt;= 10:00:30</c> leaves out a record of 10:00.</summary>
    Compared,

    /// <summary>Cut off first: <c>&gt;= 10:00:30</c> includes a record of 10:00.</summary>
    Truncated,
}
