using System.Numerics;

namespace KintoneSource.Reading.Deletions;

/// <summary>
/// Bytes, varints (seven bits each, the lowest first) and Rice codes: a number's upper bits as that many zeros and a one,
/// its lowest <c>parameter</c> bits as they are. Bits fill each byte from the lowest.
/// </summary>
ref struct BitWriter(Span<byte> buffer)
{
    readonly Span<byte> _buffer = buffer;
    ulong _pending;
    int _pendingBits;

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    public void WriteByte(byte value) => _buffer[Length++] = value;

    public void WriteVarint(ulong value)
    {
        for (; value >= 128; value >>= 7) WriteByte((byte)(value | 128));
        WriteByte((byte)value);
    }

    /// <returns>False when the buffer is full.</returns>
    public bool TryWriteRice(int value, int parameter)
    {
        for (var zeros = value >> parameter; ;)
        {
            var some = Math.Min(zeros, 32);
            if (!TryWriteBits(0, some)) return false;
            if ((zeros -= some) == 0) break;
        }
        return TryWriteBits(1 | ((ulong)(value & ((1 << parameter) - 1)) << 1), 1 + parameter);
    }

    /// <summary>Fills the last byte with zeros; what follows starts at a byte.</summary>
    public bool TryFlush() => _pendingBits == 0 || TryWriteBits(0, 8 - _pendingBits);

    bool TryWriteBits(ulong bits, int count)
    {
        _pending |= bits << _pendingBits;
        _pendingBits += count;
        for (; _pendingBits >= 8; _pendingBits -= 8)
        {
            if (Length == _buffer.Length) return false;
            WriteByte((byte)_pending);
            _pending >>= 8;
        }
        return true;
    }
}

/// <summary>As <see cref="BitWriter"/>, into memory that grows; also exponential Golomb codes.</summary>
sealed class GrowingBitWriter
{
    readonly List<byte> _bytes = new(256);
    ulong _pending;
    int _pendingBits;

    public void WriteByte(byte value) => _bytes.Add(value);

    public void WriteVarint(ulong value)
    {
        for (; value >= 128; value >>= 7) WriteByte((byte)(value | 128));
        WriteByte((byte)value);
    }

    public void WriteRice(int value, int parameter)
    {
        WriteUnary(value >> parameter);
        WriteBits((ulong)value & ((1UL << parameter) - 1), parameter);
    }

    /// <summary>A number with up to <paramref name="parameter"/> bits costs one more; each bit beyond costs two.</summary>
    /// <param name="value">Below 2^63.</param>
    public void WriteGolomb(ulong value, int parameter)
    {
        var shifted = value + (1UL << parameter);
        var length = BitOperations.Log2(shifted);
        WriteUnary(length - parameter);
        WriteBits(shifted & ((1UL << length) - 1), length);
    }

    /// <summary>Fills the last byte with zeros; what follows starts at a byte.</summary>
    public void Flush()
    {
        if (_pendingBits > 0) WriteBits(0, 8 - _pendingBits);
    }

    public byte[] ToArray() => [.. _bytes];

    void WriteUnary(int zeros)
    {
        for (; zeros > 0; zeros -= Math.Min(zeros, 32)) WriteBits(0, Math.Min(zeros, 32));
        WriteBits(1, 1);
    }

    void WriteBits(ulong bits, int count)
    {
        for (; count > 32; count -= 32, bits >>= 32) WriteBits(bits & uint.MaxValue, 32);
        _pending |= bits << _pendingBits;
        _pendingBits += count;
        for (; _pendingBits >= 8; _pendingBits -= 8)
        {
            WriteByte((byte)_pending);
            _pending >>= 8;
        }
    }
}

/// <summary>Reads what <see cref="BitWriter"/> wrote, and distrusts it: every method says false at the end of the bytes.</summary>
ref struct BitReader(ReadOnlySpan<byte> bytes)
{
    readonly ReadOnlySpan<byte> _bytes = bytes;
    int _position;
    ulong _pending;
    int _pendingBits;

    public readonly bool AtEnd => _position == _bytes.Length;

    public bool TryReadByte(out byte value)
    {
        value = 0;
        if (AtEnd) return false;
        value = _bytes[_position++];
        return true;
    }

    public bool TryReadBytes(scoped Span<byte> target)
    {
        if (_bytes.Length - _position < target.Length) return false;
        _bytes.Slice(_position, target.Length).CopyTo(target);
        _position += target.Length;
        return true;
    }

    public bool TryReadVarint(out ulong value)
    {
        value = 0;
        for (var shift = 0; shift < 63; shift += 7)
        {
            if (!TryReadByte(out var part)) return false;
            value |= (ulong)(part & 127) << shift;
            if (part < 128) return true;
        }
        return false;
    }

    /// <returns>False also for a value of <paramref name="limit"/> or more.</returns>
    public bool TryReadRice(int parameter, int limit, out int value)
    {
        value = 0;
        var upper = 0L;
        while (_pending == 0)
        {
            upper += _pendingBits;
            _pendingBits = 0;
            if (upper > limit || !TryFill()) return false;
        }
        var zeros = BitOperations.TrailingZeroCount(_pending);
        upper += zeros;
        Drop(zeros + 1);
        while (_pendingBits < parameter)
            if (!TryFill()) return false;
        var wide = (upper << parameter) | (long)(_pending & ((1UL << parameter) - 1));
        Drop(parameter);
        value = (int)Math.Min(wide, int.MaxValue);
        return wide < limit;
    }

    /// <summary>As <see cref="GrowingBitWriter.WriteGolomb"/>.</summary>
    public bool TryReadGolomb(int parameter, out ulong value)
    {
        value = 0;
        var length = parameter;
        while (true)
        {
            if (_pendingBits == 0 && !TryFill()) return false;
            var isOne = (_pending & 1) != 0;
            Drop(1);
            if (isOne) break;
            if (++length > 63) return false;
        }
        var shifted = 1UL << length;
        for (var at = 0; at < length;)
        {
            if (_pendingBits == 0 && !TryFill()) return false;
            var some = Math.Min(_pendingBits, length - at);
            shifted |= (_pending & ((1UL << some) - 1)) << at;
            Drop(some);
            at += some;
        }
        value = shifted - (1UL << parameter);
        return true;
    }

    /// <summary>Leaves out the zeros that filled the last byte.</summary>
    public void SkipToByte() => (_pending, _pendingBits) = (0, 0);

    void Drop(int bits)
    {
        _pending >>= bits;
        _pendingBits -= bits;
    }

    // One byte at a time: the stream must end exactly where the writer flushed it.
    bool TryFill()
    {
        if (!TryReadByte(out var next)) return false;
        _pending |= (ulong)next << _pendingBits;
        _pendingBits += 8;
        return true;
    }
}
