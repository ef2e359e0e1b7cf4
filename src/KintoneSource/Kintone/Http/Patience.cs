namespace KintoneSource.Kintone.Http;

/// <summary>How long a domain that answers nothing is asked again, and one request that goes on failing while others are answered.</summary>
/// <param name="Total">From the first attempt on; the wait for a first slot does not count.</param>
/// <param name="MostAttempts">Of one request.</param>
readonly record struct Patience(TimeSpan Total, int MostAttempts = int.MaxValue)
{
    static readonly TimeSpan s_longestAttempt = TimeSpan.FromMinutes(2);

    /// <summary>DESIGN: at most ten minutes without an answer.</summary>
    public static readonly Patience ForSync = new(TimeSpan.FromMinutes(10));

    /// <summary>Nobody would pick streams from a catalog without the apps that were busy for a moment.</summary>
    public static readonly Patience ForDiscover = new(TimeSpan.FromMinutes(1), 10);

    /// <summary>A person waits, and what can't be reached is more likely misspelt than down.</summary>
    public static readonly Patience ForCheck = new(TimeSpan.FromSeconds(20), 3);

    /// <summary>Headers and body of one attempt.</summary>
    public TimeSpan Attempt => Total < s_longestAttempt ? Total : s_longestAttempt;

    /// <summary>No wait between two attempts is longer; and where less is left, no further attempt is worth its wait.</summary>
    public TimeSpan LongestBackOff => Total / 10;

    /// <summary>A connection that nobody answers (a firewall drops packets, say) is given up after this.</summary>
    public TimeSpan Connect => Total / 4 < TimeSpan.FromSeconds(30) ? Total / 4 : TimeSpan.FromSeconds(30);
}
