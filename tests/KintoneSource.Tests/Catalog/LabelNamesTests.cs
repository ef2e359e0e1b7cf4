using System.Text.RegularExpressions;
using CsCheck;
using KintoneSource.Catalog;
using KintoneSource.Kintone.Forms;

namespace KintoneSource.Tests.Catalog;

/// <summary>Columns named by labels, which people choose as they like, twice and with anything in them.</summary>
public partial class LabelNamesTests
{
    /// <summary>What PyAirbyte's caches take: it refuses a name without a letter or digit, too.</summary>
    [GeneratedRegex("^(?=.*[a-z0-9])[a-z_][a-z0-9_]{0,62}$")]
    static partial Regex PyAirbyte { get; }

    // Labels of forms as they are, and pieces that meet each other's spellings, widths, cases, suffixes and our own names.
    static readonly string[] s_pieces =
    [
        "会社名", "会社", "名", "顧客名", "金額", "単価（税込）", "単価(税込)", "No.", "Ｎｏ．", "Name", "name", "ＮＡＭＥ", " ", "\u3000", "\n", "\t", "\u200b", "\0",
        "ﾒﾓ", "メモ", "備考①", "備考②", "★", "㈱",
        "2024年", "/", "*", "%", "_", "＿", "__", "-", "・", "$id", "$", "_kintone_id", "_ab_", "_AB", "_airbyte_",
        "_x0123456789", "_X0123456789", "n", "é", "𠮷", "\ud842", "々", "ー", "u4f1a",
        "長い名前のフィールドですから六十三文字では足りません", "0", "i", "İ", "ß", "金", "額", "kingaku",
    ];

    static readonly string[] s_given = ["文字列__1行_", "数値", "ドロップダウン"];

    static readonly Gen<string> s_label = Gen.Frequency(
        (6, Gen.Int[0, s_pieces.Length - 1].Select(static i => s_pieces[i]).Array[0, 4].Select(static p => string.Concat(p))),
        (1, Gen.String[0, 128]));

    static readonly Gen<string> s_code = Gen.Frequency(
        (4, Gen.Select(Gen.Int[0, 2], Gen.Int[-1, 12]).Select(static (i, n) => s_given[i] + (n < 0 ? "" : $"_{n}"))),
        (1, Gen.Int[0, s_pieces.Length - 1].Select(static i => s_pieces[i] + "c")));

    static readonly Gen<FormField> s_field = Gen.Select(s_code, s_label).Select(static (code, label) => new FormField(code, label, "NUMBER"));

    static readonly Gen<FormField[]> s_fields = s_field.Array[1, 20].Select(static f => f.DistinctBy(static f => f.Code).ToArray());

    static readonly Gen<ColumnNames> s_rule = Gen.Bool.Select(static ascii => ascii ? ColumnNames.LabelAscii : ColumnNames.Label);

    [Fact]
    public void Pyairbyte_takes_every_name_of_a_hundred_thousand_labels() => s_field.Array[100].Sample(static fields =>
    {
        var names = ColumnNames.LabelAscii.For(Forms.Of(fields.Select(static (f, i) => f with { Code = $"{f.Code}{i}" })));
        foreach (var (field, i) in fields.Select(static (f, i) => (f, i)))
        {
            var name = names.Of($"{field.Code}{i}");
            Assert.Matches(PyAirbyte, name);
            Assert.False(ColumnNames.IsReserved(name), name);
        }
    }, iter: 1_000);

    [Fact]
    public void Labels_stand_as_people_see_them() => s_field.Sample(static field =>
    {
        var name = ColumnNames.Label.For(Forms.Of(field)).Of(field.Code);
        Assert.False(ColumnNames.IsReserved(name) || name is "" or ['$', ..] || name != name.Trim(), name);
        Assert.DoesNotContain(name, char.IsControl);
        Assert.True(NameSuffix.IsIn(name) || name == LabelText.Clean(field.Label), name);
    }, iter: 4_000);

    [Fact] // as strict destinations compare them
    public void No_two_columns_of_a_form_share_a_name() => Gen.Select(s_fields, s_rule).Sample(static (fields, rule) =>
    {
        var names = rule.For(Forms.Of(fields));
        Assert.Empty(fields.GroupBy(f => Strict(names.Of(f.Code))).Where(static g => g.Count() > 1).Select(static g => g.Key));
    }, iter: 4_000);

