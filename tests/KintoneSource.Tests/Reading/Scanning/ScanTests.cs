using CsCheck;
using KintoneSource.Kintone.Queries;
using KintoneSource.Reading.Scanning;
using KintoneSource.Testing;

namespace KintoneSource.Tests.Reading.Scanning;

public class ScanTests
{
    /// <summary>Ids with gaps of every pattern: dense, sparse, all at one end, nothing.</summary>
    static readonly Gen<long[]> s_ids = Gen.OneOf(
        Gen.Int[0, 400].Select(static n => Enumerable.Range(1, n).Select(static i => (long)i).ToArray()),
        Gen.Long[1, 5_000].HashSet[0, 300].Select(static s => s.Order().ToArray()),
        Gen.Select(Gen.Long[1, 100_000], Gen.Int[0, 300]).Select(static (start, n) => Enumerable.Range(0, n).Select(i => start + i).ToArray()),
        Gen.Select(Gen.Long[1, 300].HashSet[0, 100], Gen.Long[900_000, 900_300].HashSet[0, 100])
            .Select(static (low, high) => low.Concat(high).Order().ToArray()));

    [Fact]
    public async Task Delivers_every_id_once_whatever_the_gaps_the_count_and_the_timing() =>
        await Gen.Select(s_ids, Gen.Int[1, 20], Gen.Int[1, 12], Gen.Long[0, 2_000].Nullable(), Gen.Bool, Gen.Int)
            .SampleAsync(static async (ids, limit, workers, estimate, countsFirst, seed) =>
            {
                var pages = new Pages(ids, seed);
                var ranges = new ScanRanges(ids is [] ? [] : [new(0, ids[^1])], countsFirst ? null : estimate, limit, workers);

                await new Scan(ranges, pages, () => workers, new(limit), countsFirst).RunAsync(CancellationToken.None);

                Assert.Equal(ids, pages.Delivered.Order());
                Assert.Empty(ranges.Left);
                Assert.True(pages.Widest <= workers, $"{pages.Widest} at once");
            }, iter: 2_000);

    [Fact] // DESIGN section 4: within 2 % of ceil(n / page) plus a constant, whatever the gaps
    public async Task Asks_for_hardly_more_pages_than_there_are() =>
        await Gen.Select(s_ids, Gen.Int[1, 20], Gen.Int[1, 8], Gen.Bool, Gen.Int)
            .SampleAsync(static async (ids, limit, workers, countIsKnown, seed) =>
            {
                var pages = new Pages(ids, seed);
                var ranges = new ScanRanges(ids is [] ? [] : [new(0, ids[^1])], countIsKnown ? ids.Length : null, limit, workers);

                await new Scan(ranges, pages, () => workers, new(limit), mayCount: !countIsKnown).RunAsync(CancellationToken.None);

                Assert.InRange(pages.Requests, 0, 1.02 * Math.Ceiling(ids.Length / (double)limit) + 18);
            }, iter: 2_000);

    [Fact]
    public async Task A_failure_leaves_exactly_what_was_not_delivered() =>
        await Gen.Select(s_ids, Gen.Int[1, 20], Gen.Int[1, 8], Gen.Int[0, 30], Gen.Int)
            .SampleAsync(static async (ids, limit, workers, failAt, seed) =>
            {
                var pages = new Pages(ids, seed) { FailAt = failAt };
                var ranges = new ScanRanges(ids is [] ? [] : [new(0, ids[^1])], ids.Length, limit, workers);

                var failed = false;
                try { await new Scan(ranges, pages, () => workers, new(limit), mayCount: false).RunAsync(CancellationToken.None); }
                catch (IOException) { failed = true; }

                Assert.Equal(failed, pages.Requests > failAt);
                var left = ids.Where(id => ranges.Left.Any(r => r.Contains(id)));
                Assert.Equal(ids, pages.Delivered.Concat(left).Order());
                Assert.Equal(ranges.Left, ranges.Left.OrderBy(static r => r.After));
            }, iter: 2_000);

    /// <summary>What a state may hold at most is a multiple of that (StateChecks).</summary>
    [Fact]
    public async Task However_often_it_is_cut_off_and_resumed_it_leaves_hardly_more_ranges_than_workers() =>
        await Gen.Select(s_ids, Gen.Select(Gen.Int[1, 50], Gen.Int[0, 12]).Array[1, 12], Gen.Int)
            .SampleAsync(static async (ids, attempts, seed) =>
            {
                IReadOnlyList<IdRange> left = ids is [] ? [] : [new(0, ids[^1])];
                foreach (var (workers, failAt) in attempts)
                {
                    var ranges = new ScanRanges(left, ids.Length, 2, workers);
                    try
                    {
                        await new Scan(ranges, new Pages(ids, seed) { FailAt = failAt }, () => workers, new(2), mayCount: false)
                        .RunAsync(CancellationToken.None);
                    }
                    catch (IOException) { }
                    left = ranges.Left;
                    Assert.InRange(left.Count, 0, 60);
                }
            }, iter: 300);

