using System.Text.Json;

namespace KintoneSource.Reading.Transcoding;

/// <summary>
/// A page transcoded by the book, with <see cref="Utf8JsonReader"/>: what <see cref="PageTranscoder"/> must
/// equal, and the way it takes for everything that does not look as usual. Expects valid UTF-8.
/// </summary>
/// <param name="absent">Is told what each record has; null where nobody asks.</param>
sealed class ModelTranscoder(PageLayout layout, AbsentFields? absent = null)
{
    /// <summary>Depth that <see cref="Utf8JsonReader"/> allows by default, minus the page's object and array.</summary>
    const int RecordDepth = 62;

    readonly ModelRecord _record = new(layout, absent);

    /// <exception cref="MalformedPageException">What was written by then stays in the output.</exception>
    public PageSummary Transcode(ReadOnlySpan<byte> page, PageLines output)
    {
        var first = output.Ids.Length;
        var reader = new Utf8JsonReader(page);
        try
        {
            absent?.Clear();
            var total = ReadPage(ref reader, page, output);
            return new(output.Ids.Length - first, total);
        }
        catch (JsonException e) when (e is not MalformedPageException)
        {
            throw new MalformedPageException("not valid JSON", reader.BytesConsumed, page.Length, e);
        }
    }

    /// <summary>Transcodes the one record whose brace is at <paramref name="start"/>; returns where it ends.</summary>
    public int TranscodeRecord(ReadOnlySpan<byte> page, int start, PageLines output)
    {
        var reader = new Utf8JsonReader(page[start..], new JsonReaderOptions { MaxDepth = RecordDepth });
        try
        {
            reader.Read();
            _record.Transcode(ref reader, page, start, output);
            return start + (int)reader.BytesConsumed;
        }
        catch (JsonException e) when (e is not MalformedPageException)
        {
            throw new MalformedPageException("not valid JSON", start + reader.BytesConsumed, page.Length, e);
        }
    }

    long? ReadPage(ref Utf8JsonReader reader, ReadOnlySpan<byte> page, PageLines output)
    {
        var (seenRecords, seenTotal) = (false, false);
        long? total = null;
        reader.Read();
        Demand(reader.TokenType == JsonTokenType.StartObject, "the answer is not an object", reader, page);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (JsonName.Equals(reader, "records"u8))
            {
                Demand(!seenRecords, "\"records\" comes twice", reader, page);
                seenRecords = true;
                reader.Read();
                Demand(reader.TokenType == JsonTokenType.StartArray, "\"records\" is not an array", reader, page);
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    Demand(reader.TokenType == JsonTokenType.StartObject, "a record is not an object", reader, page);
                    _record.Transcode(ref reader, page, 0, output);
                }
            }
            else if (JsonName.Equals(reader, "totalCount"u8))
            {
                Demand(!seenTotal, "\"totalCount\" comes twice", reader, page);
                seenTotal = true;
                reader.Read();
                total = ModelSpan.Integer(reader);
                Demand(total >= 0 || reader.TokenType == JsonTokenType.Null, "\"totalCount\" is not a number", reader, page);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
        while (reader.Read()) { } // the reader refuses whatever follows the object, and an object that is not closed
        Demand(seenRecords, "there are no \"records\"", reader, page);
        return total;
    }

    static void Demand(bool condition, string otherwise, in Utf8JsonReader reader, ReadOnlySpan<byte> page)
    {
        if (!condition) throw new MalformedPageException(otherwise, reader.TokenStartIndex, page.Length);
    }
}
