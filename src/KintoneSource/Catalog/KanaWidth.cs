using System.Text;

namespace KintoneSource.Catalog;

/// <summary>
/// The part of Unicode's compatibility mapping that field codes can meet: full-width ASCII letters, digits and <c>_</c>,
/// half-width kana, and voicing marks that follow their kana. The runtime's own normalization changes nothing in
/// invariant globalization mode, and this program carries no ICU.
/// </summary>
static class KanaWidth
{
    // U+FF66 to U+FF9D in order.
    const string FullWidth = "ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン";
    const string Voiceable = "カキクケコサシスセソタチツテトハヒフヘホかきくけこさしすせそたちつてとはひふへほ";
    const string SemiVoiceable = "ハヒフヘホはひふへほ";

    public static string Fold(string text)
    {
        var folded = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            switch (c)
            {
                case >= '０' and <= '９' or >= 'Ａ' and <= 'Ｚ' or >= 'ａ' and <= 'ｚ' or '＿':
                    folded.Append((char)(c - '０' + '0'));
                    break;
                case >= 'ｦ' and <= 'ﾝ':
                    folded.Append(FullWidth[c - 'ｦ']);
                    break;
                case 'ﾞ' or '\u3099' when Last(folded) is 'ウ' or 'う':
                    folded[^1] += (char)('ヴ' - 'ウ');
                    break;
                case 'ﾞ' or '\u3099' when Voiceable.Contains(Last(folded), StringComparison.Ordinal):
                    folded[^1]++;
                    break;
                case 'ﾟ' or '\u309A' when SemiVoiceable.Contains(Last(folded), StringComparison.Ordinal):
                    folded[^1] += (char)2;
                    break;
                default:
                    folded.Append(c);
                    break;
            }
        }
        return folded.ToString();
    }

    static char Last(StringBuilder text) => text.Length > 0 ? text[^1] : '\0';
}
