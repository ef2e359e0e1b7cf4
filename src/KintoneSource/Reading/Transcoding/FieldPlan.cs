using KintoneSource.Catalog;

namespace KintoneSource.Reading.Transcoding;

/// <summary>
/// What the fields of a record, or of a table's rows, have looked like so far: the bytes in front of each
/// one's value, and which field came after it. Kintone sends the fields of an app in one order, so that a
/// comparison with the expected bytes mostly takes the place of reading them. It only ever guesses: what
/// does not compare is read. Learns at most one header per field, and a few of cells that come under no wanted code.
/// </summary>
sealed class FieldPlan
{
    const int MostOthers = 128;

    readonly WantedFields _wanted;
    readonly Field[] _fields;
    readonly List<Field> _others = [];
    readonly Field _forgotten = new(Field.Unwanted, ColumnKind.Any, null);

    public FieldPlan(WantedFields wanted)
    {
        _wanted = wanted;
        _fields = [.. Enumerable.Range(0, wanted.Count).Select(i => new Field(
            i, wanted.KindOf(i), wanted.KindOf(i) == ColumnKind.Table ? new(wanted.RowsOf(i)!) : null))];
    }

    public int FieldCount => _fields.Length;

    /// <summary>The field that the last record began with.</summary>
    public Field? First { get; set; }

    /// <summary>The field with this code, known by this header from now on.</summary>
    /// <param name="header">From the quote in front of the code to the first byte of the value.</param>
    public Field Learn(ReadOnlySpan<byte> code, ReadOnlySpan<byte> header)
    {
        var index = _wanted.Find(code);
        if (index >= 0)
        {
            var field = _fields[index];
            if (field.Header.Length == 0) field.Header = header.ToArray();
            return field;
        }
        foreach (var field in _others)
            if (header.SequenceEqual(field.Header)) return field;
        // Behind the code and its quotes stands the type: "code":{"type":"T","value":
        var byType = _wanted.FindByType(header[(code.Length + "\"\":{\"type\":\"".Length)..^"\",\"value\":".Length]);
        if (byType < 0 && _others.Count == MostOthers) return _forgotten;
        var other = new Field(byType, byType < 0 ? ColumnKind.Any : _wanted.KindOf(byType), null) { Header = header.ToArray() };
        if (_others.Count < MostOthers) _others.Add(other);
        return other;
    }
}

/// <param name="index">In <see cref="WantedFields.Find"/>'s numbering, or <see cref="Unwanted"/>.</param>
/// <param name="kind">Null if columns of different kinds share the field.</param>
sealed class Field(int index, ColumnKind? kind, FieldPlan? rows)
{
    public const int Unwanted = -1;

    public int Index => index;

    public ColumnKind? Kind => kind;

    public FieldPlan? Rows => rows;

    /// <summary><c>"code":{"type":"T","value":</c>; empty until the field was seen.</summary>
    public byte[] Header { get; set; } = [];

    /// <summary>The field that came after this one the last time.</summary>
    public Field? Next { get; set; }
}
