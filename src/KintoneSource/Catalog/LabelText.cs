using System.Globalization;
using System.Text;
using KintoneSource.Kintone.Forms;

namespace KintoneSource.Catalog;

/// <summary>Labels as columns' names. People write anything in them: blanks, line breaks, brackets, signs that nobody sees.</summary>
static class LabelText
{
    /// <summary>
    /// The label without blanks around it, with a blank for each line break and tab, and without every other character that shows nothing;
    /// may be empty.
    /// </summary>
    public static string Clean(string label)
    {
        var text = new StringBuilder(label.Length);
        foreach (var rune in label.EnumerateRunes())
        {
            if (rune.Value is '\t' or '\n' or '\r' or '\u0085' or '\u2028' or '\u2029') text.Append(' ');
            else if (Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format)) text.Append(rune.ToString());
        }
        return text.ToString().Trim();
    }

    /// <summary>Equal for names that a destination may take for one: it may compare without case, and without a difference of width.</summary>
    public static string Key(string name) => string.Concat(KanaWidth.Fold(name).Select(static c => char.ToLowerInvariant(Narrow(c))));

    // What KanaWidth leaves, since no code has it: ASCII punctuation in full width, and Japanese punctuation in half.
    static char Narrow(char c) => c switch
    {
        >= '！' and <= '～' => (char)(c - '！' + '!'),
        '\u3000' or '\u00a0' => ' ',
        '￥' => '¥',
        >= '｡' and <= '･' => "。「」、・"[c - '｡'],
        _ => c,
    };

    /// <summary>What <c>label</c> makes of a field: of its code where the label shows nothing.</summary>
    public static ColumnNames.Claim Of(FormField field)
    {
        var label = Clean(field.Label);
        var claim = ColumnNames.Claim.OfText(label.Length > 0 ? label : Clean(field.Code));
        return claim with { IsSuffixed = claim.IsSuffixed || label.Length == 0 || NameSuffix.IsIn(Key(label)) };
    }

    /// <summary>What <c>label_ascii</c> makes of a field: of its code where the label has nothing that can be read.</summary>
    public static ColumnNames.Claim AsciiOf(FormField field)
    {
        var readable = AsciiName.OfLabel(Clean(field.Label));
        if (!readable.AsSpan().ContainsAnyExcept('_')) return new(AsciiName.Cut(AsciiName.Readable(field.Code)), IsSuffixed: true);
        var name = AsciiName.Cut(readable);
        return new(name, NameSuffix.IsIn(name));
    }
}
