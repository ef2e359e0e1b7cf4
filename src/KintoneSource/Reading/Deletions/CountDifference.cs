namespace KintoneSource.Reading.Deletions;

/// <summary>
/// How many records more (or, negative, fewer) Kintone counts than it lists. One search alone cannot be sure of it: a record that came while another
/// went looks the same, and a difference taken by mistake would hide a deletion for as long as it is believed. So it takes two in a row.
/// </summary>
/// <param name="Confirmed">What two searches in a row have found: counts are expected to be off by it.</param>
/// <param name="Unconfirmed">What the last search has found otherwise.</param>
readonly record struct CountDifference(long Confirmed, long Unconfirmed)
{
    /// <summary>A search has found <paramref name="found"/>.</summary>
    public CountDifference After(long found) => found == Confirmed || found == Unconfirmed ? new(found, 0) : new(0, found);

    /// <summary>The count was as expected, without a search.</summary>
    public CountDifference Agreed() => this with { Unconfirmed = 0 };
}