    [Fact]
    public void A_hundred_thousand_ranges_cost_hardly_more_than_their_pages()
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var ranges = new ScanRanges(Enumerable.Range(0, 100_000).Select(static i => new IdRange(10 * i, (10 * i) + 1 + (i % 9))), 100_000, 500, 8);
        var pages = 0;
        for (; ranges.TryTake() is { } lease; pages++) ranges.Advance(lease, [], ranges.RangeOf(lease), isLast: true);
        Assert.Equal(100_000, pages);
        Assert.Empty(ranges.Left);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5)); // 20 s and more where each takes a look at all
    }

    [Theory]
    [InlineData(0)] // dense
    [InlineData(900_000)] // all at one end
    public void Keeps_all_workers_busy_wherever_the_ids_stand(int from)
    {
        long[] ids = [.. Enumerable.Range(from + 1, 100_000).Select(static i => (long)i)];
        var pages = new RoundPages(ids);
        var ranges = new ScanRanges([new(0, ids[^1])], ids.Length, 500, 8);
        List<int> rounds = [];

        OneThread.Run(
            () => new Scan(ranges, pages, static () => 8, new(500), mayCount: false).RunAsync(CancellationToken.None),
            whenIdle: () => rounds.Add(pages.AnswerAll()));

        Assert.Equal(ids, pages.Delivered.Order());
        Assert.True(rounds.Count is >= 25 and <= 32, string.Join(" ", rounds)); // 200 pages by 8 workers; one worker alone would need 200 rounds
    }

    [Theory]
    [InlineData(100, 1_000, 500)] // small records: as many as Kintone gives
    [InlineData(500, 64 * 1024 * 1024, 62)] // 128 KB each: pages of about 8 MB
    [InlineData(1, 100 * 1024 * 1024, 1)]
    public void Asks_for_fewer_records_when_they_are_large(int records, int bytes, int expected)
    {
        var limit = new PageLimit(500);
        limit.Observe(records, bytes);
        Assert.Equal(expected, limit.Current);
    }

    /// <summary>An app in memory: each read waits for a turn that a seeded order gives.</summary>
    sealed class Pages(long[] ids, int seed) : IScanPages
    {
        readonly Random _random = new(seed);
        readonly Lock _lock = new();
        int _live;

        public List<long> Delivered { get; } = [];
        public int Requests { get; private set; }
        public int Widest { get; private set; }
        public int FailAt { get; init; } = int.MaxValue;

        public async Task<ScannedPage> ReadAsync(IdRange range, int limit, bool withCount, CancellationToken ct)
        {
            int turns;
            lock (_lock)
            {
                Requests++;
                Widest = Math.Max(Widest, ++_live);
                turns = _random.Next(4);
            }
            try
            {
                for (var i = 0; i < turns + 1; i++) await Task.Yield();
                lock (_lock)
                {
                    if (Requests > FailAt) throw new IOException("the connection broke");
                }
                var matching = ids.Where(range.Contains).ToArray();
                return new MemoryPage([.. matching.Take(limit)], withCount ? matching.Length : null);
            }
            finally
            {
                lock (_lock) _live--;
            }
        }

        public void Dispose() { }

        public ValueTask DeliverAsync(ScannedPage page, PagePlace place, CancellationToken ct)
        {
            while (!place.IsDone)
            {
                lock (_lock)
                {
                    var (from, upTo) = place.Rest();
                    upTo = _random.Next(from, upTo + 1) is var some && some > from ? some : upTo; // a part of it, or the whole
                    Delivered.AddRange(page.Ids[from..upTo]);
                    place.Advance(upTo);
                }
            }
            return default;
        }
    }

    /// <summary>An app in memory that answers all requests under way at once, a round at a time.</summary>
    sealed class RoundPages(long[] ids) : IScanPages
    {
        readonly List<(TaskCompletionSource<ScannedPage> Answer, IdRange Range, int Limit)> _asked = [];

        public List<long> Delivered { get; } = [];

        public Task<ScannedPage> ReadAsync(IdRange range, int limit, bool withCount, CancellationToken ct)
        {
            var answer = new TaskCompletionSource<ScannedPage>();
            _asked.Add((answer, range, limit));
            return answer.Task;
        }

        /// <summary>How many there were.</summary>
        public int AnswerAll()
        {
            var round = _asked.ToArray();
            _asked.Clear();
            foreach (var (answer, range, limit) in round) answer.SetResult(new MemoryPage([.. ids.Where(range.Contains).Take(limit)], null));
            return round.Length;
        }

        public void Dispose() { }

        public ValueTask DeliverAsync(ScannedPage page, PagePlace place, CancellationToken ct)
        {
            Delivered.AddRange(page.Ids[..place.Rest().UpTo]);
            place.Advance(place.Rest().UpTo);
            return default;
        }
    }

    sealed class MemoryPage(long[] ids, long? total) : ScannedPage
    {
        public override ReadOnlySpan<long> Ids => ids;
        public override long? TotalCount => total;
        public override void Dispose() { }
    }
}
