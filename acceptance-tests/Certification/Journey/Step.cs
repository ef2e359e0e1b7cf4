namespace KintoneSource.Certification;

/// <summary>One change of the app, the sync after it, and what of it arrived.</summary>
/// <param name="Changed">How many records the change is about.</param>
/// <param name="Rows">How many rows the sync brought.</param>
/// <param name="Moved">Whether the change moved the update time of the records; null when that is no question.</param>
/// <param name="Differences">Rows that differ from Kintone after the sync, by column.</param>
/// <param name="MayBeStale">Columns that may differ: since this change or an earlier one of which no update time need tell, until the rows are read
/// again.</param>
public sealed record Step(
    string Name, int Changed, int Rows, int Deletions, bool? Moved, IReadOnlyDictionary<string, int> Differences, IReadOnlySet<string> MayBeStale,
    TimeSpan Took)
{
    public bool IsRight => Differences.Keys.All(MayBeStale.Contains);
}