    [Fact]
    public void A_field_whose_code_comes_last_renames_no_other() => Gen.Select(s_fields, s_rule).Sample(static (fields, rule) =>
    {
        var last = fields.MaxBy(static f => f.Code, CodeOrder.Instance)!;
        var (before, after) = (rule.For(Forms.Of(fields.Where(f => f != last))), rule.For(Forms.Of(fields)));
        Assert.All(fields.Where(f => f != last), f => Assert.Equal(before.Of(f.Code), after.Of(f.Code)));
    }, iter: 4_000);

    [Fact]
    public void Wherever_a_field_comes_only_its_namesake_can_be_renamed() => Gen.Select(s_fields, s_rule).Sample(static (fields, rule) =>
    {
        var added = fields[0];
        var (before, after) = (rule.For(Forms.Of(fields[1..])), rule.For(Forms.Of(fields)));
        var renamed = fields[1..].Where(f => before.Of(f.Code) != after.Of(f.Code)).ToArray();
        Assert.True(renamed.Length <= 1);
        Assert.All(renamed, f =>
        {
            Assert.Equal(Strict(before.Of(f.Code)), Strict(after.Of(added.Code)));
            Assert.Equal(NameSuffix.Append("", f.Code), after.Of(f.Code)[^NameSuffix.Length..]);
        });
    }, iter: 4_000);

    /// <summary>
    /// A connection keeps the columns that it has, whatever is added, removed and relabelled: nothing is renamed, and nothing that comes gets the
    /// name of a column that is there or whose field is gone.
    /// </summary>
    [Fact]
    public void In_a_connection_that_is_there_nothing_is_renamed_ever() => Gen.Select(s_fields, s_fields, s_rule).Sample(static (fields, later, rule) =>
    {
        var first = rule.For(Forms.Of(fields));
        var kept = fields.ToDictionary(static f => f.Code, f => first.Of(f.Code));
        var form = Forms.Of(later);
        var now = rule.For(form, kept, rule.For(form));
        foreach (var field in later)
        {
            if (kept.TryGetValue(field.Code, out var name)) Assert.Equal(name, now.Of(field.Code));
            else Assert.DoesNotContain(Strict(now.Of(field.Code)), kept.Values.Select(Strict));
        }
        Assert.Equal(later.Length, later.Select(f => Strict(now.Of(f.Code))).Distinct().Count());
    }, iter: 4_000);

    /// <summary>The other way round: where the one that had the name is gone, the next one by code gets it in a new schema.</summary>
    [Fact]
    public void A_field_that_is_removed_renames_its_next_namesake_alone() => Gen.Select(s_fields, s_rule).Sample(static (fields, rule) =>
    {
        var (before, after) = (rule.For(Forms.Of(fields)), rule.For(Forms.Of(fields[1..])));
        var renamed = fields[1..].Where(f => before.Of(f.Code) != after.Of(f.Code)).ToArray();
        Assert.True(renamed.Length <= 1);
        Assert.All(renamed, f => Assert.Equal(Strict(before.Of(fields[0].Code)), Strict(after.Of(f.Code))));
    }, iter: 4_000);

    [Fact]
    public void Kintone_s_own_codes_come_in_the_order_in_which_it_gives_them()
    {
        string[] given = ["数値", "数値_0", "数値_1", "数値_2", "数値_9", "数値_10", "数値_11", "数値_100", "文字列__1行_", "文字列__1行__0", "文字列__1行__12"];
        Assert.Equal(given, given.OrderByDescending(static c => c, StringComparer.Ordinal).Order(CodeOrder.Instance));
        s_code.Array[3].Sample(static c =>
        {
            var order = CodeOrder.Instance;
            Assert.Equal(Math.Sign(order.Compare(c[0], c[1])), -Math.Sign(order.Compare(c[1], c[0])));
            Assert.Equal(c[0] == c[1], order.Compare(c[0], c[1]) == 0);
            Assert.True(order.Compare(c[0], c[1]) > 0 || order.Compare(c[1], c[2]) > 0 || order.Compare(c[0], c[2]) <= 0);
        }, iter: 4_000);
    }

