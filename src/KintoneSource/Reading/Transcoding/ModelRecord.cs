using System.Buffers.Text;
using System.Text.Json;
using KintoneSource.Catalog;
using KintoneSource.Protocol;

namespace KintoneSource.Reading.Transcoding;

/// <summary>
/// One record, in two steps: where each wanted field's value stands in the page, then the columns in their
/// own order. A property we rely on that comes twice has no one meaning: such a page is refused.
/// </summary>
sealed class ModelRecord(RecordLayout layout, RecordEnvelope envelope)
{
    readonly List<byte[]> _changes = [];
    Span[] _spans = new Span[64]; // a stack: the record's fields, then those of the row in hand

    public int NulledValues { get; set; }

    /// <summary>Where a value stands in the page; the default is a field that is not there.</summary>
    readonly record struct Span(int Start, int End);

    static readonly Span s_odd = new(-1, -1); // a field that is no object: fits nothing
    static readonly Span s_noValue = new(-2, -2); // a field without a value: null

    /// <summary>From a record's first token to its last; returns its id.</summary>
    /// <param name="origin">Where in the page the reader began.</param>
    public long Transcode(ref Utf8JsonReader reader, ReadOnlySpan<byte> page, int origin, PageBuffer output)
    {
        var start = origin + reader.TokenStartIndex;
        _changes.Clear();
        ReadFields(ref reader, page, origin, layout, 0);
        var id = Id(page, start);

        output.Write(envelope.Prefix);
        output.Write((byte)'{');
        WriteColumns(page, layout, 0, output, first: true);
        output.Write((byte)'}');
        output.Write(envelope.EmittedAt);
        if (_changes.Count == 0) output.Write(RecordEnvelope.End);
        else WriteChanges(output);
        return id;
    }

    /// <summary>The integer that a string or number token holds; null if it is anything else.</summary>
    public static long? Integer(ref Utf8JsonReader reader) =>
        reader.TokenType is JsonTokenType.String or JsonTokenType.Number && TextShape.IsInteger(reader.ValueSpan)
        && Utf8Parser.TryParse(reader.ValueSpan, out long value, out var length) && length == reader.ValueSpan.Length
            ? value : null;

    long Id(ReadOnlySpan<byte> page, long record)
    {
        var span = _spans[RecordLayout.IdField];
        if (span.Start > 0)
        {
            var reader = ReaderOf(page, span);
            if (Integer(ref reader) is > 0 and var id) return id;
        }
        throw new MalformedPageException("a record has no valid $id", record, page.Length);
    }

