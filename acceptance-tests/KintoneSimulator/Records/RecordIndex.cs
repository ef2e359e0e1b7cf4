using System.Numerics;

namespace KintoneSimulator;

/// <summary>What a condition says of a whole range of records.</summary>
public enum Verdict
{
    None,
    Some,
    All,
}

/// <summary>A range of ids, both ends included, and bounds of the update times in it, in minutes since 1970.</summary>
public readonly record struct RecordRange(long FirstId, long LastId, int Earliest, int Latest);

/// <summary>
/// Which ids exist and, per range of ids, how many do and between which update times they lie: a segment tree over blocks of a bitmap.
/// Adding, removing and counting take steps in the logarithm of the ids. Bounds of times only ever widen.
/// </summary>
public sealed class RecordIndex
{
    const int BlockBits = 256;
    const int Words = BlockBits / 64;

    ulong[] _bits = new ulong[Words];
    int[] _counts = new int[2];
    int[] _earliest = [int.MaxValue, int.MaxValue];
    int[] _latest = [int.MinValue, int.MinValue];
    int _blocks = 1;

    public RecordIndex()
    {
    }

    /// <summary>Starts with the records of a source.</summary>
    public RecordIndex(long maxId, Func<long, bool> holds, Func<long, int> updated)
    {
        Resize(maxId);
        for (var id = 1L; id <= maxId; id++)
            if (holds(id))
                SetLeaf(id, updated(id));
        for (var node = _blocks - 1; node >= 1; node--)
            Pull(node);
    }

    public long Count => _counts[1];

    /// <summary>The highest id there is; 0 when there is none.</summary>
    public long MaxId
    {
        get
        {
            if (_counts[1] == 0)
                return 0;
            var node = 1;
            while (node < _blocks)
                node = _counts[(2 * node) + 1] > 0 ? (2 * node) + 1 : 2 * node;
            for (var word = Words - 1; ; word--)
                if (_bits[((node - _blocks) * Words) + word] is not 0 and var bits)
                    return (((long)(node - _blocks) * Words) + word) * 64 + 63 - BitOperations.LeadingZeroCount(bits);
        }
    }

    public bool Holds(long id) => id > 0 && id < (long)_blocks * BlockBits && (_bits[id >> 6] >> (int)(id & 63) & 1) != 0;

    public void Add(long id, int updated)
    {
        if (id >= (long)_blocks * BlockBits)
            Resize(Math.Max(id, (long)_blocks * BlockBits * 2 - 1));
        SetLeaf(id, updated);
        for (var node = (_blocks + (int)(id / BlockBits)) / 2; node >= 1; node /= 2)
            Pull(node);
    }

    public void Touch(long id, int updated) => Add(id, updated);

    public bool Remove(long id)
    {
        if (!Holds(id))
            return false;
        _bits[id >> 6] &= ~(1UL << (int)(id & 63));
        for (var node = _blocks + (int)(id / BlockBits); node >= 1; node /= 2)
            _counts[node]--;
        return true;
    }

    /// <summary>How many records match; <paramref name="matches"/> is asked only about records in ranges of which <paramref name="judge"/> says
    /// Some.</summary>
    public long CountWhere(Func<RecordRange, Verdict> judge, Func<long, bool> matches)
    {
        return Count(1);

        long Count(int node)
        {
            if (_counts[node] == 0)
                return 0;
            switch (judge(Range(node)))
            {
                case Verdict.None:
                    return 0;
                case Verdict.All:
                    return _counts[node];
            }
            if (node < _blocks)
                return Count(2 * node) + Count((2 * node) + 1);
            var count = 0L;
            Walk(node - _blocks, false, id => { count += matches(id) ? 1 : 0; return true; });
            return count;
        }
    }

    /// <summary>Visits the records that match in the order of their ids until <paramref name="visit"/> returns false.</summary>
    public void Visit(Func<RecordRange, Verdict> judge, Func<long, bool> matches, bool descending, Func<long, bool> visit)
    {
        Go(1, false);

        bool Go(int node, bool all)
        {
            if (_counts[node] == 0)
                return true;
            if (!all)
            {
                var verdict = judge(Range(node));
                if (verdict == Verdict.None)
                    return true;
                all = verdict == Verdict.All;
            }
            if (node >= _blocks)
                return Walk(node - _blocks, descending, all ? visit : id => !matches(id) || visit(id));
            return descending
                ? Go((2 * node) + 1, all) && Go(2 * node, all)
                : Go(2 * node, all) && Go((2 * node) + 1, all);
        }
    }

    bool Walk(int block, bool descending, Func<long, bool> visit)
    {
        for (var step = 0; step < Words; step++)
        {
            var word = (block * Words) + (descending ? Words - 1 - step : step);
            for (var bits = _bits[word]; bits != 0;)
            {
                var bit = descending ? 63 - BitOperations.LeadingZeroCount(bits) : BitOperations.TrailingZeroCount(bits);
                bits &= ~(1UL << bit);
                if (!visit(((long)word * 64) + bit))
                    return false;
            }
        }
        return true;
    }

    RecordRange Range(int node)
    {
        var depth = BitOperations.Log2((uint)node);
        var width = _blocks >> depth;
        var first = (long)(node - (1 << depth)) * width * BlockBits;
        return new(first, first + ((long)width * BlockBits) - 1, _earliest[node], _latest[node]);
    }

    void SetLeaf(long id, int updated)
    {
        var node = _blocks + (int)(id / BlockBits);
        if (!Holds(id))
        {
            _bits[id >> 6] |= 1UL << (int)(id & 63);
            _counts[node]++;
        }
        _earliest[node] = Math.Min(_earliest[node], updated);
        _latest[node] = Math.Max(_latest[node], updated);
    }

    void Pull(int node)
    {
        var (left, right) = (2 * node, (2 * node) + 1);
        _counts[node] = _counts[left] + _counts[right];
        _earliest[node] = Math.Min(_earliest[left], _earliest[right]);
        _latest[node] = Math.Max(_latest[left], _latest[right]);
    }

    void Resize(long maxId)
    {
        var blocks = (int)BitOperations.RoundUpToPowerOf2((uint)((maxId / BlockBits) + 1));
        if (blocks == _blocks)
            return;
        var (counts, earliest, latest) = (new int[2 * blocks], new int[2 * blocks], new int[2 * blocks]);
        Array.Fill(earliest, int.MaxValue);
        Array.Fill(latest, int.MinValue);
        Array.Copy(_counts, _blocks, counts, blocks, _blocks);
        Array.Copy(_earliest, _blocks, earliest, blocks, _blocks);
        Array.Copy(_latest, _blocks, latest, blocks, _blocks);
        (_counts, _earliest, _latest, _blocks) = (counts, earliest, latest, blocks);
        Array.Resize(ref _bits, blocks * Words);
        for (var node = blocks - 1; node >= 1; node--)
            Pull(node);
    }
}
