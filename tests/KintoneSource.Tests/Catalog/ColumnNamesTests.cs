using System.Security.Cryptography;
using System.Text;
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
        "会", "回", "kai", "々", "u4f1a", "U4F1A", "社", "込", "♪", "u266a", "髙", "𠮷", "\ud842", "・", "＄", "$", "/", "é", "_kintone_", "_ab_", "_airbyte_",
        "_x0123456789", "ジ", "ヂ", "shi", "シ",
        "ハ", "ﾊﾟ", "パ", "ウ", "ヴ", "ァ", "ヶ", "chi", "ッチ", "tchi", "長い名前のフィールド", "ab", "x", "f", "0", "９",
    ];

    static readonly Gen<string> s_code = Gen.OneOf(
        Gen.Int[0, s_pieces.Length - 1].Select(static i => s_pieces[i]).Array[1, 6].Select(static p => string.Concat(p)),
        Gen.Char["あいうえおかがきっゃゅょをんアイウカガキッャュョヲンー一二三"].Array[1, 5].Select(static c => new string(c)),
        Gen.Char["会回海階社車者時々込払髙♪㈱一ノ の"].Array[1, 8].Select(static c => new string(c)),
        Gen.Char["aAuUnN01_xX"].Array[1, 5].Select(static c => new string(c)),
        Gen.String[0, 100]);

    [Fact]
    public void Ascii_names_are_valid_in_the_strictest_destination() => s_code.Sample(static code =>
    {
        var name = AsciiName.Of(code);
        Assert.Matches(StrictestDestination, name);
        Assert.False(ColumnNames.IsReserved(name), name);
    }, iter: 50_000);

    [Fact]
    public void Field_code_names_are_the_codes_but_for_traps() => s_code.Sample(static code =>
    {
        var name = ColumnNames.FieldCode.For(Forms.Of(Forms.Field(code, "NUMBER"))).Of(code);
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
    [Trait("Duration", "long")]
    public void No_two_short_codes_share_a_name()
    {
        string[] characters = ["ko", "KO", "コ", "こ", "ｺ", "ー", "ウ", "う", "u", "ッ", "k", "会", "回", "kai", "♪", "u266a", "n", "ン", "_", "1"];
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
        var kana = Enumerable.Range('ぁ', 'ゖ' - 'ぁ' + 1).Concat(Enumerable.Range('ァ', 'ヺ' - 'ァ' + 1))
            .Concat(Enumerable.Range('ｦ', 'ﾝ' - 'ｦ' + 1).Where(static c => c != 'ｰ'));
        Assert.All(kana, static c => Assert.Matches("^[a-z]{1,3}_x", AsciiName.Of(((char)c).ToString())));
    }

    [Theory]
    [InlineData("会社名", "kaishamei")]
    [InlineData("更新日時", "koushinnichiji")]
    [InlineData("担当者", "tantousha")]
    [InlineData("対応内容", "taiounaiyou")]
    [InlineData("会社コード", "kaishakoudo")]
    [InlineData("レコード番号", "rekoudobangou")]
    [InlineData("お問い合わせ番号", "omonigouwasebangou")]
    [InlineData("会社ＩＤ", "kaishaid")]
    [InlineData("文字列__1行_", "bunjiretsu__1kou_")]
    [InlineData("税込", "zeikomu")]
    [InlineData("〆切日", "shimesetsunichi")]
    [InlineData("個々の々", "kokonou3005")]
    [InlineData("𠮷野家", "ud842udfb7yaka")]
    [InlineData("髙橋", "u9ad9kyou")]
    [InlineData("１番", "n1ban")]
    public void Kanji_are_read_and_told_apart_by_a_suffix(string code, string readable) => Assert.Matches($"^{readable}_x[0-9a-f]{{10}}$", AsciiName.Of(code));

    [Fact]
    public void Whatever_has_a_kanji_with_a_reading_has_a_suffix() => s_code.Sample(static code =>
        Assert.True(!code.Any(static c => KanjiReadings.Of(c).Length > 0) || NameSuffix.IsIn(AsciiName.Of(code)), code), iter: 20_000);

    [Fact]
    public void Table_streams_have_names_that_every_destination_takes() => Gen.Select(s_code, Gen.Long[1, long.MaxValue]).Sample(static (code, app) =>
    {
        var name = AppStreamName.OfTable(app, code);
        Assert.Matches(StrictestDestination, name.ToString());
        Assert.Equal(name, AppStreamName.Parse(name.ToString()));
    }, iter: 20_000);

    [Theory]
    [InlineData("♪コード", "u266akoudo")]
    [InlineData("★メールアドレス", "u2605meeruadoresu")]
    [InlineData("①キャッシュ", "u2460kyasshu")]
    [InlineData("①マッチ", "u2460matchi")]
    [InlineData("※の", "u203bno")]
    [InlineData("𠮷", "ud842udfb7")]
    [InlineData("髙code", "u9ad9code")]
    [InlineData("customer_name2", "customer_name2")]
    [InlineData("_private", "_private")]
    public void Codes_that_can_be_read_back_have_no_suffix(string code, string name) => Assert.Equal(name, AsciiName.Of(code));

    [Theory]
    [InlineData("Customer", "customer")]
    [InlineData("メモ", "memo")]
    [InlineData("ﾒﾓ", "memo")]
    [InlineData("※ＩＤ", "u203bid")]
    [InlineData("※ノ", "u203bno")]
    [InlineData("※no", "u203bno")]
    [InlineData("u203b", "u203b")]
    [InlineData("_kintone_id", "n_kintone_id")]
    [InlineData("_AB_cdc", "n_ab_cdc")]
    [InlineData("_AB", "n_ab")]
    [InlineData("１", "n1")]
    [InlineData("", "n")]
    [InlineData("total_x0123456789", "total_x0123456789")]
    public void Codes_that_cannot_are_told_apart_by_a_suffix(string code, string readable) =>
        Assert.Matches($"^{readable}_x[0-9a-f]{{10}}$", AsciiName.Of(code));

    [Fact] // names are stored in destinations: a change of the hash would rename columns there
    public void The_suffix_never_changes_between_versions() => Assert.Equal("memo_x4237df611e", AsciiName.Of("メモ"));

    [Fact] // nor the readings, for the same reason
    public void The_readings_never_change_between_versions()
    {
        string[] readings = [.. Enumerable.Range(0, char.MaxValue + 1).Where(static c => KanjiReadings.Of((char)c).Length > 0)
            .Select(static c => $"{(char)c}{KanjiReadings.Of((char)c)}")];
        Assert.Equal(6355, readings.Length); // the kanji of JIS X 0208 and 〆
        Assert.All(readings, static r => Assert.Matches("^.[a-z]+$", r));
        Assert.Equal("79a9e464e8e78150", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', readings))).AsSpan(0, 8)));
    }

    [Fact]
    public void Long_codes_are_cut_and_stay_apart()
    {
        var (one, other) = (AsciiName.Of(new string('♪', 64) + "一"), AsciiName.Of(new string('♪', 64) + "二"));
        Assert.Equal((63, 63), (one.Length, other.Length));
        Assert.NotEqual(one, other);
        Assert.Equal(new string('a', 63), AsciiName.Of(new string('a', 63)));
        Assert.Matches("^a{51}_x[0-9a-f]{10}$", AsciiName.Of(new string('a', 64)));
    }

    static void AssertDistinct(IReadOnlyCollection<string> codes, ColumnNames rule)
    {
        var names = rule.For(Forms.Of(codes.Select(static c => Forms.Field(c, "NUMBER"))));
        Assert.Empty(codes.GroupBy(names.Of).Where(static g => g.Count() > 1).Select(static g => $"{g.Key}: {string.Join(" ", g)}"));
    }
}
