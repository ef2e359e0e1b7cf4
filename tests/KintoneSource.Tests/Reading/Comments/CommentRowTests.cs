using System.Buffers;
using System.Text;
using System.Text.Json;
using KintoneSource.Catalog;
using KintoneSource.Reading.Comments;
using KintoneSource.Tests.Catalog;

namespace KintoneSource.Tests.Reading.Comments;

/// <summary>What of a comment is not as documented: noted as in a record, or passed on.</summary>
public class CommentRowTests
{
    static JsonElement Line(string creator, string mentions)
    {
        var json = Forms.Json($$"""{"id":"3","text":"hi ","createdAt":"2026-05-01T00:00:00Z","creator":{{creator}},"mentions":{{mentions}}}""");
        var columns = AppColumns.Comments(Forms.Of(Forms.UpdatedTime), emitDeletedRecords: true);
        var output = new ArrayBufferWriter<byte>();
        using var lines = new ColumnLines(new(new("app_1_comments"), DateTimeOffset.UnixEpoch), columns);
        lines.Write(output, new CommentRow(7, null, new(3, DateTimeOffset.UnixEpoch, json)), CommentRow.Write);
        return Forms.Json(Encoding.UTF8.GetString(output.WrittenSpan)).GetProperty("record");
    }

    [Fact]
    public void What_does_not_fit_is_null_and_noted()
    {
        var record = Line("\"sato\"", """[{"code":"abe","type":"USER"},5]""");
        Assert.All(new[] { "creator", "mentions" }, name => Assert.Equal(JsonValueKind.Null, record.GetProperty("data").GetProperty(name).ValueKind));
        Assert.Equal(["creator", "mentions"],
            record.GetProperty("meta").GetProperty("changes").EnumerateArray().Select(static c => c.GetProperty("field").GetString()!));
    }

    [Theory]
    [InlineData("null", "null")]
    [InlineData("{}", """{"code":null,"type":null}""")]
    [InlineData("""{"code":"","type":"USER"}""", """{"code":"","type":"USER"}""")]
    [InlineData("""{"type":null}""", """{"code":null,"type":null}""")]
    public void Whatever_is_left_of_a_mention_costs_none_of_the_others(string mention, string expected)
    {
        const string Other = """{"code":"abe","type":"USER"}""";
        var record = Line("null", $"[{Other},{mention},{Other}]");
        Assert.False(record.TryGetProperty("meta", out _));
        Assert.Equal($"[{Other},{expected},{Other}]", record.GetProperty("data").GetProperty("mentions").GetRawText());
    }

    [Fact]
    public void Null_fits_and_more_members_pass_through()
    {
        var record = Line("null", """[{"type":"USER","name":"阿部","code":"abe"}]""");
        Assert.False(record.TryGetProperty("meta", out _));
        Assert.Equal(JsonValueKind.Null, record.GetProperty("data").GetProperty("creator").ValueKind);
        Assert.Equal("""[{"code":"abe","type":"USER","name":"阿部"}]""", record.GetProperty("data").GetProperty("mentions").GetRawText());
    }
}
