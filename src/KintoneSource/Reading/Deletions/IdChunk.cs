using System.Numerics;

namespace KintoneSource.Reading.Deletions;

/// <summary>
/// The ids of an <see cref="IdSet"/> that share everything but their lowest 16 bits: a sorted array while they are
/// few, a bitmap of 8 KB once that is smaller.
/// </summary>
sealed class IdChunk(long key)
{
    public const int Width = 65_536;
    public const int Words = Width / 64;
    const int ArrayLimit = Width / 16;

    ushort[] _lows = new ushort[4];
    ulong[]? _bits;
    byte[]? _encoded;

    /// <summary>The ids' upper 48 bits.</summary>
    public long Key { get; } = key;

    public int Count { get; private set; }

    public static IdChunk FromBits(long key, ReadOnlySpan<ulong> bits, int count)
    {
        var chunk = new IdChunk(key) { Count = count };
        if (count > ArrayLimit) chunk._bits = bits.ToArray();
        else chunk._lows = ToArray(bits, count);
        return chunk;
    }

    /// <summary>What <see cref="IdSetCodec"/> makes of the chunk, made again only after a change.</summary>
    public byte[] Encode() => _encoded ??= IdSetCodec.Pack(this);

    public bool Contains(ushort low) => _bits is null ? IndexOf(low) >= 0 : (_bits[low >> 6] & (1UL << low)) != 0;

    public bool Add(ushort low)
    {
        if (_bits is null)
        {
            var index = Count > 0 && low > _lows[Count - 1] ? ~Count : IndexOf(low);
            if (index >= 0) return false;
            if (Count < ArrayLimit)
            {
                if (Count == _lows.Length) Array.Resize(ref _lows, Math.Min(2 * Count, ArrayLimit));
                _lows.AsSpan(~index, Count - ~index).CopyTo(_lows.AsSpan(~index + 1));
                _lows[~index] = low;
                Count++;
                _encoded = null;
                return true;
            }
            var bits = new ulong[Words];
            CopyTo(bits);
            (_bits, _lows) = (bits, []);
        }
        ref var word = ref _bits[low >> 6];
        if ((word & (1UL << low)) != 0) return false;
        word |= 1UL << low;
        Count++;
        _encoded = null;
        return true;
    }

    public bool Remove(ushort low)
    {
        if (!Contains(low)) return false;
        _encoded = null;
        Count--;
        if (_bits is null)
        {
            var index = _lows.AsSpan(0, Count + 1).BinarySearch(low);
            _lows.AsSpan(index + 1, Count - index).CopyTo(_lows.AsSpan(index));
            return true;
        }
        _bits[low >> 6] &= ~(1UL << low);
        // Half of the limit, so that adding and removing around it does not convert each time.
        if (Count <= ArrayLimit / 2) (_lows, _bits) = (ToArray(_bits, Count), null);
        return true;
    }

    /// <param name="end">0 to 65,536.</param>
    /// <returns>How many ids have low bits under <paramref name="end"/>.</returns>
    public int CountBelow(int end)
    {
        if (end >= Width) return Count;
        if (_bits is null)
        {
            var index = IndexOf((ushort)end);
            return index < 0 ? ~index : index;
        }
        var count = 0;
        foreach (var word in _bits.AsSpan(0, end >> 6)) count += BitOperations.PopCount(word);
        return count + BitOperations.PopCount(_bits[end >> 6] & ((1UL << end) - 1));
    }

    /// <param name="rank">0 to <see cref="Count"/> - 1.</param>
    public ushort At(int rank)
    {
        if (_bits is null) return _lows[rank];
        var index = 0;
        for (var count = BitOperations.PopCount(_bits[0]); count <= rank; count = BitOperations.PopCount(_bits[index]))
        {
            rank -= count;
            index++;
        }
        var word = _bits[index];
        for (; rank > 0; rank--) word &= word - 1;
        return (ushort)((index << 6) + BitOperations.TrailingZeroCount(word));
    }

    /// <returns>The smallest low bits at or after <paramref name="from"/>, or <see cref="Width"/>.</returns>
    public int Next(int from)
    {
        if (from >= Width) return Width;
        if (_bits is not null) return Next(_bits, from, present: true);
        var index = IndexOf((ushort)from);
        if (index < 0) index = ~index;
        return index < Count ? _lows[index] : Width;
    }

    /// <returns>The first position at or after <paramref name="from"/> whose bit is as asked, or <see cref="Width"/>.</returns>
    public static int Next(ReadOnlySpan<ulong> bits, int from, bool present)
    {
        if (from >= Width) return Width;
        var flip = present ? 0UL : ~0UL;
        var index = from >> 6;
        var word = (bits[index] ^ flip) & (~0UL << from);
        while (word == 0)
        {
            if (++index == Words) return Width;
            word = bits[index] ^ flip;
        }
        return (index << 6) + BitOperations.TrailingZeroCount(word);
    }

    /// <param name="bits"><see cref="Words"/> words.</param>
    public void CopyTo(Span<ulong> bits)
    {
        if (_bits is not null)
        {
            _bits.CopyTo(bits);
            return;
        }
        bits.Clear();
        foreach (var low in _lows.AsSpan(0, Count)) bits[low >> 6] |= 1UL << low;
    }

    static ushort[] ToArray(ReadOnlySpan<ulong> bits, int count)
    {
        var lows = new ushort[count];
        var position = -1;
        for (var i = 0; i < count; i++) lows[i] = (ushort)(position = Next(bits, position + 1, present: true));
        return lows;
    }

    int IndexOf(ushort low) => _lows.AsSpan(0, Count).BinarySearch(low);
}
