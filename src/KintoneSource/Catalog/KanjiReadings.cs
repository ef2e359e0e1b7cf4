namespace KintoneSource.Catalog;

/// <summary>
/// How the kanji of JIS X 0208 are read, in romaji: by their first Sino-Japanese reading, which is how the words of business forms are mostly
/// read (会社名 is <c>kai</c>, <c>sha</c>, <c>mei</c>), or by the first Japanese one where there is no other (込 is <c>komu</c>). A kanji has one reading
/// here whatever stands beside it, so names are readable, not right: 見積 is <c>kenseki</c>.
/// </summary>
static partial class KanjiReadings
{
    /// <summary>Lower-case letters; empty for every character that is no such kanji.</summary>
    public static ReadOnlySpan<char> Of(char kanji)
    {
        // The table's own letters and blanks are below.
        var at = kanji < '〆' ? -1 : Table.IndexOf(kanji, StringComparison.Ordinal);
        if (at < 0) return [];
        var before = Table.AsSpan(0, at);
        before = before[..(before.LastIndexOfAnyInRange('a', 'z') + 1)];
        return before[(before.LastIndexOfAnyExceptInRange('a', 'z') + 1)..];
    }
}
