using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using KintoneSource.Protocol;

namespace KintoneSource.Catalog;

/// <summary>RECORD lines whose values are written one by one: of what is no page of records. For one thread at a time.</summary>
sealed class ColumnLines : IDisposable
{
    readonly RecordEnvelope _envelope;
    readonly ImmutableArray<Column> _columns;
    readonly ArrayBufferWriter<byte> _data = new();
    readonly Utf8JsonWriter _json;

    public ColumnLines(RecordEnvelope envelope, ImmutableArray<Column> columns)
    {
        (_envelope, _columns) = (envelope, columns);
        _json = new(_data, JsonText.Writer);
    }

    /// <summary>Appends one line.</summary>
    /// <param name="write">Writes the row's value for a column; exactly one.</param>
    /// <param name="more">Members of the record beside its data, each with a comma in front.</param>
    public void Write<T>(IBufferWriter<byte> output, T row, Action<Utf8JsonWriter, Column, T> write, ReadOnlySpan<byte> more = default)
    {
        _data.ResetWrittenCount();
        _json.Reset();
        _json.WriteStartObject();
        foreach (var column in _columns)
        {
            _json.WritePropertyName(column.Name);
            write(_json, column, row);
        }
        _json.WriteEndObject();
        _json.Flush();
        _envelope.Write(output, _data.WrittenSpan, more);
    }

    public void Dispose() => _json.Dispose();
}
