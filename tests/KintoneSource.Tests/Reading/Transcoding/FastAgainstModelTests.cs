using System.Collections.Immutable;
using System.Text;
using CsCheck;
using KintoneSource.Catalog;
using KintoneSource.Reading.Transcoding;

namespace KintoneSource.Tests.Reading.Transcoding;

/// <summary>The walk of the known layout must equal the model, in what it writes and in what it refuses.</summary>
[Trait("Duration", "long")]
public class FastAgainstModelTests
{
    [Fact]
    public void Equals_the_model_on_pages_of_every_kind() =>
        Gen.Select(Gen.Int, Gen.Bool).Sample(
            static (seed, mayBeOdd) =>
            {
                var page = new RandomPage(seed, mayBeOdd);
                Assert.Equal(Transcoded.TryByModel(page.Columns, page.Bytes), Transcoded.TryBy(Transcoded.Of(page.Columns), page.Bytes));
            },
            iter: 4_000, print: static t => new RandomPage(t.Item1, t.Item2).ToString());

    /// <summary>One transcoder for all pages: what it learned from one must not change what it makes of the next.</summary>
    [Fact]
    public void Equals_the_model_whatever_came_before() =>
        Gen.Int.Array[1, 12].Sample(
            static seeds =>
            {
                var columns = new RandomPage(seeds[0], mayBeOdd: false).Columns;
                var transcoder = Transcoded.Of(columns);
                foreach (var seed in seeds)
                {
                    var page = new RandomPage(seed, mayBeOdd: seed % 4 == 0).Bytes;
                    Assert.Equal(Transcoded.TryByModel(columns, page), Transcoded.TryBy(transcoder, page));
                }
            },
            iter: 250);

    /// <param name="At">Where, as a share of the page.</param>
    public readonly record struct Mutation(double At, int Kind, byte Value, int Length);

    static readonly byte[] s_telling = Encoding.UTF8.GetBytes("\"\\{}[],:0-1u dnull\n\u0085\u2028あ\ud83c\udf4e");

    public static readonly Gen<Mutation> AnyMutation = Gen.Select(
        Gen.Double[0, 1], Gen.Int[0, 6], Gen.OneOf(Gen.Byte, Gen.Int[0, s_telling.Length - 1].Select(static i => s_telling[i])), Gen.Int[1, 12],
        static (at, kind, value, length) => new Mutation(at, kind, value, length));

    public static byte[] Mutate(byte[] page, IEnumerable<Mutation> mutations)
    {
        foreach (var (share, kind, value, length) in mutations)
        {
            var at = (int)(share * page.Length);
            var rest = page[Math.Min(page.Length, at + length)..];
            page = kind switch
            {
                0 => [.. page[..at], (byte)(at < page.Length ? page[at] ^ (1 << (value % 8)) : value), .. page[Math.Min(page.Length, at + 1)..]],
                1 => [.. page[..at], value, .. page[Math.Min(page.Length, at + 1)..]],
                2 => [.. page[..at], value, .. page[at..]],
                3 => [.. page[..at], .. page[Math.Min(page.Length, at + 1)..]],
                4 => [.. page[..at], .. rest],
                5 => [.. page[..at], .. page[at..Math.Min(page.Length, at + length)], .. page[at..]], // a piece twice
                _ => page[..at],
            };
        }
        return page;
    }

    [Fact]
    public void Equals_the_model_on_mutated_pages() =>
        Gen.Select(Gen.Int, Gen.Bool, AnyMutation.Array[1, 4]).Sample(
            static (seed, odd, mutations) =>
            {
                var page = new RandomPage(seed, odd);
                var bytes = Mutate(page.Bytes, mutations);
                var transcoder = Transcoded.Of(page.Columns);
                if (seed % 2 == 0) Transcoded.By(transcoder, page.Bytes); // knows what the page should look like
                Assert.Equal(Transcoded.TryByModel(page.Columns, bytes), Transcoded.TryBy(transcoder, bytes));
            },
            iter: 12_000, print: static t => Encoding.UTF8.GetString(Mutate(new RandomPage(t.Item1, t.Item2).Bytes, t.Item3)));

