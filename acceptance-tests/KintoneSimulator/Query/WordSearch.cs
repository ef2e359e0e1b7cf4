using System.Text;

namespace KintoneSimulator.Query;

/// <summary>
/// An approximation of Kintone's full-text search: letter case and full-width Latin do not matter; a word of Latin letters or digits
/// is found only whole ("key" is not found in "keyword", measured by a third party), Japanese anywhere; an empty search finds nothing
/// (unverified). Kintone's real index lags behind writes and ignores some signs; this one does not.
/// </summary>
public sealed class WordSearch(string words) : IEquatable<WordSearch>
{
    readonly string _words = Fold(words);

    public bool Finds(string text)
    {
        if (_words.Length == 0)
            return false;
        var folded = Fold(text);
        for (var at = 0; (at = folded.IndexOf(_words, at, StringComparison.Ordinal)) >= 0; at++)
            if (!IsInsideWord(folded, at) && !IsInsideWord(folded, at + _words.Length))
                return true;
        return false;
    }

    /// <summary>The text of an HTML fragment, its tags replaced by blanks.</summary>
    public static string WithoutTags(string html)
    {
        var text = new StringBuilder(html.Length);
        var inTag = false;
        foreach (var c in html)
        {
            if (c == '<')
                inTag = true;
            text.Append(inTag ? ' ' : c);
            if (c == '>')
                inTag = false;
        }
        return text.ToString();
    }

    static bool IsInsideWord(string text, int at) =>
        at > 0 && at < text.Length && char.IsAsciiLetterOrDigit(text[at - 1]) && char.IsAsciiLetterOrDigit(text[at]);

    static string Fold(string text) => string.Create(text.Length, text, static (folded, text) =>
    {
        for (var i = 0; i < folded.Length; i++)
            folded[i] = char.ToLowerInvariant(text[i] is >= '！' and <= '～' ? (char)(text[i] - '！' + '!') : text[i]);
    });

    public bool Equals(WordSearch? other) => other is not null && _words == other._words;

    public override bool Equals(object? obj) => Equals(obj as WordSearch);

    public override int GetHashCode() => _words.GetHashCode(StringComparison.Ordinal);
}
