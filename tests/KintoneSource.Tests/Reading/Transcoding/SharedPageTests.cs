using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using KintoneSource.Catalog;
using KintoneSource.Reading.Transcoding;

namespace KintoneSource.Tests.Reading.Transcoding;

/// <summary>One page, lines of several streams: each as it would be if it were alone, and both ways of transcoding the same.</summary>
[Trait("Duration", "long")]
public class SharedPageTests
{
    [Fact]
    public void Each_stream_is_what_it_would_be_alone() =>
        Gen.Select(Gen.Int, Gen.Bool).Sample(
            static (seed, mayBeOdd) =>
            {
                var page = new RandomPage(seed, mayBeOdd);
                var streams = page.Streams;
                var alone = streams.Select(s => Alone(s, page.Bytes)).ToArray();
                var together = Together(streams, page.Bytes);
                if (together is null) Assert.Contains(alone, static a => a is null);
                else Assert.Equal(alone, together);
            },
            iter: 4_000, print: static t => new RandomPage(t.Item1, t.Item2).ToString());

    [Fact]
    public void Equals_the_model_on_pages_of_every_kind() =>
        Gen.Select(Gen.Int, Gen.Bool).Sample(
            static (seed, mayBeOdd) =>
            {
                var page = new RandomPage(seed, mayBeOdd);
                AssertAsTheModel(page.Streams, page.Bytes, page.Bytes);
            },
            iter: 4_000, print: static t => new RandomPage(t.Item1, t.Item2).ToString());

    [Fact]
    public void Equals_the_model_on_mutated_pages() =>
        Gen.Select(Gen.Int, Gen.Bool, FastAgainstModelTests.AnyMutation.Array[1, 4]).Sample(
            static (seed, odd, mutations) =>
            {
                var page = new RandomPage(seed, odd);
                AssertAsTheModel(page.Streams, page.Bytes, FastAgainstModelTests.Mutate(page.Bytes, mutations));
            },
            iter: 6_000, print: static t => Encoding.UTF8.GetString(FastAgainstModelTests.Mutate(new RandomPage(t.Item1, t.Item2).Bytes, t.Item3)));

