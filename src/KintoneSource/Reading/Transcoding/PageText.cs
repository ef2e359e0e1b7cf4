using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using System.Text;
using System.Text.Unicode;

namespace KintoneSource.Reading.Transcoding;

/// <summary>What is known of a page before it is read.</summary>
/// <param name="HasControls">There are bytes below U+0020: white space, or an error.</param>
/// <param name="MayHaveSeparators">U+0085, U+2028 or U+2029 may be there; false is certain.</param>
readonly record struct PageText(bool HasControls, bool MayHaveSeparators)
{
    /// <summary>Looks at every byte once.</summary>
    /// <exception cref="MalformedPageException">The page is not UTF-8.</exception>
    public static PageText Check(ReadOnlySpan<byte> page)
    {
        if (TryCheck(page, out var text)) return text;
        if (!Utf8.IsValid(page)) throw new MalformedPageException("not valid UTF-8", ValidLength(page), page.Length);
        return new(HasControls: true, MayHaveSeparators: true);
    }

    /// <summary>Whether U+0085, U+2028 or U+2029 is there.</summary>
    public static bool HasSeparators(ReadOnlySpan<byte> utf8) =>
        utf8.IndexOf("\u2028"u8) >= 0 || utf8.IndexOf("\u2029"u8) >= 0 || utf8.IndexOf("\u0085"u8) >= 0;

    static int ValidLength(ReadOnlySpan<byte> page)
    {
        var at = 0;
        while (Rune.DecodeFromUtf8(page[at..], out _, out var length) == OperationStatus.Done) at += length;
        return at;
    }

    // Each bit is an error that two bytes in a row can show; it is set where all three tables agree.
    const byte TooShort = 1 << 0;     // a lead byte without its continuation
    const byte TooLong = 1 << 1;      // a continuation after ASCII
    const byte Overlong3 = 1 << 2;
    const byte TooLarge = 1 << 3;     // above U+10FFFF
    const byte Surrogate = 1 << 4;
    const byte Overlong2 = 1 << 5;
    const byte TooLarge1000 = 1 << 6; // above U+10FFFF with a lead byte above F4
    const byte Overlong4 = 1 << 6;
    const byte TwoContinuations = 1 << 7; // an error unless a lead byte stands two or three bytes before
    const byte Carry = TooShort | TooLong | TwoContinuations;

    /// <summary>
    /// UTF-8 by table look-up, 16 bytes at a time: J. Keiser, D. Lemire, "Validating UTF-8 in less than one
    /// instruction per byte", 2021. False means only that the slow way has to look.
    /// </summary>
    static bool TryCheck(ReadOnlySpan<byte> page, out PageText text)
    {
        text = default;
        const int Ahead = 3; // the bytes in front of a vector are loaded, not carried
        if (page.Length < Ahead + Vector128<byte>.Count || (page[0] | page[1] | page[2]) >= 0x80) return false;
        if (page[^1] >= 0xC0 || page[^2] >= 0xE0 || page[^3] >= 0xF0) return false; // a character is cut off

        var firstHigh = Vector128.Create(
            TooLong, TooLong, TooLong, TooLong, TooLong, TooLong, TooLong, TooLong,
            TwoContinuations, TwoContinuations, TwoContinuations, TwoContinuations,
            TooShort | Overlong2, TooShort, TooShort | Overlong3 | Surrogate, TooShort | TooLarge | TooLarge1000 | Overlong4);
        var firstLow = Vector128.Create(
            Carry | Overlong3 | Overlong2 | Overlong4, Carry | Overlong2, Carry, Carry,
            Carry | TooLarge, Carry | TooLarge | TooLarge1000, Carry | TooLarge | TooLarge1000, Carry | TooLarge | TooLarge1000,
            Carry | TooLarge | TooLarge1000, Carry | TooLarge | TooLarge1000, Carry | TooLarge | TooLarge1000, Carry | TooLarge | TooLarge1000,
            Carry | TooLarge | TooLarge1000, Carry | TooLarge | TooLarge1000 | Surrogate, Carry | TooLarge | TooLarge1000, Carry | TooLarge | TooLarge1000);
        var secondHigh = Vector128.Create(
            TooShort, TooShort, TooShort, TooShort, TooShort, TooShort, TooShort, TooShort,
            TooLong | Overlong2 | TwoContinuations | Overlong3 | TooLarge1000 | Overlong4,
            TooLong | Overlong2 | TwoContinuations | Overlong3 | TooLarge,
            TooLong | Overlong2 | TwoContinuations | Surrogate | TooLarge,
            TooLong | Overlong2 | TwoContinuations | Surrogate | TooLarge,
            TooShort, TooShort, TooShort, TooShort);
        var nibble = Vector128.Create((byte)0x0F);

        ref var start = ref MemoryMarshal.GetReference(page);
        var (errors, separators, least) = (Vector128<byte>.Zero, Vector128<byte>.Zero, Vector128.Create((byte)0x20));
        var last = page.Length - Vector128<byte>.Count;
        for (var at = Ahead; ; at = Math.Min(at + Vector128<byte>.Count, last)) // the last vector overlaps the one before
        {
            var bytes = Vector128.LoadUnsafe(ref start, (nuint)at);
            var before1 = Vector128.LoadUnsafe(ref start, (nuint)(at - 1));
            var before2 = Vector128.LoadUnsafe(ref start, (nuint)(at - 2));
            var before3 = Vector128.LoadUnsafe(ref start, (nuint)(at - 3));

            var pair = LookUp(firstHigh, before1 >>> 4)
                & LookUp(firstLow, before1 & nibble)
                & LookUp(secondHigh, bytes >>> 4);
            var continues = Vector128.SubtractSaturate(before2, Vector128.Create((byte)(0xE0 - 0x80)))
                | Vector128.SubtractSaturate(before3, Vector128.Create((byte)(0xF0 - 0x80)));
            errors |= (continues & Vector128.Create((byte)0x80)) ^ pair;

            least = Vector128.Min(least, bytes);
            separators |= (Vector128.Equals(before1, Vector128.Create((byte)0x80)) & Vector128.Equals(before2, Vector128.Create((byte)0xE2)))
                | (Vector128.Equals(bytes, Vector128.Create((byte)0x85)) & Vector128.Equals(before1, Vector128.Create((byte)0xC2)));
            if (at == last) break;
        }

        // The three bytes in front of the first vector are ASCII, but may still be controls.
        var controls = Vector128.LessThanAny(least, Vector128.Create((byte)0x20)) || page[0] < 0x20 || page[1] < 0x20 || page[2] < 0x20;
        text = new(controls, separators != Vector128<byte>.Zero);
        return errors == Vector128<byte>.Zero;
    }

    /// <summary>
    /// What a table holds at each index of 0 to 15. The instructions are named because a natively compiled
    /// program, made for any x64 processor, would otherwise take the one-by-one way even where they are there.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<byte> LookUp(Vector128<byte> table, Vector128<byte> index)
    {
        if (Ssse3.IsSupported) return Ssse3.Shuffle(table, index);
        if (AdvSimd.Arm64.IsSupported) return AdvSimd.Arm64.VectorTableLookup(table, index);
        return Vector128.Shuffle(table, index);
    }
}
