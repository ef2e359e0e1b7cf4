using System.Collections.Immutable;
using KintoneSource.Catalog;
using KintoneSource.Protocol;

namespace KintoneSource.Reading.Transcoding;

/// <summary>Writes the lines of one stream for a record whose values <see cref="PrintedRecordScanner"/> has found and which all fit.</summary>
sealed class LineWriter(LineLayout layout)
{
    readonly LinePer _per = layout.Per;
    readonly int _table = layout.Table;
    readonly FileOutput[] _files = [.. layout.Files.Select(static f => new FileOutput(f.Table, f.Field, new(f.Code)))];
    readonly Output[] _columns = OutputsOf(layout.Columns, [.. layout.Envelope.Prefix, (byte)'{']);
    readonly PaddedBytes _start = new(layout.Columns.IsEmpty ? [.. layout.Envelope.Prefix, (byte)'{'] : []);
    readonly PaddedBytes _end = new([(byte)'}', .. layout.Envelope.EmittedAt, .. RecordEnvelope.End]);

    /// <param name="Label">What stands between the value before and this column's: <c>,"name":</c>.</param>
    sealed record Output(PaddedBytes Label, ColumnOrigin Origin, int Field, ColumnKind Kind, Output[] Rows);

    readonly record struct FileOutput(int Table, int Field, PaddedBytes Code);

    /// <summary>Where the values of the line in hand stand, beside those of its record.</summary>
    /// <param name="Row">The first slot of the table's row; 0 outside tables.</param>
    /// <param name="RowNumber">From 1.</param>
    /// <param name="File">The first slot of the file.</param>
    /// <param name="FileNumber">Among all files of the record, from 1.</param>
    /// <param name="Position">In its field, from 1.</param>
    readonly record struct Line(int Row, int RowNumber, int File = 0, int FileNumber = 0, int Position = 0, FileOutput Field = default);

    static Output[] OutputsOf(ImmutableArray<ColumnLayout> columns, ReadOnlySpan<byte> open)
    {
        var outputs = new Output[columns.Length];
        for (var i = 0; i < outputs.Length; i++)
        {
            var column = columns[i];
            outputs[i] = new(
                new([.. i == 0 ? open : ","u8, .. column.Label]), column.Origin, column.Field, column.Kind, OutputsOf(column.Rows, ","u8));
        }
        return outputs;
    }

    /// <returns>False, with some lines written, where a row has no id to go by: the model decides.</returns>
    public bool TryWrite(ReadOnlySpan<byte> page, ReadOnlySpan<Slot> slots, StreamLines output)
    {
        var line = new LineBuffer(page, output.Bytes);
        switch (_per)
        {
            case LinePer.Record:
                WriteLine(ref line, slots, default);
                output.EndLine(0);
                break;
            case LinePer.TableRow:
                if (!TryWriteRows(ref line, page, slots, output)) return false;
                break;
            default:
                if (!TryWriteFiles(ref line, page, slots, output)) return false;
                break;
        }
        line.Flush();
        return true;
    }

    bool TryWriteRows(ref LineBuffer line, ReadOnlySpan<byte> page, ReadOnlySpan<Slot> slots, StreamLines output)
    {
        var table = slots[_table];
        if (table.Start <= 0) return true;
        var row = table.Start;
        for (var number = 1; number <= table.Length; number++, row = slots[row].Start)
        {
            var id = PrintedRecordScanner.Number(page, slots[row + 1]);
            if (id == 0) return false;
            WriteLine(ref line, slots, new(row, number));
            output.EndLine(id);
        }
        return true;
    }

    bool TryWriteFiles(ref LineBuffer line, ReadOnlySpan<byte> page, ReadOnlySpan<Slot> slots, StreamLines output)
    {
        var number = 0;
        foreach (var file in _files)
        {
            if (file.Table < 0)
            {
                WriteFiles(ref line, slots, slots[file.Field], file, new(0, 0), ref number, output);
                continue;
            }
            var table = slots[file.Table];
            if (table.Start <= 0) continue;
            var row = table.Start;
            for (var i = 1; i <= table.Length; i++, row = slots[row].Start)
            {
                if (PrintedRecordScanner.Number(page, slots[row + 1]) == 0) return false;
                WriteFiles(ref line, slots, slots[row + PrintedRecordScanner.RowHead + file.Field], file, new(row, i), ref number, output);
            }
        }
        return true;
    }

    void WriteFiles(ref LineBuffer line, ReadOnlySpan<Slot> slots, Slot files, FileOutput field, Line row, ref int number, StreamLines output)
    {
        if (files.Start <= 0) return;
        for (var i = 0; i < files.Length; i++)
        {
            number++;
            WriteLine(ref line, slots, new(row.Row, row.RowNumber, files.Start + (i * PrintedRecordScanner.SlotsPerFile), number, i + 1, field));
            output.EndLine(number);
        }
    }

