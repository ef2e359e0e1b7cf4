using System.Globalization;
using KintoneSource.Protocol;

namespace KintoneSource.Reading.Deletions;

/// <summary>
/// A set of record ids, 1 and above, made for millions of them: 10 million ids without gaps take 1.3 MB, scattered ones
/// at most 2 bytes each while they share their upper bits with a few others. Not thread-safe, not even for reading.
/// </summary>
sealed class IdSet
{
    /// <summary>More is refused, so that a corrupted state cannot ask for memory without end; Kintone's largest apps hold a few million.</summary>
    public const long MaxCount = 1L << 25;

    readonly Dictionary<long, IdChunk> _chunks = [];
    IdChunk? _latest;
    IdChunk[]? _sorted;
    long[]? _countsBefore;

    public long Count { get; private set; }

    /// <summary>The smallest id; 0 in an empty set.</summary>
    public long Min => Count == 0 ? 0 : this[0];

    /// <summary>The largest id; 0 in an empty set.</summary>
    public long Max => Count == 0 ? 0 : this[Count - 1];

    /// <summary>The id that has <paramref name="rank"/> smaller ones in the set.</summary>
    public long this[long rank]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(rank);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(rank, Count);
            var (chunks, before) = Index();
            var index = Array.BinarySearch(before, rank);
            if (index < 0) index = ~index - 1;
            return Id(chunks[index], chunks[index].At((int)(rank - before[index])));
        }
    }

    /// <returns>False when it was there already.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The id is 0 or less.</exception>
    /// <exception cref="ConfigurationException">The set is full.</exception>
    public bool Add(long id)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(id);
        var chunk = Find(id);
        if (Count == MaxCount && chunk?.Contains((ushort)id) != true) throw TooMany();
        if (chunk is null)
        {
            _chunks.Add(id >> 16, chunk = new(id >> 16));
            (_latest, _sorted) = (chunk, null);
        }
        if (!chunk.Add((ushort)id)) return false;
        Count++;
        _countsBefore = null;
        return true;
    }

    /// <param name="ids">Best in ascending order, as a page has them; repeats are fine.</param>
    public void AddRange(ReadOnlySpan<long> ids)
    {
        foreach (var id in ids) Add(id);
    }

    /// <returns>False when it was not there.</returns>
    public bool Remove(long id)
    {
        if (Find(id) is not { } chunk || !chunk.Remove((ushort)id)) return false;
        Count--;
        _countsBefore = null;
        if (chunk.Count > 0) return true;
        _chunks.Remove(chunk.Key);
        (_latest, _sorted) = (null, null);
        return true;
    }

    public bool Contains(long id) => Find(id)?.Contains((ushort)id) == true;

    /// <returns>How many ids are over <paramref name="after"/> and at most <paramref name="upTo"/>.</returns>
    public long CountIn(long after, long upTo) => upTo <= after ? 0 : CountUpTo(upTo) - CountUpTo(after);

    /// <summary>The ids over <paramref name="after"/> and at most <paramref name="upTo"/>, ascending. The set must not change meanwhile.</summary>
    public IEnumerable<long> Between(long after, long upTo)
    {
        var (chunks, _) = Index();
        var from = Math.Max(after, 0) + 1;
        if (from <= 0) yield break; // after was the largest number there is
        var index = FirstChunkFrom(chunks, from >> 16);
        for (; index < chunks.Length && chunks[index].Key <= upTo >> 16; index++)
        {
            var chunk = chunks[index];
            var start = chunk.Key == from >> 16 ? (ushort)from : 0;
            var end = chunk.Key == upTo >> 16 ? (ushort)upTo : IdChunk.Width - 1;
            for (var low = chunk.Next(start); low <= end; low = chunk.Next(low + 1)) yield return Id(chunk, low);
        }
    }

    public KeyTotals Totals()
    {
        var totals = new KeyTotals();
        foreach (var id in Between(0, long.MaxValue - 1)) totals.Add(id);
        return totals;
    }

    /// <summary>The set as text for the state, see <see cref="IdSetCodec"/>; only chunks that changed since the last call are encoded anew.</summary>
    public string Encode() => IdSetCodec.Encode(Index().Chunks);

    /// <exception cref="ConfigurationException">The text was not made by <see cref="Encode"/>, or by a newer version of it.</exception>
    public static IdSet Decode(string text)
    {
        var set = new IdSet();
        foreach (var chunk in IdSetCodec.Decode(text))
        {
            set._chunks.Add(chunk.Key, chunk);
            set.Count += chunk.Count;
        }
        return set;
    }

    /// <summary>Null, or made by <see cref="Encode"/>.</summary>
    public static bool IsReadable(string? text)
    {
        try
        {
            return text is null || Decode(text).Count >= 0;
        }
        catch (ConfigurationException)
        {
            return false;
        }
    }

    /// <summary>What one of the two sets holds and the other does not.</summary>
    public IEnumerable<long> Differences(IdSet other) => Between(0, Max).Where(id => !other.Contains(id))
        .Concat(other.Between(0, other.Max).Where(id => !Contains(id)));

    /// <summary>What either of two encoded sets holds, encoded.</summary>
    public static string Union(string a, string b)
    {
        var union = Decode(a);
        var other = Decode(b);
        foreach (var id in other.Between(0, other.Max)) union.Add(id);
        return union.Encode();
    }

    IdChunk? Find(long id)
    {
        if (_latest?.Key == id >> 16) return _latest;
        return _chunks.TryGetValue(id >> 16, out var chunk) ? _latest = chunk : null;
    }

    long CountUpTo(long id)
    {
        if (id <= 0) return 0;
        var (chunks, before) = Index();
        var index = FirstChunkFrom(chunks, id >> 16);
        if (index == chunks.Length) return Count;
        return before[index] + (chunks[index].Key == id >> 16 ? chunks[index].CountBelow((ushort)id + 1) : 0);
    }

    (IdChunk[] Chunks, long[] CountsBefore) Index()
    {
        _sorted ??= [.. _chunks.Values.OrderBy(static c => c.Key)];
        if (_countsBefore is null)
        {
            _countsBefore = new long[_sorted.Length];
            for (var i = 1; i < _sorted.Length; i++) _countsBefore[i] = _countsBefore[i - 1] + _sorted[i - 1].Count;
        }
        return (_sorted, _countsBefore);
    }

    static int FirstChunkFrom(IdChunk[] chunks, long key)
    {
        var (low, high) = (0, chunks.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (chunks[middle].Key < key) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    static long Id(IdChunk chunk, int low) => (chunk.Key << 16) | (uint)low;

    /// <summary>There are more than can be kept.</summary>
    public static ConfigurationException TooMany() => new(string.Create(CultureInfo.InvariantCulture,
        $"Deleted records can be found for at most {MaxCount:N0} records per app, and this app has more. Set emit_deleted_records to false, or narrow the "
            + $"app with a filter or a start date."));
}
