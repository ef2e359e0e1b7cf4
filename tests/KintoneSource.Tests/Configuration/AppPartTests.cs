using CsCheck;
using KintoneSource.Configuration;

namespace KintoneSource.Tests.Configuration;

/// <summary>Apps that are shared among connections.</summary>
public class AppPartTests
{
    static AllApps Parse(string options) => Assert.IsType<AllApps>(Configs.Parse(Configs.With($$""" "app_selection": {"mode": "all_apps"{{options}}} """)).Apps);

    [Fact]
    public void Every_app_is_in_exactly_one_part() =>
        Gen.Select(Gen.Int[1, 100], Gen.Long[1, int.MaxValue]).Sample(static (parts, app) =>
            Enumerable.Range(1, parts).Count(part => Parse($$""", "part": {{part}}, "parts": {{parts}}""").Part!.Value.Holds(app)) == 1, iter: 20);

    [Fact]
    public void Parts_are_of_one_size_whatever_the_apps() =>
        Gen.Select(Gen.Int[1, 100], Gen.Long[1, 1_000_000], Gen.Int[1, 2000]).Sample(static (parts, first, apps) =>
        {
            var sizes = Enumerable.Range(1, parts).Select(part => Enumerable.Range(0, apps).Count(i => new AppPart(part, parts).Holds(first + i))).ToArray();
            Assert.InRange(sizes.Max() - sizes.Min(), 0, 1);
        }, iter: 50);

    [Fact]
    public void Without_parts_there_is_one() => Assert.Null(Parse("").Part);

    [Theory]
    [InlineData(""", "part": 2""", "Apps > Number of parts: is missing. Part and Number of parts go together, as 2 of 5")]
    [InlineData(""", "parts": 2""", "Apps > Part: is missing.")]
    [InlineData(""", "part": 6, "parts": 5""", "Apps > Part: is 6, but there are only 5 parts.")]
    [InlineData(""", "part": 0, "parts": 5""", "Apps > Part: must be a whole number from 1 to 100, and this number is not.")]
    [InlineData(""", "part": 1, "parts": 101""", "Apps > Number of parts: must be a whole number from 1 to 100, and this number is not.")]
    public void What_is_no_part_is_said(string options, string problem) =>
        Assert.Contains(problem, Configs.Problems(Configs.With($$""" "app_selection": {"mode": "all_apps"{{options}}} """)), StringComparison.Ordinal);
}
