using KintoneSource.Protocol;
using KintoneSource.Reading.Deletions;

namespace KintoneSource.Tests.Reading.Deletions;

public class DeletionSearchTests
{
    static Task<DeletionSearchResult> SearchAsync(IdSet known, FakeIndex index, long? count = null, int concurrency = 4) =>
        Ids.SearchAsync(known, index, count, concurrency);

    [Fact]
    public async Task Nothing_known_asks_nothing()
    {
        var index = new FakeIndex(Ids.Of(1, 2, 3));
        var result = await SearchAsync(new(), index);
        Assert.Equal(0, result.Lost.Count);
        Assert.Equal(0, index.Requests);
    }

    [Fact]
    public async Task Records_above_the_largest_known_id_hide_nothing()
    {
        var known = Ids.Of(Ids.UpTo(1_000));
        var index = new FakeIndex(Ids.Of(Ids.UpTo(1_100).Except([1_000, 7])));
        Assert.Equal([7, 1_000], (await SearchAsync(known, index)).Lost.All());
    }

    [Fact]
    public async Task An_unknown_record_hides_a_lost_one_only_until_it_is_known()
    {
        var known = Ids.Of(Ids.UpTo(5_000).Where(static id => id % 2 == 0));
        var index = new FakeIndex(Ids.Of(known.All().Except([100]).Append(101)));
        var first = await SearchAsync(known, index);
        Assert.Equal(0, first.Lost.Count);
        known.Add(101); // the next scan delivers it
        Assert.Equal([100], (await SearchAsync(known, index)).Lost.All());
    }

    [Fact]
    public async Task Unknown_records_that_the_counts_give_away_are_reported()
    {
        var known = Ids.Of(Ids.UpTo(100_000).Where(static id => id % 10 != 0));
        var index = new FakeIndex(Ids.Of(known.All().Except([77]).Concat([30_000, 30_010, 90_000])));
        var result = await SearchAsync(known, index);
        Assert.Equal([30_000, 30_010, 90_000], result.Unknown.All());
        Assert.Equal([77], result.Lost.All());
        Assert.Equal(index.Counts.Count, result.Counts);
        Assert.Equal(index.Lists.Count, result.Lists);
    }

    [Fact]
    public async Task A_whole_bulk_of_unknown_records_is_paged_through()
    {
        var known = Ids.Of(1, 5_000, 10_000);
        var index = new FakeIndex(Ids.Of(Ids.UpTo(9_999)));
        var result = await SearchAsync(known, index);
        Assert.Equal([10_000], result.Lost.All());
        Assert.Equal(9_997, result.Unknown.Count);
        Assert.InRange(index.Requests, 20, 25);
    }

    [Fact]
    public async Task A_range_that_ends_with_a_full_page_needs_no_empty_one()
    {
        var index = new FakeIndex(Ids.Of(Ids.UpTo(500)));
        await SearchAsync(Ids.Of(Ids.UpTo(500)), index, count: 499);
        Assert.Single(index.Lists);
    }

    [Fact]
    public async Task Counts_that_fail_leave_the_listing()
    {
        var known = Ids.Of(Ids.UpTo(10_000));
        var index = new FakeIndex(Ids.Of(Ids.UpTo(10_000).Except([3, 9_000]))) { Count = static (_, _) => throw new TransientException("timeout") };
        Assert.Equal([3, 9_000], (await SearchAsync(known, index)).Lost.All());
        Assert.Single(index.Counts); // one is enough to learn it
        Assert.InRange(index.Lists.Count, 20, 22);
    }

    [Fact]
    public async Task A_refusal_to_count_or_list_is_no_evidence()
    {
        var known = Ids.Of(Ids.UpTo(10_000));
        var uncountable = new FakeIndex(new()) { Count = static (_, _) => throw new ConfigurationException("no permission") };
        await Assert.ThrowsAsync<ConfigurationException>(() => SearchAsync(known, uncountable));
        var unlistable = new FakeIndex(new()) { Page = static (_, _) => throw new TransientException("maintenance") };
        await Assert.ThrowsAsync<TransientException>(() => SearchAsync(known, unlistable));
    }

