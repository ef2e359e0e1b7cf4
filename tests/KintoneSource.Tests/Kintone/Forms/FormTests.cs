using System.Text;
using KintoneSource.Kintone.Forms;
using KintoneSource.Protocol;

namespace KintoneSource.Tests.Kintone.Forms;

public class FormTests
{
    [Fact]
    public void Reads_every_member_that_the_catalog_needs()
    {
        var form = Parse("""
            {"revision":"3","properties":{
              "合計":{"type":"CALC","code":"合計","label":"合計","expression":"単価*数量","format":"NUMBER_DIGIT","unit":"円","required":false},
              "ランク":{"type":"DROP_DOWN","code":"ランク","label":"Rank","required":true,"unique":false,
                       "options":{"B":{"label":"B","index":"1"},"A":{"label":"A","index":"0"}}},
              "顧客":{"type":"SINGLE_LINE_TEXT","code":"顧客","label":"顧客","unique":true,"expression":"",
                     "lookup":{"relatedApp":{"app":"7","code":""},"relatedKeyField":"顧客名"}},
              "状態":{"type":"STATUS","code":"状態","label":"状態","enabled":false},
              "明細":{"type":"SUBTABLE","code":"明細","label":"明細","fields":{
                     "b":{"type":"NUMBER","code":"b","label":"b"},"a":{"type":"DATE","code":"a","label":"a"}}}}}
            """);

        Assert.Equal("3", form.Revision);
        Assert.Null(form.UpdatedTime);
        var fields = form.Fields.ToDictionary(static f => f.Code);
        Assert.Equal(("NUMBER_DIGIT", "単価*数量", "円"), (fields["合計"].Format, fields["合計"].Expression, fields["合計"].Unit));
        Assert.Equal(["A", "B"], fields["ランク"].Options.ToArray());
        Assert.Equal(("Rank", true), (fields["ランク"].Label, fields["ランク"].Required));
        Assert.Equal(new Lookup("7", "顧客名"), fields["顧客"].Lookup);
        Assert.Equal((true, null), (fields["顧客"].Unique, fields["顧客"].Expression));
        Assert.False(fields["状態"].Enabled);
        Assert.Equal(["a", "b"], fields["明細"].Fields.Select(static f => f.Code));
    }

    [Fact]
    public void Order_does_not_depend_on_the_answer() => Assert.Equal(
        Codes("""{"properties":{"b":{"type":"DATE"},"あ":{"type":"DATE"},"B":{"type":"DATE"}}}"""),
        Codes("""{"properties":{"あ":{"type":"DATE"},"B":{"type":"DATE"},"b":{"type":"DATE"}}}"""));

    [Fact]
    public void The_update_time_is_found_by_its_type() => Assert.Equal(
        "いつ",
        Parse("""{"properties":{"更新日時":{"type":"DATETIME"},"いつ":{"type":"UPDATED_TIME"}}}""").UpdatedTime?.Code);

    [Fact]
    public void What_may_be_missing_or_hidden_is_not_an_error()
    {
        var field = Parse("""{"properties":{"x":{"type":"HOLOGRAM","label":null,"lookup":null,"options":null,"required":"true","enabled":null}}}""").Fields.Single();

        Assert.Equal((FieldType.Unknown, "HOLOGRAM", "x", true), (field.Type, field.TypeName, field.Label, field.Enabled));
        Assert.Null(field.Lookup);
    }

    [Fact]
    public void Options_without_an_index_stand_last() => Assert.Equal(
        ["a", "b", "?"],
        Parse("""{"properties":{"x":{"type":"CHECK_BOX","options":{"?":{},"b":{"index":10},"a":{"index":"9"}}}}}""").Fields.Single().Options.ToArray());

    [Theory]
    [InlineData("<html>")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"properties":[]}""")]
    [InlineData("""{"properties":{"x":{}}}""")]
    [InlineData("""{"properties":{"x":"DATE"}}""")]
    [InlineData("""{"properties":{"x":{"type":"SUBTABLE"}}}""")]
    [InlineData("""{"properties":{"x":{"type":"SUBTABLE","fields":null}}}""")]
    [InlineData("""{"properties":{"x":{"type":"DATE"},"x":{"type":"TIME"}}}""")]
    [InlineData("""{"properties":{"x":{"type":"DATE","label":"\ud800"}}}""")]
    public void Anything_else_is_reported_as_unexpected(string answer) =>
        Assert.Throws<UnexpectedResponseException>(() => Parse(answer));

    [Fact]
    public void Bytes_that_are_no_text_are_reported_as_unexpected() =>
        Assert.Throws<UnexpectedResponseException>(() => Form.Parse(Encoding.Latin1.GetBytes("""{"properties":{"x":{"type":"DATE","label":"é"}}}""")));

    static IEnumerable<string> Codes(string json) => Parse(json).Fields.Select(static f => f.Code);

    static Form Parse(string json) => Form.Parse(Encoding.UTF8.GetBytes(json));

    [Theory] // in a table and beside it, or in two tables: nobody could say which one a column is
    [InlineData("""{"a": {"type": "NUMBER"}, "t": {"type": "SUBTABLE", "fields": {"a": {"type": "DATE"}}}}""")]
    [InlineData("""{"s": {"type": "SUBTABLE", "fields": {"a": {"type": "DATE"}}}, "t": {"type": "SUBTABLE", "fields": {"a": {"type": "DATE"}}}}""")]
    public void One_code_for_two_fields_is_told(string fields) =>
        Assert.Equal("Kintone described the field a twice.", Assert.Throws<UnexpectedResponseException>(() => Parse($$"""{"properties": {{fields}}}""")).Message);
}
