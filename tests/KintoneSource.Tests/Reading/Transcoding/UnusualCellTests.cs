using System.Text;
using KintoneSource.Catalog;
using KintoneSource.Reading.Transcoding;

namespace KintoneSource.Tests.Reading.Transcoding;

/// <summary>Cells that Kintone's documents leave room for: under another key, with another number's dress, with more members.</summary>
public class UnusualCellTests
{
    static readonly Column s_status = new("ステータス", "ステータス", ColumnKind.Text) { CellType = "STATUS" };

    static string Page(params IEnumerable<string> cells) => $"{{\"records\":[{{\"$id\":{{\"type\":\"__ID__\",\"value\":\"7\"}},{string.Join(',', cells)}}}]}}";

    static string Cell(string code, string value, string type = "STATUS") => $"\"{code}\":{{\"type\":\"{type}\",\"value\":{value}}}";

    static string Data(Column column, string page) => Transcoded.By([column], page).Records[0]["data"]!.ToJsonString(s_plain);

    static readonly System.Text.Json.JsonSerializerOptions s_plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public void The_one_cell_of_a_status_is_taken_whatever_it_is_called()
    {
        Assert.Equal("""{"ステータス":"処理中"}""", Data(s_status, Page(Cell("Status", "\"処理中\""))));
        Assert.Equal("""{"ステータス":"処理中"}""", Data(s_status, Page("\"Status\":{\"value\":\"処理中\",\"type\":\"ST\\u0041TUS\"}")));
        Assert.Equal("""{"ステータス":null}""", Data(s_status, Page(Cell("Status", "\"処理中\"", "DROP_DOWN"))));
    }

    [Fact]
    public void The_cell_under_the_forms_code_goes_first()
    {
        string[] cells = [Cell("Status", "\"other\""), Cell("ステータス", "\"処理中\"")];
        Assert.Equal("""{"ステータス":"処理中"}""", Data(s_status, Page(cells)));
        Assert.Equal("""{"ステータス":"処理中"}""", Data(s_status, Page(cells.Reverse())));
    }

    [Fact]
    public void Two_cells_of_the_type_have_no_one_meaning()
    {
        var record = Transcoded.By([s_status], Page(Cell("Status", "\"a\""), Cell("State", "\"b\""))).Records[0];
        Assert.Equal("""{"ステータス":null}""", record["data"]!.ToJsonString(s_plain));
        Assert.Equal("ステータス", (string?)record["meta"]!["changes"]![0]!["field"]);
    }

    [Fact]
    public void A_record_that_was_refused_leaves_nothing_to_the_next()
    {
        var transcoder = Transcoded.Of([s_status]);
        var refused = Page(Cell("Status", "\"a long name of a status\""), Cell("$id", "\"7\"", "__ID__")); // the id comes twice
        Assert.Throws<MalformedPageException>(() => Transcoded.By(transcoder, Encoding.UTF8.GetBytes(refused)));
        Assert.Equal("null", Transcoded.By(transcoder, Encoding.UTF8.GetBytes("{\"records\":[{\"$id\": {\"value\":\"8\"}}]}"))
            .Records[0]["data"]!["ステータス"]?.ToJsonString() ?? "null");
    }

    /// <summary>Both have a name: a field that became the other kind, in an app whose schema was not refreshed since.</summary>
    [Theory]
    [InlineData(nameof(ColumnKind.EntityList), """[{"contentType":"text/plain","fileKey":"k","name":"a.txt","size":"3"}]""")]
    [InlineData(nameof(ColumnKind.Entity), """{"name":"a.txt","fileKey":"k"}""")]
    [InlineData(nameof(ColumnKind.FileList), """[{"code":"ann","name":"Ann"}]""")]
    [InlineData(nameof(ColumnKind.FileList), """[{"name":"Ann","c\u006fde":null}]""")]
    public void A_file_is_no_person_and_a_person_is_no_file(string kind, string value)
    {
        var record = Transcoded.By([new("担当", "担当", Enum.Parse<ColumnKind>(kind))], Page(Cell("担当", value, "X"))).Records[0];
        Assert.Equal("""{"担当":null}""", record["data"]!.ToJsonString(s_plain));
        Assert.Equal("担当", (string?)record["meta"]!["changes"]![0]!["field"]);
    }

