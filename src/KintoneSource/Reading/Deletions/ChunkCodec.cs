using System.Numerics;
using System.Runtime.InteropServices;

namespace KintoneSource.Reading.Deletions;

/// <summary>
/// One chunk as bytes, chosen by measuring (docs/decisions/0003-known-ids-encoding.md). A tag, as a varint, then:
/// 0: nothing, every id is there; 1: the bitmap, 1,024 little-endian words; n + 1: n runs of ids, as
/// the position of the first run (varint), a byte with two Rice parameters (runs high, gaps low), and the lengths less
/// one of run, gap, run, … run as a bit stream. The same ids always give the same bytes.
/// </summary>
static class ChunkCodec
{
    const int Full = 0, Bitmap = 1, MaxRuns = IdChunk.Width / 2;
    const int BitmapBytes = IdChunk.Width / 8;

    public static byte[] Encode(IdChunk chunk)
    {
        if (chunk.Count == IdChunk.Width) return [Full];
        Span<ulong> bits = stackalloc ulong[IdChunk.Words];
        chunk.CopyTo(bits);
        Span<byte> buffer = stackalloc byte[1 + BitmapBytes];
        var writer = new BitWriter(buffer);
        if (TryWriteRuns(bits, chunk.Count, ref writer)) return buffer[..writer.Length].ToArray();

        buffer[0] = Bitmap;
        MemoryMarshal.AsBytes(bits).CopyTo(buffer[1..]);
        return buffer.ToArray();
    }

    static bool TryWriteRuns(ReadOnlySpan<ulong> bits, int count, ref BitWriter writer)
    {
        var (runs, carry) = (0, 0UL);
        foreach (var word in bits)
        {
            runs += BitOperations.PopCount(word & ~((word << 1) | carry));
            carry = word >> 63;
        }
        var first = IdChunk.Next(bits, 0, present: true);
        var span = 0;
        for (var i = IdChunk.Words - 1; span == 0; i--)
            if (bits[i] != 0) span = (i << 6) + 64 - BitOperations.LeadingZeroCount(bits[i]) - first;

        var runParameter = RiceParameter(count - runs, runs);
        var gapParameter = RiceParameter(span - count - (runs - 1), runs - 1);
        writer.WriteVarint((uint)runs + 1);
        writer.WriteVarint((uint)first);
        writer.WriteByte((byte)((runParameter << 4) | gapParameter));
        var position = first;
        for (var run = 1; ; run++)
        {
            var end = IdChunk.Next(bits, position, present: false);
            if (!writer.TryWriteRice(end - position - 1, runParameter)) return false;
            if (run == runs) return writer.TryFlush();
            position = IdChunk.Next(bits, end, present: true);
            if (!writer.TryWriteRice(position - end - 1, gapParameter)) return false;
        }
    }

    /// <summary>The best parameter for lengths that fall off geometrically, as those of random gaps do, is the mean's logarithm.</summary>
    static int RiceParameter(int total, int values) => values == 0 || total < values ? 0 : BitOperations.Log2((uint)(total / values));

    /// <param name="bits">Scratch of <see cref="IdChunk.Words"/> words; holds the chunk's ids afterwards.</param>
    /// <returns>How many ids there are, or -1 when the bytes mean nothing.</returns>
    public static int Decode(ref BitReader reader, scoped Span<ulong> bits)
    {
        bits.Clear();
        if (!reader.TryReadVarint(out var tag)) return -1;
        switch (tag)
        {
            case Full:
                bits.Fill(~0UL);
                return IdChunk.Width;
            case Bitmap:
                if (!reader.TryReadBytes(MemoryMarshal.AsBytes(bits))) return -1;
                var count = 0;
                foreach (var word in bits) count += BitOperations.PopCount(word);
                return count == 0 ? -1 : count;
            case <= MaxRuns + 1:
                return DecodeRuns(ref reader, (int)tag - 1, bits);
            default:
                return -1;
        }
    }

    static int DecodeRuns(ref BitReader reader, int runs, scoped Span<ulong> bits)
    {
        if (!reader.TryReadVarint(out var first) || first >= IdChunk.Width || !reader.TryReadByte(out var parameters)) return -1;
        var (position, count) = ((int)first, 0);
        for (var run = 1; ; run++)
        {
            if (!reader.TryReadRice(parameters >> 4, IdChunk.Width - position, out var length)) return -1;
            Set(bits, position, length + 1);
            count += length + 1;
            position += length + 1;
            if (run == runs) break;
            if (!reader.TryReadRice(parameters & 15, IdChunk.Width - position, out var gap)) return -1;
            position += gap + 1;
        }
        reader.SkipToByte();
        return count;
    }

    static void Set(Span<ulong> bits, int position, int length)
    {
        while (length > 0)
        {
            var offset = position & 63;
            var here = Math.Min(64 - offset, length);
            bits[position >> 6] |= (here == 64 ? ~0UL : (1UL << here) - 1) << offset;
            position += here;
            length -= here;
        }
    }
}
