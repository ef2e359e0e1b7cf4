using System.Buffers;
using System.IO.Compression;

namespace KintoneSource.Fuzz.Targets;

/// <summary>
/// The text of an id set read once more, from the description of the format alone (docs/decisions/0003-known-ids-encoding.md, the comments of
/// IdSetCodec, ChunkText and PackedNumbers): shares no code with the connector.
/// </summary>
static class IdSetModel
{
    const int Width = 65_536;
    const long MaxIds = 1L << 25;
    const long MaxKey = long.MaxValue / Width;

    /// <returns>Ranges of ids, first and last, ascending; null where the text means nothing.</returns>
    public static List<(long First, long Last)>? Read(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 1 || text[..colon].TrimStart('0') != "1" || colon > 9) return null;
        byte[] bytes;
        try { bytes = Convert.FromBase64String(text[(colon + 1)..]); }
        catch (FormatException) { return null; }
        if (bytes.Length < 8 || Crc32C(bytes.AsSpan(4)) != BitConverter.ToUInt32(bytes)) return null;
        var (length, rest) = (BitConverter.ToInt32(bytes, 4), bytes[8..]);
        if (length < 0 || length > rest.Length || Numbers(rest[..length], 2 * (rest.Length - length)) is not { } head || head.Length % 2 != 0) return null;
        return Chunks(head, rest[length..]);
    }

    static List<(long, long)>? Chunks(long[] head, byte[] bytes)
    {
        List<(long First, long Last)> ranges = [];
        var (next, total, at) = ((Int128)0, 0L, 0L);
        foreach (var part in head.Chunk(2))
        {
            var (key, end) = (next + part[0], at + (Int128)part[1]);
            if (key > MaxKey || end > bytes.Length) return null;
            if (Numbers(bytes[(int)at..(int)end], Width) is not { } numbers || Chunk((long)key * Width, numbers) is not { } chunk) return null;
            foreach (var (from, to) in chunk) total += to - from + 1;
            if (total > MaxIds || chunk[0].First == 0) return null;
            ranges.AddRange(chunk);
            (next, at) = (key + 1, (long)end);
        }
        return at == bytes.Length ? ranges : null;
    }

    static List<(long First, long Last)>? Chunk(long start, long[] numbers)
    {
        if (numbers.Length == 0 || numbers.Length % 2 != 0) return null;
        List<(long First, long Last)> ranges = [];
        Int128 end = 0;
        foreach (var (length, gap) in numbers[..(numbers.Length / 2)].Zip(numbers[(numbers.Length / 2)..]))
        {
            var first = end + gap;
            end = first + length + 1;
            if (end > Width) return null;
            var (from, to) = (start + (long)first, start + (long)end - 1);
            if (ranges.Count > 0 && ranges[^1].Last == from - 1) ranges[^1] = (ranges[^1].First, to);
            else ranges.Add((from, to));
        }
        return ranges;
    }

    static long[]? Numbers(byte[] packed, int most)
    {
        // Whatever they are, so many numbers have no more bytes.
        var bytes = ArrayPool<byte>.Shared.Rent(Math.Max(1, 9 * most));
        using var decoder = new BrotliDecoder();
        var status = decoder.Decompress(packed, bytes.AsSpan(0, Math.Max(1, 9 * most)), out var read, out var length);
        var numbers = status == OperationStatus.Done && read == packed.Length ? Varints(bytes.AsSpan(0, length)) : null;
        ArrayPool<byte>.Shared.Return(bytes);
        return numbers?.Length <= most ? numbers : null;
    }

    /// <returns>Null where the last one is cut off, or one has more than nine bytes.</returns>
    static long[]? Varints(ReadOnlySpan<byte> bytes)
    {
        List<long> numbers = [];
        var (number, size) = (0L, 0);
        foreach (var b in bytes)
        {
            number += (b % 128L) << (7 * size++);
            if (b < 128)
            {
                numbers.Add(number);
                (number, size) = (0, 0);
            }
            else if (size == 9) return null;
        }
        return size == 0 ? [.. numbers] : null;
    }

    public static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ ((crc & 1) * 0x82F63B78);
        }
        return ~crc;
    }
}
