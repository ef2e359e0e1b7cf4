using System.Diagnostics;
using System.IO.Compression;
using CsCheck;
using KintoneSource.Protocol;
using KintoneSource.Reading.Deletions;

namespace KintoneSource.Tests.Reading.Deletions;

public class IdSetCodecTests
{
    static readonly Gen<string> s_text =
        from ids in Gen.Long[1, 200_000].Array[0, 3_000]
        from run in Gen.Int[0, 70_000]
        select Encode(ids.Concat(Enumerable.Range(1, run).Select(static i => (long)i)));

    static readonly Gen<Func<string, string>> s_damage = Gen.OneOf(
        from at in Gen.Double.Unit from c in Gen.Char select (Func<string, string>)(s => Replace(s, at, c.ToString())),
        from at in Gen.Double.Unit from c in Gen.Char.AlphaNumeric select (Func<string, string>)(s => Replace(s, at, c.ToString())),
        from at in Gen.Double.Unit select (Func<string, string>)(s => s[..(int)(at * s.Length)]),
        from at in Gen.Double.Unit select (Func<string, string>)(s => s[(int)(at * s.Length)..]),
        from at in Gen.Double.Unit from more in Gen.String select (Func<string, string>)(s => s.Insert((int)(at * s.Length), more)),
        Gen.Const((Func<string, string>)(static s => s + s)));

    [Trait("Duration", "long")]
    [Fact]
    public void Damaged_text_is_a_set_or_a_configuration_error() => Gen.Select(s_text, s_damage).Sample(static (text, damage) =>
        SetOrError(damage(text)), iter: 1_000);

    // Behind the checksum's back: bytes that chance would never let through.
    [Trait("Duration", "long")]
    [Fact]
    public void Damaged_bytes_with_a_right_checksum_are_a_set_or_a_configuration_error() =>
        Gen.Select(s_text, Gen.Double.Unit, Gen.Byte, Gen.Int[0, 3]).Sample(static (text, where, value, cut) =>
        {
            var bytes = Convert.FromBase64String(text[2..])[4..];
            if (bytes.Length == 0) return;
            bytes[(int)(where * bytes.Length)] = value;
            SetOrError(ChunkBytes.Signed(bytes[..Math.Max(0, bytes.Length - cut)]));
        }, iter: 1_000);

    [Trait("Duration", "long")]
    [Fact]
    public void Any_bytes_with_a_right_checksum_are_a_set_or_a_configuration_error() =>
        Gen.Byte.Array[0, 300].Sample(static bytes => SetOrError(ChunkBytes.Signed(bytes)), iter: 2_000);

