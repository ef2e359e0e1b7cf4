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
    readonly List<string> _nulled = [];
    readonly Utf8JsonWriter _json;

    public ColumnLines(RecordEnvelope envelope, ImmutableArray<Column> columns)
    {
        (_envelope, _columns) = (envelope, columns);
        _json = new(_data, JsonText.Writer);
    }

    /// <summary>Appends one line.</summary>
    /// <param name="write">Writes the row's value for a column, exactly one; false where it wrote null because the value did not fit.</param>
    /// <param name="more">As <see cref="RecordEnvelope.Write"/>.</param>
    public void Write<T>(IBufferWriter<byte> output, T row, Func<Utf8JsonWriter, Column, T, bool> write, ReadOnlySpan<byte> more = default)
    {
        _data.ResetWrittenCount();
        _nulled.Clear();
        _json.Reset();
        _json.WriteStartObject();
        foreach (var column in _columns)
        {
            _json.WritePropertyName(column.Name);
            if (!write(_json, column, row)) _nulled.Add(column.Name);
        }
        _json.WriteEndObject();
        _json.Flush();
        _envelope.Write(output, _data.WrittenSpan, _nulled, more);
    }

    public void Dispose() => _json.Dispose();
}
