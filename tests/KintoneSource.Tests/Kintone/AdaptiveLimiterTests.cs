using CsCheck;
using KintoneSource.Kintone.Http;

namespace KintoneSource.Tests.Kintone;

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

    [Fact]
    public async Task Grows_slowly_where_others_use_the_domain_too()
    {
        var limiter = new AdaptiveLimiter(16);
        for (var round = 0; round < 4; round++)
        {
            var slots = new List<Slot>();
            for (var i = limiter.Limit; i > 0; i--) slots.Add(await limiter.AcquireAsync(0, default));
            foreach (var slot in slots) limiter.Release(slot, SlotOutcome.Answered, domainRunning: 40, domainLimit: 100);
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
                limiter.Release(slot, (SlotOutcome)(outcome % 3), outcome * 20, 100);
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
