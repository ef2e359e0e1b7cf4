using KintoneSource.Kintone.Apps;
using KintoneSource.Protocol;

namespace KintoneSource.Reading.Deletions;

/// <summary>What is to be made of an app that may show nothing at all.</summary>
enum AppContents
{
    /// <summary>It shows records.</summary>
    Shown,

    /// <summary>Its records were deleted.</summary>
    Emptied,

    /// <summary>Its records may be there and hidden.</summary>
    Doubtful,
}

/// <summary>What can be asked of an app beside lists and counts.</summary>
interface IAppEvidence
{
    /// <summary>Whether it shows any record, whatever the stream's condition is.</summary>
    Task<bool> ShowsAnyAsync(CancellationToken ct);

    /// <summary>Whether a record is there, shown or not; null where these credentials may not ask.</summary>
    Task<bool?> IsThereAsync(long id, CancellationToken ct);
}

/// <summary>
/// The second witness of an app that shows nothing at all, of whatever size. In maintenance mode an app may look so to everybody who does not work on
/// it, and so does one whose permissions were taken: an empty list is never believed alone. Where Kintone may be asked, records that were there
/// say whether they were deleted. Where it may not, time says so: nothing shown for as many days as hidden changes may take (docs/decisions/0017).
/// </summary>
/// <param name="remembered">Ids of records that were there, of which some are asked about.</param>
/// <param name="emptySince">When a sync first saw nothing; null where none has.</param>
/// <param name="patience">After so long without a record, the app is taken for empty.</param>
sealed class EmptyAppWitness(IAppEvidence app, Func<IReadOnlyList<long>> remembered, DateTimeOffset? emptySince, DateTimeOffset now, TimeSpan patience)
{
    /// <summary>Where full re-reads are switched off.</summary>
    static readonly TimeSpan s_patience = TimeSpan.FromDays(7);

    /// <summary>Most apps have given these, and one of them is often still there.</summary>
    static readonly long[] s_early = [1, 10, 100];

    bool _isEmptied;

    /// <param name="rereadDays">What hidden changes may take (full_reread_days); 0 for never.</param>
    public static TimeSpan Patience(int rereadDays) => rereadDays > 0 ? TimeSpan.FromDays(rereadDays) : s_patience;

    public async Task<AppContents> AskAsync(CancellationToken ct)
    {
        if (_isEmptied) return AppContents.Emptied;
        if (await app.ShowsAnyAsync(ct)) return AppContents.Shown;
        _isEmptied = await AreGoneAsync(remembered(), ct) ?? now - emptySince >= patience;
        return _isEmptied ? AppContents.Emptied : AppContents.Doubtful;
    }

    /// <returns>Null where nobody says.</returns>
    async Task<bool?> AreGoneAsync(IReadOnlyList<long> ids, CancellationToken ct)
    {
        foreach (var id in (IEnumerable<long>)(ids.Count == 0 ? [] : new HashSet<long> { ids[0], ids[ids.Count / 2], ids[^1] }))
        {
            if (await app.IsThereAsync(id, ct) is not { } isThere) return null;
            if (isThere) return await app.IsThereAsync(KintoneApp.NoRecord, ct) == false ? false : null; // unless it says so of any
        }
        return ids.Count == 0 ? null : true;
    }

    public string Explain(string stream) =>
        $"{stream}: Kintone shows none of the app's records any more. Probably this app is in maintenance mode, or a permission hides its records "
        + "from this user or token. Nothing was marked as deleted, and the next sync goes on from where the last one ended. If the app was really emptied, "
        + $"its records count as deleted as soon as it shows a record again, and after {Quantity.Of(patience.Days, "day")} in any case.";

    /// <summary>For whoever was shown nothing in the middle of reading.</summary>
    /// <exception cref="TransientException">The app may have closed meanwhile.</exception>
    public async Task EnsureShownAsync(string name, CancellationToken ct)
    {
        if (await AskAsync(ct) == AppContents.Doubtful)
        {
            throw new TransientException(
                $"While {name} was read, Kintone stopped showing any of its records. Probably this app is in maintenance mode now, or a permission hides "
                + "its records from this user or token. Nothing was marked as deleted, and the next sync goes on from there.");
        }
    }

    /// <summary>For whoever is shown nothing, remembers nothing, and would empty a table by it.</summary>
    /// <exception cref="TransientException">Kintone says that there are records.</exception>
    public async Task EnsureEmptyAsync(string name, CancellationToken ct)
    {
        if (await app.ShowsAnyAsync(ct) || await AreGoneAsync(s_early, ct) != false) return;
        throw new TransientException(
            $"Kintone shows none of the records of {name}, and says that there are some. Probably this app is in maintenance mode, or a permission hides "
            + "them from this user. So that no table is emptied for that, the stream is not called read; the next sync tries again. If the user is not to "
            + "see any of them, deselect the app's streams.");
    }
}
