using KintoneSimulator.Query;

namespace KintoneSimulator.Tests.Query;

/// <summary>Which operator a field of each type takes, and the code that refuses the others; written down from the official table.</summary>
public sealed class OperatorTableTests
{
    public static TheoryData<string, string, string[]> Fields => new()
    {
        { "$id", "5", ["=", "<", "in"] },
        { "レコード番号", "5", ["=", "<", "in"] },
        { "作成者", "\"a\"", ["in"] },
        { "更新者", "\"a\"", ["in"] },
        { "作成日時", "\"2024-01-01T00:00:00Z\"", ["=", "<"] },
        { "更新日時", "\"2024-01-01T00:00:00Z\"", ["=", "<"] },
        { "datetime", "\"2024-01-01T00:00:00Z\"", ["=", "<"] },
        { "date", "\"2024-01-01\"", ["=", "<"] },
        { "time", "10:00", ["=", "<"] },
        { "title", "\"a\"", ["=", "in", "like"] },
        { "link", "\"a\"", ["=", "in", "like"] },
        { "金額", "1", ["=", "<", "in"] },
        { "合計", "1", ["=", "<", "in"] },
        { "memo", "\"a\"", ["like", "is"] },
        { "rich", "\"a\"", ["like"] },
        { "check", "\"A\"", ["in"] },
        { "radio", "\"高\"", ["in"] },
        { "drop", "\"x\"", ["in"] },
        { "multi", "\"A\"", ["in"] },
        { "file", "\"a\"", ["like", "is"] },
        { "users", "\"a\"", ["in"] },
        { "作業者", "\"a\"", ["in"] },
        { "orgs", "\"a\"", ["in"] },
        { "groups", "\"a\"", ["in"] },
        { "ステータス", "\"完了\"", ["=", "in"] },
        { "カテゴリー", "\"a\"", [] },
        { "グループ", "\"a\"", [] },
        { "明細", "\"a\"", [] },
        { "関連", "\"a\"", [] },
        { "品名", "\"a\"", ["in", "like"] },
        { "数量", "1", ["<", "in"] },
        { "区分", "\"新\"", ["in"] },
        { "備考", "\"a\"", ["like", "is"] },
        { "関連.title", "\"a\"", ["in", "like"] },
        { "関連.$id", "5", ["<", "in"] },
    };

    [Theory]
    [MemberData(nameof(Fields))]
    public void A_type_takes_its_operators_and_refuses_the_others(string field, string value, string[] allowed)
    {
        (string Group, string Query)[] queries =
        [
            ("=", $"{field} = {value}"), ("=", $"{field} != {value}"),
            ("<", $"{field} < {value}"), ("<", $"{field} > {value}"), ("<", $"{field} <= {value}"), ("<", $"{field} >= {value}"),
            ("in", $"{field} in ({value})"), ("in", $"{field} not in ({value}, {value})"),
            ("like", $"{field} like \"\""), ("like", $"{field} not like \"\""),
            ("is", $"{field} is empty"), ("is", $"{field} is not empty"),
        ];
        string[] inRows = ["品名", "数量", "区分", "備考", "関連.title", "関連.$id"];
        foreach (var (group, query) in queries)
        {
            var refusal = group == "=" && inRows.Contains(field) ? "GAIA_IQ07" : "GAIA_IQ03";
            Assert.Equal((query, allowed.Contains(group) ? null : refusal), (query, CodeOf(query)));
        }
    }

    [Theory]
    [InlineData("なし = 1", "GAIA_IQ11")]
    [InlineData("Title = \"a\"", "GAIA_IQ11")]
    [InlineData("order by なし", "GAIA_IQ11")]
    [InlineData("関連.なし in (1)", "GAIA_IQ11")]
    [InlineData("関連.品名 in (\"a\")", "GAIA_IQ11")]
    [InlineData("隠し.title in (\"a\")", "GAIA_IQ11")]
    [InlineData("明細.品名 in (\"a\")", "GAIA_IR02")]
    [InlineData("title.x = \"a\"", "GAIA_IR02")]
    [InlineData("停止 = \"完了\"", "GAIA_ST02")]
    [InlineData("check in (\"Z\")", "GAIA_IQ10")]
    [InlineData("radio = \"Z\"", "GAIA_IQ10")]
    [InlineData("radio = \"高\"", "GAIA_IQ03")]
    [InlineData("date = NOW()", "GAIA_IQ03")]
    [InlineData("title = TODAY()", "GAIA_IQ03")]
    [InlineData("order by 品名", "GAIA_IQ03")]
    [InlineData("order by check", "GAIA_IQ03")]
    [InlineData("date = TODAY(1)", "GAIA_IL08")]
    [InlineData("date = FROM_TODAY(1)", "GAIA_IL08")]
    [InlineData("date = THIS_MONTH(1, 2)", "GAIA_IL08")]
    [InlineData("date = THIS_MONTH(32)", "GAIA_IQ23")]
    [InlineData("date = THIS_MONTH(0)", "GAIA_IQ23")]
    [InlineData("date = THIS_WEEK(SOMEDAY)", "GAIA_IQ23")]
    [InlineData("date = FROM_TODAY(1, HOURS)", "GAIA_IQ25")]
    [InlineData("limit 501", "GAIA_QU01")]
    [InlineData("limit 99999999999999", "GAIA_QU01")]
    [InlineData("offset 10001", "GAIA_QU02")]
    public void What_an_app_does_not_have_is_refused_with_its_code(string query, string code) => Assert.Equal(code, CodeOf(query));

    [Theory]
    [InlineData("title = 'a'")]
    [InlineData("title = \"a")]
    [InlineData("title = \"a\tb\"")]
    [InlineData("title = \"a\nb\"")]
    [InlineData("title = \"a\\x\"")]
    [InlineData("`title` = \"a\"")]
    [InlineData("title == \"a\"")]
    [InlineData("title = a")]
    [InlineData("title = ")]
    [InlineData("= \"a\"")]
    [InlineData("(title = \"a\"")]
    [InlineData("title = \"a\")")]
    [InlineData("title = \"a\" and")]
    [InlineData("title = \"a\" title = \"b\"")]
    [InlineData("title in \"a\"")]
    [InlineData("title in ()")]
    [InlineData("title is null")]
    [InlineData("title like 5")]
    [InlineData("なし = = 1")]
    [InlineData("date = YESTERDAY")]
    [InlineData("date = NEVER()")]
    [InlineData("金額 = \"abc\"")]
    [InlineData("金額 = 1x")]
    [InlineData("date = \"2024-13-01\"")]
    [InlineData("更新日時 > \"2024-01-01T00:00:00\"")]
    [InlineData("limit 5 order by title")]
    [InlineData("offset 5 limit 5")]
    [InlineData("limit -1")]
    [InlineData("limit")]
    [InlineData("order by")]
    [InlineData("order by title, ")]
    public void A_text_that_is_no_query_is_CB_VA01_with_the_parameter(string query)
    {
        var refused = Assert.Throws<QueryException>(() => SampleForm.Parse(query));
        Assert.Equal((400, "CB_VA01"), (refused.HttpStatus, refused.Code));
        Assert.Equal(["クエリ記法が間違っています。"], refused.Errors!["query"]);
    }

    [Fact]
    public void Parentheses_without_end_are_refused_rather_than_overflowing() =>
        Assert.Equal("CB_VA01", CodeOf(new string('(', 100_000)));

    static string? CodeOf(string query)
    {
        try
        {
            SampleForm.Parse(query);
            return null;
        }
        catch (QueryException refused)
        {
            return refused.Code;
        }
    }
}
