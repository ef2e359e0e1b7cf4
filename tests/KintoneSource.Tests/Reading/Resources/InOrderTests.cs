using CsCheck;
using KintoneSource.Reading.Resources;

namespace KintoneSource.Tests.Reading.Resources;

public class InOrderTests
{
    [Fact]
    public async Task Results_come_in_the_order_of_the_items_and_no_more_than_allowed_are_ahead() =>
        await Gen.Select(Gen.Int[0, 60], Gen.Int[1, 9], Gen.Int).SampleAsync(static async (count, ahead, seed) =>
        {
            var (dice, waiting, most) = (new Random(seed), new List<TaskCompletionSource>(), 0);
            var taken = new List<int>();
            var results = InOrder.SelectAsync(Enumerable.Range(0, count), ahead, Select, CancellationToken.None).GetAsyncEnumerator();
            while (true)
            {
                var next = results.MoveNextAsync();
                while (!next.IsCompleted) // somebody has to answer, and nobody says in which order
                {
                    TaskCompletionSource? answer = null;
                    lock (waiting)
                    {
                        if (waiting.Count > 0) waiting.Remove(answer = waiting[dice.Next(waiting.Count)]);
                    }
                    answer?.SetResult();
                }
                if (!await next) break;
                taken.Add(results.Current);
            }
            await results.DisposeAsync();

            Assert.Equal(Enumerable.Range(0, count), taken);
            Assert.InRange(most, 0, ahead);

            async Task<int> Select(int item, CancellationToken ct)
            {
                var answer = new TaskCompletionSource();
                lock (waiting)
                {
                    waiting.Add(answer);
                    most = Math.Max(most, waiting.Count);
                }
                await answer.Task.WaitAsync(ct);
                return item;
            }
        }, iter: 200);

    [Fact]
    public async Task A_failure_comes_in_its_turn_and_leaves_nothing_under_way()
    {
        var (underWay, taken) = (0, new List<int>());
        var failure = await Assert.ThrowsAsync<IOException>(async () =>
        {
            await foreach (var item in InOrder.SelectAsync(Enumerable.Range(0, 100), 10, Select, CancellationToken.None)) taken.Add(item);
        });

        Assert.Equal("7", failure.Message);
        Assert.Equal(Enumerable.Range(0, 7), taken);
        Assert.Equal(0, underWay);

        async Task<int> Select(int item, CancellationToken ct)
        {
            if (item < 7) return item;
            if (item == 7) throw new IOException("7");
            Interlocked.Increment(ref underWay);
            try { await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ct); }
            finally { Interlocked.Decrement(ref underWay); }
            return item;
        }
    }
}
