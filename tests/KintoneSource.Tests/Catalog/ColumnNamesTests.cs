using System.Text.RegularExpressions;
using CsCheck;
using KintoneSource.Catalog;

namespace KintoneSource.Tests.Catalog;

public partial class ColumnNamesTests
{
    [GeneratedRegex("^[a-z_][a-z0-9_]{0,62}$")]
    static partial Regex StrictestDestination { get; }

    // Short pieces that meet each other's spellings: kana and their romaji, characters and their escapes, cases, widths, suffixes.
    static readonly string[] s_pieces =
    [
        "a", "A", "ａ", "1", "１", "_", "＿", "u", "n", "no", "ノ", "の", "ﾉ", "ー", "ッ", "っ", "ン", "ん", "コード", "こーど", "koudo", "コウド", "ｺｰﾄﾞ", "コート\u3099",
        "会", "u4f1a", "U4F1A", "社", "𠮷", "\ud842", "・", "＄", "$", "/", "é", "_kintone_", "_ab_", "_airbyte_", "_x0123456789", "ジ", "ヂ", "shi", "シ",
        "ハ", "ﾊﾟ", "パ", "ウ", "ヴ", "ァ", "ヶ", "chi", "ッチ", "tchi", "長い名前のフィールド", "ab", "x", "f", "0", "９",
    ];

    static readonly Gen<string> s_code = Gen.OneOf(
        Gen.Int[0, s_pieces.Length - 1].Select(static i => s_pieces[i]).Array[1, 6].Select(static p => string.Concat(p)),
        Gen.Char["あいうえおかがきっゃゅょをんアイウカガキッャュョヲンー一二三"].Array[1, 5].Select(static c => new string(c)),
        Gen.Char["aAuUnN01_xX"].Array[1, 5].Select(static c => new string(c)),
        Gen.String[0, 100]);

    [Fact]
    public void Ascii_names_are_valid_in_the_strictest_destination() => s_code.Sample(static code =>
    {
        var name = ColumnNames.Ascii.Of(code);
        Assert.Matches(StrictestDestination, name);
        Assert.False(ColumnNames.IsReserved(name), name);
    }, iter: 50_000);

    [Fact]
    public void Field_code_names_are_the_codes_but_for_traps() => s_code.Sample(static code =>
    {
        var name = ColumnNames.FieldCode.Of(code);
        Assert.False(ColumnNames.IsReserved(name) || name is "" or ['$', ..], name);
        Assert.True(name == code || (NameSuffix.IsIn(name) && name.StartsWith("n" + code, StringComparison.Ordinal)));
    }, iter: 20_000);

    [Fact]
    public void Different_codes_have_different_names() => s_code.HashSet[2, 40].Sample(static codes =>
    {
        AssertDistinct(codes, ColumnNames.Ascii);
        AssertDistinct(codes, ColumnNames.FieldCode);
    }, iter: 5_000);

    [Fact] // every code of up to four characters that share spellings with each other
    public void No_two_short_codes_share_a_name()
    {
        string[] characters = ["ko", "KO", "コ", "こ", "ｺ", "ー", "ウ", "う", "u", "ッ", "k", "会", "u4f1a", "n", "ン", "_", "1"];
        IEnumerable<string> codes = [""];
        var all = new HashSet<string>();
        for (var length = 0; length < 4; length++)
        {
            codes = [.. codes.SelectMany(c => characters.Select(x => c + x))];
            all.UnionWith(codes);
        }
        AssertDistinct(all, ColumnNames.Ascii);
    }

    [Fact]
    public void All_kana_have_a_spelling()
    {
        var kana = Enumerable.Range('ぁ', 'ゖ' - 'ぁ' + 1).Concat(Enumerable.Range('ァ', 'ヺ' - 'ァ' + 1)).Concat(Enumerable.Range('ｦ', 'ﾝ' - 'ｦ' + 1).Where(static c => c != 'ｰ'));
        Assert.All(kana, static c => Assert.Matches("^[a-z]{1,3}_x", ColumnNames.Ascii.Of(((char)c).ToString())));
    }

    [Theory]
    [InlineData("顧客名", "u9867u5ba2u540d")]
    [InlineData("会社コード", "u4f1au793ekoudo")]
    [InlineData("レコード番号", "rekoudou756au53f7")]
    [InlineData("お問い合わせ番号", "ou554fiu5408waseu756au53f7")]
    [InlineData("担当者メールアドレス", "u62c5u5f53u8005meeruadoresu")]
    [InlineData("会社キャッシュ", "u4f1au793ekyasshu")]
    [InlineData("一致マッチ", "u4e00u81f4matchi")]
    [InlineData("文字列__1行_", "u6587u5b57u5217__1u884c_")]
    [InlineData("𠮷野", "ud842udfb7u91ce")]
    [InlineData("会社code", "u4f1au793ecode")]
    [InlineData("customer_name2", "customer_name2")]
    [InlineData("_private", "_private")]
    public void Codes_that_can_be_read_back_have_no_suffix(string code, string name) => Assert.Equal(name, ColumnNames.Ascii.Of(code));

    [Theory]
    [InlineData("Customer", "customer")]
    [InlineData("メモ", "memo")]
    [InlineData("ﾒﾓ", "memo")]
    [InlineData("会社ＩＤ", "u4f1au793eid")]
    [InlineData("会社の", "u4f1au793eno", "")]
    [InlineData("会社ノ", "u4f1au793eno")]
    [InlineData("会社no", "u4f1au793eno")]
    [InlineData("u4f1a", "u4f1a")]
    [InlineData("_kintone_id", "n_kintone_id")]
    [InlineData("_AB_cdc", "n_ab_cdc")]
    [InlineData("_AB", "n_ab")]
    [InlineData("１番", "n1u756a")]
    [InlineData("", "n")]
    [InlineData("total_x0123456789", "total_x0123456789")]
    public void Codes_that_cannot_are_told_apart_by_a_suffix(string code, string readable, string? suffix = null) =>
        Assert.Matches($"^{readable}{suffix ?? "_x[0-9a-f]{10}"}$", ColumnNames.Ascii.Of(code));

    [Fact] // names are stored in destinations: a change of the hash would rename columns there
    public void The_suffix_never_changes_between_versions() => Assert.Equal("memo_x4237df611e", ColumnNames.Ascii.Of("メモ"));

    [Fact]
    public void Long_codes_are_cut_and_stay_apart()
    {
        var (one, other) = (ColumnNames.Ascii.Of(new string('値', 64) + "一"), ColumnNames.Ascii.Of(new string('値', 64) + "二"));
        Assert.Equal((63, 63), (one.Length, other.Length));
        Assert.NotEqual(one, other);
        Assert.Equal(new string('a', 63), ColumnNames.Ascii.Of(new string('a', 63)));
        Assert.Matches("^a{51}_x[0-9a-f]{10}$", ColumnNames.Ascii.Of(new string('a', 64)));
    }

    static void AssertDistinct(IReadOnlyCollection<string> codes, ColumnNames names) =>
        Assert.Empty(codes.GroupBy(names.Of).Where(static g => g.Count() > 1).Select(static g => $"{g.Key}: {string.Join(" ", g)}"));
}