    /// <summary>From the start of <c>{code: {type, value}, …}</c> to its end.</summary>
    void ReadFields(ref Utf8JsonReader reader, ReadOnlySpan<byte> page, int origin, RecordLayout fields, int bottom)
    {
        if (_spans.Length < bottom + fields.FieldCount) Array.Resize(ref _spans, Math.Max(bottom + fields.FieldCount, 2 * _spans.Length));
        _spans.AsSpan(bottom, fields.FieldCount).Clear();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var field = JsonName.Find(fields, reader);
            if (field >= 0 && _spans[bottom + field] != default) throw Twice(reader, page, origin);
            reader.Read();
            if (field < 0) reader.Skip();
            else _spans[bottom + field] = ReadField(ref reader, page, origin);
        }
    }

    /// <summary>From the start of <c>{type, value}</c> to its end; a field without a value is null.</summary>
    static Span ReadField(ref Utf8JsonReader reader, ReadOnlySpan<byte> page, int origin)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return s_odd;
        }
        var value = s_noValue;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var wanted = JsonName.Equals(reader, "value"u8);
            if (wanted && value != s_noValue) throw Twice(reader, page, origin);
            reader.Read();
            var start = reader.TokenStartIndex;
            reader.Skip();
            if (wanted) value = new(origin + (int)start, origin + (int)reader.BytesConsumed);
        }
        return value;
    }

    void WriteColumns(ReadOnlySpan<byte> page, RecordLayout fields, int bottom, PageBuffer output, bool first)
    {
        foreach (var column in fields.Columns)
        {
            if (!first) output.Write((byte)',');
            first = false;
            output.Write(column.Label);
            var start = output.Length;
            if (!TryWrite(page, column, bottom, fields.FieldCount, output))
            {
                output.Truncate(start);
                WriteNulled(column.Path, output);
            }
        }
    }

    /// <summary>Writes the value of a column; false, with something half written, if it does not fit.</summary>
    bool TryWrite(ReadOnlySpan<byte> page, ColumnLayout column, int bottom, int fieldCount, PageBuffer output)
    {
        var span = column.Field < 0 ? default : _spans[bottom + column.Field];
        if (span == s_odd) return false;
        var value = span.Start > 0 ? ReaderOf(page, span) : default;
        if (value.TokenType is JsonTokenType.None or JsonTokenType.Null)
        {
            output.Write("null"u8);
            return true;
        }
        return column.Kind == ColumnKind.Table
            ? TryWriteRows(ref value, page, span.Start, column, bottom + fieldCount, output)
            : ModelValue.TryWrite(ref value, column.Kind, output);
    }

    bool TryWriteRows(ref Utf8JsonReader reader, ReadOnlySpan<byte> page, int origin, ColumnLayout column, int bottom, PageBuffer output)
    {
        var (changes, nulled) = (_changes.Count, NulledValues);
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            output.Write((byte)'[');
            for (var first = true; reader.Read() && reader.TokenType == JsonTokenType.StartObject; first = false)
            {
                if (!first) output.Write((byte)',');
                if (!TryWriteRow(ref reader, page, origin, column.Rows!, bottom, output)) break;
            }
            output.Write((byte)']');
            if (reader.TokenType == JsonTokenType.EndArray) return true;
        }
        _changes.RemoveRange(changes, _changes.Count - changes); // the table as a whole is what did not fit
        NulledValues = nulled;
        return false;
    }

    /// <summary>From the start of <c>{id, value: {code: {type, value}, …}}</c> to its end.</summary>
    bool TryWriteRow(ref Utf8JsonReader reader, ReadOnlySpan<byte> page, int origin, RecordLayout row, int bottom, PageBuffer output)
    {
        Span id = default, value = default;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (isId, isValue) = (JsonName.Equals(reader, "id"u8), JsonName.Equals(reader, "value"u8));
            if ((isId && id != default) || (isValue && value != default)) throw Twice(reader, page, origin);
            reader.Read();
            var start = reader.TokenStartIndex;
            reader.Skip();
            var span = new Span(origin + (int)start, origin + (int)reader.BytesConsumed);
            if (isId) id = span;
            if (isValue) value = span;
        }

        if (value == default) return false;
        var fields = ReaderOf(page, value);
        if (fields.TokenType != JsonTokenType.StartObject) return false;
        ReadFields(ref fields, page, value.Start, row, bottom);

        output.Write((byte)'{');
        output.Write(RowIdLabel);
        WriteRowId(page, id, row, output);
        WriteColumns(page, row, bottom, output, first: false);
        output.Write((byte)'}');
        return true;
    }

    public static ReadOnlySpan<byte> RowIdLabel => "\"_kintone_row_id\":"u8;

    void WriteRowId(ReadOnlySpan<byte> page, Span id, RecordLayout row, PageBuffer output)
    {
        var reader = id == default ? default : ReaderOf(page, id);
        if (reader.TokenType is JsonTokenType.None or JsonTokenType.Null) output.Write("null"u8);
        else if (!ModelValue.TryWrite(ref reader, ColumnKind.Integer, output)) WriteNulled(row.RowIdPath, output);
    }

    void WriteNulled(byte[] path, PageBuffer output)
    {
        output.Write("null"u8);
        NulledValues++;
        if (!_changes.Contains(path)) _changes.Add(path); // once per column, however many rows of a table it concerns
    }

    void WriteChanges(PageBuffer output)
    {
        output.Write(RecordEnvelope.MetaOpen);
        for (var i = 0; i < _changes.Count; i++)
        {
            output.Write(i == 0 ? "{\"field\":"u8 : ",{\"field\":"u8);
            output.Write(_changes[i]);
            output.Write(",\"change\":\"NULLED\",\"reason\":\"SOURCE_SERIALIZATION_ERROR\"}"u8);
        }
        output.Write(RecordEnvelope.MetaEnd);
    }

    static Utf8JsonReader ReaderOf(ReadOnlySpan<byte> page, Span span)
    {
        var reader = new Utf8JsonReader(page[span.Start..span.End]);
        reader.Read();
        return reader;
    }

    static MalformedPageException Twice(in Utf8JsonReader reader, ReadOnlySpan<byte> page, int origin) =>
        new("a property comes twice", origin + reader.TokenStartIndex, page.Length);
}
