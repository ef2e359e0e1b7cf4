using System.Buffers.Text;
using System.Text.Json;
using KintoneSource.Catalog;
using KintoneSource.Protocol;

namespace KintoneSource.Reading.Transcoding;

/// <summary>
/// One record: first where each wanted field's value stands in the page, then each stream's lines with the columns in
/// their own order.
/// </summary>
/// <param name="absent">Is told what each record has; null where nobody asks.</param>
sealed class ModelRecord(PageLayout layout, AbsentFields? absent)
{
    readonly List<byte[]> _changes = [];
    readonly ModelFields _fields = new(absent);

    /// <summary>Where the values of the line in hand stand, beside those of its record.</summary>
    readonly record struct Line(ModelSpan RowId, int RowNumber, ModelFile File, int FileNumber, int Position, byte[] FileField);

    /// <summary>From a record's first token to its last.</summary>
    /// <param name="origin">Where in the page the reader began.</param>
    public void Transcode(ref Utf8JsonReader reader, ReadOnlySpan<byte> page, int origin, PageLines output)
    {
        var start = origin + reader.TokenStartIndex;
        _fields.Read(ref reader, page, origin, layout.Fields, 0);
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
                case ColumnOrigin.RowId: WriteFitting(page, line.RowId, ColumnKind.Integer, output); break;
                case ColumnOrigin.RowNumber: WriteNumber(line.RowNumber, output); break;
                case ColumnOrigin.FileNumber: WriteNumber(line.FileNumber, output); break;
                case ColumnOrigin.FilePosition: WriteNumber(line.Position, output); break;
                case ColumnOrigin.FileField: output.Write(line.FileField); break;
                case ColumnOrigin.FileKey: WriteFitting(page, line.File.Key, ColumnKind.Text, output); break;
                case ColumnOrigin.FileName: WriteFitting(page, line.File.Name, ColumnKind.Text, output); break;
                case ColumnOrigin.FileContentType: WriteFitting(page, line.File.ContentType, ColumnKind.Text, output); break;
                case ColumnOrigin.FileSize: WriteFitting(page, line.File.Size, ColumnKind.Integer, output); break;
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
        var table = ListOf(page, stream.Table, record);
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
            var table = ListOf(page, field.Table, record);
            for (var row = 1; Next(ref table.Reader); row++)
                WriteFiles(page, stream, field, (ReadRow(ref table, page, rows, record).Span, row), layout.Fields.Count + field.Field, ref number, record,
                    lines);
        }
    }

    void WriteFiles(
        ReadOnlySpan<byte> page, LineLayout stream, FileFieldLayout field, (ModelSpan Id, int Number) row, int place, ref int number, long record,
        StreamLines lines)
    {
        var files = ListOf(page, place, record);
        for (var position = 1; Next(ref files.Reader); position++)
        {
            var file = ModelFile.Read(ref files.Reader, page, files.Origin, record);
            WriteLine(page, stream, new(row.Id, row.Number, file, ++number, position, field.Code), _fields.Free, lines.Bytes);
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
    List ListOf(ReadOnlySpan<byte> page, int place, long record)
    {
        var span = _fields[place];
        var reader = span.ReaderIn(page);
        return span != ModelSpan.Odd && reader.TokenType is JsonTokenType.None or JsonTokenType.Null ? default
            : reader.TokenType == JsonTokenType.StartArray ? new(reader, span.Start)
            : throw new MalformedPageException("a table or a list of files is none", record, page.Length);
    }

    /// <summary>Moves to the next item of a list; false at its end.</summary>
    static bool Next(ref Utf8JsonReader reader) => reader.TokenType != JsonTokenType.None && reader.Read() && reader.TokenType != JsonTokenType.EndArray;

    (ModelSpan Span, long Id) ReadRow(ref List rows, ReadOnlySpan<byte> page, WantedFields fields, long record)
    {
        if (rows.Reader.TokenType != JsonTokenType.StartObject
            || !_fields.TryReadRow(ref rows.Reader, page, rows.Origin, fields, layout.Fields.Count, out var span))
            throw new MalformedPageException("a table's row is none", record, page.Length);
        return ModelSpan.Integer(span.ReaderIn(page)) is > 0 and < 1_000_000_000_000_000_000 and var id ? (span, id)
            : throw new MalformedPageException("a table's row has no valid id", record, page.Length);
    }

    /// <summary>A value that is known to fit, or null.</summary>
    static void WriteFitting(ReadOnlySpan<byte> page, ModelSpan span, ColumnKind kind, PageBuffer output)
    {
        var reader = span.ReaderIn(page);
        if (reader.TokenType is JsonTokenType.None or JsonTokenType.Null) output.Write("null"u8);
        else ModelValue.TryWrite(ref reader, kind, output);
    }

    static void WriteNumber(int number, PageBuffer output)
    {
        Utf8Formatter.TryFormat(number, output.GetSpan(16), out var length);
        output.Advance(length);
    }

    ReadOnlySpan<byte> Text(ReadOnlySpan<byte> page, int field) => field < 0 ? default : _fields[field].TextIn(page);

    long Id(ReadOnlySpan<byte> page, long record) => ModelSpan.Integer(_fields[WantedFields.IdField].ReaderIn(page)) is > 0 and var id ? id
        : throw new MalformedPageException("a record has no valid $id", record, page.Length);

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
        var span = column.Field < 0 ? default : _fields[bottom + column.Field];
        if (span == ModelSpan.Odd) return false;
        var value = span.ReaderIn(page);
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
                if (!_fields.TryReadRow(ref reader, page, origin, column.RowFields!, bottom, out var id)) break;
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

    public static ReadOnlySpan<byte> RowIdLabel => "\"_kintone_row_id\":"u8;

    void WriteRowId(ReadOnlySpan<byte> page, ModelSpan id, ColumnLayout table, PageBuffer output)
    {
        var reader = id.ReaderIn(page);
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
}
