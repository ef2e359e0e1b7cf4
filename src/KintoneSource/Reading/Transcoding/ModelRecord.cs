using System.Buffers.Text;
using System.Text.Json;
using KintoneSource.Catalog;
using KintoneSource.Protocol;

namespace KintoneSource.Reading.Transcoding;

/// <summary>
/// One record, in two steps: where each wanted field's value stands in the page, then each stream's lines with the columns in
/// their own order. A property we rely on that comes twice has no one meaning: such a page is refused.
/// </summary>
/// <param name="absent">Is told what each record has; null where nobody asks.</param>
sealed class ModelRecord(PageLayout layout, AbsentFields? absent)
{
    readonly List<byte[]> _changes = [];
    readonly Dictionary<int, Span> _renamed = []; // cells that only their type tells, by field
    Span[] _spans = new Span[64]; // a stack: the record's fields, then those of the row in hand

    /// <summary>Where a value stands in the page; the default is a field that is not there.</summary>
    readonly record struct Span(int Start, int End);

    static readonly Span s_odd = new(-1, -1); // a field that is no object: fits nothing
    static readonly Span s_noValue = new(-2, -2); // a field without a value: null

    /// <summary>Where the values of the line in hand stand, beside those of its record.</summary>
    readonly record struct Line(Span RowId, int RowNumber, ModelFile File, int FileNumber, int Position, byte[] FileField);

    readonly record struct ModelFile(Span Key, Span Name, Span ContentType, Span Size);

    /// <summary>From a record's first token to its last.</summary>
    /// <param name="origin">Where in the page the reader began.</param>
    public void Transcode(ref Utf8JsonReader reader, ReadOnlySpan<byte> page, int origin, PageLines output)
    {
        var start = origin + reader.TokenStartIndex;
        ReadFields(ref reader, page, origin, layout.Fields, 0);
        var id = Id(page, start);
        for (var i = 0; i < layout.Streams.Length; i++)
        {
            var (stream, lines) = (layout.Streams[i], output.Streams[i]);
            if (stream.Per == LinePer.Record)
            {
                WriteLine(page, stream, default, layout.Fields.Count, lines.Bytes);
                lines.EndLine(0, _changes.Count);
            }
            else if (stream.Per == LinePer.TableRow)
            {
                WriteTableRows(page, stream, start, lines);
            }
            else
            {
                WriteFiles(page, stream, start, lines);
            }
        }
        if (layout.Revision >= 0) output.Versions.Add(RecordVersion.Read(Text(page, layout.Revision), Text(page, layout.UpdatedTime)));
        output.End(id);
    }

    void WriteLine(ReadOnlySpan<byte> page, LineLayout stream, in Line line, int free, PageBuffer output)
    {
        _changes.Clear();
        output.Write(stream.Envelope.Prefix);
        output.Write((byte)'{');
        for (var i = 0; i < stream.Columns.Length; i++)
        {
            if (i > 0) output.Write((byte)',');
            var column = stream.Columns[i];
            output.Write(column.Label);
            switch (column.Origin)
            {
                case ColumnOrigin.Field: WriteColumn(page, column, 0, free, output); break;
                case ColumnOrigin.RowField: WriteColumn(page, column, layout.Fields.Count, free, output); break;
                case ColumnOrigin.RowId: WriteKnown(page, line.RowId, ColumnKind.Integer, output); break;
                case ColumnOrigin.RowNumber: WriteNumber(line.RowNumber, output); break;
                case ColumnOrigin.FileNumber: WriteNumber(line.FileNumber, output); break;
                case ColumnOrigin.FilePosition: WriteNumber(line.Position, output); break;
                case ColumnOrigin.FileField: output.Write(line.FileField); break;
                case ColumnOrigin.FileKey: WriteKnown(page, line.File.Key, ColumnKind.Text, output); break;
                case ColumnOrigin.FileName: WriteKnown(page, line.File.Name, ColumnKind.Text, output); break;
                case ColumnOrigin.FileContentType: WriteKnown(page, line.File.ContentType, ColumnKind.Text, output); break;
                case ColumnOrigin.FileSize: WriteKnown(page, line.File.Size, ColumnKind.Integer, output); break;
            }
        }
        output.Write((byte)'}');
        output.Write(stream.Envelope.EmittedAt);
        if (_changes.Count == 0) output.Write(RecordEnvelope.End);
        else WriteChanges(output);
    }

