using System.Collections.Frozen;
using System.Text;

namespace KintoneSource.Catalog;

/// <summary>
/// Kana as Hepburn romaji in plain ASCII: a long mark repeats its vowel (<c>メール</c> is <c>meeru</c>), after <c>o</c> it is
/// <c>u</c> (<c>コード</c> is <c>koudo</c>), a small tsu doubles the consonant, ん is always <c>n</c>.
/// Several kana share a spelling; <see cref="ToKana"/> chooses one of them.
/// </summary>
static class Romaji
{
    const char SmallTsu = 'ッ', LongMark = 'ー';

    // Of kana with the same spelling the first is the one that a spelling is read back as.
    const string Table = """
        ア a イ i ウ u エ e オ o カ ka キ ki ク ku ケ ke コ ko サ sa シ shi ス su セ se ソ so タ ta チ chi ツ tsu テ te ト to
        ナ na ニ ni ヌ nu ネ ne ノ no ハ ha ヒ hi フ fu ヘ he ホ ho マ ma ミ mi ム mu メ me モ mo ヤ ya ユ yu ヨ yo
        ラ ra リ ri ル ru レ re ロ ro ワ wa ヲ wo ン n ガ ga ギ gi グ gu ゲ ge ゴ go ザ za ジ ji ズ zu ゼ ze ゾ zo
        ダ da デ de ド do バ ba ビ bi ブ bu ベ be ボ bo パ pa ピ pi プ pu ペ pe ポ po ヴ vu ヂ ji ヅ zu ヰ i ヱ e
        キャ kya キュ kyu キョ kyo シャ sha シュ shu ショ sho シェ she チャ cha チュ chu チョ cho チェ che
        ニャ nya ニュ nyu ニョ nyo ヒャ hya ヒュ hyu ヒョ hyo ミャ mya ミュ myu ミョ myo リャ rya リュ ryu リョ ryo
        ギャ gya ギュ gyu ギョ gyo ジャ ja ジュ ju ジョ jo ジェ je ヂャ ja ヂュ ju ヂョ jo
        ビャ bya ビュ byu ビョ byo ピャ pya ピュ pyu ピョ pyo ティ ti トゥ tu ディ di ドゥ du デュ dyu テュ tyu
        ファ fa フィ fi フェ fe フォ fo フュ fyu ウィ wi ウェ we ウォ wo ヴァ va ヴィ vi ヴェ ve ヴォ vo ツァ tsa ツェ tse ツォ tso
        ァ a ィ i ゥ u ェ e ォ o ャ ya ュ yu ョ yo ヮ wa ヵ ka ヶ ke ヷ va ヸ vi ヹ ve ヺ vo ッ tsu
        """;

    static readonly FrozenDictionary<string, string> s_spelling = Pairs().ToFrozenDictionary(StringComparer.Ordinal);
    static readonly FrozenDictionary<string, string> s_kana =
        Pairs().GroupBy(static p => p.Value, static p => p.Key).ToFrozenDictionary(static g => g.Key, static g => g.First(), StringComparer.Ordinal);

    /// <summary>How many characters at the start of <paramref name="text"/> are kana that have a spelling.</summary>
    public static int KanaLength(ReadOnlySpan<char> text)
    {
        // A long mark is only a letter after a vowel that it can lengthen.
        var length = 0;
        while (length < text.Length && (IsKana(text[length]) || (length > 0 && text[length] == LongMark))) length++;
        return length;
    }

    static bool IsKana(char c) => c is >= 'ぁ' and <= 'ゖ' or >= 'ァ' and <= 'ヺ';

    /// <param name="kana">As <see cref="KanaLength"/> found them.</param>
    public static void Append(StringBuilder romaji, ReadOnlySpan<char> kana)
    {
        var katakana = string.Concat(kana.ToString().Select(static c => c is >= 'ぁ' and <= 'ゖ' ? (char)(c + 'ァ' - 'ぁ') : c));
        var doubled = false;
        for (var i = 0; i < katakana.Length;)
        {
            if (katakana[i] == LongMark)
            {
                romaji.Append(romaji[^1] switch { 'o' => 'u', var vowel => vowel });
                i++;
                continue;
            }
            if (katakana[i] == SmallTsu && i + 1 < katakana.Length && s_spelling.TryGetValue(katakana[i + 1].ToString(), out var next) && !IsVowelOrN(next[0])
                && katakana[i + 1] != SmallTsu)
            {
                doubled = true;
                i++;
                continue;
            }
            var length = i + 1 < katakana.Length && s_spelling.ContainsKey(katakana[i..(i + 2)]) ? 2 : 1;
            var spelling = s_spelling[katakana[i..(i + length)]];
            if (doubled) romaji.Append(spelling.StartsWith("ch", StringComparison.Ordinal) ? 't' : spelling[0]);
            doubled = false;
            romaji.Append(spelling);
            i += length;
        }
    }

    /// <summary>The kana that <paramref name="romaji"/> most likely was: hiragana when one or two, else katakana. Null when it is none.</summary>
    public static string? ToKana(string romaji)
    {
        var kana = new StringBuilder();
        var vowel = '\0';
        for (var i = 0; i < romaji.Length;)
        {
            var c = romaji[i];
            if (vowel != '\0' && c == (vowel == 'o' ? 'u' : vowel))
            {
                kana.Append(LongMark);
                vowel = '\0';
                i++;
                continue;
            }
            if (i + 1 < romaji.Length && !IsVowelOrN(c) && (romaji[i + 1] == c || (c == 't' && romaji[i + 1] == 'c')))
            {
                kana.Append(SmallTsu);
                i++;
                continue;
            }
            var length = Math.Min(3, romaji.Length - i);
            while (length > 0 && !s_kana.ContainsKey(romaji[i..(i + length)])) length--;
            if (length == 0) return null;
            kana.Append(s_kana[romaji[i..(i + length)]]);
            i += length;
            vowel = romaji[i - 1] is 'n' ? '\0' : romaji[i - 1];
        }
        return kana.Length > 2 || kana.ToString().Contains(LongMark, StringComparison.Ordinal)
            ? kana.ToString()
            : string.Concat(kana.ToString().Select(static c => (char)(c - 'ァ' + 'ぁ')));
    }

    static bool IsVowelOrN(char c) => c is 'a' or 'i' or 'u' or 'e' or 'o' or 'n';

    static IEnumerable<KeyValuePair<string, string>> Pairs() =>
        Table.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Chunk(2).Select(static p => KeyValuePair.Create(p[0], p[1]));
}
