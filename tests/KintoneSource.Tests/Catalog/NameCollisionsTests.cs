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
        var groups = NameCollisions.Of(Forms.Of(Forms.Field(one, "NUMBER"), Forms.Field(other, "DATE"), Forms.Field("other", "DATE")));

        Assert.Equal(new[] { one, other }.Order(StringComparer.Ordinal), Assert.Single(groups));
    }

    [Fact]
    public void Fields_without_a_column_and_codes_that_stay_apart_are_not() => Assert.Null(NameCollisions.Warning(1, "x", Forms.Of(
        Forms.Field("顧客名", "NUMBER"), Forms.Field("会社名", "GROUP"), Forms.Field("番号", "DATE"), Forms.Field("a", "DATE"))));

    [Fact]
    public void One_warning_names_the_app_some_of_the_codes_and_the_option()
    {
        var codes = Enumerable.Range(0, 50).Select(static i => Forms.Field($"{(char)('一' + i)}", "NUMBER"));

        var warning = NameCollisions.Warning(7, "顧客管理", Forms.Of(codes));

        Assert.StartsWith("App 7 (顧客管理): 50 field codes", warning, StringComparison.Ordinal);
        Assert.Contains("column_names", warning, StringComparison.Ordinal);
        Assert.True(warning!.Length < 400);
    }
}
