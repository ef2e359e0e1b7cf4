using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using KintoneSource.Catalog;
using KintoneSource.Reading.Transcoding;
using KintoneSource.Testing;

namespace KintoneSource.Tests.Reading.Transcoding;

public class PageTranscoderTests
{
    [Fact]
    public void Agrees_with_an_obvious_implementation() =>
        Gen.Int.Sample(
            static seed =>
            {
                var page = new RandomPage(seed);
                var expected = PageOracle.Read(page.Bytes, page.Columns);

                var actual = Transcoded.By(Transcoded.Of(page.Columns), page.Bytes);

                var records = actual.Records;
                Assert.Equal(expected.Select(static e => e.Data), records.Select(static r => r["data"]!.ToJsonString()));
                Assert.Equal(expected.Select(static e => e.Changes), records.Select(Changes));
                Assert.Equal(string.Join(' ', expected.Select(static e => e.Id)), actual.Ids);
                Assert.Equal(expected.Length, actual.Summary.RecordCount);
                Assert.Equal((string?)JsonNode.Parse(page.Bytes)!["totalCount"],
                    actual.Summary.TotalCount?.ToString(System.Globalization.CultureInfo.InvariantCulture));
            },
            iter: 1_500, print: static seed => new RandomPage(seed).ToString());

    static string[] Changes(JsonNode record) => record["meta"] is null ? [] :
        [.. record["meta"]!["changes"]!.AsArray().Select(static c =>
        {
            Assert.Equal(("NULLED", "SOURCE_SERIALIZATION_ERROR"), ((string)c!["change"]!, (string)c["reason"]!));
            return (string)c["field"]!;
        })];

    [Fact]
    public void A_line_holds_nothing_that_a_reader_of_lines_could_cut_at() =>
        Gen.Int.Sample(
            static seed =>
            {
                var page = new RandomPage(seed);
                var actual = Transcoded.By(Transcoded.Of(page.Columns), page.Bytes);
                Assert.Equal(actual.Summary.RecordCount, actual.Text.Split(["\n", "\r", "\u0085", "\u2028", "\u2029"], StringSplitOptions.None).Length - 1);
            },
            iter: 500, print: static seed => new RandomPage(seed).ToString());

    [Fact]
    public async Task Every_kind_of_column() =>
        await Verifier.Verify(Transcoded.By(SamplePage.Columns, SamplePage.Text).Text, "jsonl");

    [Fact]
    public void Appends_to_what_is_there_and_leaves_it_alone_when_it_refuses()
    {
        using var output = new PageLines(1);
        var transcoder = Transcoded.Of([new("id", "$id", ColumnKind.Integer)]);
        var good = """{"records":[{"$id":{"type":"__ID__","value":"5"}}],"totalCount":null}"""u8.ToArray();

        transcoder.Transcode(good, output);
        var before = output.Streams[0].Bytes.WrittenSpan.ToArray();
        var e = Assert.Throws<MalformedPageException>(() => transcoder.Transcode(good.AsSpan(0, good.Length - 1), output));
        Assert.Equal(before, output.Streams[0].Bytes.WrittenSpan.ToArray());
        Assert.Equal([5], output.Ids);
        Assert.Equal(good.Length - 1, e.Offset);

        transcoder.Transcode(good, output);
        Assert.Equal([.. before, .. before], output.Streams[0].Bytes.WrittenSpan.ToArray());
        Assert.Equal([5, 5], output.Ids);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("<html>")]
    [InlineData("""{"records":null}""")]
    [InlineData("""{"records":[1]}""")]
    [InlineData("""{"records":[{}]}""")]
    [InlineData("""{"records":[]}x""")]
    [InlineData("""{"records":[],}""")]
    [InlineData("""{"records":[],"records":[]}""")]
    [InlineData("""{"records":[],"totalCount":"1","totalCount":"1"}""")]
    [InlineData("""{"records":[],"totalCount":"one"}""")]
    [InlineData("""{"records":[],"totalCount":"-1"}""")]
    [InlineData("""{"records":[{"$id":"1"}]}""")]
    [InlineData("""{"records":[{"$id":{"type":"__ID__"}}]}""")]
    [InlineData("""{"records":[{"$id":{"type":"__ID__","value":null}}]}""")]
    [InlineData("""{"records":[{"$id":{"type":"__ID__","value":""}}]}""")]
    [InlineData("""{"records":[{"$id":{"type":"__ID__","value":"0"}}]}""")]
    [InlineData("""{"records":[{"$id":{"type":"__ID__","value":"-1"}}]}""")]
    [InlineData("""{"records":[{"$id":{"type":"__ID__","value":"01"}}]}""")]
    [InlineData("""{"records":[{"$id":{"type":"__ID__","value":"1x"}}]}""")]
    [InlineData("""{"records":[{"$id":{"type":"__ID__","value":"9223372036854775808"}}]}""")]
    [InlineData("""{"records":[{"$id":{"type":"__ID__","value":"1"},"$id":{"type":"__ID__","value":"1"}}]}""")]
    [InlineData("""{"records":[{"$id":{"type":"__ID__","value":"1","value":"1"}}]}""")]
    [InlineData("""{"records":[{"$id":{"type":"__ID__","value":"1"},"a":{},"a":{}}]}""")]
    [InlineData("""{"records":[{"$id":{"type":"__ID__","value":"1"},"t":{"type":"SUBTABLE","value":[{"id":"1","id":"2","value":{}}]}}]}""")]
    [InlineData("{\"records\":[{\"$id\":{\"type\":\"__ID__\",\"value\":\"1\"},\"x\":{\"type\":\"T\",\"value\":\"\n\"}}]}")]
    [InlineData("""{"records":[{"$id":{"type":"__ID__","value":"1"},"x":{"type":"T","value":"\x"}}]}""")]
    [InlineData("""{"records":[{"$id":{"type":"__ID__","value":"1"},"x":{"type":"T","value":"\u12"}}]}""")]
    [InlineData("""{"records":[{"$id":{"type":"__ID__","value":"1"},"x":{"type":"T","value":01}}]}""")]
    [InlineData("""{"records":[{"$id":{"type":"__ID__","value":"1"}},]}""")]
    [InlineData("""{"records":[{"$id":{"type":"__ID__","value":"1"}} {"$id":{"type":"__ID__","value":"1"}}]}""")]
    public void Refuses(string page) =>
        Assert.Throws<MalformedPageException>(() => Transcoded.By([new("a", "a", ColumnKind.Text), new("t", "t", ColumnKind.Table)], page));

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Says_where_the_text_stops_being_one(int before)
    {
        byte[] page = [.. Encoding.UTF8.GetBytes("{\"x\":\"" + new string('あ', before)), 0xE3, 0x81, (byte)'"', .. "}"u8];
        var e = Assert.Throws<MalformedPageException>(() => Transcoded.By(Transcoded.Of([]), page));
        Assert.Equal(6 + (3 * before), e.Offset);
    }

