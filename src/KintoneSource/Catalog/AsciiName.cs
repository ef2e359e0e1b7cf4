using System.Buffers;
using System.Globalization;
using System.Text;

namespace KintoneSource.Catalog;

/// <summary>
/// Field codes as names that the strictest destination takes. ASCII letters (lower-cased), digits and <c>_</c> stay, kana
/// become romaji, kanji their reading, everything else becomes <c>u</c> and four hex digits per UTF-16 unit: <c>会社コード</c> is
/// <c>kaishakoudo</c>, <c>♪コード</c> is <c>u266akoudo</c>. The name is then read back by a fixed rule; a code that does not come out again, as none
/// with kanji does, is followed by <see cref="NameSuffix"/>. Reading back yields one code per name, so names without a suffix
/// cannot collide, whatever the other fields are.
/// </summary>
static class AsciiName
{
    public const int MaxLength = 63;

    static readonly SearchValues<char> s_hex = SearchValues.Create("0123456789abcdef");

    /// <param name="maxLength">How long the name may be; at least twice <see cref="NameSuffix.Length"/>.</param>
    public static string Of(string code, int maxLength = MaxLength)
    {
        var readable = Readable(code);
        if (readable.Length > 0 && readable.Length <= maxLength && !NeedsLetterInFront(readable) && !NameSuffix.IsIn(readable) && ReadBack(readable) == code)
            return readable;
        if (NeedsLetterInFront(readable)) readable = "n" + readable;
        return NameSuffix.Append(readable[..Math.Min(readable.Length, maxLength - NameSuffix.Length)], code);
    }

    // With the underscore that a suffix begins with, since _ab followed by one is reserved, too.
    static bool NeedsLetterInFront(string name) => name is "" or [>= '0' and <= '9', ..] || ColumnNames.IsReserved(name + "_");

    /// <summary>A reading as a name of its own: not too long, not beginning with a digit or like a reserved name.</summary>
    public static string Cut(string readable)
    {
        var name = NeedsLetterInFront(readable) ? "n" + readable : readable;
        return name[..Math.Min(name.Length, MaxLength)];
    }

    /// <summary>What of a text can be read in letters and digits, apart where something else stood between.</summary>
    public static string[] Words(string text) => Spelled(text, static (name, _) => name.Append(' ')).Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>A label in letters, digits and <c>_</c>, which stands for blanks and punctuation between words; of any length, empty too.</summary>
    public static string OfLabel(string label) =>
        string.Join('_', Spelled(label, static (name, c) => _ = IsBetweenWords(c) ? name.Append(' ') : Other(name, c))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries));

    /// <summary>A code in letters, digits and <c>_</c>, of any length: what people read of its name.</summary>
    public static string Readable(string code) => Spelled(code, static (name, c) => Other(name, c));

    static StringBuilder Other(StringBuilder name, char c) => c == '_' ? name.Append(c) : name.Append(CultureInfo.InvariantCulture, $"u{(int)c:x4}");

    /// <param name="other">Writes what has no reading.</param>
    static string Spelled(string text, Action<StringBuilder, char> other)
    {
        var name = new StringBuilder();
        var folded = KanaWidth.Fold(text);
        ReadOnlySpan<char> reading = [];
        for (var i = 0; i < folded.Length;)
        {
            var c = folded[i];
            var kana = Romaji.KanaLength(folded.AsSpan(i));
            if (c != '々') reading = KanjiReadings.Of(c); // which repeats the kanji before it
            if (kana > 0) Romaji.Append(name, folded.AsSpan(i, kana));
            else if (reading.Length > 0) name.Append(reading);
            else if (char.IsAsciiLetterOrDigit(c)) name.Append(char.ToLowerInvariant(c));
            else other(name, c);
            i += Math.Max(kana, 1);
        }
        return name.ToString();
    }

    // Signs that say something, such as ① and ㈱, are no punctuation.
    static bool IsBetweenWords(char c) => c != '_' && (char.IsSeparator(c) || char.IsPunctuation(c)
        || CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.MathSymbol or UnicodeCategory.CurrencySymbol or UnicodeCategory.ModifierSymbol);

    /// <summary>
    /// The one code that may own this name. Without any <c>u</c>+hex it is the name itself, since codes in plain ASCII stay
    /// as they are. Beside such characters, letters that can be kana are kana: one or two are hiragana, as in
    /// <c>※の</c>, more are katakana, as in <c>★コード</c>.
    /// </summary>
    static string ReadBack(string name)
    {
        if (!Enumerable.Range(0, name.Length).Any(i => Escape(name, i) is not null)) return name;
        var code = new StringBuilder();
        for (var i = 0; i < name.Length;)
        {
            if (Escape(name, i) is { } character)
            {
                code.Append(character);
                i += 5;
                continue;
            }
            var run = i;
            while (run < name.Length && char.IsAsciiLetter(name[run]) && Escape(name, run) is null) run++;
            if (run == i) code.Append(name[i++]);
            else code.Append(Romaji.ToKana(name[i..run]) ?? name[i..run]);
            i = Math.Max(i, run);
        }
        return code.ToString();
    }

    static char? Escape(string name, int at) =>
        name[at] == 'u' && at + 5 <= name.Length && !name.AsSpan(at + 1, 4).ContainsAnyExcept(s_hex)
            ? (char)int.Parse(name.AsSpan(at + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
            : null;
}
