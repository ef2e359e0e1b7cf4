using CsCheck;
using KintoneSource.Kintone.Http;

namespace KintoneSource.Tests.Kintone.Http;

public class AdaptiveLimiterTests
{
    [Fact]
    public async Task Grows_by_a_slot_per_calm_answer_up_to_the_ceiling()
    {
        var limiter = new AdaptiveLimiter(8);
        Assert.Equal(2, limiter.Limit);
        for (var i = 0; i < 20; i++) limiter.Release(await limiter.AcquireAsync(0, default), SlotOutcome.Answered, domainRunning: 3, domainLimit: 100);
        Assert.Equal(8, limiter.Limit);
    }

    [Theory]
    [InlineData(2, 8, 8)] // alone in the domain
    [InlineData(2, 5, 5)]
    [InlineData(2, 50, 8)] // more has to be grown into
    [InlineData(12, 8, 6)] // five others may have begun just now
    [InlineData(28, 8, 2)]
    [InlineData(31, 8, 2)] // people are at work
    [InlineData(70, 8, 2)]
    public async Task Leaps_with_the_first_answer_to_its_share_of_a_calm_domain(int running, int ceiling, int limit)
    {
        var limiter = new AdaptiveLimiter(ceiling);
        limiter.Release(await limiter.AcquireAsync(0, default), SlotOutcome.Answered, running, domainLimit: 100);
        Assert.Equal(limit, limiter.Limit);
    }

    [Theory]
    [InlineData(nameof(SlotOutcome.Declined))] // a wrong password must not be tried eight times
    [InlineData(nameof(SlotOutcome.Unknown))]
    [InlineData(nameof(SlotOutcome.Overloaded))]
    public async Task Leaps_with_nothing_but_what_was_asked_for(string outcome)
    {
        var limiter = new AdaptiveLimiter(8);
        limiter.Release(await limiter.AcquireAsync(0, default), Enum.Parse<SlotOutcome>(outcome), 2, domainLimit: 100);
        Assert.InRange(limiter.Limit, 1, 3);
    }

    /// <summary>Each sends two requests and sees those that came before it, and its own.</summary>
    [Fact]
    public async Task Syncs_that_begin_together_leap_to_less_than_the_domain_takes()
    {
        for (var syncs = 1; syncs <= 20; syncs++)
        {
            var limiters = Enumerable.Range(0, syncs).Select(static _ => new AdaptiveLimiter(50)).ToArray();
            for (var i = 0; i < syncs; i++)
            {
                Slot[] slots = [await limiters[i].AcquireAsync(0, default), await limiters[i].AcquireAsync(0, default)];
                for (var s = 0; s < 2; s++) limiters[i].Release(slots[s], SlotOutcome.Answered, (2 * i) + s + 1, 100);
            }
            Assert.InRange(limiters.Sum(static l => l.Limit), 1, 100);
        }
    }

    [Fact]
    public async Task Halves_once_for_all_requests_of_a_round_that_were_refused()
    {
        var limiter = await GrownAsync(16);
        var round = new List<Slot>();
        for (var i = 0; i < 16; i++) round.Add(await limiter.AcquireAsync(0, default));
        foreach (var slot in round) limiter.Release(slot, SlotOutcome.Overloaded);
        Assert.Equal(8, limiter.Limit);
    }

    [Fact]
    public async Task Grows_slowly_after_resistance()
    {
        var limiter = await GrownAsync(16);
        limiter.Release(await limiter.AcquireAsync(0, default), SlotOutcome.Overloaded);
        for (var i = 0; i < 8; i++) limiter.Release(await limiter.AcquireAsync(0, default), SlotOutcome.Answered);
        Assert.InRange(limiter.Limit, 8, 9); // one more per round, not one more per answer
    }

    [Theory]
    [InlineData(40)]
    [InlineData(null)] // Kintone's headers do not come through: refusals alone would tell
    public async Task Grows_slowly_where_others_use_the_domain_or_nothing_says_whether_they_do(int? running)
    {
        var limiter = new AdaptiveLimiter(16);
        for (var round = 0; round < 4; round++)
        {
            var slots = new List<Slot>();
            for (var i = limiter.Limit; i > 0; i--) slots.Add(await limiter.AcquireAsync(0, default));
            foreach (var slot in slots) limiter.Release(slot, SlotOutcome.Answered, running, running is null ? null : 100);
        }
        Assert.InRange(limiter.Limit, 4, 6); // from 2, one more per round and not twice as many
    }

    [Theory]
    [InlineData(70, false)] // busy: stays
    [InlineData(95, true)] // crowded: gives way
    public async Task Leaves_the_rest_of_a_busy_domain_to_people(int running, bool givesWay)
    {
        var limiter = await GrownAsync(8);
        limiter.Release(await limiter.AcquireAsync(0, default), SlotOutcome.Answered, running, 100);
        Assert.Equal(givesWay ? 6 : 8, limiter.Limit);
    }

    [Fact]
    public async Task The_lowest_priority_number_goes_first_then_who_asked_first()
    {
        var limiter = new AdaptiveLimiter(1);
        var held = await limiter.AcquireAsync(0, default);
        List<string> order = [];
        Task[] waiting = [Wait(2, "c"), Wait(1, "a"), Wait(1, "b"), Wait(3, "d")];
        limiter.Release(held, SlotOutcome.Unknown);
        await Task.WhenAll(waiting);
        Assert.Equal(["a", "b", "c", "d"], order);

        async Task Wait(int priority, string name)
        {
            var slot = await limiter.AcquireAsync(priority, default);
            order.Add(name);
            limiter.Release(slot, SlotOutcome.Unknown);
        }
    }

    [Fact]
    public async Task Never_exceeds_its_limit_nor_loses_a_slot() =>
        await Gen.Select(Gen.Int[1, 12], Gen.Int[0, 5].Array[1, 60], Gen.Int[0, 60]).SampleAsync(static async (ceiling, outcomes, cancelled) =>
        {
            var limiter = new AdaptiveLimiter(ceiling);
            var live = 0;
            using var stop = new CancellationTokenSource();
            await Task.WhenAll(outcomes.Select(async (outcome, i) =>
            {
                Slot slot;
                try { slot = await limiter.AcquireAsync(i % 3, i == cancelled ? stop.Token : default); }
                catch (OperationCanceledException) { return; }
                Assert.InRange(Interlocked.Increment(ref live), 1, ceiling);
                await Task.Yield();
                if (i == 0) await stop.CancelAsync();
                Interlocked.Decrement(ref live);
                limiter.Release(slot, (SlotOutcome)(outcome % 4), outcome * 20, 100);
                Assert.InRange(limiter.Limit, 1, ceiling);
            }));
            var all = new List<Slot>(); // every slot came back
            for (var i = 0; i < limiter.Limit; i++) all.Add(await limiter.AcquireAsync(0, default).AsTask().WaitAsync(TimeSpan.FromSeconds(30)));
        }, iter: 500);

    static async Task<AdaptiveLimiter> GrownAsync(int ceiling)
    {
        var limiter = new AdaptiveLimiter(ceiling);
        while (limiter.Limit < ceiling) limiter.Release(await limiter.AcquireAsync(0, default), SlotOutcome.Answered);
        return limiter;
    }
}
