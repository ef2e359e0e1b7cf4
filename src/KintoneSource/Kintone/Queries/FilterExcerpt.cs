using System.Globalization;

namespace KintoneSource.Kintone.Queries;

/// <summary>Shows a person a place in their filter, in one line: <c>"limit" at character 12: Status = "A" »limit« 5</c>.</summary>
static class FilterExcerpt
{
    const int Around = 30;
    const int Longest = 200;

    /// <param name="what">What stands there.</param>
    /// <param name="start">Index of its first character; the message counts from 1 and as a person does.</param>
    public static string At(string text, string what, int start, int end)
    {
        var from = Boundary(text, Math.Max(0, start - Around));
        var to = Boundary(text, Math.Min(text.Length, end + Around));
        var (before, after) = (from > 0 ? "…" : "", to < text.Length ? "…" : "");
        var position = new StringInfo(text[..start]).LengthInTextElements + 1;
        return $"{what} at character {position}: {before}{OneLine(text[from..start])}»{OneLine(text[start..end])}«{OneLine(text[end..to])}{after}";
    }

    /// <summary>The filter as far as it fits a message, in one line.</summary>
    public static string Whole(string text)
    {
        var end = Boundary(text, Math.Min(text.Length, Longest));
        return $"{OneLine(text[..end])}{(end < text.Length ? "…" : "")}";
    }

    static int Boundary(string text, int at) => at > 0 && at < text.Length && char.IsLowSurrogate(text[at]) ? at - 1 : at;

    /// <summary>Without what breaks the line or turns its direction.</summary>
    public static string OneLine(string text) => string.Concat(text.Select(static c =>
        char.IsWhiteSpace(c) || char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format ? ' ' : c));
}