    [Theory]
    [InlineData(new long[] { 2, 1 })]
    [InlineData(new long[] { 1, 1 })]
    [InlineData(new long[] { 0, 1 })]
    [InlineData(new long[] { 1, 11 })]
    public async Task A_page_that_is_no_answer_to_the_question_is_refused(long[] page)
    {
        var index = new FakeIndex(new()) { Page = (_, _) => page };
        await Assert.ThrowsAsync<UnexpectedResponseException>(() => SearchAsync(Ids.Of(Ids.UpTo(10)), index));
    }

    [Fact]
    public async Task Cancelling_ends_the_search()
    {
        using var source = new CancellationTokenSource();
        var index = new FakeIndex(Ids.Of(Ids.UpTo(5_000))) { BeforeRequest = _ => source.Cancel() };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            Ids.SearchAsync(Ids.Of(Ids.UpTo(10_000)), index, null, 4, source.Token));
    }

    [Fact]
    public async Task Concurrency_changes_neither_result_nor_counts()
    {
        var known = Ids.Of(Ids.UpTo(200_000));
        var random = new Random(4);
        var present = known.All().Where(_ => random.Next(5_000) > 0).ToArray();
        var alone = await SearchAsync(known, new(Ids.Of(present)), concurrency: 1);
        for (var i = 0; i < 3; i++)
        {
            var together = await SearchAsync(known, new(Ids.Of(present)), concurrency: 16);
            Assert.Equal(alone.Lost.All(), together.Lost.All());
            Assert.Equal(alone.Counts, together.Counts);
        }
    }

    [Fact]
    public async Task More_than_half_of_more_than_a_hundred_is_no_ordinary_deletion()
    {
        var index = new FakeIndex(Ids.Of(Ids.UpTo(600)));
        var error = await Assert.ThrowsAsync<ConfigurationException>(() => SearchAsync(Ids.Of(Ids.UpTo(1_234)), index));
        Assert.Equal(
            "Of 1,234 records that were there when deleted records were last looked for, more than half cannot be found any more "
            + "(at least 634 of 1,234 that were ever read), so none was marked as deleted. Changes were delivered all the same, and go on arriving. "
            + "Probably the records were not deleted one by one: a permission of the app or its records may hide them from this user or token, "
            + "the app's filter or the start date may select fewer, or the app was restored from a backup or emptied. "
            + "Either undo that, and the next sync goes on as before; or, if the records are meant to be gone, set deletion_guard_percent to 100 "
            + "for one sync, or reset the stream (clear its state and data) and sync again.",
            error.Message);
    }

    [Theory]
    [InlineData(1_000, 500)]
    [InlineData(101, 50)]
    [InlineData(100, 100)]
    [InlineData(1, 1)]
    public async Task Half_of_them_or_all_of_a_hundred_may_go(int known, int gone)
    {
        var index = new FakeIndex(Ids.Of(Ids.UpTo(known - gone)));
        Assert.Equal(gone, (await SearchAsync(Ids.Of(Ids.UpTo(known)), index)).Lost.Count);
    }

    [Fact]
    public async Task An_app_that_shows_nothing_any_more_is_noticed_at_once()
    {
        var index = new FakeIndex(new());
        await Assert.ThrowsAsync<ConfigurationException>(() => SearchAsync(Ids.Of(Ids.UpTo(100_000)), index, count: 0));
        Assert.InRange(index.Requests, 1, 4);
    }

    [Fact]
    public async Task A_count_of_zero_alone_alarms_nobody()
    {
        var index = new FakeIndex(Ids.Of(Ids.UpTo(10_000))) { Count = static (_, _) => 0 };
        Assert.Equal(0, (await SearchAsync(Ids.Of(Ids.UpTo(10_000)), index)).Lost.Count);
    }
}
