using System.Buffers.Text;
using System.Collections.Immutable;
using KintoneSource.Catalog;
using KintoneSource.Protocol;

namespace KintoneSource.Reading.Transcoding;

/// <summary>
/// Turns the body of one <c>records.json</c> answer into RECORD lines, without objects on the way. Cheap to
/// make and reusable; keeps scratch space, so that each worker has its own.
/// </summary>
/// <remarks>
/// A page that is printed as Kintone prints it is walked by <see cref="LayoutScanner"/>. It never decides that
/// something is wrong: a record that looks otherwise goes to <see cref="ModelTranscoder"/>, and so does a page.
/// </remarks>
sealed class PageTranscoder
{
    readonly ModelTranscoder _model;
    readonly LayoutScanner _scanner;
    readonly LineWriter _lines;

    /// <param name="columns">What a line's data holds, in this order whatever order Kintone sent.</param>
    public PageTranscoder(ImmutableArray<Column> columns, RecordEnvelope envelope)
    {
        var layout = RecordLayout.Of(columns);
        _model = new(layout, envelope);
        _scanner = new(new(layout));
        _lines = new(layout, envelope);
    }

    /// <summary>Records that were left to the model since the transcoder was made: the slow ones.</summary>
    public long UnusualRecords { get; private set; }

    /// <summary>
    /// Appends a line per record to <paramref name="output"/> and each record's <c>$id</c> to
    /// <paramref name="ids"/>, in the order they came. What does not fit its column is null, with a change in
    /// the record's <c>meta</c>. A line is valid JSON, holds no raw U+0085, U+2028 or U+2029, and is the same
    /// whatever order of properties and white space Kintone sent.
    /// </summary>
    /// <exception cref="MalformedPageException">
    /// Not valid UTF-8 or JSON anywhere in the page, no records, a record without a valid <c>$id</c>, or a
    /// property we rely on comes twice. Output and ids are as they were before.
    /// </exception>
    public PageSummary Transcode(ReadOnlySpan<byte> page, PageBuffer output, List<long> ids)
    {
        var (length, count, unusual) = (output.Length, ids.Count, UnusualRecords);
        try
        {
            var text = PageText.Check(page);
            if (!text.HasControls)
            {
                if (TryWalk(page, text, output, ids, out var walked)) return walked;
                output.Truncate(length);
                ids.RemoveRange(count, ids.Count - count);
            }
            var summary = _model.Transcode(page, output, ids);
            UnusualRecords = unusual + summary.RecordCount;
            return summary;
        }
        catch (MalformedPageException)
        {
            output.Truncate(length);
            ids.RemoveRange(count, ids.Count - count);
            throw;
        }
    }

    /// <summary><c>{"records":[…],"totalCount":null}</c>; false if the page as a whole looks otherwise.</summary>
    bool TryWalk(ReadOnlySpan<byte> page, PageText text, PageBuffer output, List<long> ids, out PageSummary summary)
    {
        summary = default;
        var (first, nulled) = (ids.Count, 0);
        if (!page.StartsWith("{\"records\":["u8)) return false;
        var at = "{\"records\":[".Length;
        if (page[at..] is [(byte)']', ..])
        {
            at++;
        }
        else
        {
            while (true)
            {
                if (page[at..] is not [(byte)'{', ..]) return false;
                at = Record(page, at, text, output, ids, ref nulled);
                if ((uint)at >= (uint)page.Length) return false;
                var next = page[at++];
                if (next == ']') break;
                if (next != ',') return false;
            }
        }
        if (!TryReadTail(page[at..], out var total)) return false;
        var some = ids.Count > first;
        summary = new(ids.Count - first, some ? ids[first] : 0, some ? ids[^1] : 0, total, nulled);
        return true;
    }

    int Record(ReadOnlySpan<byte> page, int at, PageText text, PageBuffer output, List<long> ids, ref int nulled)
    {
        var end = _scanner.Record(page, at);
        if (end >= 0)
        {
            var start = output.Length;
            _lines.Write(page, _scanner.Slots, output);
            if (!text.HasSeparators || !PageText.HoldsSeparators(output.WrittenSpan[start..]))
            {
                ids.Add(_scanner.Id);
                return end;
            }
            output.Truncate(start);
        }
        UnusualRecords++;
        return _model.TranscodeRecord(page, at, output, ids, ref nulled);
    }

    /// <summary>What follows the records: the count or nothing, and the end.</summary>
    static bool TryReadTail(ReadOnlySpan<byte> tail, out long? total)
    {
        total = null;
        if (tail.SequenceEqual("}"u8) || tail.SequenceEqual(",\"totalCount\":null}"u8)) return true;
        if (!tail.StartsWith(",\"totalCount\":\""u8)) return false;
        tail = tail[",\"totalCount\":\"".Length..];
        if (!tail.EndsWith("\"}"u8)) return false;
        tail = tail[..^"\"}".Length];
        if (!TextShape.IsInteger(tail) || !Utf8Parser.TryParse(tail, out long count, out _) || count < 0) return false;
        total = count;
        return true;
    }
}
