namespace KintoneSource.Catalog;

/// <summary>
/// One form for what people see no difference in: full-width forms of ASCII, half-width forms of Japanese marks, and dashes that systems take for
/// each other, beside the letters and kana of <see cref="KanaWidth"/>.
/// </summary>
static class CharacterWidth
{
    const string Forms = "｡｢｣､･￠￡￢￣￤￥￦〜−";
    const string Folded = "。「」、・¢£¬¯¦¥₩~-";

    public static string Fold(string text) => string.Concat(KanaWidth.Fold(text).Select(static c => c switch
    {
        >= '！' and <= '～' => (char)(c - '！' + '!'),
        '\u3000' => ' ',
        _ when Forms.IndexOf(c, StringComparison.Ordinal) is >= 0 and var at => Folded[at],
        _ => c,
    }));
}
