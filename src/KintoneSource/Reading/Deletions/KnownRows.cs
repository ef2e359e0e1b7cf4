using System.Globalization;
using System.Runtime.InteropServices;
using KintoneSource.Protocol;

namespace KintoneSource.Reading.Deletions;

/// <summary>
/// Which rows of each record were delivered: a sub-table's row ids, the numbers of a record's files, or of its comments. What a record is read again
/// without is removed. Stays encoded, block by block of 2,048 record ids, but for the few blocks in hand: millions of rows cost
/// as much memory as they cost in the state (docs/decisions/0022). Thread-safe.
/// </summary>
sealed class KnownRows
{
    /// <summary>As for ids: more is refused, so that a corrupted state cannot ask for memory without end.</summary>
    public const long MaxCount = IdSet.MaxCount;

    /// <summary>Kintone's numbers have not come near it in a lifetime; beyond it arithmetic would not be safe.</summary>
    public const long MaxRow = 1L << 60;

    /// <summary>Pages of as many workers touch one or two blocks each.</summary>
    const int MostOpen = 32;

    readonly Lock _lock = new();
    readonly Dictionary<long, RowBlock> _blocks = [];
    readonly Queue<RowBlock> _open = new();
    RowBlock? _latest;

    /// <summary>Rows of all records.</summary>
    public long Count { get; private set; }

    /// <summary>Notes that a record has exactly these rows.</summary>
    /// <param name="rows">In any order; 1 to <see cref="MaxRow"/>, each once.</param>
    public void Replace(long record, ReadOnlySpan<long> rows)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(record);
        lock (_lock) ReplaceLocked(record, rows);
    }

    void ReplaceLocked(long record, ReadOnlySpan<long> rows)
    {
        var key = record >> RowBlock.IdBits;
        if (Find(key) is not { } block)
        {
            if (rows.IsEmpty) return;
            _blocks.Add(key, block = new(key));
        }
        Open(block);
        var before = block.Count;
        block.Replace(record, rows);
        Count += block.Count - before;
        if (Count > MaxCount || block.Count > RowBlock.MaxCount) throw new InvalidOperationException(
            "There is no room for these rows, which was to be asked first.");
        if (block.Count > 0) return;
        _blocks.Remove(key);
        _latest = null;
    }

    /// <summary>Notes that a record has these rows, too: nobody wants to know which it has no more, for now.</summary>
    public void Add(long record, ReadOnlySpan<long> rows)
    {
        lock (_lock) ReplaceLocked(record, [.. rows.ToArray().Union(RowsLocked(record))]);
    }

    /// <summary>Notes that a record has these rows no more.</summary>
    public void Remove(long record, IEnumerable<long> rows)
    {
        lock (_lock) ReplaceLocked(record, [.. RowsLocked(record).Except(rows)]);
    }

    /// <summary>The known rows of a record that are not among those it has now, ascending; nothing is noted.</summary>
    public IEnumerable<long> Missing(long record, ReadOnlySpan<long> rows)
    {
        var known = RowsOf(record);
        return known.Length == 0 || known.AsSpan().SequenceEqual(rows) ? [] : known.Except(rows.ToArray());
    }

    /// <summary>Whether so many rows more, of records with neighbouring ids, can be noted whatever was known of them.</summary>
    public bool HasRoomFor(long record, int rows)
    {
        lock (_lock) return Count + rows <= MaxCount && (Find(record >> RowBlock.IdBits)?.Count ?? 0) + rows <= RowBlock.MaxCount;
    }

    /// <summary>The rows that are known of a record, ascending.</summary>
    public long[] RowsOf(long record)
    {
        lock (_lock) return RowsLocked(record);
    }

    long[] RowsLocked(long record)
    {
        if (Find(record >> RowBlock.IdBits) is not { } block) return [];
        Open(block);
        return block.RowsOf(record);
    }

    public KeyTotals Totals()
    {
        var totals = new KeyTotals();
        lock (_lock)
        {
            foreach (var block in _blocks.Values) block.AddTo(totals);
        }
        return totals;
    }

    /// <summary>Encoded, as text for the state; only blocks that changed since the last call are encoded anew.</summary>
    public string Encode()
    {
        lock (_lock) return KnownRowsCodec.Encode(_blocks.Values.OrderBy(static b => b.Key));
    }

    /// <exception cref="ConfigurationException">The text was not made by <see cref="Encode"/>, or by a newer version of it.</exception>
    public static KnownRows Decode(string text)
    {
        var known = new KnownRows();
        foreach (var block in KnownRowsCodec.Decode(text))
        {
            known._blocks.Add(block.Key, block);
            known.Count += block.Count;
        }
        return known;
    }

    RowBlock? Find(long key)
    {
        if (_latest?.Key == key) return _latest;
        return _blocks.TryGetValue(key, out var block) ? block : null;
    }

    void Open(RowBlock block)
    {
        _latest = block;
        if (block.IsOpen) return;
        if (_open.Count == MostOpen) _open.Dequeue().Close();
        block.Open();
        _open.Enqueue(block);
    }

    /// <summary>There are more than can be kept of a stream.</summary>
    public static ConfigurationException TooMany(string stream) => new(string.Create(CultureInfo.InvariantCulture,
        $"{stream} has more rows than removed ones can be found among: at most {RowBlock.MaxCount:N0} of {1 << RowBlock.IdBits:N0} records whose ids follow "
            + $"each other, and {MaxCount:N0} in all. Its rows so far are delivered, and the app's other streams are read as before. Deselect the stream, "
            + $"or set emit_deleted_records to false, or let a filter or a start date select fewer records."));
}

