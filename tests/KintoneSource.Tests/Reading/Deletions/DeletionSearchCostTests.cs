using System.Globalization;
using System.Text;
using KintoneSource.Testing;

namespace KintoneSource.Tests.Reading.Deletions;

/// <summary>What finding deletions among a million records costs.</summary>
[Trait("Duration", "long")]
public class DeletionSearchCostTests
{
    const int Million = 1_000_000;

    static readonly Lazy<long[]> s_known = new(static () =>
    {
        var random = new Random(1);
        var ids = new long[Million];
        for (var (i, id) = (0, 0L); i < Million; i++) ids[i] = id += random.Next(100) == 0 ? random.Next(2, 50) : 1;
        return ids;
    });

    static async Task<FakeIndex> SearchAsync(HashSet<long> gone, bool giveCount = true)
    {
        var known = Ids.Of(s_known.Value);
        var index = new FakeIndex(Ids.Of(s_known.Value.Where(id => !gone.Contains(id))));
        var result = await Ids.SearchAsync(known, index, giveCount ? Million - gone.Count : null, 8);
        Assert.Equal(gone.Count, result.Lost.Count);
        Assert.All(gone, id => Assert.True(result.Lost.Contains(id)));
        return index;
    }

    static HashSet<long> Scattered(int count, int seed)
    {
        var random = new Random(seed);
        var gone = new HashSet<long>();
        while (gone.Count < count) gone.Add(s_known.Value[random.Next(Million)]);
        return gone;
    }

    static HashSet<long> Together(int count, int from) => [.. s_known.Value.Skip(from).Take(count)];

    [Fact]
    public async Task Nothing_deleted_costs_one_request()
    {
        Assert.Equal(1, (await SearchAsync([], giveCount: false)).Requests);
        Assert.Equal(0, (await SearchAsync([])).Requests);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Three_deleted_cost_at_most_60_requests(int seed) =>
        Assert.InRange((await SearchAsync(Scattered(3, seed), giveCount: false)).Requests, 1, 60);

    [Fact]
    public async Task Requests_are_as_published_and_never_more_than_the_listing()
    {
        var table = new StringBuilder("deleted of 1,000,000 | counts | pages | the listing alone\n");
        foreach (var (name, gone) in new (string, HashSet<long>)[]
        {
            ("none", []),
            ("1", Scattered(1, 7)),
            ("3 scattered", Scattered(3, 7)),
            ("3 together", Together(3, 654_321)),
            ("100 scattered", Scattered(100, 7)),
            ("100 together", Together(100, 654_321)),
            ("500 scattered", Scattered(500, 7)),
            ("10 % scattered", Scattered(Million / 10, 7)),
            ("10 % together", Together(Million / 10, 450_000)),
            ("50 % scattered", Scattered(Million / 2, 7)),
            ("50 % together", Together(Million / 2, 300_000)),
        })
        {
            var index = await SearchAsync(gone);
            var listing = (Million - gone.Count + 499) / 500;
            Assert.InRange(index.Requests, 0, listing + 20);
            table.Append(CultureInfo.InvariantCulture, $"{name} | {index.Counts.Count} | {index.Lists.Count} | {listing}\n");
        }
        await Verifier.Verify(table.ToString());
    }
}
