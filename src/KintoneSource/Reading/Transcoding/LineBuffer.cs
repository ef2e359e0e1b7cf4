using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace KintoneSource.Reading.Transcoding;

/// <summary>Constant bytes, followed by enough others that <see cref="LineBuffer"/> may copy too many.</summary>
readonly struct PaddedBytes(ReadOnlySpan<byte> bytes)
{
    readonly byte[] _padded = [.. bytes, .. new byte[LineBuffer.Step]];

    public int Length => _padded.Length - LineBuffer.Step;

    public ref byte Start => ref MemoryMarshal.GetArrayDataReference(_padded);
}

/// <summary>
/// Room at the end of a <see cref="PageBuffer"/>. The pieces of a line are short and their lengths vary, so
/// they are copied in steps of a fixed width, beyond their end: what is too much is overwritten by the next piece.
/// </summary>
ref struct LineBuffer(ReadOnlySpan<byte> page, PageBuffer output)
{
    public const int Step = 32;

    const int MostSteps = 8; // for more, a general copy is faster

    readonly ReadOnlySpan<byte> _page = page;
    readonly PageBuffer _output = output;
    Span<byte> _room = output.GetSpan(4096);
    int _written;

    /// <summary>Makes what was written part of the page buffer.</summary>
    public void Flush()
    {
        _output.Advance(_written);
        _written = 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(PaddedBytes bytes)
    {
        Reserve(bytes.Length);
        CopySteps(ref bytes.Start, bytes.Length);
    }

    /// <summary>A number that is not negative.</summary>
    public void Write(int number)
    {
        Reserve(10);
        Utf8Formatter.TryFormat(number, _room[_written..], out var length);
        _written += length;
    }

    /// <summary>A part of the page as it stands there.</summary>
    public void Copy(Slot slot)
    {
        Reserve(slot.Length);
        if (slot.Length <= MostSteps * Step && slot.Start + slot.Length + Step <= _page.Length)
        {
            CopySteps(ref Unsafe.Add(ref MemoryMarshal.GetReference(_page), slot.Start), slot.Length);
        }
        else
        {
            _page.Slice(slot.Start, slot.Length).CopyTo(_room[_written..]);
            _written += slot.Length;
        }
    }

    /// <summary>Reads and writes up to <see cref="Step"/> bytes more than asked for; they must be there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void CopySteps(ref byte from, int length)
    {
        ref var to = ref Unsafe.Add(ref MemoryMarshal.GetReference(_room), _written);
        var at = 0;
        do
        {
            var (low, high) = (Vector128.LoadUnsafe(ref from, (nuint)at), Vector128.LoadUnsafe(ref from, (nuint)(at + (Step / 2))));
            low.StoreUnsafe(ref to, (nuint)at);
            high.StoreUnsafe(ref to, (nuint)(at + (Step / 2)));
            at += Step;
        }
        while (at < length);
        _written += length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void Reserve(int length)
    {
        if (_room.Length - _written < length + Step) Grow(length + Step);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    void Grow(int count)
    {
        Flush();
        _room = _output.GetSpan(Math.Max(count, 4096));
    }
}