/// <summary>The known rows of up to 2,048 neighbouring record ids.</summary>
sealed class RowBlock(long key)
{
    public const int IdBits = 11;

    /// <summary>A thousand rows for each record.</summary>
    public const int MaxCount = 1_024 << IdBits;

    byte[]? _encoded;
    Rows? _rows = new();
    int _count;

    public RowBlock(long key, byte[] encoded, int count) : this(key) => (_encoded, _rows, _count) = (encoded, null, count);

    /// <summary>The upper bits of its record ids.</summary>
    public long Key => key;

    /// <summary>Rows of all its records.</summary>
    public int Count => _rows?.Ids.Count ?? _count;

    public bool IsOpen { get; private set; }

    /// <summary>Records in the order of their ids, without those that have no row; each one's rows ascending.</summary>
    /// <param name="Records">The lower bits of their ids.</param>
    /// <param name="Counts">How many rows each has.</param>
    /// <param name="Ids">The rows of all of them.</param>
    public sealed record Rows(List<int> Records, List<int> Counts, List<long> Ids)
    {
        public Rows() : this([], [], []) { }
    }

    public void Open()
    {
        IsOpen = true;
        _rows = Unpacked();
    }

    Rows Unpacked() =>
        _rows ?? KnownRowsCodec.Unpack(_encoded!, []) ?? throw new InvalidOperationException("A block was checked when it was read, and is not readable now.");

    /// <summary>Open or not; a closed block stays so.</summary>
    public void AddTo(KeyTotals totals)
    {
        var (records, counts, ids) = Unpacked();
        for (int i = 0, row = 0; i < records.Count; i++)
            for (var next = row + counts[i]; row < next; row++) totals.AddRow((key << IdBits) + records[i], ids[row]);
    }

    public void Close()
    {
        Encode();
        (_count, _rows, IsOpen) = (Count, null, false);
    }

    public byte[] Encode() => _encoded ??= KnownRowsCodec.Pack(_rows!);

    /// <summary>The rows of one record; the block is open.</summary>
    public long[] RowsOf(long record)
    {
        var at = _rows!.Records.BinarySearch((int)(record & ((1 << IdBits) - 1)));
        return at < 0 ? [] : CollectionsMarshal.AsSpan(_rows.Ids).Slice(RowsBefore(at), _rows.Counts[at]).ToArray();
    }

    /// <summary>How many rows the records in front of a place have.</summary>
    int RowsBefore(int place)
    {
        var rows = 0;
        foreach (var count in CollectionsMarshal.AsSpan(_rows!.Counts)[..place]) rows += count;
        return rows;
    }

    /// <summary>As <see cref="KnownRows.Replace"/>; the block is open.</summary>
    public void Replace(long record, ReadOnlySpan<long> rows)
    {
        var (records, counts, ids) = _rows!;
        var low = (int)(record & ((1 << IdBits) - 1));
        // Pages come in the order of ids, so the place is mostly behind the last.
        var at = records.Count == 0 || records[^1] < low ? ~records.Count : records.BinarySearch(low);
        var start = at < 0 && ~at == records.Count ? ids.Count : RowsBefore(at < 0 ? ~at : at);
        var old = at < 0 ? 0 : counts[at];
        var sorted = rows;
        if (!IsSorted(rows))
        {
            var copy = rows.ToArray();
            Array.Sort(copy);
            sorted = copy;
        }
        if (!sorted.IsEmpty) ArgumentOutOfRangeException.ThrowIfGreaterThan(sorted[^1], KnownRows.MaxRow);
        if (CollectionsMarshal.AsSpan(ids).Slice(start, old).SequenceEqual(sorted)) return;

        _encoded = null;
        ids.RemoveRange(start, old);
        ids.InsertRange(start, sorted);
        if (at < 0)
        {
            records.Insert(~at, low);
            counts.Insert(~at, sorted.Length);
        }
        else if (sorted.IsEmpty)
        {
            records.RemoveAt(at);
            counts.RemoveAt(at);
        }
        else
        {
            counts[at] = sorted.Length;
        }
    }

    /// <summary>As rows mostly come, and files always.</summary>
    static bool IsSorted(ReadOnlySpan<long> rows)
    {
        for (var i = 1; i < rows.Length; i++)
            if (rows[i] < rows[i - 1]) return false;
        return true;
    }
}
