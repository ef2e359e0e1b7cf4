using CsCheck;
using KintoneSource.Kintone.Queries;

namespace KintoneSource.Tests.Kintone.Queries;

public class FilterAdviceTests
{
    [Theory]
    [InlineData("状態 = 受注", "a text without quotes at character 6: 状態 = »受注«. Write \"受注\".")]
    [InlineData("状態 in (\"受注\", 失注)", "a text without quotes at character 14: 状態 in (\"受注\", »失注«). Write \"失注\".")]
    [InlineData("金額 > 1,000", "a number with separators at character 6: 金額 > »1,000«. Write 1000.")]
    [InlineData("金額 > -1,000,000.5 and a = 1", "a number with separators at character 6: 金額 > »-1,000,000.5« and a = 1. Write -1000000.5.")]
    [InlineData("金額 > 1,00", "two conditions without and, or at character 7: 金額 > 1»,«00.")]
    [InlineData("金額 == 5", "a sign twice at character 4: 金額 »==« 5. Kintone writes = once.")]
    [InlineData("金額 <> 5", "no operator of Kintone's at character 4: 金額 »<>« 5. Kintone writes != for it.")]
    [InlineData("会社名 contains \"サンプル\"", "no operator at character 5: 会社名 »contains« \"サンプル\".")]
    [InlineData("状態 in \"受注\"", "a list without parentheses at character 7: 状態 in »\"受注\"«.")]
    [InlineData("状態 in (\"受注\" \"失注\")", "two values without a comma at character 13")]
    [InlineData("状態 is null", "an is without empty at character 4: 状態 »is« null.")]
    [InlineData("\"状態\" = \"受注\"", "no field code at character 1: »\"状態\"« = \"受注\".")]
    [InlineData("a = 1 b = 2", "two conditions without and, or at character 7: a = 1 »b« = 2.")]
    [InlineData("a = 1 and", "an end that comes too early at character 7: a = 1 »and«.")]
    [InlineData("日付 > 2024-01-01", "a text without quotes at character 6: 日付 > »2024-01-01«.")]
    [InlineData("会社 名 = \"A\"", "no operator at character 4: 会社 »名« = \"A\". After the field code stands an operator; a field code has no blanks.")]
    public void The_first_place_that_looks_odd_is_shown(string filter, string expected)
    {
        var advice = FilterAdvice.For(filter, "app 1");
        Assert.StartsWith("Kintone cannot read the filter of app 1: ", advice, StringComparison.Ordinal);
        Assert.Contains(expected, advice, StringComparison.Ordinal);
        Assert.Contains("Texts stand in double quotes", advice, StringComparison.Ordinal);
        Assert.Contains("is not empty", advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a = \"x\"")]
    [InlineData("(a in (\"x\", LOGINUSER()) or b not in (1, 2)) and c not like \"y\"")]
    [InlineData("t > 10:00 and d >= FROM_TODAY(-7, DAYS) and f is not empty and g is empty")]
    public void Where_nothing_looks_odd_the_filter_is_shown_and_the_notation_told(string filter) =>
        Assert.StartsWith($"Kintone cannot read the filter of app 1: {filter}. Texts stand in double quotes", FilterAdvice.For(filter, "app 1"),
            StringComparison.Ordinal);

    /// <summary>Nothing that is right is blamed: the fault may lie where only Kintone sees it.</summary>
    [Fact]
    public void A_filter_within_the_notation_is_not_blamed() =>
        FilterGen.Right.Sample(static text => Assert.StartsWith($"Kintone cannot read the filter of app 1: {FilterExcerpt.Whole(text)}.",
            FilterAdvice.For(text, "app 1"), StringComparison.Ordinal), iter: 3_000);

    [Fact]
    public void Whatever_passes_the_reading_of_filters_has_an_answer() =>
        FilterGen.Mutated.Sample(static text =>
        {
            if (FilterSyntax.TryParse(text, out _) is not null) Assert.EndsWith("joined by and, or.", FilterAdvice.For(text, "app 1"),
                StringComparison.Ordinal);
        }, iter: 5_000);
}