    void WriteTableRows(ReadOnlySpan<byte> page, LineLayout stream, long record, StreamLines lines)
    {
        var rows = layout.Fields.RowsOf(stream.Table)!;
        var number = 0;
        var table = ListOf(page, stream.Table, 0, record);
        while (Next(ref table.Reader))
        {
            var row = ReadRow(ref table, page, rows, record);
            WriteLine(page, stream, new(row.Span, ++number, default, 0, 0, []), layout.Fields.Count + rows.Count, lines.Bytes);
            lines.EndLine(row.Id, _changes.Count);
        }
    }

    void WriteFiles(ReadOnlySpan<byte> page, LineLayout stream, long record, StreamLines lines)
    {
        var number = 0;
        foreach (var field in stream.Files)
        {
            if (field.Table < 0)
            {
                WriteFiles(page, stream, field, default, field.Field, ref number, record, lines);
                continue;
            }
            var rows = layout.Fields.RowsOf(field.Table)!;
            var table = ListOf(page, field.Table, 0, record);
            for (var row = 1; Next(ref table.Reader); row++)
                WriteFiles(page, stream, field, (ReadRow(ref table, page, rows, record).Span, row), layout.Fields.Count + field.Field, ref number, record,
                    lines);
        }
    }

    void WriteFiles(
        ReadOnlySpan<byte> page, LineLayout stream, FileFieldLayout field, (Span Id, int Number) row, int span, ref int number, long record, StreamLines lines)
    {
        var files = ListOf(page, span, 0, record);
        for (var position = 1; Next(ref files.Reader); position++)
        {
            var file = ReadFile(ref files, page, record);
            WriteLine(page, stream, new(row.Id, row.Number, file, ++number, position, field.Code), _spans.Length, lines.Bytes);
            lines.EndLine(number, _changes.Count);
        }
    }

    /// <summary>A list in the page, read item by item.</summary>
    ref struct List(Utf8JsonReader reader, int origin)
    {
        public Utf8JsonReader Reader = reader;
        public readonly int Origin = origin;
    }

    /// <summary>The list that a field holds; an ended one where it holds nothing.</summary>
    List ListOf(ReadOnlySpan<byte> page, int field, int bottom, long record)
    {
        var span = _spans[bottom + field];
        if (span == s_odd) throw Unreadable(NoList, record, page);
        if (span.Start <= 0) return default;
        var reader = ReaderOf(page, span);
        if (reader.TokenType == JsonTokenType.Null) return default;
        return reader.TokenType == JsonTokenType.StartArray ? new(reader, span.Start) : throw Unreadable(NoList, record, page);
    }

    const string NoList = "a table or a list of files is none";

    /// <summary>Moves to the next item of a list; false at its end.</summary>
    static bool Next(ref Utf8JsonReader reader) => reader.TokenType != JsonTokenType.None && reader.Read() && reader.TokenType != JsonTokenType.EndArray;

    (Span Span, long Id) ReadRow(ref List rows, ReadOnlySpan<byte> page, WantedFields fields, long record)
    {
        if (rows.Reader.TokenType != JsonTokenType.StartObject || !TryReadRow(ref rows.Reader, page, rows.Origin, fields, layout.Fields.Count, out var span))
            throw Unreadable("a table's row is none", record, page);
        var reader = span == default ? default : ReaderOf(page, span);
        return Integer(ref reader) is > 0 and < 1_000_000_000_000_000_000 and var id ? (span, id)
            : throw Unreadable("a table's row has no valid id", record, page);
    }

