using System.Globalization;
using System.Text.RegularExpressions;
using KintoneSource.Kintone.Apps;
using KintoneSource.Kintone.Queries;
using KintoneSource.Reading.Scanning;

namespace KintoneSource.Tests.Documents;

/// <summary>How many requests a sync costs: the guide's table is what its formula says, and the program needs no more.</summary>
public partial class LimitsTableTests
{
    const int RequestsPerAppAndDay = 10_000;

    /// <summary>The form, and the newest record with the count.</summary>
    const int BeforeTheScan = 2;

    /// <summary>The spec's default.</summary>
    const int Workers = 8;

    public static TheoryData<string> Languages { get; } = ["docs/kintone.md", "docs/kintone.ja.md"];

    [GeneratedRegex("[0-9][0-9,]*")]
    static partial Regex Number { get; }

    [Theory]
    [MemberData(nameof(Languages))]
    public void The_table_is_what_the_formula_says(string file)
    {
        var rows = Table(file);

        Assert.Equal(6, rows.Length);
        Assert.All(rows, static row =>
        {
            var requests = MostRequests(First(row[0]));
            Assert.Equal(
                [requests, requests * 24 * 4, requests * 24, requests, RequestsPerAppAndDay / requests],
                row.Skip(1).Select(static cell => First(cell)));
            Assert.All(row.Skip(2).Take(3), static cell => Assert.Equal(First(cell) > RequestsPerAppAndDay, cell.StartsWith("**", StringComparison.Ordinal)));
        });
    }

    [Fact]
    public async Task The_program_needs_no_more()
    {
        foreach (var row in Table("docs/kintone.md"))
        {
            var records = First(row[0]);
            var areCounted = records >= KintoneApp.LargestPage; // changes are not counted before the first page
            var pages = new DenseIds(records);
            var ranges = new ScanRanges([new(0, records)], areCounted ? records : null, KintoneApp.LargestPage, Workers);

            await new Scan(ranges, pages, static () => Workers, new(KintoneApp.LargestPage), mayCount: !areCounted).RunAsync(CancellationToken.None);

            Assert.Equal(records, pages.Delivered);
            Assert.InRange(BeforeTheScan + pages.Requests, areCounted ? BeforeTheScan + 1 : First(row[1]), First(row[1]));
        }
    }

    static long MostRequests(long records) =>
        records < KintoneApp.LargestPage ? BeforeTheScan + 1
        : (long)Math.Ceiling(1.02m * Math.Ceiling(records / (decimal)KintoneApp.LargestPage)) + 20;

    /// <summary>The second table of the section: the first one is about Kintone.</summary>
    static string[][] Table(string file) => [.. new Page(file).Rows("limits").Where(static row => row.Length == 6 && Number.IsMatch(row[1]))];

    static long First(string cell) => long.Parse(Number.Match(cell).Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);

    /// <summary>An app with the ids 1 to <paramref name="count"/>.</summary>
    sealed class DenseIds(long count) : IScanPages
    {
        readonly Lock _lock = new();
        int _requests;

        public int Requests => _requests;

        public long Delivered { get; private set; }

        public async Task<ScannedPage> ReadAsync(IdRange range, int limit, bool withCount, CancellationToken ct)
        {
            Interlocked.Increment(ref _requests);
            await Task.Yield();
            var last = Math.Min(Math.Min(range.UpTo, count), range.After + limit);
            return new IdsPage([.. Enumerable.Range(1, (int)Math.Max(0, last - range.After)).Select(i => range.After + i)], withCount
                ? Math.Min(range.UpTo, count) - range.After : null);
        }

        public void Dispose() { }

        public ValueTask DeliverAsync(ScannedPage page, PagePlace place, CancellationToken ct)
        {
            lock (_lock)
            {
                Delivered += place.Rest().UpTo;
                place.Advance(place.Rest().UpTo);
            }
            return default;
        }
    }

    sealed class IdsPage(long[] ids, long? count) : ScannedPage
    {
        public override ReadOnlySpan<long> Ids => ids;

        public override long? TotalCount => count;

        public override void Dispose() { }
    }
}
