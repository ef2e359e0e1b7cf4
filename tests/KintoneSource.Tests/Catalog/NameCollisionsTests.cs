using KintoneSource.Catalog;

namespace KintoneSource.Tests.Catalog;

public class NameCollisionsTests
{
    [Theory]
    [InlineData("顧客名", "会社名")]
    [InlineData("ガス", "ｶﾞｽ")]
    [InlineData("Name", "name")]
    [InlineData("ＴＥＬ", "tel")]
    [InlineData("a・b", "a_b")]
    public void Codes_that_ascii_only_destinations_would_mix_up_are_found(string one, string other)
    {
        var groups = CodesOf(Forms.Of(Forms.Field(one, "NUMBER"), Forms.Field(other, "DATE"), Forms.Field("other", "DATE")));

        Assert.Equal(new[] { one, other }.Order(StringComparer.Ordinal), Assert.Single(groups));
    }

    [Theory]
    [InlineData(22, true)]
    [InlineData(21, false)]
    public void Names_that_are_cut_to_the_same_63_bytes_are_found(int common, bool collide)
    {
        var start = string.Concat(Enumerable.Range(0, common).Select(static i => (char)('一' + i)));
        var groups = CodesOf(Forms.Of(Forms.Field(start + "甲乙丙", "NUMBER"), Forms.Field(start[..^1] + "丁", "NUMBER")));
        Assert.Equal(collide, groups.Count > 0);
    }

    [Fact]
    public void Columns_of_our_own_and_of_sub_tables_are_looked_at()
    {
        Assert.Equal([Column.RowNumber, "＿Ｋintone＿row＿number"],
            Assert.Single(CodesOf(Forms.Of(Forms.Table("t", Forms.Field("＿Ｋintone＿row＿number", "NUMBER"))))));
        Assert.Equal([Column.UpdatedAt, "＿kintone＿updated＿at"], Assert.Single(CodesOf(Forms.Of(Forms.Field("＿kintone＿updated＿at", "NUMBER")))));
        Assert.Equal(["単価", "数量"], Assert.Single(CodesOf(Forms.Of(Forms.Table("t", Forms.Field("数量", "NUMBER"), Forms.Field("単価", "NUMBER")))))
            .Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Fields_without_a_column_and_codes_that_stay_apart_are_not() => Assert.Null(NameCollisions.Notice(1, "x", Forms.Of(
        Forms.Field("顧客名", "NUMBER"), Forms.Field("会社名", "GROUP"), Forms.Field("番号", "DATE"), Forms.Field("a", "DATE")), ColumnNames.FieldCode));

    [Fact]
    public void One_notice_names_the_app_some_of_the_codes_and_the_option()
    {
        var codes = Enumerable.Range(0, 50).Select(static i => Forms.Field($"{(char)('一' + i)}", "NUMBER"));

        var notice = NameCollisions.Notice(7, "顧客管理", Forms.Of(codes), ColumnNames.FieldCode);

        Assert.StartsWith("App 7 (顧客管理): 50 columns", notice, StringComparison.Ordinal);
        Assert.Contains("column_names", notice, StringComparison.Ordinal);
        Assert.True(notice!.Length < 400);
    }

    [Fact]
    public void Labels_are_looked_at_where_they_are_the_names()
    {
        var form = Forms.Of(new("a", "顧客名", "NUMBER"), new("b", "会社名", "NUMBER"));

        Assert.Null(NameCollisions.Notice(7, "顧客管理", form, ColumnNames.FieldCode));
        Assert.Null(NameCollisions.Notice(7, "顧客管理", form, ColumnNames.LabelAscii));
        var notice = NameCollisions.Notice(7, "顧客管理", form, ColumnNames.Label);
        Assert.StartsWith("App 7 (顧客管理): 2 columns fall together", notice, StringComparison.Ordinal);
        Assert.EndsWith("to label_ascii.", notice, StringComparison.Ordinal);
    }

    static IReadOnlyList<IReadOnlyList<string>> CodesOf(KintoneSource.Kintone.Forms.Form form) => NameCollisions.Of(form, ColumnNames.FieldCode);
}