    static ModelFile ReadFile(ref List files, ReadOnlySpan<byte> page, long record)
    {
        if (files.Reader.TokenType != JsonTokenType.StartObject) throw Unreadable("an attached file is no object", record, page);
        var file = default(ModelFile);
        while (files.Reader.Read() && files.Reader.TokenType == JsonTokenType.PropertyName)
        {
            var (isKey, isName) = (JsonName.Equals(files.Reader, "fileKey"u8), JsonName.Equals(files.Reader, "name"u8));
            var (isType, isSize) = (JsonName.Equals(files.Reader, "contentType"u8), JsonName.Equals(files.Reader, "size"u8));
            if ((isKey && file.Key != default) || (isName && file.Name != default) || (isType && file.ContentType != default)
                || (isSize && file.Size != default))
                throw Unreadable("a property of an attached file comes twice", record, page);
            files.Reader.Read();
            var start = files.Reader.TokenStartIndex;
            files.Reader.Skip();
            var span = new Span(files.Origin + (int)start, files.Origin + (int)files.Reader.BytesConsumed);
            if (isKey) file = file with { Key = span };
            if (isName) file = file with { Name = span };
            if (isType) file = file with { ContentType = span };
            if (isSize) file = file with { Size = span };
        }
        if (Fits(page, file.Key, ColumnKind.Text) && Fits(page, file.Name, ColumnKind.Text)
            && Fits(page, file.ContentType, ColumnKind.Text) && Fits(page, file.Size, ColumnKind.Integer)) return file;
        throw Unreadable("an attached file is not described as documented", record, page);
    }

    static bool Fits(ReadOnlySpan<byte> page, Span span, ColumnKind kind)
    {
        if (span == default) return true;
        var reader = ReaderOf(page, span);
        if (reader.TokenType == JsonTokenType.Null) return true;
        using var scratch = new PageBuffer(64);
        return ModelValue.TryWrite(ref reader, kind, scratch);
    }

    /// <summary>A value that is known to fit, or null.</summary>
    static void WriteKnown(ReadOnlySpan<byte> page, Span span, ColumnKind kind, PageBuffer output)
    {
        var reader = span == default ? default : ReaderOf(page, span);
        if (reader.TokenType is JsonTokenType.None or JsonTokenType.Null) output.Write("null"u8);
        else ModelValue.TryWrite(ref reader, kind, output);
    }

    static void WriteNumber(int number, PageBuffer output)
    {
        Utf8Formatter.TryFormat(number, output.GetSpan(16), out var length);
        output.Advance(length);
    }

    ReadOnlySpan<byte> Text(ReadOnlySpan<byte> page, int field)
    {
        var span = field < 0 ? default : _spans[field];
        return span.Start <= 0 ? default : page[span.Start..span.End];
    }

    static MalformedPageException Unreadable(string what, long record, ReadOnlySpan<byte> page) => new(what, record, page.Length);

    /// <summary>The integer that a string or number token holds; null if it is anything else.</summary>
    public static long? Integer(ref Utf8JsonReader reader) =>
        reader.TokenType is JsonTokenType.String or JsonTokenType.Number && TextShape.IsInteger(reader.ValueSpan)
        && Utf8Parser.TryParse(reader.ValueSpan, out long value, out var length) && length == reader.ValueSpan.Length
            ? value : null;

    long Id(ReadOnlySpan<byte> page, long record)
    {
        var span = _spans[WantedFields.IdField];
        if (span.Start > 0)
        {
            var reader = ReaderOf(page, span);
            if (Integer(ref reader) is > 0 and var id) return id;
        }
        throw new MalformedPageException("a record has no valid $id", record, page.Length);
    }