    [Theory]
    [InlineData("\\ud83d", "\\ufffd")]
    [InlineData("\\ud83dx\\udc4e", "\\ufffdx\\ufffd")]
    [InlineData("\\ud83d\\ud83d\\udc4e", "\\ufffd\\ud83d\\udc4e")]
    [InlineData("\\ud83d\\n", "\\ufffd\\n")]
    [InlineData("\\uD83C\\uDF4E", "\\uD83C\\uDF4E")]
    [InlineData("\\\\ud83d", "\\\\ud83d")]
    [InlineData("a\\u0000b", "a\\ufffdb")]
    [InlineData("\\u0001\\u1000", "\\u0001\\u1000")]
    [InlineData("\\u2028\u2028\u0085", "\\u2028\\u2028\\u0085")]
    public void Text_is_copied_with_its_escapes_but_what_is_no_text_is_replaced(string sent, string written)
    {
        var actual = Transcoded.By(
            [new("a", "a", ColumnKind.Text), new("b", "b", ColumnKind.Any)],
            PageOf($"\"a\":{{\"type\":\"T\",\"value\":\"{sent}\"}},\"b\":{{\"type\":\"T\",\"value\":[\"{sent}\"]}}"));
        Assert.Contains($"\"data\":{{\"a\":\"{written}\",\"b\":[\"{written}\"]}}", actual.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_field_code_that_is_half_a_surrogate_pair_is_a_field_nobody_asked_for()
    {
        var actual = Transcoded.By([new("a", "a", ColumnKind.Text)], """{"records":[{"\ud83d":{"type":"T","value":"x"},"$id":{"type":"__ID__","value":"1"}}]}""");
        Assert.Equal("""{"a":null}""", actual.Records[0]["data"]!.ToJsonString());
    }

    [Fact]
    public void Nesting_up_to_the_readers_limit_passes_and_beyond_is_refused()
    {
        static string Page(int depth) => PageOf($"\"x\":{{\"type\":\"T\",\"value\":{new string('[', depth)}{new string(']', depth)}}}");
        Assert.Equal(1, Transcoded.By([], Page(60)).Summary.RecordCount);
        Assert.Throws<MalformedPageException>(() => Transcoded.By([], Page(61)));
        Assert.Equal(1, Transcoded.By([new("x", "x", ColumnKind.Any)], Page(60)).Summary.RecordCount);
    }

    static string PageOf(string fields) => "{\"records\":[{\"$id\":{\"type\":\"__ID__\",\"value\":\"1\"}," + fields + "}]}";
}
