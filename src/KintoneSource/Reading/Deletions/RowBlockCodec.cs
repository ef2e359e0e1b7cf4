using System.Numerics;

namespace KintoneSource.Reading.Deletions;

/// <summary>
/// One block as bytes (docs/decisions/0011-known-rows-encoding.md): the number of records (varint), a byte that says whether every
/// record's rows are 1 to n, then columns of numbers that are mostly the same. Their distances (less one), their numbers of rows (less
/// one) and, unless they are numbered, the first row (varint), how far each record's first row is from where it is expected, and the
/// distances of its rows (less one). Kintone numbers rows as they are written, so those of neighbouring
/// records follow each other. The same rows always give the same bytes.
/// </summary>
static class RowBlockCodec
{
    const int MostRecords = 1 << RowBlock.IdBits;

    /// <summary>A row that is farther away than this was given in another year: the records behind it are not.</summary>
    const long Near = 4096;

    public static byte[] Encode(RowBlock.Rows block)
    {
        var (records, counts, ids) = block;
        var writer = new GrowingBitWriter();
        writer.WriteVarint((ulong)records.Count);
        var isNumbered = IsNumbered(counts, ids);
        writer.WriteVarint(isNumbered ? 1UL : 0);
        var column = new List<long>(Math.Max(records.Count, ids.Count));
        for (var i = 0; i < records.Count; i++) column.Add(records[i] - (i == 0 ? 0 : records[i - 1] + 1));
        MostlySame.Write(writer, column);
        column.Clear();
        foreach (var count in counts) column.Add(count - 1);
        MostlySame.Write(writer, column);
        if (!isNumbered)
        {
            writer.WriteVarint((ulong)ids[0]);
            column.Clear();
            var expected = new Expected(ids[0]);
            for (int i = 0, row = 0; i < counts.Count; row += counts[i++])
            {
                column.Add(ids[row] - expected.First);
                expected.Follow(ids, row, counts[i]);
            }
            MostlySame.Write(writer, column);
            column.Clear();
            for (int i = 0, row = 0; i < counts.Count; row += counts[i++])
                for (var next = row + 1; next < row + counts[i]; next++) column.Add(ids[next] - ids[next - 1] - 1);
            MostlySame.Write(writer, column);
        }
        return writer.ToArray();
    }

    /// <returns>Null when the bytes mean nothing.</returns>
    public static RowBlock.Rows? Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new BitReader(bytes);
        if (!reader.TryReadVarint(out var size) || size is 0 or > MostRecords || !reader.TryReadVarint(out var form) || form > 1) return null;
        var column = new List<long>((int)size);
        var block = new RowBlock.Rows(new((int)size), new((int)size), []);
        if (!MostlySame.TryRead(ref reader, (int)size, column)) return null;
        var record = -1L;
        foreach (var distance in column)
        {
            if (distance is < 0 or >= MostRecords || (record += distance + 1) >= MostRecords) return null;
            block.Records.Add((int)record);
        }
        if (!MostlySame.TryRead(ref reader, (int)size, column)) return null;
        var total = 0L;
        foreach (var count in column)
        {
            if (count is < 0 or >= RowBlock.MaxCount || (total += count + 1) > RowBlock.MaxCount) return null;
            block.Counts.Add((int)count + 1);
        }
        // From here on the memory is bounded.
        if (form == 1)
            foreach (var count in block.Counts)
                for (var i = 1; i <= count; i++) block.Ids.Add(i);
        else if (!TryReadIds(ref reader, block, (int)total, column)) return null;
        reader.SkipToByte();
        return reader.AtEnd ? block : null;
    }

    static bool TryReadIds(ref BitReader reader, RowBlock.Rows block, int total, List<long> column)
    {
        if (!reader.TryReadVarint(out var start) || start is 0 or > KnownRows.MaxRow) return false;
        var gaps = new List<long>();
        if (!MostlySame.TryRead(ref reader, block.Counts.Count, column) || !MostlySame.TryRead(ref reader, total - block.Counts.Count, gaps)) return false;
        var (expected, gap) = (new Expected((long)start), 0);
        for (var i = 0; i < block.Counts.Count; i++)
        {
            var row = (Int128)expected.First + column[i];
            if (row < 1 || row > KnownRows.MaxRow) return false;
            var first = block.Ids.Count;
            block.Ids.Add((long)row);
            for (var n = 1; n < block.Counts[i]; n++)
            {
                if (gaps[gap] < 0 || (row += gaps[gap++] + (Int128)1) > KnownRows.MaxRow) return false;
                block.Ids.Add((long)row);
            }
            expected.Follow(block.Ids, first, block.Counts[i]);
        }
        return true;
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

    /// <summary>Where the next record's first row is expected: behind this one's, unless it stands apart.</summary>
    struct Expected(long first)
    {
        bool _jumped;

        public long First { get; private set; } = first;

        public void Follow(List<long> ids, int row, int count)
        {
            var (here, run) = (ids[row], 1);
            while (run < count && ids[row + run] == here + run) run++;
            // One record alone was written anew: its neighbours are where they were. Two of them, and so is the rest.
            _jumped = !_jumped && Math.Abs(here - First) > Near;
            if (!_jumped) First = here + run;
        }
    }
}