    [Fact]
    public void Rows_and_files_agree_with_an_obvious_implementation() =>
        Gen.Int.Sample(
            static seed =>
            {
                var page = new RandomPage(seed);
                foreach (var stream in page.Streams.Where(static s => s.Per != LinePer.Record))
                {
                    if (Alone(stream, page.Bytes) is not { } actual) continue;
                    var lines = actual.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static l => JsonNode.Parse(l)!["record"]!["data"]!);
                    Assert.Equal(Obvious(stream, JsonNode.Parse(page.Bytes)!["records"]!.AsArray()), lines.Select(Telling));
                }
            },
            iter: 2_000, print: static seed => new RandomPage(seed).ToString());

    /// <summary>What lets a table be taken for empty would bury its rows.</summary>
    [Theory]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("""[{"id":"1"}]""")]
    [InlineData("""[{"value":{}}]""")]
    [InlineData("""[{"id":"0","value":{}}]""")]
    [InlineData("""[{"id":"","value":{}}]""")]
    [InlineData("""[{"id":"x","value":{}}]""")]
    [InlineData("""[{"id":"1","value":{"添付":{"type":"FILE","value":"a.txt"}}}]""")]
    [InlineData("""[{"id":"1","value":{"添付":{"type":"FILE","value":[{"name":1}]}}}]""")]
    [InlineData("""[{"id":"1","value":{"添付":{"type":"FILE","value":[{"name":"a","name":"b"}]}}}]""")]
    public void A_table_that_can_not_be_read_is_refused_and_not_taken_for_an_empty_one(string table)
    {
        var page = Encoding.UTF8.GetBytes($$$"""{"records":[{"$id":{"type":"__ID__","value":"7"},"明細":{"type":"SUBTABLE","value":{{{table}}}}}]}""");
        Assert.Null(Together([PageStream.OfTable("明細", [], Transcoded.Envelope), PageStream.OfFiles([new("明細", "添付")], [], Transcoded.Envelope)], page));
    }

    [Theory]
    [InlineData("""{"type":"SUBTABLE","value":[]}""")]
    [InlineData("""{"type":"SUBTABLE","value":null}""")]
    [InlineData("""{"type":"SUBTABLE"}""")]
    public void A_table_that_is_empty_or_hidden_has_no_rows(string table)
    {
        var page = Encoding.UTF8.GetBytes($$$"""{"records":[{"明細":{{{table}}},"$id":{"type":"__ID__","value":"7"}}]}""");
        Assert.Equal(["/"], Together([PageStream.OfTable("明細", [], Transcoded.Envelope)], page)!.Select(static s => $"{s!.Text}/{s.Rows}"));
    }

    [Fact]
    public void Allocates_next_to_nothing_for_lines_of_many_streams()
    {
        var layout = PageLayout.Of(
        [
            PageStream.OfRecords(SamplePage.Columns, Transcoded.Envelope),
            PageStream.OfTable("明細", [new("数量", "数量", ColumnKind.Number) { Origin = ColumnOrigin.RowField }], Transcoded.Envelope),
            PageStream.OfFiles([new(null, "添付"), new("明細", "図面")], AppColumns.Attachments(new("1", []), true), Transcoded.Envelope),
        ], "更新日時", versioned: true);
        var record = SamplePage.Text["{\"records\":[".Length..SamplePage.Text.IndexOf(",{\"$id\"", StringComparison.Ordinal)];
        var page = Encoding.UTF8.GetBytes($"{{\"records\":[{string.Join(',', Enumerable.Repeat(record, 1_000))}]}}");
        var transcoder = new PageTranscoder(layout);
        using var output = new PageLines(3);
        long Once()
        {
            output.Clear();
            var before = GC.GetAllocatedBytesForCurrentThread();
            transcoder.Transcode(page, output);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
        Once();

        Assert.InRange(Once(), 0, 10_000);
        Assert.Equal((0, 1_000, 2_000, 2_000),
            (transcoder.UnusualRecords, output.Streams[0].CountOf(1_000), output.Streams[1].CountOf(1_000), output.Streams[2].CountOf(1_000)));
        Assert.Equal(new RecordVersion(3, new(2026, 5, 1, 3, 2, 0, TimeSpan.Zero)), output.Versions[0]);
    }

    /// <summary>The lines of one stream, and of which rows.</summary>
    sealed record Lines(string Text, string Rows);

    static Lines? Alone(PageStream stream, byte[] page) => Together([stream], page)?.Single();

    static Lines?[]? Together(ImmutableArray<PageStream> streams, byte[] page)
    {
        using var output = new PageLines(streams.Length, 16);
        try { new PageTranscoder(PageLayout.Of(streams, "更新日時", versioned: true)).Transcode(page, output); }
        catch (MalformedPageException) { return null; }
        var result = new Lines?[streams.Length];
        for (var i = 0; i < result.Length; i++)
        {
            var lines = output.Streams[i];
            var rows = streams[i].Per == LinePer.Record ? ""
                : string.Join(';', Enumerable.Range(0, output.Ids.Length).Select(r => string.Join(' ', lines.RowsOf(r).ToArray())));
            result[i] = new(Encoding.UTF8.GetString(lines.Bytes.WrittenSpan), rows);
        }
        return result;
    }

    static void AssertAsTheModel(ImmutableArray<PageStream> streams, byte[] before, byte[] page)
    {
        var layout = PageLayout.Of(streams, "更新日時", versioned: true);
        var transcoder = new PageTranscoder(layout);
        Transcoded.TryBy(transcoder, before, streams.Length); // knows what the page should look like
        Assert.Equal(Transcoded.TryByModel(layout, page), Transcoded.TryBy(transcoder, page, streams.Length));
    }

    static string Telling(JsonNode data) => string.Join(
        '|', new[] { Column.Id, Column.RowId, Column.RowNumber, Column.FileNumber, "field", "position", "fileKey", "name" }.Select(n =>
            data[n]?.ToJsonString()));

    static IEnumerable<string> Obvious(PageStream stream, JsonArray records)
    {
        foreach (var record in records)
        {
            var files = 0;
            var rows = record!["明細"] is JsonObject table && table["value"] is JsonArray list ? [.. list] : new List<JsonNode?>();
            if (stream.Per == LinePer.TableRow)
            {
                foreach (var (i, row) in rows.Index()) yield return Line(record, row, i + 1, 0, null, 0, null);
                continue;
            }
            foreach (var field in stream.Files)
            {
                foreach (var owner in field.Table is null ? [null] : rows)
                {
                    if ((owner is null ? record : owner["value"])![field.Field] is not JsonObject cell || cell["value"] is not JsonArray attached) continue;
                    foreach (var (i, file) in attached.Index()) yield return Line(record, owner, 0, ++files, field.Field, i + 1, file);
                }
            }
        }

        string Line(JsonNode record, JsonNode? row, int rowNumber, int fileNumber, string? field, int position, JsonNode? file)
        {
            var data = new JsonObject();
            foreach (var column in stream.Columns)
            {
                data[column.Name] = column.Origin switch
                {
                    ColumnOrigin.RowId => row is null ? null : JsonNode.Parse(row["id"]!.ToString()),
                    ColumnOrigin.RowNumber => rowNumber,
                    ColumnOrigin.FileNumber => fileNumber,
                    ColumnOrigin.FileField => field,
                    ColumnOrigin.FilePosition => position,
                    ColumnOrigin.FileKey => file!["fileKey"]?.DeepClone(),
                    ColumnOrigin.FileName => file!["name"]?.DeepClone(),
                    _ when column.Name == Column.Id => JsonNode.Parse(record["$id"]!["value"]!.GetValue<string>()),
                    _ => null,
                };
            }
            return Telling(PageOracle.AsText(data)!);
        }
    }
}
