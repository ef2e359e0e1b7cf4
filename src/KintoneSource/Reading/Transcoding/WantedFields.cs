using System.Text;
using KintoneSource.Catalog;

namespace KintoneSource.Reading.Transcoding;

/// <summary>
/// The fields of a record, or of a sub-table's rows, that some stream wants, each once however many columns draw from it.
/// Frozen when the first one is looked up.
/// </summary>
sealed class WantedFields
{
    /// <summary>The place of <c>$id</c> among a record's fields, whether or not a column shows it.</summary>
    public const int IdField = 0;

    readonly List<Field> _fields = [];
    byte[][]? _codes;
    int[] _buckets = []; // open addressing; -1 is free
    (byte[] Type, int Field)[] _cellTypes = [];

    sealed record Field(string Code)
    {
        public ColumnKind? Kind { get; set; }
        public bool IsMixed { get; set; }
        public WantedFields? Rows { get; set; }
        public string? CellType { get; set; }
    }

    public static WantedFields OfRecord()
    {
        var fields = new WantedFields();
        fields.Want("$id", ColumnKind.Integer);
        return fields;
    }

    public int Count => _fields.Count;

    /// <summary>The field's code, as it was wanted.</summary>
    public string CodeOf(int field) => _fields[field].Code;

    /// <summary>What the field's columns hold; null if they are of different kinds.</summary>
    public ColumnKind? KindOf(int field) => _fields[field].IsMixed ? null : _fields[field].Kind;

    /// <summary>The fields of a table's rows; null for a field that no column reads as a table.</summary>
    public WantedFields? RowsOf(int field) => _fields[field].Rows;

    /// <param name="cellType">The type of a cell that is the field's whatever it is called, see <see cref="Column.CellType"/>.</param>
    /// <returns>The field's number.</returns>
    public int Want(string code, ColumnKind kind, string? cellType = null)
    {
        var index = _fields.FindIndex(f => f.Code == code);
        if (index < 0)
        {
            index = _fields.Count;
            _fields.Add(new(code));
        }
        var field = _fields[index];
        field.IsMixed |= field.Kind is { } other && other != kind;
        field.Kind ??= kind;
        field.CellType ??= cellType;
        if (kind == ColumnKind.Table) field.Rows ??= new();
        return index;
    }

    /// <summary>The field with this code, or -1 if no column wants it.</summary>
    public int Find(ReadOnlySpan<byte> code)
    {
        var codes = _codes ?? Freeze();
        for (var bucket = Bucket(code); ; bucket = Next(bucket))
        {
            var field = _buckets[bucket];
            if (field < 0 || code.SequenceEqual(codes[field])) return field;
        }
    }

    /// <summary>Some field may stand under another code than its own.</summary>
    public bool MayBeRenamed => _cellTypes.Length > 0;

    /// <summary>The field whose cell is of this type, where the type alone finds it; -1 for every other type.</summary>
    public int FindByType(ReadOnlySpan<byte> type)
    {
        foreach (var (known, field) in _cellTypes)
            if (type.SequenceEqual(known)) return field;
        return -1;
    }

    /// <summary>Makes it ready for several threads at once.</summary>
    public byte[][] Freeze()
    {
        foreach (var field in _fields) field.Rows?.Freeze();
        byte[][] codes = [.. _fields.Select(static f => Encoding.UTF8.GetBytes(f.Code))];
        _buckets = new int[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)(codes.Length * 2) + 2)];
        Array.Fill(_buckets, -1);
        for (var field = 0; field < codes.Length; field++)
        {
            var bucket = Bucket(codes[field]);
            while (_buckets[bucket] >= 0) bucket = Next(bucket);
            _buckets[bucket] = field;
        }
        _cellTypes = [.. _fields.Index().Where(static f => f.Item.CellType is not null)
            .Select(static f => (Encoding.UTF8.GetBytes(f.Item.CellType!), f.Index))];
        return _codes = codes;
    }

    int Next(int bucket) => (bucket + 1) & (_buckets.Length - 1);

    int Bucket(ReadOnlySpan<byte> code)
    {
        var hash = (uint)code.Length;
        foreach (var b in code) hash = (hash ^ b) * 16777619;
        return (int)((hash ^ (hash >> 15)) & (uint)(_buckets.Length - 1));
    }
}
