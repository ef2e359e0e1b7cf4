namespace KintoneSource.Certification;

/// <summary>Every fact about Kintone that is unverified, in the order in which a report tells them.</summary>
public static class ProbeTable
{
    public static IReadOnlyList<Probe> All { get; } =
    [
        .. QueryProbes.All, .. UpdateTimeProbes.All, .. PermissionProbes.All, .. OAuthProbes.All, .. ValueProbes.All, .. ServerProbes.All, .. Mistakes.All,
    ];

    /// <summary>What nobody can ask of a domain by itself, with the reason; a report carries it so that it is not forgotten.</summary>
    public static IReadOnlyList<(string Fact, string Why)> NotAskable { get; } =
    [
        ("Hosts of China and of secure access outside Japan", "a domain has one host; the report names its suffix"),
        ("Status of CB_TW02, a user with two-factor authentication", "needs such a user, who then cannot be used for anything else"),
        ("Status of GAIA_IL42, a deleted user or group in a filter", "needs a user to be deleted"),
        ("How a deleted user shows in CREATOR", "needs a user to be deleted"),
        ("Answers during maintenance, and 502 or 504 of an edge", "cannot be brought about"),
        ("Code of an access token that has expired", "takes an hour; the one of an unknown token is asked"),
        ("Life of a refresh token", "takes longer than a run"),
        ("The 1 GB limit of a file", "would burden the domain"),
        ("Who may register an OAuth client", "is a matter of administration"),
    ];
}
