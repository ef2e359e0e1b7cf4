using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using KintoneSource.Catalog;
using KintoneSource.Protocol;

namespace KintoneSource.Reading.Transcoding;

/// <summary>
/// The columns of a record, or of a sub-table's rows, prepared for reading: which fields are wanted, and
/// the bytes that stand in front of each value. Immutable; shared by both ways of transcoding.
/// </summary>
sealed class RecordLayout
{
    /// <summary>The place of <c>$id</c> among a record's fields, whether or not a column shows it.</summary>
    public const int IdField = 0;

    readonly byte[][] _codes;
    readonly int[] _buckets; // open addressing; -1 is free

    RecordLayout(ImmutableArray<Column> columns, string? table, List<string> sources)
    {
        Columns =
        [
            .. columns.Select(column => new ColumnLayout(
                JsonLabel(column.Name),
                column.Source is { } source ? IndexOf(source) : -1,
                column.Kind,
                JsonString(table is null ? column.Name : $"{table}.{column.Name}"),
                column.Kind == ColumnKind.Table ? new(column.Columns, column.Name, []) : null)),
        ];
        _codes = [.. sources.Select(Encoding.UTF8.GetBytes)];
        _buckets = new int[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)(_codes.Length * 2) + 2)];
        Array.Fill(_buckets, -1);
        for (var field = 0; field < _codes.Length; field++)
        {
            var bucket = Bucket(_codes[field]);
            while (_buckets[bucket] >= 0) bucket = Next(bucket);
            _buckets[bucket] = field;
        }
        RowIdPath = JsonString($"{table}.{Column.RowId}");

        int IndexOf(string source)
        {
            if (sources.IndexOf(source) < 0) sources.Add(source);
            return sources.IndexOf(source);
        }
    }

    public static RecordLayout Of(ImmutableArray<Column> columns) => new(columns, null, ["$id"]);

    public ImmutableArray<ColumnLayout> Columns { get; }

    /// <summary>How many different fields the columns draw from.</summary>
    public int FieldCount => _codes.Length;

    /// <summary>What a change of a row's id is reported as.</summary>
    public byte[] RowIdPath { get; }

    /// <summary>The field with this code, or -1 if no column wants it.</summary>
    public int Find(ReadOnlySpan<byte> code)
    {
        for (var bucket = Bucket(code); ; bucket = Next(bucket))
        {
            var field = _buckets[bucket];
            if (field < 0 || code.SequenceEqual(_codes[field])) return field;
        }
    }

    int Next(int bucket) => (bucket + 1) & (_buckets.Length - 1);

    int Bucket(ReadOnlySpan<byte> code)
    {
        var hash = (uint)code.Length;
        foreach (var b in code) hash = (hash ^ b) * 16777619;
        return (int)((hash ^ (hash >> 15)) & (uint)(_buckets.Length - 1));
    }

    static byte[] JsonString(string text) => [(byte)'"', .. JsonEncodedText.Encode(text, JsonText.Encoder).EncodedUtf8Bytes, (byte)'"'];

    static byte[] JsonLabel(string name) => [.. JsonString(name), (byte)':'];
}

/// <param name="Label">The column's name as JSON with its colon.</param>
/// <param name="Field">Where the value comes from in <see cref="RecordLayout.Find"/>'s numbering; -1 for a column that is always null.</param>
/// <param name="Path">What a change of its value is reported as, as a JSON string.</param>
/// <param name="Rows">The rows of a <see cref="ColumnKind.Table"/>; null for every other kind.</param>
sealed record ColumnLayout(byte[] Label, int Field, ColumnKind Kind, byte[] Path, RecordLayout? Rows);