    /// <summary>From the start of <c>{code: {type, value}, …}</c> to its end.</summary>
    void ReadFields(ref Utf8JsonReader reader, ReadOnlySpan<byte> page, int origin, WantedFields fields, int bottom)
    {
        if (_spans.Length < bottom + fields.Count) Array.Resize(ref _spans, Math.Max(bottom + fields.Count, 2 * _spans.Length));
        _spans.AsSpan(bottom, fields.Count).Clear();
        _renamed.Clear(); // of a record before, which may have been refused halfway
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var field = JsonName.Find(fields, reader);
            if (field >= 0 && _spans[bottom + field] != default) throw Twice(reader, page, origin);
            reader.Read();
            if (field >= 0) _spans[bottom + field] = ReadField(ref reader, page, origin);
            else if (!fields.MayBeRenamed) reader.Skip();
            else NoteRenamed(ref reader, page, origin, fields);
        }
        foreach (var (field, span) in _renamed)
            if (_spans[bottom + field] == default) _spans[bottom + field] = span; // its own code goes first
        absent?.Note<Span>(fields, _spans.AsSpan(bottom, fields.Count));
    }

    /// <summary>A cell under a code that nobody wants: its type may say whose it is. Two of one type have no one meaning.</summary>
    void NoteRenamed(ref Utf8JsonReader reader, ReadOnlySpan<byte> page, int origin, WantedFields fields)
    {
        var cell = reader;
        reader.Skip();
        var field = JsonName.FindByType(fields, cell);
        if (field >= 0 && !_renamed.TryAdd(field, ReadField(ref cell, page, origin))) _renamed[field] = s_odd;
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

    /// <param name="bottom">Where the spans of the column's fields begin.</param>
    /// <param name="free">Where spans of rows within it may go.</param>
    void WriteColumn(ReadOnlySpan<byte> page, ColumnLayout column, int bottom, int free, PageBuffer output)
    {
        var start = output.Length;
        if (TryWrite(page, column, bottom, free, output)) return;
        output.Truncate(start);
        WriteNulled(column.Path, output);
    }

    /// <summary>Writes the value of a column; false, with something half written, if it does not fit.</summary>
    bool TryWrite(ReadOnlySpan<byte> page, ColumnLayout column, int bottom, int free, PageBuffer output)
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
            ? TryWriteRows(ref value, page, span.Start, column, free, output)
            : ModelValue.TryWrite(ref value, column.Kind, output);
    }

    bool TryWriteRows(ref Utf8JsonReader reader, ReadOnlySpan<byte> page, int origin, ColumnLayout column, int bottom, PageBuffer output)
    {
        var changes = _changes.Count;
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            output.Write((byte)'[');
            for (var first = true; reader.Read() && reader.TokenType == JsonTokenType.StartObject; first = false)
            {
                if (!first) output.Write((byte)',');
                if (!TryReadRow(ref reader, page, origin, column.RowFields!, bottom, out var id)) break;
                output.Write((byte)'{');
                output.Write(RowIdLabel);
                WriteRowId(page, id, column, output);
                foreach (var inner in column.Rows)
                {
                    output.Write((byte)',');
                    output.Write(inner.Label);
                    WriteColumn(page, inner, bottom, bottom + column.RowFields!.Count, output);
                }
                output.Write((byte)'}');
            }
            output.Write((byte)']');
            if (reader.TokenType == JsonTokenType.EndArray) return true;
        }
        _changes.RemoveRange(changes, _changes.Count - changes); // the table as a whole is what did not fit
        return false;
    }

    /// <summary>From the start of <c>{id, value: {code: {type, value}, …}}</c> to its end; false where it is something else.</summary>
    bool TryReadRow(ref Utf8JsonReader reader, ReadOnlySpan<byte> page, int origin, WantedFields fields, int bottom, out Span id)
    {
        id = default;
        Span value = default;
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
        var row = ReaderOf(page, value);
        if (row.TokenType != JsonTokenType.StartObject) return false;
        ReadFields(ref row, page, value.Start, fields, bottom);
        return true;
    }

    public static ReadOnlySpan<byte> RowIdLabel => "\"_kintone_row_id\":"u8;

    void WriteRowId(ReadOnlySpan<byte> page, Span id, ColumnLayout table, PageBuffer output)
    {
        var reader = id == default ? default : ReaderOf(page, id);
        if (reader.TokenType is JsonTokenType.None or JsonTokenType.Null) output.Write("null"u8);
        else if (!ModelValue.TryWrite(ref reader, ColumnKind.Integer, output)) WriteNulled(table.RowIdPath, output);
    }

    void WriteNulled(byte[] path, PageBuffer output)
    {
        output.Write("null"u8);
        if (!_changes.Contains(path)) _changes.Add(path); // once per column, however many rows of a table it concerns
    }

    void WriteChanges(PageBuffer output)
    {
        output.Write(RecordEnvelope.MetaOpen);
        for (var i = 0; i < _changes.Count; i++)
        {
            if (i > 0) output.Write((byte)',');
            output.Write(RecordEnvelope.NulledStart);
            output.Write(_changes[i]);
            output.Write(RecordEnvelope.NulledEnd);
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
