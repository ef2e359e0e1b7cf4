using CsCheck;
using KintoneSource.Kintone.Queries;
using KintoneSource.Protocol;
using KintoneSource.Reading.Deletions;

namespace KintoneSource.Tests.Reading.Deletions;

[Trait("Duration", "long")]
public class DeletionSearchPropertyTests
{
    /// <param name="Gone">Known, and deleted before the search.</param>
    /// <param name="Appeared">Not known, there before the search.</param>
    /// <param name="Seed">For what happens between requests.</param>
    sealed record Scenario(long[] Known, long[] Gone, long[] Appeared, bool GiveCount, int Seed)
    {
        public FakeIndex Index(Action<FakeIndex, Random>? meanwhile = null, Func<Random, long, long>? count = null)
        {
            var random = new Random(Seed);
            return new(Ids.Of(Known.Except(Gone).Concat(Appeared)))
            {
                BeforeRequest = meanwhile is null ? null : index => meanwhile(index, random),
                Count = (_, right) => count is null ? right : count(random, right),
            };
        }
    }

    static readonly Gen<Scenario> s_scenario =
        from size in Gen.Frequency((1, Gen.Int[0, 100]), (3, Gen.Int[101, 20_000]))
        from gap in Gen.Int[1, 30]
        from seed in Gen.Int
        from gone in Gen.OneOf(Gen.Int[0, 5], Gen.Int[0, 300], Gen.Int[0, 10_000])
        from together in Gen.Bool
        from appeared in Gen.Int[0, 20]
        from giveCount in Gen.Bool
        select Make(size, gap, seed, gone, together, appeared, giveCount);

    static Scenario Make(int size, int gap, int seed, int gone, bool together, int appeared, bool giveCount)
    {
        var random = new Random(seed);
        var known = new long[size];
        for (var (i, id) = (0, 0L); i < size; i++) known[i] = id += random.Next(1, gap + 1);
        gone = Math.Min(gone, size / 2);
        var from = random.Next(size - gone + 1);
        var lost = together ? known[from..(from + gone)] : [.. known.OrderBy(_ => random.Next()).Take(gone)];
        var unknown = Enumerable.Range(0, size == 0 ? 0 : appeared).Select(_ => random.NextInt64(1, known[^1] + 1)).Except(known).ToArray();
        return new(known, lost, unknown, giveCount, random.Next());
    }

    /// <summary>A search to put to the test: known ids and an app to declared ids.</summary>
    delegate Task<IReadOnlyList<long>> Search(IdSet known, FakeIndex index, long? count);

    static Search Ours(int concurrency) => async (known, index, count) =>
        (await Ids.SearchAsync(known, index, count, concurrency)).Lost.All();

    static async Task<IReadOnlyList<long>> RunAsync(Search search, Scenario scenario, FakeIndex index)
    {
        var known = Ids.Of(scenario.Known);
        try
        {
            var whole = new IdRange(0, known.Max);
            return await search(known, index, scenario.GiveCount ? index.Count(whole, index.TrueCount(whole)) : null);
        }
        catch (ConfigurationException e) when (e.Message.Contains("more than half", StringComparison.Ordinal))
        {
            Assert.True(2 * scenario.Gone.Union(index.Deleted.Intersect(scenario.Known)).Count() > scenario.Known.Length);
            return [];
        }
    }

    static void AssertNoWrongTombstone(Scenario scenario, FakeIndex index, IReadOnlyList<long> lost)
    {
        Assert.Empty(lost.Except(scenario.Known));
        Assert.Empty(lost.Except(scenario.Gone).Except(index.Deleted));
        Assert.Equal(lost.Order().Distinct(), lost);
    }

    [Fact]
    public async Task Right_counts_find_exactly_what_is_gone() => await s_scenario.SampleAsync(async scenario =>
    {
        scenario = scenario with { Appeared = [] };
        var index = scenario.Index();
        Assert.Equal(scenario.Gone.Order(), await RunAsync(Ours(1), scenario, index));
        Assert.InRange(index.Requests, 0, (scenario.Known.Length / 500) + 20);
    }, iter: 150);

    [Fact]
    public async Task Whatever_was_gone_before_is_found_while_more_is_deleted() =>
        await Gen.Select(s_scenario, Gen.OneOf(Gen.Const(1), Gen.Const(1), Gen.Const(4))).SampleAsync(async (scenario, concurrency) =>
        {
            scenario = scenario with { Appeared = [] };
            var next = scenario.Known.LastOrDefault();
            var index = scenario.Index((index, random) =>
            {
                for (var i = random.Next(3); i > 0 && scenario.Known.Length > 0; i--) index.Delete(scenario.Known[random.Next(scenario.Known.Length)]);
                index.Create(++next); // above every known id
            });
            var guarded = false;
            var lost = await RunAsync(async (known, index, count) =>
            {
                try
                {
                    return await Ours(concurrency)(known, index, count);
                }
                catch (ConfigurationException)
                {
                    guarded = true;
                    throw;
                }
            }, scenario, index);
            AssertNoWrongTombstone(scenario, index, lost);
            if (!guarded) Assert.Empty(scenario.Gone.Except(lost));
        }, iter: 150);

