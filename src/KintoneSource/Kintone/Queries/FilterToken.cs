using System.Globalization;
using System.Text;

namespace KintoneSource.Kintone.Queries;

/// <summary>A string, a parenthesis, a comma, an operator or a word (a field code, keyword, number, time or function's name).</summary>
/// <param name="Start">Where it begins in the text.</param>
/// <param name="Text">Strings with their quotes.</param>
readonly record struct FilterToken(int Start, string Text)
{
    public int Length => Text.Length;

    public int End => Start + Text.Length;

    public bool IsText => Text[0] == '"';

    /// <summary>What a string stands for.</summary>
    public string Value => Text[1..^1].Replace("\\\"", "\"", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal);

    public bool Is(string text) => text.Equals(Text, StringComparison.OrdinalIgnoreCase);

    /// <returns>The tokens, or what could not be read as one: a character no query has, or a string without an end.</returns>
    public static (List<FilterToken> Tokens, string? Problem) Split(string text)
    {
        var tokens = new List<FilterToken>();
        for (var at = 0; at < text.Length;)
        {
            var c = text[at];
            if (char.IsWhiteSpace(c))
            {
                at++;
                continue;
            }
            var length =
                c is '"' ? StringLength(text, at)
                : c is '(' or ')' or ',' ? 1
                : c is '=' or '!' or '<' or '>' ? OperatorLength(text, at)
                : WordLength(text, at);
            if (length <= 0) return ([], Unreadable(text, at, -length));
            tokens.Add(new(at, text.Substring(at, length)));
            at += length;
        }
        return (tokens, null);
    }

    /// <returns>With both quotes; 0 if it never ends, or the way to a character that a string cannot hold, negative.</returns>
    static int StringLength(string text, int start)
    {
        for (var at = start + 1; at < text.Length; at++)
            if (text[at] is '"') return at + 1 - start;
            else if (text[at] < ' ') return start - at;
            else if (text[at] is '\\' && at + 1 < text.Length && text[at + 1] >= ' ') at++;
        return 0;
    }

    static int OperatorLength(string text, int at) =>
        at + 1 < text.Length && text[at + 1] is '=' && text[at] is not '=' ? 2
        : text[at] is '!' ? 0
        : 1;

    static int WordLength(string text, int start)
    {
        var at = start;
        while (at < text.Length && Rune.TryGetRuneAt(text, at, out var rune) && IsWord(rune) && !IsDash(text, at)) at += rune.Utf16SequenceLength;
        return at - start;
    }

    /// <summary>
    /// Letters and digits of every script, the signs that field codes, dotted codes, numbers and unquoted times have, and any
    /// other sign beyond ASCII that does not look like one of the notation's own.
    /// </summary>
    static bool IsWord(Rune rune) =>
        rune.IsAscii
            ? Rune.IsLetterOrDigit(rune) || rune.Value is '_' or '$' or '.' or ':' or '+' or '-'
            : LookAlike(rune) is null && !Rune.IsWhiteSpace(rune)
                && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse);

    /// <summary>Two hyphens begin a comment in other query languages.</summary>
    static bool IsDash(string text, int at) => text.AsSpan(at).StartsWith("--");

    /// <summary>What a Japanese input method or a word processor writes instead of a sign of the notation.</summary>
    static string? LookAlike(Rune rune) => rune.Value switch
    {
        '\'' or '‘' or '’' or '“' or '”' or '„' or '＂' or '＇' => "\"",
        '（' => "(",
        '）' => ")",
        '＝' => "=",
        '！' => "!=",
        '＜' => "<",
        '＞' => ">",
        '≦' or '≤' => "<=",
        '≧' or '≥' => ">=",
        '，' or '、' => ",",
        '≠' => "!=",
        _ => null,
    };

    static string Unreadable(string text, int start, int offset)
    {
        if (text[start] is '"' && offset == 0)
            return FilterExcerpt.At(text, "a quote that is never closed", start, start + 1) + ". Add the closing \"; inside a text, write \\\" for a quote.";
        var at = start + offset;
        if (offset > 0)
            return FilterExcerpt.At(text, "a line break or tab inside quotes", at, at + 1) + ". Write \\n or \\t for it.";
        if (!Rune.TryGetRuneAt(text, at, out var rune)) rune = Rune.ReplacementChar;
        var end = at + rune.Utf16SequenceLength;
        return LookAlike(rune) is { } meant
            ? FilterExcerpt.At(text, Shown(rune), at, end) + $". Kintone's notation has {meant} here: type it with half-width keys."
            : FilterExcerpt.At(text, Shown(rune), at, end) + ". Kintone's notation has no such sign outside quotes.";
    }

    static string Shown(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse
            ? $"an invisible character (U+{rune.Value:X4})"
            : $"\"{rune}\"";
}
