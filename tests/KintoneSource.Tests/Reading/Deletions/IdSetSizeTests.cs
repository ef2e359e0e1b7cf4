using System.Globalization;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using KintoneSource.Reading.Deletions;

namespace KintoneSource.Tests.Reading.Deletions;

/// <summary>The sizes that docs/decisions/0003-known-ids-encoding.md publishes, and why its encoding was chosen.</summary>
[Trait("Duration", "long")]
public class IdSetSizeTests
{
    sealed record Sample(string Name, IdSet Ids);

    static readonly Lazy<Sample[]> s_samples = new(() =>
    [
        new("1 M, no gaps", Where(1_000_000, static _ => true)),
        new("1 M, 1 % random gaps", Where(1_000_000, static r => r.NextDouble() >= 0.01)),
        new("1 M, 10 % random gaps", Where(1_000_000, static r => r.NextDouble() >= 0.1)),
        new("1 M, 50 % random gaps", Where(1_000_000, static r => r.NextDouble() >= 0.5)),
        new("1 M, 90 % random gaps", Where(1_000_000, static r => r.NextDouble() < 0.1)),
        new("1 M, 99 % random gaps", Where(1_000_000, static r => r.NextDouble() < 0.01)),
        new("1 M, deleted in bursts of about 100", Where(1_000_000, Bursts(1_000, 100))),
        new("10 M, no gaps", Where(10_000_000, static _ => true)),
        new("10 M, 1 % random gaps", Where(10_000_000, static r => r.NextDouble() >= 0.01)),
        new("10 M, 10 % random gaps", Where(10_000_000, static r => r.NextDouble() >= 0.1)),
    ]);

    [Fact]
    public void Published_sizes_are_the_measured_ones()
    {
        var table = string.Concat(s_samples.Value.Select(static s =>
            string.Create(CultureInfo.InvariantCulture, $"| {s.Name} | {s.Ids.Encode().Length:N0} |\n")));
        var page = File.ReadAllText(Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../../../docs/decisions/0003-known-ids-encoding.md"));
        Assert.True(page.Contains(table, StringComparison.Ordinal), $"The page should hold this table:\n{table}");
    }

    [Theory]
    [InlineData("1 M, no gaps", 1)]
    [InlineData("1 M, 1 % random gaps", 64)]
    [InlineData("1 M, 10 % random gaps", 256)]
    public void A_million_ids_fit_into_the_state(string sample, int kilobytes) =>
        Assert.InRange(s_samples.Value.Single(s => s.Name == sample).Ids.Encode().Length, 1, kilobytes * 1_024);

    // If one of these ever wins, the decision is worth another look.
    [Fact]
    public void No_compression_of_the_base_library_is_smaller()
    {
        foreach (var (name, ids) in s_samples.Value.Take(7))
        {
            var (runs, bitmap) = (Runs(ids), Bitmap(ids));
            var ours = ids.Encode().Length / 4 * 3;
            // 500 bytes: what the chunks' own beginnings take where there is next to nothing to say.
            foreach (var theirs in new[] { Deflate(runs), Deflate(bitmap), Brotli(runs), Brotli(bitmap) })
                Assert.True(ours <= theirs + 500, $"{name}: {ours} bytes, the library {theirs}");
        }
    }

    static IdSet Where(int count, Func<Random, bool> present)
    {
        var (set, random) = (new IdSet(), new Random(2_026));
        for (var id = 1L; set.Count < count; id++)
            if (present(random)) set.Add(id);
        return set;
    }

    static Func<Random, bool> Bursts(int kept, int deleted)
    {
        var (present, left) = (false, 0);
        return random =>
        {
            if (left-- > 0) return present;
            present = !present;
            left = random.Next(2 * (present ? kept : deleted));
            return present;
        };
    }

    static byte[] Runs(IdSet ids)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        var (start, end) = (0L, 0L);
        foreach (var id in ids.Between(0, long.MaxValue).Append(long.MaxValue))
        {
            if (id != end)
            {
                writer.Write7BitEncodedInt64(end - start);
                writer.Write7BitEncodedInt64(id - end);
                start = id;
            }
            end = id + 1;
        }
        return bytes.ToArray();
    }

    static byte[] Bitmap(IdSet ids)
    {
        var bits = new byte[(ids.Max >> 3) + 1];
        foreach (var id in ids.Between(0, long.MaxValue)) bits[id >> 3] |= (byte)(1 << (int)(id & 7));
        return bits;
    }

    static int Deflate(byte[] bytes)
    {
        using var output = new MemoryStream();
        using (var deflate = new DeflateStream(output, CompressionLevel.Optimal, leaveOpen: true)) deflate.Write(bytes);
        return (int)output.Length;
    }

    static int Brotli(byte[] bytes)
    {
        var output = new byte[BrotliEncoder.GetMaxCompressedLength(bytes.Length)];
        Assert.True(BrotliEncoder.TryCompress(bytes, output, out var length, quality: 5, window: 22));
        return length;
    }

    static string ThisFile([CallerFilePath] string path = "") => path;
}
