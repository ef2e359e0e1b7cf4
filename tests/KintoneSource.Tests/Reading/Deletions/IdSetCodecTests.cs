using System.Buffers.Binary;
using System.Diagnostics;
using CsCheck;
using KintoneSource.Protocol;
using KintoneSource.Reading.Deletions;

namespace KintoneSource.Tests.Reading.Deletions;

[Trait("Duration", "long")]
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

    [Fact]
    public void Damaged_text_is_a_set_or_a_configuration_error() => Gen.Select(s_text, s_damage).Sample(static (text, damage) =>
        SetOrError(damage(text)), iter: 1_000);

    // Behind the checksum's back: bytes that chance would never let through.
    [Fact]
    public void Damaged_bytes_with_a_right_checksum_are_a_set_or_a_configuration_error() =>
        Gen.Select(s_text, Gen.Double.Unit, Gen.Byte, Gen.Int[0, 3]).Sample(static (text, where, value, cut) =>
        {
            var bytes = Convert.FromBase64String(text[2..])[4..];
            if (bytes.Length == 0) return;
            bytes[(int)(where * bytes.Length)] = value;
            SetOrError(Text(bytes[..Math.Max(0, bytes.Length - cut)]));
        }, iter: 1_000);

    [Fact]
    public void Any_bytes_with_a_right_checksum_are_a_set_or_a_configuration_error() =>
        Gen.Byte.Array[0, 300].Sample(static bytes => SetOrError(Text(bytes)), iter: 2_000);

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
        Assert.Equal("1:AAAAAA==", new IdSet().Encode());
        Assert.Equal(0, IdSet.Decode("1:AAAAAA==").Count);
    }

    public static TheoryData<string, byte[]> Bombs => new()
    {
        { "a billion full chunks", FullChunks(1, 300_000) },
        { "chunks of one run that just need a bitmap", [.. Enumerable.Range(0, 300_000).SelectMany(static _ => new byte[] { 1, 2, 0, 0xC0, 0b_0000_0011, 0, 0 })] },
        { "a gap that never ends", [1, 3, 0, 0, 1, .. new byte[1_000_000]] },
        { "keys beyond every id", [255, 255, 255, 255, 255, 255, 255, 127, 0] },
        { "a chunk behind the last that there can be", [255, 255, 255, 255, 255, 255, 31, 0, 0, 0] },
        { "a chunk far behind the last that there can be", [255, 255, 255, 255, 255, 255, 31, 0, 254, 255, 255, 255, 255, 255, 31, 0] },
        { "a chunk with the id 0", FullChunks(0, 1) },
        { "more runs than fit", [1, 130, 128, 2, 0, 0] },
        { "a varint without end", [.. Enumerable.Repeat((byte)255, 100)] },
    };

    [Theory]
    [MemberData(nameof(Bombs))]
    public void Absurd_bytes_are_refused_fast_and_without_much_memory(string what, byte[] bytes)
    {
        var text = Text(bytes);
        var (before, watch) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.StartNew());
        var error = Record.Exception(() => IdSet.Decode(text));
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(error is ConfigurationException, $"{what}: {error}");
        Assert.True(allocated < 100_000_000 && watch.Elapsed < TimeSpan.FromSeconds(5), $"{what}: {allocated} bytes, {watch.Elapsed}");
    }

    /// <summary>What stands in the state for these bytes, rightly signed.</summary>
    public static string Text(byte[] bytes)
    {
        var all = new byte[4 + bytes.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(all, StateText.Checksum(bytes));
        bytes.CopyTo(all, 4);
        return "1:" + Convert.ToBase64String(all);
    }

    public static byte[] FullChunks(byte firstKey, long count) => [.. new byte[] { firstKey, 0 }, .. new byte[2 * (count - 1)]];

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
