using System.Buffers;
using System.IO.Compression;

namespace KintoneSource.Reading.Deletions;

/// <summary>
/// Numbers from 0 to 2^63 - 1 as bytes: varints (seven bits each, the lowest first, the eighth where more follow) through the framework's
/// Brotli. Small numbers, and numbers that are mostly alike, come out at a fraction of a byte each; those of a kind belong side by side.
/// </summary>
static class PackedNumbers
{
    /// <summary>Beyond it states take longer and hardly get smaller (docs/decisions/0003-known-ids-encoding.md).</summary>
    const int Quality = 4;

    /// <summary>64 KB, as much as a chunk of ids ever takes: a larger window only costs memory.</summary>
    const int Window = 16;

    const int LongestVarint = 9;

    public static byte[] Pack(ReadOnlySpan<long> numbers)
    {
        var varints = ArrayPool<byte>.Shared.Rent(Math.Max(1, numbers.Length * LongestVarint));
        var length = 0;
        foreach (var number in numbers)
        {
            var rest = number;
            for (; rest >= 128; rest >>= 7) varints[length++] = (byte)(rest | 128);
            varints[length++] = (byte)rest;
        }
        var packed = ArrayPool<byte>.Shared.Rent(BrotliEncoder.GetMaxCompressedLength(length));
        try
        {
            if (!BrotliEncoder.TryCompress(varints.AsSpan(0, length), packed, out var size, Quality, Window))
                throw new InvalidOperationException($"{length} bytes did not fit into {packed.Length} when they were compressed.");
            return packed[..size];
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(varints);
            ArrayPool<byte>.Shared.Return(packed);
        }
    }

    /// <summary>Distrusts what it reads: however many numbers the bytes stand for, no more than <paramref name="most"/> take memory and time.</summary>
    /// <param name="numbers">Is cleared first.</param>
    /// <returns>False where the bytes are not numbers, or are more than <paramref name="most"/>.</returns>
    public static bool TryUnpack(ReadOnlySpan<byte> packed, int most, List<long> numbers)
    {
        numbers.Clear();
        using var decoder = new BrotliDecoder();
        Span<byte> part = stackalloc byte[4_096];
        var (number, shift) = (0L, 0);
        while (true)
        {
            var status = decoder.Decompress(packed, part, out var read, out var written);
            packed = packed[read..];
            foreach (var b in part[..written])
            {
                number |= (long)(b & 127) << shift;
                if (b >= 128)
                {
                    if ((shift += 7) == 7 * LongestVarint) return false;
                    continue;
                }
                if (numbers.Count == most) return false;
                numbers.Add(number);
                (number, shift) = (0, 0);
            }
            if (status == OperationStatus.Done) return packed.IsEmpty && shift == 0;
            if (status != OperationStatus.DestinationTooSmall) return false;
        }
    }
}