    void WriteLine(ref LineBuffer line, ReadOnlySpan<Slot> slots, in Line at)
    {
        line.Write(_start);
        foreach (var column in _columns)
        {
            line.Write(column.Label);
            switch (column.Origin)
            {
                case ColumnOrigin.Field: WriteValue(ref line, column, slots, 0); break;
                case ColumnOrigin.RowField: WriteValue(ref line, column, slots, at.Row + PrintedRecordScanner.RowHead); break;
                case ColumnOrigin.RowId: WriteOrNull(ref line, at.Row == 0 ? default : slots[at.Row + 1]); break;
                case ColumnOrigin.RowNumber: line.Write(at.RowNumber); break;
                case ColumnOrigin.FileNumber: line.Write(at.FileNumber); break;
                case ColumnOrigin.FilePosition: line.Write(at.Position); break;
                case ColumnOrigin.FileField: line.Write(at.Field.Code); break;
                case ColumnOrigin.FileContentType: line.Copy(slots[at.File]); break;
                case ColumnOrigin.FileKey: line.Copy(slots[at.File + 1]); break;
                case ColumnOrigin.FileName: line.Copy(slots[at.File + 2]); break;
                case ColumnOrigin.FileSize: WriteOrNull(ref line, slots[at.File + 3]); break;
            }
        }
        line.Write(_end);
    }

    static void WriteColumns(ref LineBuffer line, Output[] columns, ReadOnlySpan<Slot> slots, int bottom)
    {
        foreach (var column in columns)
        {
            line.Write(column.Label);
            WriteValue(ref line, column, slots, bottom);
        }
    }

    static void WriteValue(ref LineBuffer line, Output column, ReadOnlySpan<Slot> slots, int bottom)
    {
        var slot = column.Field < 0 ? default : slots[bottom + column.Field];
        if (slot.Start <= 0) line.Write(s_null);
        else if (column.Kind == ColumnKind.Table) WriteRows(ref line, column.Rows, slots, slot);
        else if (column.Kind == ColumnKind.FileList) WriteFiles(ref line, slots, slot);
        else if (column.Kind == ColumnKind.Time) WriteTime(ref line, slot);
        else line.Copy(slot);
    }

    static void WriteTime(ref LineBuffer line, Slot slot)
    {
        if (slot.Length == "\"09:30\"".Length)
        {
            line.Copy(slot with { Length = slot.Length - 1 });
            line.Write(s_seconds);
        }
        else
        {
            line.Copy(slot);
        }
    }

    static void WriteRows(ref LineBuffer line, Output[] columns, ReadOnlySpan<Slot> slots, Slot table)
    {
        var row = table.Start;
        for (var i = 0; i < table.Length; i++, row = slots[row].Start)
        {
            line.Write(i == 0 ? s_firstRow : s_nextRow);
            WriteOrNull(ref line, slots[row + 1]);
            WriteColumns(ref line, columns, slots, row + PrintedRecordScanner.RowHead);
        }
        line.Write(table.Length == 0 ? s_empty : s_close);
    }

    static void WriteFiles(ref LineBuffer line, ReadOnlySpan<Slot> slots, Slot files)
    {
        for (var i = 0; i < files.Length; i++)
        {
            var file = slots.Slice(files.Start + (i * PrintedRecordScanner.SlotsPerFile), PrintedRecordScanner.SlotsPerFile);
            line.Write(i == 0 ? s_firstFile : s_nextFile);
            line.Copy(file[1]);
            line.Write(s_name);
            line.Copy(file[2]);
            line.Write(s_contentType);
            line.Copy(file[0]);
            line.Write(s_size);
            WriteOrNull(ref line, file[3]);
        }
        line.Write(files.Length == 0 ? s_empty : s_close);
    }

    static void WriteOrNull(ref LineBuffer line, Slot slot)
    {
        if (slot.Start <= 0) line.Write(s_null);
        else line.Copy(slot);
    }

    static readonly PaddedBytes s_null = new("null"u8);
    static readonly PaddedBytes s_empty = new("[]"u8);
    static readonly PaddedBytes s_close = new("}]"u8);
    static readonly PaddedBytes s_seconds = new(":00\""u8);
    static readonly PaddedBytes s_firstRow = new([.. "[{"u8, .. ModelRecord.RowIdLabel]);
    static readonly PaddedBytes s_nextRow = new([.. "},{"u8, .. ModelRecord.RowIdLabel]);
    static readonly PaddedBytes s_firstFile = new("[{\"fileKey\":"u8);
    static readonly PaddedBytes s_nextFile = new("},{\"fileKey\":"u8);
    static readonly PaddedBytes s_name = new(",\"name\":"u8);
    static readonly PaddedBytes s_contentType = new(",\"contentType\":"u8);
    static readonly PaddedBytes s_size = new(",\"size\":"u8);
}
