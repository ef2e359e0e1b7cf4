using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using KintoneSource.Catalog;
using KintoneSource.Protocol;
using KintoneSource.Reading.Transcoding;

namespace KintoneSource.Tests.Reading.Transcoding;

/// <summary>Everything that transcoding a page leaves behind; null in its place is a page that was refused.</summary>
sealed record Transcoded(string Text, PageSummary Summary, string Ids)
{
    public static readonly RecordEnvelope Envelope = new(new("app_1_records"), DateTimeOffset.UnixEpoch);

    public string[] Lines => Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public JsonNode[] Records => [.. Lines.Select(static l => JsonNode.Parse(l)!["record"]!)];

    public static Transcoded By(PageTranscoder transcoder, byte[] page)
    {
        using var output = new PageBuffer(16);
        var ids = new List<long>();
        var summary = transcoder.Transcode(page, output, ids);
        return new(Encoding.UTF8.GetString(output.WrittenSpan), summary, string.Join(' ', ids));
    }

    public static Transcoded By(ImmutableArray<Column> columns, string page) => By(new(columns, Envelope), Encoding.UTF8.GetBytes(page));

    public static Transcoded? TryBy(PageTranscoder transcoder, byte[] page)
    {
        try { return By(transcoder, page); }
        catch (MalformedPageException) { return null; }
    }

    public static Transcoded? TryByModel(ImmutableArray<Column> columns, byte[] page)
    {
        if (!Utf8.IsValid(page)) return null;
        using var output = new PageBuffer(16);
        var ids = new List<long>();
        try
        {
            var summary = new ModelTranscoder(RecordLayout.Of(columns), Envelope).Transcode(page, output, ids);
            return new(Encoding.UTF8.GetString(output.WrittenSpan), summary, string.Join(' ', ids));
        }
        catch (MalformedPageException) { return null; }
    }
}
