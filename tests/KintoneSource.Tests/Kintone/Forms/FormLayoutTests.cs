using System.Text.Json;
using KintoneSource.Kintone.Forms;

namespace KintoneSource.Tests.Kintone.Forms;

public class FormLayoutTests
{
    [Fact]
    public void Fields_count_row_by_row_and_what_holds_others_comes_before_them()
    {
        var layout = FormLayout.Parse(JsonElement.Parse("""
            {"revision": "3", "layout": [
              {"type": "ROW", "fields": [{"type": "LABEL", "label": "<b>x</b>"},
                {"type": "NUMBER", "code": "b", "size": {"width": "1"}}, {"type": "NUMBER", "code": "a"}]},
              {"type": "SUBTABLE", "code": "t", "fields": [{"type": "NUMBER", "code": "u"}, {"type": "NUMBER", "code": "s"}]},
              {"type": "GROUP", "code": "g", "layout": [{"type": "ROW", "fields": [{"type": "NUMBER", "code": "c"}, {"type": "SPACER", "elementId": "e"}]}]},
              {"type": "ROW", "fields": [{"type": "HR", "elementId": ""}, {"type": "NUMBER", "code": "d"}]}]}
            """u8));
        Assert.Equal(["b", "a", "t", "u", "s", "g", "c", "d"], layout.Positions.OrderBy(static p => p.Value).Select(static p => p.Key));
        Assert.Equal(Enumerable.Range(1, 8), layout.Positions.Values.Order());
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"layout": {}}""")]
    [InlineData("""{"layout": [7, {"code": 3, "fields": "x"}, []]}""")]
    public void What_has_no_such_shape_has_no_places(string answer) => Assert.Empty(FormLayout.Parse(JsonElement.Parse(answer)).Positions);
}
