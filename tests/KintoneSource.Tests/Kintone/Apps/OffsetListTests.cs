using CsCheck;
using KintoneSource.Kintone.Apps;
using KintoneSource.Protocol;

namespace KintoneSource.Tests.Kintone.Apps;

public class OffsetListTests
{
    /// <summary>What happens to the list while it is read: before which page, where in the list, and whether an item goes or one comes.</summary>
    sealed record Change(int BeforePage, double Place, bool Goes);

    static readonly Gen<Change> s_change = Gen.Select(
        Gen.Int[1, 12], Gen.Double[0, 0.999], Gen.Bool, static (page, place, goes) => new Change(page, place, goes));

    /// <summary>Ids go away anywhere, and new ones come with greater ids, as users, groups and apps do.</summary>
    [Fact]
    public async Task Whatever_goes_and_comes_between_pages_each_item_that_stays_comes_once() =>
        await Gen.Select(Gen.Int[0, 60], Gen.Int[2, 12], s_change.List[0, 25])
            .SampleAsync(async (count, size, changes) =>
            {
                var list = Enumerable.Range(1, count).ToList();
                var (next, pages, stayed) = (count + 1, 0, list.ToHashSet());
                var read = await ReadAsync(size, offset =>
                {
                    pages++;
                    foreach (var change in changes.Where(change => change.BeforePage == pages - 1))
                    {
                        if (!change.Goes)
                        {
                            list.Add(next++);
                        }
                        else if (list.Count > 0)
                        {
                            var at = (int)(change.Place * list.Count);
                            stayed.Remove(list[at]);
                            list.RemoveAt(at);
                        }
                    }
                    return [.. list.Skip((int)offset).Take(size)];
                });
                Assert.Equal(read.Distinct(), read);
                Assert.Subset(read.ToHashSet(), stayed);
            });

    [Theory]
    [InlineData(0, 1)]
    [InlineData(30, 2)] // the last one says that nothing comes behind a short page
    [InlineData(100, 2)]
    [InlineData(250, 4)]
    [InlineData(1_000, 12)]
    public async Task A_list_at_rest_costs_a_page_for_each_99_and_one_more(int count, int requests)
    {
        var asked = 0;
        var read = await ReadAsync(100, offset =>
        {
            asked++;
            return [.. Enumerable.Range(0, count).Skip((int)offset).Take(100)];
        });
        Assert.Equal(Enumerable.Range(0, count), read);
        Assert.Equal(requests, asked);
    }

    [Fact]
    public async Task A_page_that_is_shorter_than_asked_for_does_not_end_a_list() =>
        Assert.Equal(Enumerable.Range(0, 250), await ReadAsync(100, static offset => [.. Enumerable.Range(0, 250).Skip((int)offset).Take(40)]));

    [Fact]
    public async Task Half_of_it_may_go_at_once()
    {
        var list = Enumerable.Range(0, 1_000).ToList();
        var read = await ReadAsync(100, offset =>
        {
            if (offset > 400) list.RemoveAll(static id => id < 400);
            return [.. list.Skip((int)offset).Take(100)];
        });
        Assert.Equal(Enumerable.Range(0, 1_000), read);
    }

    [Fact]
    public async Task A_list_that_does_not_end_is_an_error()
    {
        var e = await Assert.ThrowsAsync<UnexpectedResponseException>(() => ReadAsync(100, static _ => [.. Enumerable.Range(0, 100)]));
        Assert.StartsWith("Kintone's list of things does not end: ", e.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<UnexpectedResponseException>(() => ReadAsync(100, static offset => offset == 0 ? [.. Enumerable.Range(0, 100)] : [-1]));
    }

    static async Task<List<int>> ReadAsync(int size, Func<long, IReadOnlyList<int>> page)
    {
        var all = new List<int>();
        var pages = OffsetList.ReadAsync("things", size, (offset, _) => Task.FromResult(page(offset)), static id => $"{id}", CancellationToken.None);
        await foreach (var items in pages) all.AddRange(items);
        return all;
    }
}
