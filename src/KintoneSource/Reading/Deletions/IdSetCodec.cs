using System.Buffers;
using System.Globalization;
using System.Numerics;

namespace KintoneSource.Reading.Deletions;

/// <summary>
/// An id set as <see cref="ChunkText"/> (docs/decisions/0003-known-ids-encoding.md). A chunk's numbers are the lengths less one of its runs of
/// neighbouring ids, then as many gaps: what lies in front of each run.
/// </summary>
static class IdSetCodec
{
    static readonly StateText s_text = new("known_ids", 1, "which reads all its records anew");
    static readonly ChunkText s_chunks = new(s_text, (long.MaxValue >> 16) + 1);

    public static string Encode(IReadOnlyList<IdChunk> chunks) => s_chunks.Encode([.. chunks.Select(static c => (c.Key, c.Encode()))]);

    public static byte[] Pack(IdChunk chunk)
    {
        Span<ulong> bits = stackalloc ulong[IdChunk.Words];
        chunk.CopyTo(bits);
        var count = Runs(bits);
        var numbers = ArrayPool<long>.Shared.Rent(2 * count);
        var end = 0;
        for (var run = 0; run < count; run++)
        {
            var start = IdChunk.Next(bits, end, present: true);
            numbers[count + run] = start - end;
            end = IdChunk.Next(bits, start, present: false);
            numbers[run] = end - start - 1;
        }
        var packed = PackedNumbers.Pack(numbers.AsSpan(0, 2 * count));
        ArrayPool<long>.Shared.Return(numbers);
        return packed;
    }

    static int Runs(ReadOnlySpan<ulong> bits)
    {
        var (runs, carry) = (0, 0UL);
        foreach (var word in bits)
        {
            runs += BitOperations.PopCount(word & ~((word << 1) | carry));
            carry = word >> 63;
        }
        return runs;
    }

    public static IEnumerable<IdChunk> Decode(string text)
    {
        var (numbers, bits, total) = (new List<long>(), new ulong[IdChunk.Words], 0L);
        foreach (var (key, packed) in s_chunks.Decode(text))
        {
            // Every second id at most begins a run.
            if (!PackedNumbers.TryUnpack(packed.Span, IdChunk.Width, numbers) || Unpack(numbers, bits) is not { } count || (key == 0 && (bits[0] & 1) != 0))
                throw s_text.Unreadable("a part of it is not a list of ids");
            if ((total += count) > IdSet.MaxCount)
                throw s_text.Unreadable(string.Create(CultureInfo.InvariantCulture, $"it holds more than {IdSet.MaxCount:N0} ids"));
            yield return IdChunk.FromBits(key, bits, count);
        }
    }

    /// <param name="bits">Gets the chunk's ids.</param>
    /// <returns>How many ids there are; null when the numbers mean nothing.</returns>
    static int? Unpack(List<long> numbers, Span<ulong> bits)
    {
        bits.Clear();
        var (runs, count, end) = (numbers.Count / 2, 0, 0);
        if (runs == 0 || numbers.Count % 2 != 0) return null;
        for (var run = 0; run < runs; run++)
        {
            if (numbers[runs + run] > IdChunk.Width - end) return null;
            var start = end + (int)numbers[runs + run];
            if (numbers[run] >= IdChunk.Width - start) return null;
            end = start + (int)numbers[run] + 1;
            Set(bits, start, end);
            count += end - start;
        }
        return count;
    }

    static void Set(Span<ulong> bits, int start, int end)
    {
        while (start < end)
        {
            var offset = start & 63;
            var here = Math.Min(64 - offset, end - start);
            bits[start >> 6] |= (~0UL >> (64 - here)) << offset;
            start += here;
        }
    }
}
