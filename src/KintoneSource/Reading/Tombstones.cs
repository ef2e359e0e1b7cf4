using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using KintoneSource.Catalog;
using KintoneSource.Kintone;
using KintoneSource.Protocol;

namespace KintoneSource.Reading;

/// <summary>
/// RECORD lines that say a record is gone: its key, the time as <c>_ab_cdc_deleted_at</c>, and the same time to the
/// minute as <c>_kintone_updated_at</c>. To the minute, because a record that comes back a moment later carries that
/// very minute, and a destination must not take the tombstone for the newer row.
/// </summary>
sealed class Tombstones(RecordEnvelope envelope, ImmutableArray<Column> columns, DateTimeOffset deletedAt)
{
    /// <summary>The update time that they carry.</summary>
    public DateTimeOffset Minute { get; } = WireTime.Minute(deletedAt);

    public ReadOnlyMemory<byte> Lines(IReadOnlyList<long> ids)
    {
        var lines = new ArrayBufferWriter<byte>();
        var data = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(data, JsonText.Writer);
        foreach (var id in ids)
        {
            data.ResetWrittenCount();
            json.Reset();
            Write(json, id);
            json.Flush();
            envelope.Write(lines, data.WrittenSpan);
        }
        return lines.WrittenMemory;
    }

    void Write(Utf8JsonWriter json, long id)
    {
        json.WriteStartObject();
        foreach (var column in columns)
        {
            json.WritePropertyName(column.Name);
            switch (column.Name)
            {
                case Column.Id: json.WriteNumberValue(id); break;
                case Column.UpdatedAt: json.WriteStringValue(WireTime.Text(Minute)); break;
                case Column.DeletedAt: json.WriteStringValue(WireTime.Text(deletedAt)); break;
                default: json.WriteNullValue(); break;
            }
        }
        json.WriteEndObject();
    }
}
