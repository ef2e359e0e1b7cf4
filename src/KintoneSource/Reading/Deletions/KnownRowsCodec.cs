using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;

namespace KintoneSource.Reading.Deletions;

/// <summary>
/// Known rows as <see cref="ChunkText"/> (docs/decisions/0022-known-rows-encoding.md). A block's numbers are the lower bits of its first record, how
/// many records there are from it to the last, and the number of rows of each of them. Nothing else where every record's rows are 1 to n, as files' are;
/// otherwise for each record that has any, how far its first row is from where it is expected (zigzag), then for all other rows their distance to the
/// one before less one.
/// </summary>
static class KnownRowsCodec
{
    const int Width = 1 << RowBlock.IdBits;

    static readonly StateText s_text = new("known_rows", 1, "which reads all its records anew");
    static readonly ChunkText s_blocks = new(s_text, (long.MaxValue >> RowBlock.IdBits) + 1);

    public static string Encode(IEnumerable<RowBlock> blocks) => s_blocks.Encode([.. blocks.Select(static b => (b.Key, b.Encode()))]);

    public static IEnumerable<RowBlock> Decode(string text)
    {
        var (total, numbers) = (0L, new List<long>());
        foreach (var (key, packed) in s_blocks.Decode(text))
        {
            if (Unpack(packed.Span, numbers) is not { } rows || (key == 0 && rows.Records[0] == 0)) throw s_text.Unreadable(
                "a part of it is not a list of rows");
            if ((total += rows.Ids.Count) > KnownRows.MaxCount)
                throw s_text.Unreadable(string.Create(CultureInfo.InvariantCulture, $"it holds more than {KnownRows.MaxCount:N0} rows"));
            yield return new(key, packed.ToArray(), rows.Ids.Count);
        }
    }

    public static byte[] Pack(RowBlock.Rows block)
    {
        var (records, counts, ids) = block;
        if (records.Count == 0) return PackedNumbers.Pack([]); // emptied while it was open: it is closed with the others, and no state holds it
        var numbers = ArrayPool<long>.Shared.Rent(2 + Width + ids.Count);
        var length = 0;
        numbers[length++] = records[0];
        numbers[length++] = records[^1] - records[0] + 1;
        for (int i = 0, record = records[0]; i < records.Count; record++) numbers[length++] = record == records[i] ? counts[i++] : 0;
        if (!IsNumbered(counts, ids))
        {
            var expected = 0L;
            for (int i = 0, row = 0; i < counts.Count; row += counts[i++])
            {
                numbers[length++] = ZigZag(ids[row] - expected);
                expected = NextId(ids, row, counts[i]);
            }
            for (int i = 0, row = 0; i < counts.Count; row += counts[i++])
                for (var next = row + 1; next < row + counts[i]; next++) numbers[length++] = ids[next] - ids[next - 1] - 1;
        }
        var packed = PackedNumbers.Pack(numbers.AsSpan(0, length));
        ArrayPool<long>.Shared.Return(numbers);
        return packed;
    }

    /// <param name="numbers">Scratch.</param>
    /// <returns>Null when the bytes mean nothing.</returns>
    public static RowBlock.Rows? Unpack(ReadOnlySpan<byte> packed, List<long> numbers)
    {
        var block = new RowBlock.Rows();
        if (!PackedNumbers.TryUnpack(packed, 2 + Width + RowBlock.MaxCount, numbers) || numbers.Count < 3) return null;
        var (first, records, total) = (numbers[0], numbers[1], 0L);
        if (first >= Width || records > Width - first || records > numbers.Count - 2) return null;
        for (var i = 0; i < records; i++)
        {
            var count = numbers[2 + i];
            if (count > RowBlock.MaxCount || (total += count) > RowBlock.MaxCount) return null;
            if (count == 0) continue;
            block.Records.Add((int)first + i);
            block.Counts.Add((int)count);
        }
        var rows = CollectionsMarshal.AsSpan(numbers)[(2 + (int)records)..];
        if (total == 0 || (!rows.IsEmpty && rows.Length != total)) return null;
        block.Ids.EnsureCapacity((int)total);
        if (!rows.IsEmpty) return TryReadRows(rows, block) ? block : null;
        foreach (var count in block.Counts)
            for (var row = 1; row <= count; row++) block.Ids.Add(row);
        return block;
    }

    static bool TryReadRows(ReadOnlySpan<long> numbers, RowBlock.Rows block)
    {
        var (expected, distance) = (0L, block.Counts.Count);
        for (var i = 0; i < block.Counts.Count; i++)
        {
            var (first, row) = (block.Ids.Count, expected + Unfold(numbers[i]));
            if (row is < 1 or > KnownRows.MaxRow) return false;
            block.Ids.Add(row);
            for (var n = 1; n < block.Counts[i]; n++)
            {
                if (numbers[distance] >= KnownRows.MaxRow - row) return false;
                block.Ids.Add(row += numbers[distance++] + 1);
            }
            expected = NextId(block.Ids, first, block.Counts[i]);
        }
        return true;
    }

    /// <summary>
    /// Where the next record's first row is expected. Kintone numbers rows as they are written, so that it is behind this record's; those that an edit
    /// added to this record later have numbers from another time.
    /// </summary>
    static long NextId(List<long> ids, int row, int count)
    {
        var run = 1;
        while (run < count && ids[row + run] == ids[row] + run) run++;
        return ids[row] + run;
    }

    static bool IsNumbered(List<int> counts, List<long> ids)
    {
        var row = 0;
        foreach (var count in counts)
        {
            if (ids[row] != 1 || ids[row + count - 1] != count) return false;
            row += count;
        }
        return true;
    }

    static long ZigZag(long value) => (value << 1) ^ (value >> 63);

    static long Unfold(long zigzag) => (zigzag >> 1) ^ -(zigzag & 1);
}
