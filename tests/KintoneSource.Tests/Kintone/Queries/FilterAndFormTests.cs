using System.Text;
using KintoneSource.Kintone.Forms;
using KintoneSource.Kintone.Queries;

namespace KintoneSource.Tests.Kintone.Queries;

public class FilterAndFormTests
{
    static readonly Form s_form = Form.Parse(Encoding.UTF8.GetBytes("""
        {"revision":"3","properties":{
          "会社名":{"type":"SINGLE_LINE_TEXT","code":"会社名","label":"会社名"},
          "amount":{"type":"NUMBER","code":"amount","label":"金額"},
          "設立日":{"type":"DATE","code":"設立日","label":"設立日"},
          "更新日時":{"type":"UPDATED_TIME","code":"更新日時","label":"更新日時"},
          "状態":{"type":"DROP_DOWN","code":"状態","label":"状態","options":{"\"新規\"":{"label":"","index":"0"},"受注":{"label":"受注","index":"1"}}},
          "案件":{"type":"REFERENCE_TABLE","code":"案件","label":"案件"},
          "見出し":{"type":"GROUP","code":"見出し","label":"見出し"},
          "関連":{"type":"REFERENCE_TABLE","code":"関連","label":"関連","referenceTable":{"relatedApp":{"app":"7"},"condition":{"field":"a","relatedField":"b"}}},
          "明細":{"type":"SUBTABLE","code":"明細","label":"明細","fields":{"数量":{"type":"NUMBER","code":"数量","label":"数量"}}}}}
        """));

    const string There = " There are amount, 会社名, 数量, 更新日時, 状態, 設立日.";

    [Theory]
    [InlineData("会社 = \"A\"", "会社", " Did you mean 会社名?")]
    [InlineData("会社名 = \"limit = 5\" and (Amont > 5)", "Amont", " Did you mean amount?")]
    [InlineData("数量 in (1) or 金額 > 5", "金額", " It is the label of the field amount: write amount.")]
    [InlineData("住所 like \"A\"", "住所", "")]
    [InlineData("会社名.数量 in (1)", "会社名.数量", "")]
    public void An_unknown_field_is_named_with_the_nearest_and_all_there_are(string filter, string unknown, string meant) =>
        Assert.Equal(
            $"The filter of app 1 names the field \"{unknown}\", which the app does not have or does not show to this user or token.{meant}{There}",
            FilterAndForm.UnknownField(filter, "app 1", s_form));

    [Theory]
    [InlineData("会社名 = \"住所 = 1\" and 数量 in (1) and $id > 5")]
    [InlineData("関連.住所 in (\"A\") or 状態 in (\"受注\")")]
    public void A_field_that_is_there_or_of_another_app_is_not_blamed(string filter) => Assert.Null(FilterAndForm.UnknownField(filter, "app 1", s_form));

    [Fact]
    public void Of_many_fields_twenty_are_named()
    {
        Form form = new("1", [.. Enumerable.Range(10, 30).Select(static i => new FormField($"f{i}", "", "NUMBER"))]);
        Assert.EndsWith("f28, f29 and 10 more.", FilterAndForm.UnknownField("x = 1", "app 1", form), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("状態 in (\"受注\", \"失注\")", "\"失注\"")]
    [InlineData("会社名 = \"受注\" and 状態 not in (\"受 注\")", "\"受 注\"")]
    public void An_unknown_option_is_answered_with_those_that_there_are(string filter, string unknown) =>
        Assert.Equal(
            $"The filter of app 1 names {unknown}, which is not one of the options of the field 状態. There are \"新規\", 受注.",
            FilterAndForm.UnknownOption(filter, "app 1", s_form));

    [Theory]
    [InlineData("状態 in (\"\", \"受注\", \"\\\"新規\\\"\")")]
    [InlineData("会社名 = \"失注\" and 無い in (\"失注\")")]
    public void An_option_that_is_there_or_none_is_not_blamed(string filter) => Assert.Null(FilterAndForm.UnknownOption(filter, "app 1", s_form));

    [Theory]
    [InlineData("amount > \"1,000,000\"", "a number with separators at character 10: amount > »\"1,000,000\"«. Write 1000000.")]
    [InlineData("会社名 = \"1,000\" and 数量 in (\"-2,500.5\")",
        "a number with separators at character 26: 会社名 = \"1,000\" and 数量 in (»\"-2,500.5\"«). Write -2500.5.")]
    [InlineData("設立日 >= \"2024/01/01\"", "a date in another form at character 8: 設立日 >= »\"2024/01/01\"«. Write \"2024-01-01\".")]
    [InlineData("更新日時 > \"2024年1月2日\"", "a date in another form at character 8: 更新日時 > »\"2024年1月2日\"«. Write \"2024-01-02\".")]
    public void A_number_or_a_date_as_people_write_it_is_shown_in_Kintone_s_notation(string filter, string expected)
    {
        const string start = "Kintone cannot read the filter of app 1: ";
        Assert.StartsWith($"{start}{expected} Texts stand in", FilterAdvice.For(filter, "app 1", s_form), StringComparison.Ordinal);
        // Who does not know the form cannot tell.
        Assert.StartsWith($"{start}{filter}. ", FilterAdvice.For(filter, "app 1"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("会社名 = \"2024/01/01\" or 会社名 = \"1,000\"")]
    [InlineData("amount in (\"1000\", \"12,34\") and 設立日 = \"2024-01-01\"")]
    public void A_text_that_looks_like_one_is_not_blamed(string filter) => Assert.Null(FilterAndForm.OddValue(filter, s_form));
}