    static readonly Func<Random, long, long>[] s_lies =
    [
        static (random, right) => right + random.Next(-3, 4),
        static (_, right) => right - 1,
        static (_, right) => right + 1,
        static (random, right) => random.Next(3) == 0 ? random.NextInt64(0, 30_000) : right,
        static (_, _) => 0,
        static (_, _) => -1,
        static (_, _) => long.MaxValue,
        static (random, right) => random.Next(4) == 0 ? throw new TransientException("too busy to count") : right,
        static (_, _) => throw new UnexpectedResponseException("no totalCount"),
        static (_, right) => right,
    ];

    static void Live(FakeIndex index, Random random)
    {
        for (var i = random.Next(4); i > 0; i--)
            if (random.Next(2) == 0) index.Delete(random.NextInt64(1, 20_000));
            else index.Create(random.NextInt64(1, 20_000)); // back-dated, or into the filter
    }

    static Gen<(Scenario, Func<Random, long, long>, bool)> Chaos => Gen.Select(
        s_scenario, Gen.OneOf([.. s_lies.Select(static lie => Gen.Const(lie))]), Gen.Bool,
        static (scenario, lie, alive) => (scenario with { GiveCount = false }, lie, alive));

    static async Task PropertyAsync(Search search, Scenario scenario, Func<Random, long, long> lie, bool alive)
    {
        var index = scenario.Index(alive ? Live : null, lie);
        AssertNoWrongTombstone(scenario, index, await RunAsync(search, scenario, index));
        // Costlier is allowed, endless is not.
        Assert.InRange(index.Requests, 0, (3 * (scenario.Known.Length / 500)) + 60);
    }

    [Fact]
    public async Task Lying_counts_and_a_living_app_never_make_a_wrong_tombstone() =>
        await Gen.Select(Chaos, Gen.OneOf(Gen.Const(1), Gen.Const(1), Gen.Const(4))).SampleAsync(static async (chaos, concurrency) =>
        {
            var (scenario, lie, alive) = chaos;
            await PropertyAsync(Ours(concurrency), scenario, lie, alive);
        }, iter: 300);

    [Fact]
    public async Task Counts_that_are_too_low_cost_requests_but_hide_nothing() => await s_scenario.SampleAsync(static async scenario =>
    {
        scenario = scenario with { Appeared = [], GiveCount = false };
        var index = scenario.Index(count: static (random, right) => Math.Max(0, right - random.Next(1, 5)));
        Assert.Empty(scenario.Gone.Except(await RunAsync(Ours(1), scenario, index)));
    }, iter: 80);

    /// <summary>
    /// The search that must not be: it takes a count of zero for proof. The properties above have to catch it, else they hold nothing.
    /// </summary>
    static async Task<IReadOnlyList<long>> CountsAloneAsync(IdSet known, FakeIndex index, long? count)
    {
        List<long> lost = [];
        if (known.Count > 0) await LookAsync(0, known.Count);
        return [.. lost.Order()];

        async Task LookAsync(long first, long end)
        {
            var range = new IdRange(first == 0 ? 0 : known[first - 1], known[end - 1]);
            var found = await index.CountAsync(range, CancellationToken.None);
            if (found >= end - first) return;
            if (found <= 0 || end - first == 1)
            {
                lost.AddRange(known.Between(range.After, range.UpTo));
                return;
            }
            await LookAsync(first, (first + end) / 2);
            await LookAsync((first + end) / 2, end);
        }
    }

    [Fact]
    public async Task A_search_that_trusts_counts_fails_the_property()
    {
        // Counts alone do well as long as they are right and nothing moves …
        var still = Make(size: 2_000, gap: 3, seed: 1, gone: 3, together: false, appeared: 0, giveCount: false);
        Assert.Equal(still.Gone.Order(), await RunAsync(CountsAloneAsync, still, still.Index()));
        // … so it is the property that has to tell it apart.
        var failures = 0;
        await Chaos.SampleAsync(async chaos =>
        {
            var (scenario, lie, alive) = chaos;
            var index = scenario.Index(alive ? Live : null, lie);
            try
            {
                AssertNoWrongTombstone(scenario, index, await RunAsync(CountsAloneAsync, scenario, index));
            }
            catch (Xunit.Sdk.XunitException)
            {
                Interlocked.Increment(ref failures);
            }
            catch (ConnectorException)
            {
                // a count that failed
            }
        }, iter: 40);
        Assert.InRange(failures, 5, 40);
    }
}
