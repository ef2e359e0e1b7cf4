namespace KintoneSource.Configuration;

/// <summary>The apps whose records are read.</summary>
abstract record AppSelection
{
    private protected AppSelection() { } // closed: all cases live in this file
}

/// <summary>One app, or a single record of it.</summary>
sealed record SingleApp(SelectedApp App) : AppSelection;

/// <param name="Apps">At least one; every app ID once.</param>
sealed record ListedApps(IReadOnlyList<SelectedApp> Apps) : AppSelection;

/// <summary>Whatever the user can see. Never together with <see cref="ApiTokenCredentials"/>.</summary>
/// <param name="GuestSpaceIds">Guest spaces whose apps are read even where the list of all apps does not hold them.</param>
/// <param name="NameContains">Only apps with this text in their name, in either case; null for all.</param>
/// <param name="Part">Only this share of them; null for all.</param>
sealed record AllApps(IReadOnlyList<long> GuestSpaceIds, string? NameContains, IReadOnlyList<long> ExcludeApps, AppPart? Part = null) : AppSelection;

/// <summary>
/// One of several equal shares of the apps, by app ID alone: the same app is in the same share in every connection and for ever, whatever other apps
/// come and go, and each app is in exactly one.
/// </summary>
/// <param name="Number">1 to <paramref name="Of"/>.</param>
readonly record struct AppPart(int Number, int Of)
{
    /// <summary>IDs are given one after the other: the remainder spreads them evenly, new ones too.</summary>
    public bool Holds(long app) => app % Of == Number - 1;
}

/// <param name="App">The number after <c>/k/</c> in the app's URL.</param>
/// <param name="GuestSpace">Null for an app outside guest spaces.</param>
/// <param name="Filter">A condition in Kintone's query notation as the user wrote it, not yet checked; null for every record.</param>
/// <param name="RecordNumber">The only record to read, by its <c>$id</c>; null for all.</param>
sealed record SelectedApp(long App, long? GuestSpace = null, string? Filter = null, long? RecordNumber = null);
