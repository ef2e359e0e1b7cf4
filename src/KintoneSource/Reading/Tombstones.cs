using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using KintoneSource.Catalog;
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
    public DateTimeOffset Minute { get; } = new(deletedAt.UtcTicks - deletedAt.UtcTicks % TimeSpan.TicksPerMinute, TimeSpan.Zero);

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
                case Column.UpdatedAt: json.WriteStringValue(Text("yyyy-MM-dd'T'HH:mm':00Z'")); break;
                case Column.DeletedAt: json.WriteStringValue(Text("yyyy-MM-dd'T'HH:mm:ss'Z'")); break;
                default: json.WriteNullValue(); break;
            }
        }
        json.WriteEndObject();
    }

    string Text(string format) => deletedAt.UtcDateTime.ToString(format, CultureInfo.InvariantCulture);
}
