using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using KintoneSource.Catalog;
using KintoneSource.Kintone.Queries;
using KintoneSource.Protocol;

namespace KintoneSource.Reading.Deletions;

/// <summary>What is gone: a record, a row of its table, a file or a comment of it.</summary>
/// <param name="Row">The row's id, or the file's or the comment's number; 0 for a record.</param>
/// <param name="At">When, as far as it is known.</param>
/// <param name="Revision">That of the record which is there without it; 0 where the record is gone.</param>
readonly record struct Tombstone(long Record, long Row, DateTimeOffset At, long Revision);

/// <summary>
/// RECORD lines that say what is gone: its key, the time as <c>_ab_cdc_deleted_at</c>, and the same time to the
/// minute as <c>_kintone_updated_at</c>. To the minute, because a record that comes back a moment later carries that
/// very minute, and a destination must not take the tombstone for the newer row.
/// </summary>
static class Tombstones
{
    public static ReadOnlyMemory<byte> Lines(RecordEnvelope envelope, ImmutableArray<Column> columns, IEnumerable<Tombstone> tombstones)
    {
        var output = new ArrayBufferWriter<byte>();
        using var lines = new ColumnLines(envelope, columns);
        // A file's key is its number; its row's id is only a column, and not known any more.
        var rowKey = columns.FirstOrDefault(static c => c.Name is Column.FileNumber or Column.CommentId)?.Name ?? Column.RowId;
        foreach (var tombstone in tombstones) lines.Write(output, (tombstone, rowKey), Write);
        return output.WrittenMemory;
    }

    static bool Write(Utf8JsonWriter json, Column column, (Tombstone Gone, string RowKey) row)
    {
        var gone = row.Gone;
        switch (column.Name)
        {
            case Column.Id: json.WriteNumberValue(gone.Record); break;
            case Column.Revision when gone.Revision > 0: json.WriteNumberValue(gone.Revision); break;
            case Column.UpdatedAt: json.WriteStringValue(WireTime.Text(WireTime.Minute(gone.At))); break;
            case Column.DeletedAt: json.WriteStringValue(WireTime.Text(gone.At)); break;
            default:
                if (column.Name == row.RowKey && gone.Row > 0) json.WriteNumberValue(gone.Row);
                else json.WriteNullValue();
                break;
        }
        return true;
    }
}