/// <summary>
/// Numbers of which most are one and the same: that number (zigzag varint), a byte with two parameters, then, until all are told,
/// how many of the same come (Rice code) and one other, as its zigzag distance less one (exponential Golomb code).
/// </summary>
static class MostlySame
{
    public static void Write(GrowingBitWriter writer, List<long> values)
    {
        if (values.Count == 0) return;
        var usual = Usual(values);
        Span<int> lengths = stackalloc int[65];
        var others = 0;
        foreach (var value in values)
        {
            if (value == usual) continue;
            others++;
            lengths[64 - BitOperations.LeadingZeroCount(Other(value, usual))]++;
        }
        var runParameter = Math.Min(15, BitOperations.Log2((uint)Math.Max(1, (values.Count - others) / Math.Max(1, others + 1))));
        var otherParameter = Best(lengths);
        writer.WriteVarint(ZigZag(usual));
        writer.WriteByte((byte)runParameter);
        writer.WriteByte((byte)otherParameter);
        var run = 0;
        foreach (var value in values)
        {
            if (value == usual)
            {
                run++;
                continue;
            }
            writer.WriteRice(run, runParameter);
            writer.WriteGolomb(Other(value, usual), otherParameter);
            run = 0;
        }
        if (run > 0) writer.WriteRice(run, runParameter);
        writer.Flush();
    }

    public static bool TryRead(ref BitReader reader, int count, List<long> values)
    {
        values.Clear();
        if (count == 0) return true;
        if (!reader.TryReadVarint(out var zigzag) || !reader.TryReadByte(out var runParameter) || runParameter > 15
            || !reader.TryReadByte(out var otherParameter) || otherParameter > 62) return false;
        var usual = Unfold(zigzag);
        while (values.Count < count)
        {
            if (!reader.TryReadRice(runParameter, count - values.Count + 1, out var run)) return false;
            for (var i = 0; i < run; i++) values.Add(usual);
            if (values.Count == count) break;
            if (!reader.TryReadGolomb(otherParameter, out var other)) return false;
            values.Add(unchecked(usual + Unfold(other + 1)));
        }
        reader.SkipToByte();
        return true;
    }

    /// <summary>The value that more than half are, where there is one (Boyer and Moore's vote); else any.</summary>
    static long Usual(List<long> values)
    {
        var (usual, votes) = (0L, 0);
        foreach (var value in values)
        {
            if (votes == 0) usual = value;
            votes += value == usual ? 1 : -1;
        }
        return usual;
    }

    static ulong Other(long value, long usual) => ZigZag(unchecked(value - usual)) - 1;

    static ulong ZigZag(long value) => (ulong)((value << 1) ^ (value >> 63));

    static long Unfold(ulong zigzag) => (long)(zigzag >> 1) ^ -(long)(zigzag & 1);

    /// <param name="lengths">How many values have how many bits.</param>
    static int Best(ReadOnlySpan<int> lengths)
    {
        var (best, least) = (0, long.MaxValue);
        for (var parameter = 0; parameter <= 40; parameter++)
        {
            var bits = 0L;
            for (var length = 0; length <= 64; length++) bits += lengths[length] * (long)((2 * Math.Max(length, parameter)) - parameter + 1);
            if (bits < least) (best, least) = (parameter, bits);
        }
        return best;
    }
}