    [Theory]
    [InlineData("会社名", "会社名", "kaishamei")]
    [InlineData(" 会社名\u3000", "会社名", "kaishamei")]
    [InlineData("単価（税込）", "単価（税込）", "tanka_zeikomu")]
    [InlineData("Company Name", "Company Name", "company_name")]
    [InlineData("開始日\n(予定)", "開始日 (予定)", "kaishinichi_yotei")]
    [InlineData("No.", "No.", "no")]
    [InlineData("2024年度", "2024年度", "n2024nendo")]
    [InlineData("備考①", "備考①", "bikouu2460")]
    [InlineData("値引率 %", "値引率 %", "chiinritsu")]
    [InlineData("担当\u200b者", "担当者", "tantousha")]
    public void A_label_alone(string label, string name, string ascii)
    {
        var form = Forms.Of(new FormField("文字列__1行_", label, "SINGLE_LINE_TEXT"));
        Assert.Equal((name, ascii), (ColumnNames.Label.For(form).Of("文字列__1行_"), ColumnNames.LabelAscii.For(form).Of("文字列__1行_")));
    }

    [Theory] // what only shows nothing, equals what is ours, or looks as if it had a suffix
    [InlineData("", "^文字列__1行__x[0-9a-f]{10}$", "^bunjiretsu__1kou__x[0-9a-f]{10}$")]
    [InlineData(" \u200b", "^文字列__1行__x[0-9a-f]{10}$", "^bunjiretsu__1kou__x[0-9a-f]{10}$")]
    [InlineData("_kintone_id", "^n_kintone_id_x[0-9a-f]{10}$", "^n_kintone_id$")]
    [InlineData("$id", "^n\\$id_x[0-9a-f]{10}$", "^id$")]
    [InlineData("total_X0123456789", "^ntotal_X0123456789_x[0-9a-f]{10}$|^total_X0123456789_x[0-9a-f]{10}$", "^total_x0123456789_x[0-9a-f]{10}$")]
    [InlineData("※", "^※$", "^bunjiretsu__1kou__x[0-9a-f]{10}$")]
    public void A_label_that_cannot_stand_alone(string label, string name, string ascii)
    {
        var form = Forms.Of(new FormField("文字列__1行_", label, "SINGLE_LINE_TEXT"));
        Assert.Matches(name, ColumnNames.Label.For(form).Of("文字列__1行_"));
        Assert.Matches(ascii, ColumnNames.LabelAscii.For(form).Of("文字列__1行_"));
    }

    [Fact]
    public void The_second_field_of_a_label_gets_the_suffix_and_the_first_keeps_its_name()
    {
        var form = Forms.Of(new FormField("数値_10", "金額", "NUMBER"), new("数値_9", "金額", "NUMBER"), new("数値", "単価", "NUMBER"), new("枠", "金額", "GROUP"));
        var names = ColumnNames.Label.For(form);
        Assert.Equal(("単価", "金額", NameSuffix.Append("金額", "数値_10")), (names.Of("数値"), names.Of("数値_9"), names.Of("数値_10")));
    }

    [Fact]
    public void A_sub_table_is_a_scope_of_its_own()
    {
        var table = new FormField("t", "明細", "SUBTABLE") { Fields = [new("b", "金額", "NUMBER"), new("c", "金額", "NUMBER")] };
        var form = Forms.Of(new FormField("a", "金額", "NUMBER"), table);
        var names = ColumnNames.Label.For(form);
        Assert.Equal(["金額", "明細", "金額", NameSuffix.Append("金額", "c")], ((string[])["a", "t", "b", "c"]).Select(names.Of));
    }

    /// <summary>The widths that the pieces above have, by hand.</summary>
    static string Strict(string name) =>
        s_widths.Aggregate(name, static (text, pair) => text.Replace(pair.Wide, pair.Narrow, StringComparison.Ordinal)).ToLowerInvariant();

    static readonly (string Wide, string Narrow)[] s_widths =
        [("（", "("), ("）", ")"), ("Ｎ", "N"), ("ｏ", "o"), ("．", "."), ("Ａ", "A"), ("Ｍ", "M"), ("Ｅ", "E"), ("＿", "_"), ("\u3000", " "), ("ﾒ", "メ"), ("ﾓ", "モ")];
}