    [Theory]
    [InlineData("")]
    [InlineData(":")]
    [InlineData("1")]
    [InlineData("1:")]
    [InlineData("1:AAA")]
    [InlineData("1:AAAA")]
    [InlineData("1:AAAAAAAA")]
    [InlineData("1:いろは")]
    [InlineData("0:AAAAAA==")]
    [InlineData("1\0:AAAAAA==")]
    [InlineData("１:AAAAAA==")]
    [InlineData("-1:AAAAAA==")]
    [InlineData("one:AAAAAA==")]
    [InlineData("[1,2,3]")]
    public void Other_text_says_to_reset_the_stream(string text)
    {
        var error = Assert.Throws<ConfigurationException>(() => IdSet.Decode(text));
        Assert.Contains("known_ids in the stream's state cannot be read", error.Message, StringComparison.Ordinal);
        Assert.Contains("Reset the stream", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_newer_format_says_to_update()
    {
        var error = Assert.Throws<ConfigurationException>(() => IdSet.Decode("2:whatever it may be"));
        Assert.Contains("format 2, this version reads 1", error.Message, StringComparison.Ordinal);
        Assert.Contains("Update the connector", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_ids_are_a_short_text()
    {
        Assert.InRange(new IdSet().Encode().Length, 4, 20);
        Assert.Equal(0, IdSet.Decode(new IdSet().Encode()).Count);
    }

    const long MaxKey = long.MaxValue >> 16;
    static readonly byte[] s_full = Numbers(65_535, 0), s_one = Numbers(0, 7);

    static byte[] Numbers(params long[] numbers) => PackedNumbers.Pack(numbers);

    [Fact]
    public void A_text_is_read_as_it_is_described()
    {
        // In the chunk of 131,072: a run of 3 from 5 on, one of 1 after a gap of 10. Then a chunk with every id.
        var set = IdSet.Decode(ChunkBytes.Text((2, Numbers(2, 0, 5, 10)), (0, s_full)));
        Assert.Equal([131_077, 131_078, 131_079, 131_090, 196_608, 196_609], set.Between(0, 196_609));
        Assert.Equal(65_540, set.Count);
    }

    public static TheoryData<string, string> Bombs => new()
    {
        { "a billion full chunks", FullChunks(1, 300_000) },
        { "chunks of one run that just need a bitmap", ChunkBytes.Text([.. Enumerable.Repeat((1L, Numbers(4_096, 0)), 300_000)]) },
        { "a gap that never ends", ChunkBytes.Text((1, Numbers(0, 0, 0, long.MaxValue))) },
        { "a gap that ends behind the chunk", ChunkBytes.Text((1, Numbers(0, 65_536))) },
        { "a run that never ends", ChunkBytes.Text((1, Numbers(long.MaxValue, 0))) },
        { "a run that ends behind the chunk", ChunkBytes.Text((1, Numbers(65_535, 1))) },
        { "a run without a gap in front", ChunkBytes.Text((1, Numbers(0, 0, 1))) },
        { "a chunk without ids", ChunkBytes.Text((1, Numbers())) },
        { "a chunk without bytes", ChunkBytes.Text((1, [])) },
        { "a key beyond every id", ChunkBytes.Text((MaxKey + 1, s_one)) },
        { "a chunk behind the last that there can be", ChunkBytes.Text((MaxKey, s_one), (0, s_one)) },
        { "a chunk far behind the last that there can be", ChunkBytes.Text((MaxKey, s_one), (long.MaxValue, s_one)) },
        { "a chunk with the id 0", FullChunks(0, 1) },
        { "more runs than fit", ChunkBytes.Text((1, Numbers([.. Enumerable.Repeat(0L, 32_769), .. Enumerable.Repeat(1L, 32_769)]))) },
        { "a varint without end", ChunkBytes.Text((1, Brotli([.. Enumerable.Repeat((byte)255, 100)]))) },
        { "a varint that is cut off", ChunkBytes.Text((1, Brotli([0, 0x80]))) },
        { "a chunk that grows without end", ChunkBytes.Text((1, Brotli(new byte[100_000_000]))) },
        { "a beginning that grows without end", ChunkBytes.Text(Brotli(new byte[100_000_000]), s_one) },
        { "a beginning longer than the text", ChunkBytes.Signed([0, 0, 0, 127, 0]) },
        { "a beginning that is shorter than nothing", ChunkBytes.Signed([255, 255, 255, 255, 0]) },
        { "a key without a length", ChunkBytes.Text(Numbers(1), s_one) },
        { "a chunk that is cut off", ChunkBytes.Text(Numbers(1, s_one.Length), s_one[..^1]) },
        { "bytes behind a chunk", ChunkBytes.Text((1, [.. s_one, 0])) },
        { "bytes behind the last chunk", ChunkBytes.Text(Numbers(1, s_one.Length), [.. s_one, 0]) },
    };

    static byte[] Brotli(byte[] bytes)
    {
        var output = new byte[BrotliEncoder.GetMaxCompressedLength(bytes.Length)];
        Assert.True(BrotliEncoder.TryCompress(bytes, output, out var length, quality: 1, window: 22));
        return output[..length];
    }

    [Trait("Duration", "long")]
    [Theory]
    [MemberData(nameof(Bombs))]
    public void Absurd_bytes_are_refused_fast_and_without_much_memory(string what, string text)
    {
        var (before, watch) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.StartNew());
        var error = Record.Exception(() => IdSet.Decode(text));
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(error is ConfigurationException, $"{what}: {error}");
        Assert.True(allocated < 100_000_000 && watch.Elapsed < TimeSpan.FromSeconds(5), $"{what}: {allocated} bytes, {watch.Elapsed}");
    }

    public static string FullChunks(long firstKey, int count) => ChunkBytes.Text([.. Enumerable.Range(0, count).Select(i => (i == 0 ? firstKey : 0, s_full))]);

    static void SetOrError(string text)
    {
        try
        {
            var set = IdSet.Decode(text);
            var ids = set.Between(0, long.MaxValue).Take(1_000_000).ToArray();
            Assert.Equal(Math.Min(set.Count, 1_000_000), ids.Length);
            Assert.True(ids.Zip(ids.Skip(1)).All(static p => p.First < p.Second));
        }
        catch (ConfigurationException)
        {
            // the other right answer
        }
    }

    static string Encode(IEnumerable<long> ids)
    {
        var set = new IdSet();
        set.AddRange(ids.ToArray());
        return set.Encode();
    }

    static string Replace(string text, double at, string with)
    {
        var index = (int)(at * text.Length);
        return text.Remove(index, 1).Insert(index, with);
    }
}
