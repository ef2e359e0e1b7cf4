using CsCheck;
using KintoneSource.Protocol;
using KintoneSource.Reading.Deletions;

namespace KintoneSource.Tests.Reading.Deletions;

public class KnownRowsTests
{
    /// <summary>What a page says of one record; <c>Save</c>: the state is written and read back first.</summary>
    sealed record Step(long Record, long[] Rows, bool Save);

    static readonly Gen<long> s_row = Gen.Frequency((6, Gen.Long[1, 60]), (2, Gen.Long[1, 1_000_000]), (1, Gen.Long[1, KnownRows.MaxRow]));

    static readonly Gen<Step> s_step =
        from record in Gen.Frequency((4, Gen.Long[1, 12]), (3, Gen.Long[2_030, 2_080]), (1, Gen.Long[1, long.MaxValue]))
        from kind in Gen.Int[0, 3]
        from rows in kind switch
        {
            0 => Gen.Int[0, 6].Select(static n => Enumerable.Range(1, n).Select(static i => (long)i).ToArray()),
            1 => Gen.Select(s_row, Gen.Int[0, 5])
                .Select(static (first, n) => Enumerable.Range(0, n).Select(i => Math.Min(KnownRows.MaxRow - 10, first) + i).ToArray()),
            _ => s_row.Array[0, 8].Select(static r => r.Distinct().ToArray()),
        }
        from save in Gen.Int[0, 5]
        select new Step(record, rows, save == 0);

    [Trait("Duration", "long")]
    [Fact]
    public void Behaves_like_a_dictionary_of_sets() => s_step.Array[0, 60].Sample(static steps =>
    {
        var (known, plain) = (new KnownRows(), new SortedDictionary<long, SortedSet<long>>());
        foreach (var (record, rows, save) in steps)
        {
            if (save) known = KnownRows.Decode(known.Encode());
            Assert.Equal(plain.TryGetValue(record, out var before) ? before.Except(rows) : [], known.Missing(record, rows));
            known.Replace(record, rows);
            plain[record] = [.. rows];
            Assert.Equal(plain.Values.Sum(static r => r.Count), known.Count);
        }
        var text = known.Encode();
        var again = new KnownRows();
        foreach (var (record, rows) in plain.Reverse()) again.Replace(record, [.. rows]);
        Assert.Equal(text, again.Encode()); // the same rows, the same text, whatever the way there
        Assert.Equal(text, KnownRows.Decode(text).Encode());
    }, iter: 2_000);

    /// <summary>More blocks than are kept decoded: what is closed is not forgotten.</summary>
    [Trait("Duration", "long")]
    [Fact]
    public void A_scan_in_many_places_at_once_loses_nothing()
    {
        var known = new KnownRows();
        var removed = 0;
        for (var page = 0; page < 30; page++)
            for (var worker = 0; worker < 200; worker++)
                for (var i = 1; i <= 3; i++)
                {
                    var record = (worker * 100_000L) + (page * 100) + i;
                    known.Replace(record, [record * 10, (record * 10) + 1]);
                }
        Assert.Equal(30 * 200 * 3 * 2, known.Count);
        for (var page = 0; page < 30; page++)
            for (var worker = 0; worker < 200; worker++)
                for (var i = 1; i <= 3; i++)
                {
                    var record = (worker * 100_000L) + (page * 100) + i;
                    removed += known.Missing(record, []).Count();
                    known.Replace(record, []);
                }
        Assert.Equal((30 * 200 * 3 * 2, 0), (removed, known.Count));
        Assert.Equal(new KnownRows().Encode(), known.Encode());
    }

    static readonly Gen<string> s_text = s_step.Array[0, 60].Select(static steps =>
    {
        var known = new KnownRows();
        foreach (var step in steps) known.Replace(step.Record, step.Rows);
        return known.Encode();
    });

    [Trait("Duration", "long")]
    [Fact]
    public void Damaged_text_is_refused_as_a_configuration_error() => Gen.Select(s_text, Gen.Double.Unit, Gen.Char.AlphaNumeric, Gen.Int[0, 3])
        .Sample(static (text, where, c, kind) =>
    {
        var at = (int)(where * text.Length);
        RowsOrError(kind switch { 0 => text[..at], 1 => text[at..], 2 => text + text, _ => text[..at] + c + text[Math.Min(text.Length, at + 1)..] });
    }, iter: 1_000);

    // Behind the checksum's back: bytes that chance would never let through.
    [Trait("Duration", "long")]
    [Fact]
    public void Damaged_bytes_with_a_right_checksum_are_rows_or_a_configuration_error() =>
        Gen.Select(s_text, Gen.Double.Unit, Gen.Byte, Gen.Int[0, 3]).Sample(static (text, where, value, cut) =>
        {
            var bytes = Convert.FromBase64String(text[2..])[4..];
            if (bytes.Length == 0) return;
            bytes[(int)(where * bytes.Length)] = value;
            RowsOrError(ChunkBytes.Signed(bytes[..Math.Max(0, bytes.Length - cut)]));
        }, iter: 4_000);

