using System.Globalization;
using System.Text;

namespace KintoneSource.Configuration;

/// <summary>
/// Reads what people type: blanks around it, and the full-width letters and digits that a Japanese input method leaves.
/// </summary>
static class Typed
{
    /// <summary>
    /// Full-width ASCII becomes ASCII, every blank a space, invisible characters vanish, and none of them stay at the ends.
    /// Written out because String.Normalize does nothing under invariant globalization.
    /// </summary>
    public static string Fold(string text)
    {
        var folded = new StringBuilder(text.Length);
        foreach (var c in text)
            if (c is >= '\uFF01' and <= '\uFF5E') folded.Append((char)(c - 0xFEE0));
            else if (char.IsWhiteSpace(c)) folded.Append(' ');
            else if (char.GetUnicodeCategory(c) is not (UnicodeCategory.Format or UnicodeCategory.Control)) folded.Append(c);
        return folded.ToString().Trim();
    }

    /// <summary>A whole number above zero, or null.</summary>
    public static long? Positive(string text) =>
        long.TryParse(Fold(text), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;

    /// <summary>The pieces between commas, semicolons, ideographic commas and blanks.</summary>
    public static string[] Pieces(string text) =>
        Fold(text).Split([',', ';', '、', '､', ' '], StringSplitOptions.RemoveEmptyEntries);

    /// <summary>A date or a date and time; UTC where it does not say otherwise.</summary>
    public static DateTimeOffset? Moment(string text) =>
        DateTimeOffset.TryParseExact(
            SevenDecimals(Fold(text)), s_moments, CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var moment) ? moment : null;

    /// <summary>Nanoseconds are allowed, and none of them count.</summary>
    static string SevenDecimals(string moment)
    {
        var first = moment.LastIndexOf('.') + 1;
        if (first == 0) return moment;
        var end = first;
        while (end < moment.Length && char.IsAsciiDigit(moment[end])) end++;
        return end - first > 7 ? moment.Remove(first + 7, end - first - 7) : moment;
    }

    /// <summary>The text in quotes, cut where it would flood a message.</summary>
    public static string Quote(string text) => text.Length <= 60 ? $"\"{text}\"" : $"\"{text[..60]}…\"";

    static readonly string[] s_moments =
        ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd' 'HH:mm:ssK"];
}