    /// <summary>Nobody documents how somebody shows who was deleted.</summary>
    [Theory]
    [InlineData("null", "null")]
    [InlineData("{}", """{"code":null,"name":null}""")]
    [InlineData("""{"code":"","name":""}""", """{"code":"","name":""}""")]
    [InlineData("""{"code":"ann"}""", """{"code":"ann","name":null}""")]
    [InlineData("""{"name":"Ann","code":null}""", """{"code":null,"name":"Ann"}""")]
    public void Whatever_is_left_of_a_person_costs_neither_the_record_nor_the_others(string person, string expected)
    {
        Column one = new("作成者", "作成者", ColumnKind.Entity), many = new("担当", "担当", ColumnKind.EntityList);
        const string Other = """{"code":"bob","name":"Bob"}""";
        foreach (var type in new[] { "USER_SELECT", "ORGANIZATION_SELECT", "GROUP_SELECT", "STATUS_ASSIGNEE" })
            Assert.Equal($"{{\"担当\":[{Other},{expected},{Other}]}}", Data(many, Page(Cell("担当", $"[{Other},{person},{Other}]", type))));
        foreach (var type in new[] { "CREATOR", "MODIFIER" })
            Assert.Equal($"{{\"作成者\":{expected}}}", Data(one, Page(Cell("作成者", person, type))));
        var alone = Transcoded.By([many], Page(Cell("担当", $"[{person}]", "USER_SELECT"))).Records[0];
        Assert.DoesNotContain("changes", alone.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal("""{"作成者":null}""", Data(one, Page(Cell("更新者", Other, "MODIFIER"))));
    }

    [Fact]
    public void Nothing_else_is_found_by_its_type() =>
        Assert.Equal("""{"品名":null}""", Data(new("品名", "品名", ColumnKind.Text), Page(Cell("name", "\"x\"", "SINGLE_LINE_TEXT"))));

    /// <summary>A domain that calls it otherwise does so in every record: it must not cost the slow way.</summary>
    [Fact]
    public void Finding_it_by_its_type_costs_nothing()
    {
        var transcoder = Transcoded.Of([s_status]);
        Transcoded.By(transcoder, Encoding.UTF8.GetBytes(Page(Cell("Status", "\"処理中\""))));
        Assert.Equal(0, transcoder.UnusualRecords);
    }

    [Theory]
    [InlineData("+12", "12")]
    [InlineData("007", "7")]
    [InlineData("-0012.50", "-12.50")]
    [InlineData(".5", "0.5")]
    [InlineData("-.5", "-0.5")]
    [InlineData("5.", "5")]
    [InlineData("+00.10e+3", "0.10e+3")]
    [InlineData("0000", "0")]
    [InlineData("+12345678901234567890123456789.010", "12345678901234567890123456789.010")]
    [InlineData(".", "null")]
    [InlineData("+", "null")]
    [InlineData("--1", "null")]
    [InlineData("1e", "null")]
    [InlineData("1,000", "null")]
    [InlineData("１２", "null")]
    public void A_number_keeps_its_value_whatever_its_dress(string sent, string written)
    {
        var line = Transcoded.By([new("n", "n", ColumnKind.Number)], Page(Cell("n", $"\"{sent}\"", "NUMBER"))).Text;
        Assert.Contains($"\"data\":{{\"n\":{written}}}", line, StringComparison.Ordinal);
        Assert.Equal(written == "null", line.Contains("NULLED", StringComparison.Ordinal));
    }

    [Theory] // a time with as many characters as one, of the right kinds
    [InlineData("2024-01-02T-1:04:00Z")]
    [InlineData("2024-01-02T03:-4:00Z")]
    [InlineData("-024-01-02T03:04:00Z")]
    public void An_update_time_that_is_none_is_no_version(string sent) =>
        Assert.Equal(new(3, null), RecordVersion.Read("\"3\""u8, Encoding.UTF8.GetBytes($"\"{sent}\"")));

    [Fact]
    public void What_more_there_is_to_a_person_passes_through_in_one_order()
    {
        var creator = new Column("作成者", "作成者", ColumnKind.Entity);
        const string expected = """{"作成者":{"code":"sato","name":"佐藤","email":"s@example.com","valid":{"a":[1]}}}""";
        Assert.Equal(expected, Data(creator, Page(Cell("作成者", """{"code":"sato","name":"佐藤","email":"s@example.com","valid":{"a":[1]}}""", "CREATOR"))));
        Assert.Equal(expected, Data(creator, Page(Cell("作成者", """{"valid":{"a":[1]},"name":"佐藤","\u0065mail":"s@example.com","code":"sato"}""", "CREATOR"))));
    }
}