    [Fact]
    public void Equals_the_model_on_every_single_byte_changed_or_cut()
    {
        var page = Encoding.UTF8.GetBytes(SamplePage.Text);
        var transcoder = Transcoded.Of(SamplePage.Columns);
        Transcoded.By(transcoder, page);
        byte[] values = [(byte)'"', (byte)'\\', (byte)'}', (byte)',', (byte)'0', 0, 0x0A, 0x80, 0xC2, 0xE3, 0xFF];
        for (var at = 0; at < page.Length; at++)
        {
            var value = values[at % values.Length];
            byte[] changed = [.. page[..at], value == page[at] ? (byte)'x' : value, .. page[(at + 1)..]];
            Assert.Equal(Transcoded.TryByModel(SamplePage.Columns, changed), Transcoded.TryBy(transcoder, changed));
            if (at % 3 == 0) Assert.Equal(Transcoded.TryByModel(SamplePage.Columns, page[..at]), Transcoded.TryBy(transcoder, page[..at]));
        }
    }

    [Fact]
    public void Only_what_looks_unusual_is_left_to_the_model()
    {
        var transcoder = Transcoded.Of(SamplePage.Columns);
        var summary = Transcoded.By(transcoder, Encoding.UTF8.GetBytes(SamplePage.Text)).Summary;
        Assert.Equal((3, 1L), (summary.RecordCount, transcoder.UnusualRecords)); // the one with values that do not fit
    }

    [Fact]
    public void The_pages_these_tests_draw_are_walked_in_good_part()
    {
        var (all, unusual) = (0L, 0L);
        for (var seed = 0; seed < 300; seed++)
        {
            var page = new RandomPage(seed);
            var transcoder = Transcoded.Of(page.Columns);
            all += Transcoded.By(transcoder, page.Bytes).Summary.RecordCount;
            unusual += transcoder.UnusualRecords;
        }
        Assert.InRange((double)unusual / all, 0.2, 0.8);
    }

    [Fact]
    public void Hundreds_of_unwanted_fields_in_any_order_are_passed_over()
    {
        var random = new Random(1);
        var records = Enumerable.Range(1, 20).Select(id =>
        {
            var fields = Enumerable.Range(0, 300).Select(i => $"\"f{i}\":{{\"type\":\"SINGLE_LINE_TEXT\",\"value\":\"v\"}}")
                .Append($"\"$id\":{{\"type\":\"__ID__\",\"value\":\"{id}\"}}").ToArray();
            random.Shuffle(fields);
            return $"{{{string.Join(',', fields)}}}";
        });
        var page = Encoding.UTF8.GetBytes($"{{\"records\":[{string.Join(',', records)}]}}");
        ImmutableArray<Column> columns = [new("f7", "f7", ColumnKind.Text)];
        var transcoder = Transcoded.Of(columns);

        Assert.Equal(Transcoded.TryByModel(columns, page), Transcoded.TryBy(transcoder, page));
        Assert.Equal(0, transcoder.UnusualRecords);
    }

    [Fact]
    public void Allocates_next_to_nothing_per_record()
    {
        const int Records = 1_000;
        var record = SamplePage.Text["{\"records\":[".Length..SamplePage.Text.IndexOf(",{\"$id\"", StringComparison.Ordinal)];
        var page = Encoding.UTF8.GetBytes($"{{\"records\":[{string.Join(',', Enumerable.Repeat(record, Records))}]}}");
        var transcoder = Transcoded.Of(SamplePage.Columns);
        using var output = new PageLines(1);
        long Once()
        {
            output.Clear();
            var before = GC.GetAllocatedBytesForCurrentThread();
            transcoder.Transcode(page, output);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
        Once();

        Assert.InRange(Once(), 0, 10 * Records);
        Assert.Equal(0, transcoder.UnusualRecords);
        page[^2] = (byte)' '; // the array is not closed: everything is read by the model too, then refused
        Assert.InRange(Assert.Throws<MalformedPageException>(() => Once()).Offset, page.Length - 2, page.Length);
    }

    [Fact]
    public void The_model_allocates_next_to_nothing_per_record_either()
    {
        var page = Encoding.UTF8.GetBytes(SamplePage.Text.Replace(",", ", ", StringComparison.Ordinal));
        var transcoder = Transcoded.Of(SamplePage.Columns);
        using var output = new PageLines(1);
        void Once()
        {
            output.Clear();
            transcoder.Transcode(page, output);
        }
        Once();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) Once();
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100 * 3 * 100);
        Assert.Equal(303, transcoder.UnusualRecords);
    }
}