    [Trait("Duration", "long")]
    [Fact]
    public void Any_bytes_with_a_right_checksum_are_rows_or_a_configuration_error() =>
        Gen.Byte.Array[0, 300].Sample(static bytes => RowsOrError(ChunkBytes.Signed(bytes)), iter: 4_000);

    [Trait("Duration", "long")]
    [Fact]
    public void A_state_can_not_ask_for_memory_without_end()
    {
        // 2,048 records of 1,024 rows in a few bytes are allowed; a hundred times that is not, and neither is more in one block.
        var block = new KnownRows();
        var rows = Enumerable.Range(1, 1_024).Select(static i => (long)i).ToArray();
        for (var record = 2_048L; record < 4_096; record++) block.Replace(record, rows);
        var text = block.Encode();
        Assert.InRange(text.Length, 1, 80);
        var packed = KnownRowsCodec.Pack(new([.. Enumerable.Range(0, 2_048)], [.. Enumerable.Repeat(1_024, 2_048)],
            [.. Enumerable.Repeat(rows, 2_048).SelectMany(static r => r)]));
        var bomb = ChunkBytes.Text([.. Enumerable.Repeat((1L, packed), 100)]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<ConfigurationException>(() => KnownRows.Decode(bomb));
        Assert.Contains("more than 33,554,432 rows", error.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 20L * 20 * RowBlock.MaxCount);
        Assert.False(block.HasRoomFor(2_048, 1));
        Assert.True(block.HasRoomFor(4_096, 1));
    }

    static byte[] Numbers(params long[] numbers) => PackedNumbers.Pack(numbers);

    public static TheoryData<string, byte[]> Nonsense => new()
    {
        { "no record", Numbers(0, 0) },
        { "no record, and more behind it", Numbers(0, 0, 1) },
        { "records without rows", Numbers(7, 2, 0, 0) },
        { "a record behind the block", Numbers(2_048, 1, 1) },
        { "records that reach behind the block", Numbers(2_047, 2, 1, 1) },
        { "fewer numbers than records", Numbers(1, 3, 1, 1) },
        { "a number of rows that is none", Numbers(1, 2, long.MaxValue, long.MaxValue) },
        { "more rows than a block has", Numbers(1, 2, RowBlock.MaxCount, 1) },
        { "rows that are missing", Numbers(1, 2, 2, 1, 10, 20) },
        { "a row too many", Numbers(1, 1, 1, 10, 20) },
        { "the row 0", Numbers(1, 1, 1, 0) },
        { "a row below 0", Numbers(1, 1, 1, 1) },
        { "a first row beyond every row", Numbers(1, 1, 1, long.MaxValue - 1) },
        { "a later row beyond every row", Numbers(1, 1, 2, 10, long.MaxValue) },
        { "no numbers", Numbers() },
    };

    [Theory]
    [MemberData(nameof(Nonsense))]
    public void A_block_that_means_nothing_is_refused(string what, byte[] block)
    {
        var error = Record.Exception(() => KnownRows.Decode(ChunkBytes.Text((1, block))));
        Assert.True(error is ConfigurationException && error.Message.Contains("not a list of rows", StringComparison.Ordinal), $"{what}: {error}");
    }

    [Fact]
    public void A_block_is_read_as_it_is_described()
    {
        // Records 2,049 and 2,051: rows 5, 6 and 10; 8, which is where it is expected behind 7 and one further. Records 4,096 and 4,097: numbered.
        var known = KnownRows.Decode(ChunkBytes.Text((1, Numbers(1, 3, 3, 0, 1, 10, 2, 0, 3)), (0, Numbers(0, 2, 2, 1))));
        Assert.Equal([5, 6, 10], known.RowsOf(2_049));
        Assert.Equal("8", string.Join(' ', known.RowsOf(2_050).Concat(known.RowsOf(2_051))));
        Assert.Equal([1, 2], known.RowsOf(4_096));
        Assert.Equal([1], known.RowsOf(4_097));
        Assert.Equal(7, known.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1:")]
    [InlineData("1:AAA")]
    [InlineData("1:AAAA")]
    [InlineData("1:いろは")]
    [InlineData("0:AAAAAA==")]
    [InlineData("one:AAAAAA==")]
    public void Other_text_says_to_reset_the_stream(string text)
    {
        var error = Assert.Throws<ConfigurationException>(() => KnownRows.Decode(text));
        Assert.Contains("known_rows in the stream's state cannot be read", error.Message, StringComparison.Ordinal);
        Assert.Contains("Reset the stream", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_newer_format_asks_for_a_newer_connector() =>
        Assert.Contains("Update the connector", Assert.Throws<ConfigurationException>(static () => KnownRows.Decode("2:AAAAAA==")).Message,
            StringComparison.Ordinal);

    static void RowsOrError(string text)
    {
        try { Assert.InRange(KnownRows.Decode(text).Count, 0, KnownRows.MaxCount); }
        catch (ConfigurationException) { }
    }
}
