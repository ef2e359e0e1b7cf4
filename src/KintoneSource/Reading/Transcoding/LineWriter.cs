using KintoneSource.Catalog;
using KintoneSource.Protocol;

namespace KintoneSource.Reading.Transcoding;

/// <summary>Writes the line of a record whose values <see cref="LayoutScanner"/> has found and which all fit.</summary>
sealed class LineWriter(RecordLayout layout, RecordEnvelope envelope)
{
    readonly Output[] _columns = OutputsOf(layout, [.. envelope.Prefix, (byte)'{']);
    readonly PaddedBytes _start = new(layout.Columns.IsEmpty ? [.. envelope.Prefix, (byte)'{'] : []);
    readonly PaddedBytes _end = new([(byte)'}', .. envelope.EmittedAt, .. RecordEnvelope.End]);

    /// <param name="Label">What stands between the value before and this column's: <c>,"name":</c>.</param>
    sealed record Output(PaddedBytes Label, int Field, ColumnKind Kind, Output[] Rows);

    static Output[] OutputsOf(RecordLayout layout, ReadOnlySpan<byte> open)
    {
        var outputs = new Output[layout.Columns.Length];
        for (var i = 0; i < outputs.Length; i++)
        {
            var column = layout.Columns[i];
            outputs[i] = new(
                new([.. i == 0 ? open : ","u8, .. column.Label]), column.Field, column.Kind,
                column.Rows is { } rows ? OutputsOf(rows, ","u8) : []);
        }
        return outputs;
    }

    public void Write(ReadOnlySpan<byte> page, ReadOnlySpan<Slot> slots, PageBuffer output)
    {
        var line = new LineBuffer(page, output);
        line.Write(_start);
        WriteColumns(ref line, _columns, slots, 0);
        line.Write(_end);
        line.Flush();
    }

    static void WriteColumns(ref LineBuffer line, Output[] columns, ReadOnlySpan<Slot> slots, int bottom)
    {
        foreach (var column in columns)
        {
            line.Write(column.Label);
            var slot = column.Field < 0 ? default : slots[bottom + column.Field];
            if (slot.Start <= 0) line.Write(s_null);
            else if (column.Kind == ColumnKind.Table) WriteRows(ref line, column.Rows, slots, slot);
            else if (column.Kind == ColumnKind.FileList) WriteFiles(ref line, slots, slot);
            else if (column.Kind == ColumnKind.Time) WriteTime(ref line, slot);
            else line.Copy(slot);
        }
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
            WriteColumns(ref line, columns, slots, row + LayoutScanner.RowHead);
        }
        line.Write(table.Length == 0 ? s_empty : s_close);
    }

    static void WriteFiles(ref LineBuffer line, ReadOnlySpan<Slot> slots, Slot files)
    {
        for (var i = 0; i < files.Length; i++)
        {
            var file = slots.Slice(files.Start + (i * LayoutScanner.SlotsPerFile), LayoutScanner.SlotsPerFile);
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
