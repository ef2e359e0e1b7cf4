using System.IO.Compression;
using System.Text;
using KintoneSource.Protocol;
using KintoneSource.Reading.Deletions;

namespace KintoneSource.Fuzz.Targets;

/// <summary>
/// Known ids as they stand in a state, against <see cref="IdSetModel"/>: a set of the same ids, or a configuration error from both. A first
/// byte of 0 means that the rest are a text; of 1, that they are bytes that get a right checksum, which chance would never find; of 2, that they are
/// chunks before they are compressed, each a byte that says how many bytes it has, and varints: the key's distance, then the chunk's numbers.
/// </summary>
sealed class IdSetTarget : FuzzTarget
{
    const long MostWalked = 2_000;
    const long MaxKey = long.MaxValue >> 16;

    public override IReadOnlyList<byte[]> Dictionary { get; } =
    [
        [3, 0, 0, 1], [4, 0, 0xFF, 0xFF, 3], [5, 0, 0xFF, 0xFF, 3, 0], [5, 1, 0, 0, 1, 1], [0], [255, 255, 255, 255, 255, 255, 255, 255, 127],
        Encoding.ASCII.GetBytes("1:"), Encoding.ASCII.GetBytes("="), Encoding.ASCII.GetBytes("AAAA"), Varint(MaxKey), Varint(MaxKey - 1),
    ];

    /// <summary>Two bytes may say that 65,536 ids are there, which takes 8 KB, and it is read three times here; in all there is a bound.</summary>
    public override long MostMemory(int length) => Math.Min(400_000_000, 5_000_000 + (20_000L * length));

    public override byte[] Make(Dice dice)
    {
        if (dice.OneIn(20))
        {
            byte[] text = [0, .. Encoding.ASCII.GetBytes(Sample(dice).Encode())];
            return dice.OneIn(10) ? text : ByteMutation.Of(text, dice, Dictionary, []);
        }
        byte[] bytes = dice.OneIn(12) ? [1, .. Convert.FromBase64String(Sample(dice).Encode()[2..])[4..]] : [2, .. Chunks(dice)];
        return dice.OneIn(4) ? bytes : ByteMutation.Of(bytes, dice, Dictionary, []);
    }

    static IdSet Sample(Dice dice)
    {
        var set = new IdSet();
        for (var runs = dice.Next(40); runs > 0; runs--)
        {
            var start = 1 + (dice.OneIn(6) ? dice.NextLong() >> dice.Next(63) : dice.Next(200_000));
            var length = dice.OneIn(200) ? dice.Next(150_000) : dice.Next(60);
            for (var id = start; id < start + length && id > 0; id += dice.OneIn(3) ? 2 : 1) set.Add(id);
        }
        return set;
    }

    /// <summary>Chunks after the format's rules, most of the time.</summary>
    static byte[] Chunks(Dice dice)
    {
        List<byte> bytes = [];
        for (var chunks = dice.Next(6); chunks > 0; chunks--)
        {
            var distance = dice.Next(8) switch { 0 => MaxKey - dice.Next(3), 1 => dice.NextLong() >> dice.Next(63), _ => dice.Next(3) };
            List<byte> chunk = [.. Varint(distance)];
            for (var numbers = (2 * dice.Next(8)) + (dice.OneIn(20) ? 1 : 0); numbers > 0; numbers--)
                chunk.AddRange(Varint(dice.OneIn(12) ? dice.Next(70_000) : dice.Next(300)));
            bytes.Add((byte)chunk.Count);
            bytes.AddRange(chunk);
        }
        return [.. bytes];
    }

    static byte[] Compressed(ReadOnlySpan<byte> chunks)
    {
        List<byte> head = [], bodies = [];
        while (!chunks.IsEmpty)
        {
            var chunk = chunks.Slice(1, Math.Min(chunks[0], chunks.Length - 1));
            chunks = chunks[(1 + chunk.Length)..];
            var key = 0;
            while (key < chunk.Length && chunk[key] >= 128) key++;
            key = Math.Min(key + 1, chunk.Length);
            var body = Brotli(chunk[key..]);
            head.AddRange([.. chunk[..key], .. Varint(body.Length)]);
            bodies.AddRange(body);
        }
        var compressed = Brotli([.. head]);
        return [.. BitConverter.GetBytes(compressed.Length), .. compressed, .. bodies];
    }

    static byte[] Brotli(ReadOnlySpan<byte> bytes)
    {
        var output = new byte[BrotliEncoder.GetMaxCompressedLength(bytes.Length)];
        return BrotliEncoder.TryCompress(bytes, output, out var length, quality: 1, window: 10) ? output[..length]
            : throw new InvalidOperationException("Too long to be compressed.");
    }

    public override bool Try(byte[] input)
    {
        if (input.Length == 0) return false;
        var text = input[0] switch
        {
            0 => Encoding.UTF8.GetString(input, 1, input.Length - 1),
            1 => Signed(input.AsSpan(1)),
            _ => Signed(Compressed(input.AsSpan(1))),
        };
        var expected = IdSetModel.Read(text);
        IdSet set;
        try { set = IdSet.Decode(text); }
        catch (ConfigurationException e)
        {
            if (expected is not null) throw new DifferenceException($"refused, although the model reads {expected.Count} ranges: {e.Message}");
            return false;
        }
        if (expected is null) throw new DifferenceException($"the model refuses it, and here it has {set.Count} ids up to {set.Max}");
        var count = expected.Sum(static r => r.Last - r.First + 1);
        if (count != set.Count) throw new DifferenceException($"{set.Count} ids, {count} by the model");
        foreach (var (first, last) in expected)
            if (set.CountIn(first - 1, last) != last - first + 1) throw new DifferenceException($"not every id from {first} to {last}, as the model has it");
        if (count <= MostWalked && !set.Between(0, long.MaxValue)
            .SequenceEqual(expected.SelectMany(static r => Range(r.First, r.Last)))) throw new DifferenceException(
            "walked through it has other ids than the model");
        var again = set.Encode();
        if (IdSet.Decode(again).Count != count || IdSet.Decode(again).Encode() != again) throw new DifferenceException(
            "written and read again it is another set");
        return true;
    }

    static IEnumerable<long> Range(long first, long last)
    {
        for (var id = first; ; id++)
        {
            yield return id;
            if (id == last) yield break;
        }
    }

    static string Signed(ReadOnlySpan<byte> bytes) => "1:" + Convert.ToBase64String([.. BitConverter.GetBytes(IdSetModel.Crc32C(bytes)), .. bytes]);

    static byte[] Varint(long value)
    {
        List<byte> bytes = [];
        for (; value >= 128; value >>= 7) bytes.Add((byte)(value | 128));
        return [.. bytes, (byte)value];
    }
}
