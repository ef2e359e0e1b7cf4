using System.Diagnostics;
using System.Text.Json;
using System.Text.Unicode;
using KintoneSource.Reading.Transcoding;

namespace KintoneSource.Benchmarks;

/// <summary>Transcoding beside its floor and ceiling within seconds, also natively compiled: one thread, the fastest tenth of the pages, so that a
/// busy machine disturbs little.</summary>
static class QuickMeasurement
{
    /// <summary>Pages that have their ids at other places than the page before.</summary>
    public static byte[][] ElsewhereInEach() =>
        [.. Enumerable.Range(0, 7).Select(static i => CustomerPage.Of(500, 3 * i % CustomerPage.Fields, 5 * i % CustomerPage.Fields))];

    public static void Run(double secondsEach, string only)
    {
        var page = CustomerPage.Of(500);
        var layout = PageLayout.Of([PageStream.OfRecords(CustomerPage.Columns, new(new("app_12_records"), DateTimeOffset.UnixEpoch))]);
        var transcoder = new PageTranscoder(layout);
        var model = new ModelTranscoder(layout);
        using var output = new PageLines(1);
        var copy = new byte[page.Length];
        Console.WriteLine($"page of {page.Length} bytes, 500 records");

        Measure("memory copy", () => page.CopyTo(copy, 0));
        Measure("Utf8.IsValid", () => Utf8.IsValid(page));
        Measure("PageText.Check", () => PageText.Check(page));
        Measure("Utf8JsonReader, tokens only", () =>
        {
            var reader = new Utf8JsonReader(page);
            while (reader.Read()) { }
        });
        Measure("model", () =>
        {
            output.Clear();
            model.Transcode(page, output);
        });
        Measure("PageTranscoder", () => Transcode(page));
        var (first, middle) = (CustomerPage.Of(500, 0, 0), CustomerPage.Of(500, 5, 8));
        Measure("PageTranscoder, ids first", () => Transcode(first));
        Measure("PageTranscoder, ids within", () => Transcode(middle));
        var (pages, next) = (ElsewhereInEach(), 0);
        Measure("PageTranscoder, ids anywhere", () => Transcode(pages[next++ % pages.Length]));

        void Transcode(byte[] body)
        {
            output.Clear();
            transcoder.Transcode(body, output);
        }

        void Measure(string what, Action once)
        {
            if (!what.Contains(only, StringComparison.Ordinal)) return;
            for (var i = 0; i < 50; i++) once();
            var (times, bytes, clock) = (new List<double>(100_000), GC.GetAllocatedBytesForCurrentThread(), Stopwatch.StartNew());
            while (clock.Elapsed.TotalSeconds < secondsEach)
            {
                var before = clock.Elapsed.TotalSeconds;
                once();
                times.Add(clock.Elapsed.TotalSeconds - before);
            }
            var allocated = (double)(GC.GetAllocatedBytesForCurrentThread() - bytes) / times.Count / 500;
            times.Sort();
            var best = times[times.Count / 10];
            Console.WriteLine($"{what,-28} {500 / best,12:N0} records/s {page.Length / best / 1e9,7:F2} GB/s {allocated,6:F1} B/record "
                + $"{best * 1e6,9:F1} us/page");
        }
    }
}
