using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using KintoneSource.Catalog;
using KintoneSource.Protocol;
using KintoneSource.Reading.Transcoding;

namespace KintoneSource.Tests.Reading.Transcoding;

/// <summary>Everything that transcoding a page leaves behind; null in its place is a page that was refused.</summary>
/// <param name="Text">The lines, stream by stream.</param>
/// <param name="Rows">How many lines each record has in each stream, and the rows that they are of.</param>
sealed record Transcoded(string Text, PageSummary Summary, string Ids, string Rows)
{
    public static readonly RecordEnvelope Envelope = new(new("app_1_records"), DateTimeOffset.UnixEpoch);

    public string[] Lines => Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public JsonNode[] Records => [.. Lines.Select(static l => JsonNode.Parse(l)!["record"]!)];

    public static PageLayout LayoutOf(ImmutableArray<Column> columns) => PageLayout.Of([PageStream.OfRecords(columns, Envelope)]);

    /// <summary>A transcoder of one stream of records.</summary>
    public static PageTranscoder Of(ImmutableArray<Column> columns) => new(LayoutOf(columns));

    public static Transcoded By(PageTranscoder transcoder, byte[] page, int streams = 1)
    {
        using var output = new PageLines(streams, 16);
        return Of(output, transcoder.Transcode(page, output));
    }

    public static Transcoded By(ImmutableArray<Column> columns, string page) => By(Of(columns), Encoding.UTF8.GetBytes(page));

    public static Transcoded? TryBy(PageTranscoder transcoder, byte[] page, int streams = 1)
    {
        try { return By(transcoder, page, streams); }
        catch (MalformedPageException) { return null; }
    }

    public static Transcoded? TryByModel(ImmutableArray<Column> columns, byte[] page) => TryByModel(LayoutOf(columns), page);

    public static Transcoded? TryByModel(PageLayout layout, byte[] page)
    {
        if (!Utf8.IsValid(page)) return null;
        using var output = new PageLines(layout.Streams.Length, 16);
        try { return Of(output, new ModelTranscoder(layout).Transcode(page, output)); }
        catch (MalformedPageException) { return null; }
    }

    static Transcoded Of(PageLines lines, PageSummary summary)
    {
        var (text, rows) = (new StringBuilder(), new StringBuilder());
        foreach (var stream in lines.Streams)
        {
            text.Append(Encoding.UTF8.GetString(stream.Bytes.WrittenSpan));
            for (var i = 0; i < lines.Ids.Length; i++)
            {
                var isOfRecords = stream.CountOf(lines.Ids.Length) == lines.Ids.Length && stream.CountOf(i + 1) == i + 1;
                Assert.Equal(stream.CountOf(i + 1), Encoding.UTF8.GetString(stream.Of(0, i + 1).Span).Count(static c => c == '\n'));
                rows.Append(isOfRecords ? "1" : string.Join(' ', stream.RowsOf(i).ToArray())).Append(';');
            }
            rows.Append('\n');
        }
        rows.AppendJoin(';', lines.Versions);
        return new(text.ToString(), summary, string.Join(' ', lines.Ids.ToArray()), rows.ToString());
    }
}
