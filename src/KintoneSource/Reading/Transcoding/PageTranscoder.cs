using System.Buffers.Text;

namespace KintoneSource.Reading.Transcoding;

/// <summary>
/// Turns the body of one <c>records.json</c> answer into the RECORD lines of all streams that hang on it, without objects on
/// the way: each value is found once, whatever number of lines it goes to. Cheap to make and reusable; keeps scratch space, so
/// that each worker has its own.
/// </summary>
/// <remarks>
/// A page that is printed as Kintone prints it is walked by <see cref="PrintedRecordScanner"/>. It never decides that
/// something is wrong: a record that looks otherwise goes to <see cref="ModelTranscoder"/>, and so does a page.
/// </remarks>
sealed class PageTranscoder
{
    readonly AbsentFields _absent;
    readonly ModelTranscoder _model;
    readonly PrintedRecordScanner _scanner;
    readonly PageLayout _layout;
    readonly LineWriter[] _lines;

    public PageTranscoder(PageLayout layout)
    {
        _absent = new(layout.Fields);
        _model = new(layout, _absent);
        _scanner = new(new(layout.Fields));
        _layout = layout;
        _lines = [.. layout.Streams.Select(static s => new LineWriter(s))];
    }

    /// <summary>Records that were left to the model since the transcoder was made: the slow ones.</summary>
    public long UnusualRecords { get; private set; }

    /// <summary>The codes of wanted fields that no record of the last page had; none of a page without records.</summary>
    public IEnumerable<string> AbsentFields => _absent.Codes;

    /// <summary>
    /// Appends each record's lines to those of each stream, and its <c>$id</c> to their ids, in the order they came. What does not
    /// fit its column is null, with a change in the line's <c>meta</c>. A line is valid JSON, holds no raw U+0085, U+2028 or U+2029, and is
    /// the same whatever order of properties and white space Kintone sent, and whatever other streams are made of the page.
    /// </summary>
    /// <exception cref="MalformedPageException">
    /// Not valid UTF-8 or JSON anywhere in the page, no records, a record without a valid <c>$id</c>, a property we rely on comes
    /// twice, or the rows or files that have lines of their own can't be read: to leave them out would look as if they were
    /// removed. The lines are as they were before.
    /// </exception>
    public PageSummary Transcode(ReadOnlySpan<byte> page, PageLines output)
    {
        var (count, unusual) = (output.Ids.Length, UnusualRecords);
        try
        {
            var text = PageText.Check(page);
            if (!text.HasControls)
            {
                if (TryWalk(page, text, output, out var walked)) return walked;
                output.Truncate(count);
            }
            var summary = _model.Transcode(page, output);
            UnusualRecords = unusual + summary.RecordCount;
            return summary;
        }
        catch (MalformedPageException)
        {
            output.Truncate(count);
            throw;
        }
    }

    /// <summary><c>{"records":[…],"totalCount":null}</c>; false if the page as a whole looks otherwise.</summary>
    bool TryWalk(ReadOnlySpan<byte> page, PageText text, PageLines output, out PageSummary summary)
    {
        summary = default;
        var first = output.Ids.Length;
        if (!page.StartsWith("{\"records\":["u8)) return false;
        _absent.Clear();
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
                at = Record(page, at, text, output);
                if ((uint)at >= (uint)page.Length) return false;
                var next = page[at++];
                if (next == ']') break;
                if (next != ',') return false;
            }
        }
        if (!TryReadTail(page[at..], out var total)) return false;
        summary = new(output.Ids.Length - first, total);
        return true;
    }

    int Record(ReadOnlySpan<byte> page, int at, PageText text, PageLines output)
    {
        var end = _scanner.Record(page, at);
        if (end >= 0)
        {
            if (TryWrite(page, text, output))
            {
                if (_layout.Revision >= 0) output.Versions.Add(RecordVersion.Read(Text(page, _layout.Revision), Text(page, _layout.UpdatedTime)));
                output.End(_scanner.Id);
                _absent.Note(_scanner.Slots);
                return end;
            }
            output.Truncate(output.Ids.Length);
        }
        UnusualRecords++;
        return _model.TranscodeRecord(page, at, output);
    }

    bool TryWrite(ReadOnlySpan<byte> page, PageText text, PageLines output)
    {
        for (var i = 0; i < _lines.Length; i++)
        {
            var lines = output.Streams[i];
            var start = lines.Bytes.Length;
            if (!_lines[i].TryWrite(page, _scanner.Slots, lines)) return false;
            if (text.HasSeparators && PageText.HoldsSeparators(lines.Bytes.WrittenSpan[start..])) return false;
        }
        return true;
    }

    ReadOnlySpan<byte> Text(ReadOnlySpan<byte> page, int field)
    {
        var slot = field < 0 ? default : _scanner.Slots[field];
        return slot.Start <= 0 ? default : page.Slice(slot.Start, slot.Length);
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
