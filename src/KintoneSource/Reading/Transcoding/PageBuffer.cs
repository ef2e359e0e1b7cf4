using System.Buffers;

namespace KintoneSource.Reading.Transcoding;

/// <summary>
/// Bytes in one piece of pooled memory that grows: the lines of a page, or its body. For one thread at a
/// time. <see cref="WrittenMemory"/> is valid until the next write, <see cref="Clear"/> or <see cref="Dispose"/>.
/// </summary>
sealed class PageBuffer(int capacity = 64 * 1024) : IBufferWriter<byte>, IDisposable
{
    byte[] _bytes = ArrayPool<byte>.Shared.Rent(capacity);

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> WrittenMemory => _bytes.AsMemory(0, Length);

    public ReadOnlySpan<byte> WrittenSpan => _bytes.AsSpan(0, Length);

    /// <summary>The first bytes, to be changed in place.</summary>
    public Span<byte> Written(int length) => _bytes.AsSpan(0, Math.Min(length, Length));

    /// <summary>Forgets the content and keeps the memory for the next page.</summary>
    public void Clear() => Length = 0;

    /// <summary>Drops what was written after the first <paramref name="length"/> bytes.</summary>
    public void Truncate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)Length);
        Length = length;
    }

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(_bytes.Length - Length));
        Length += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _bytes.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _bytes.AsSpan(Length);
    }

    public void Write(ReadOnlySpan<byte> utf8)
    {
        Reserve(utf8.Length);
        utf8.CopyTo(_bytes.AsSpan(Length));
        Length += utf8.Length;
    }

    public void Write(byte ascii)
    {
        Reserve(1);
        _bytes[Length++] = ascii;
    }

    /// <summary>Gives the memory back. The buffer is empty and may be used again.</summary>
    public void Dispose()
    {
        var bytes = _bytes;
        (_bytes, Length) = ([], 0);
        if (bytes.Length > 0) ArrayPool<byte>.Shared.Return(bytes);
    }

    void Reserve(int count)
    {
        if (_bytes.Length - Length < count) Grow(count);
    }

    void Grow(int count)
    {
        var needed = checked(Length + count);
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Max(needed, Math.Min(2L * _bytes.Length, Array.MaxLength)));
        _bytes.AsSpan(0, Length).CopyTo(larger);
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
