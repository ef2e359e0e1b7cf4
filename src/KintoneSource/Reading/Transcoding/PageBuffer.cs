using System.Buffers;
using KintoneSource.Kintone.Memory;

namespace KintoneSource.Reading.Transcoding;

/// <summary>
/// Bytes in one piece of memory that grows: the lines of a page. For one thread at a time.
/// <see cref="WrittenMemory"/> is valid until the next write, <see cref="Clear"/> or <see cref="Dispose"/>.
/// </summary>
/// <param name="memory">Where it comes from and goes back to; the system's where nothing is given.</param>
sealed unsafe class PageBuffer(int capacity = 64 * 1024, AnswerMemory? memory = null) : IBufferWriter<byte>, IDisposable
{
    GrowingMemory? _block;
    byte* _start;
    int _capacity;

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> WrittenMemory => _block is null ? default : _block.Memory[..Length];

    public ReadOnlySpan<byte> WrittenSpan => new(_start, Length);

    /// <summary>The first bytes, to be changed in place.</summary>
    public Span<byte> Written(int length) => new(_start, Math.Min(length, Length));

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
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(_capacity - Length));
        Length += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _block!.Memory[Length..];
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return new(_start + Length, _capacity - Length);
    }

    public void Write(ReadOnlySpan<byte> utf8)
    {
        Reserve(utf8.Length);
        utf8.CopyTo(new(_start + Length, utf8.Length));
        Length += utf8.Length;
    }

    public void Write(byte ascii)
    {
        Reserve(1);
        _start[Length++] = ascii;
    }

    /// <summary>Gives the memory back. The buffer is empty and may be used again.</summary>
    public void Dispose()
    {
        var block = _block;
        (_block, _capacity, Length) = (null, 0, 0);
        _start = null;
        if (block is null) return;
        if (memory is null) block.Free();
        else memory.Return(block);
    }

    void Reserve(int count)
    {
        if (_capacity - Length < count) Grow(count);
    }

    void Grow(int count)
    {
        _block ??= memory?.Rent() ?? new();
        var needed = checked(Length + count);
        _block.Reserve((int)Math.Max(needed, Math.Min(Math.Max(2L * _capacity, capacity), Array.MaxLength)));
        _start = _block.Start;
        _capacity = _block.Capacity;
    }
}
