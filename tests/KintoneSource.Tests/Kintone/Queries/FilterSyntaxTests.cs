using CsCheck;
using KintoneSource.Kintone.Queries;
using KintoneSource.Protocol;
using KintoneSource.Testing;

namespace KintoneSource.Tests.Kintone.Queries;

public class FilterSyntaxTests
{
    const string After = ") and $id > 0 order by $id asc limit 500";

    [Fact]
    public void A_right_filter_is_taken_as_it_is() =>
        FilterGen.Right.Sample(static text =>
        {
            var filter = FilterSyntax.TryParse(text, out var problem);
            Assert.True(filter is not null, $"{problem} in {text}");
            Assert.Equal(Blanks(text).Trim(), filter.Condition);
        });

    [Fact]
    public void A_filter_that_is_taken_never_changes_the_query_around_it() =>
        Gen.OneOf(FilterGen.Soup, FilterGen.Mutated, FilterGen.Right).Sample(static text =>
        {
            if (FilterSyntax.TryParse(text, out _) is not { } filter) return;
            var query = $"({filter.Condition}{After}";
            Assert.Equal(query.Length - After.Length, FilterOracle.EndOfFirstParenthesis(query));
            var outside = FilterOracle.Outside(filter.Condition);
            Assert.DoesNotMatch(FilterOracle.Clauses, outside);
            Assert.DoesNotMatch(FilterOracle.Foreign, outside);
        }, iter: 20_000);

    [Fact]
    public void A_filter_that_is_refused_has_a_place() =>
        Gen.OneOf(FilterGen.Soup, FilterGen.Mutated).Sample(static text =>
        {
            var filter = FilterSyntax.TryParse(text, out var problem);
            Assert.True(filter is null ^ problem is null);
            if (problem is not null) Assert.Matches(FilterOracle.Reason, problem);
        });

    [Fact]
    public void A_condition_parses_to_itself() =>
        FilterGen.Right.Sample(static text =>
        {
            var once = FilterSyntax.Parse(text);
            Assert.Equal(once.Condition, FilterSyntax.Parse(once.Condition).Condition);
        });

    [Theory]
    [InlineData("limit = 5"), InlineData("(offset>5)"), InlineData("a = 1 and limit in (\"1\")"), InlineData("order not in (\"x\")")]
    [InlineData("limit is empty or order like \"x\""), InlineData("limit_x > 1"), InlineData("オーダーby = 1"), InlineData("Rel.limit > 5")]
    [InlineData("x = \"order by y limit 5 offset 3\""), InlineData("x = \"\\\" limit 5\"")]
    public void Fields_and_texts_may_be_called_like_clauses(string text) => Assert.Equal(text, FilterSyntax.Parse(text).Condition);

    [Theory]
    [InlineData("作成日時 > TODAY()", "TODAY"), InlineData("x = now ( ) and y < NOW()", "NOW"), InlineData("x = FROM_TODAY(-5, DAYS)", "FROM_TODAY")]
    [InlineData("x = THIS_MONTH(LAST) or x = LAST_YEAR()", "THIS_MONTH,LAST_YEAR"), InlineData("作成者 in (LOGINUSER())", "LOGINUSER")]
    [InlineData("x = \"TODAY()\"", ""), InlineData("TODAY = 1", ""), InlineData("金額 > 5", "")]
    public void Functions_of_the_day_and_the_user_are_noticed(string text, string functions)
    {
        var filter = FilterSyntax.Parse(text);
        Assert.Equal(functions, string.Join(',', filter.MovingFunctions));
    }

    [Fact]
    public void Blanks_inside_texts_stay() =>
        Assert.Equal("氏名 = \"山田\u3000太郎\"  and x = 1", FilterSyntax.Parse("\u3000氏名\u3000=\u3000\"山田\u3000太郎\"\u3000\nand x = 1\n").Condition);

    [Fact]
    public async Task Messages_quote_the_place_and_say_what_to_do()
    {
        string[] refused =
        [
            "", " \u3000 ",
            "Status in (\"Open\") order by 更新日時 desc",
            "Status in (\"Open\") ORDER\u3000BY 更新日時",
            "x = 1 limit 5", "limit 5", "x = 1 and limit 5", "x = 1 offset 10", "x = 1 limit", "x = order",
            "x = 1 limit = 5",
            "x = \"Open", "x = \"Open\\\"", "x = \"a\nb\"",
            "(x = 1", "x = 1)", "x = 1) or (y = 2", "x in (\"a\", \"b\"",
            "Status in ('Open')", "Status in (“Open”)", "Status in （\"Open\"）", "金額 ≧ 5",
            "x = 1; y = 2", "x = 1 -- y", "x = 1 /* y */", "x ! 1", "x\u200B = 1", "x = 1\0",
            "会社名 = \"とても長い会社の名前をもつ株式会社\" and 都道府県 in (\"東京都\", \"大阪府\") limit 100 and 金額 > 1000000 or 担当者 in (\"sato\")",
            "𠮷 = 1 limit 5",
        ];
        await Verifier.Verify(string.Join('\n', refused.Select(static text =>
            $"{text.ReplaceLineEndings("⏎").Replace('\0', '␀')}\n    {Assert.Throws<ConfigurationException>(() => FilterSyntax.Parse(text)).Message}"))
                + "\n");
    }

    /// <summary>Every blank outside strings as a space.</summary>
    static string Blanks(string text)
    {
        var quoted = false;
        var result = text.ToCharArray();
        for (var i = 0; i < text.Length; i++)
            if (quoted && text[i] is '\\') i++;
            else if (text[i] is '"') quoted = !quoted;
            else if (!quoted && char.IsWhiteSpace(text[i])) result[i] = ' ';
        return new(result);
    }
}
