using CsCheck;
using KintoneSource.Kintone.Memory;

namespace KintoneSource.Tests.Kintone.Memory;

public class AnswerMemoryTests
{
    /// <summary>Whatever is asked for, extended, split, given back or no longer wanted: never more than there is, and everybody's turn comes.</summary>
    [Fact]
    [Trait("Duration", "long")]
    public void Never_more_than_there_is_and_everybody_comes_to_their_turn() =>
        Gen.Select(Gen.Int[0, 4], Gen.Int[0, 120], Gen.Int[0, 30]).Array[1, 60].Sample(static steps =>
        {
            const int capacity = 100;
            var memory = new AnswerMemory(capacity);
            var held = new List<AnswerMemory.Share>();
            var waiting = new List<(Task<AnswerMemory.Share> Share, CancellationTokenSource Stop)>();
            foreach (var (step, bytes, index) in steps)
            {
                switch (step)
                {
                    case 0:
                        var stop = new CancellationTokenSource();
                        waiting.Add((memory.ReserveAsync(bytes, stop.Token).AsTask(), stop));
                        break;
                    case 1 when held.Count > 0: held[index % held.Count].TryExtendTo(bytes); break;
                    case 2 when held.Count > 0: held.Add(held[index % held.Count].Split(bytes)); break;
                    case 3 when waiting.Count > 0: waiting[index % waiting.Count].Stop.Cancel(); break;
                    default:
                        if (held.Count == 0) break;
                        held[index % held.Count].Dispose();
                        held.RemoveAt(index % held.Count);
                        break;
                }
                Settle();
                Assert.True(held.Sum(static h => h.Bytes) <= capacity);
            }
            for (var turns = 0; held.Count + waiting.Count > 0; turns++)
            {
                Assert.True(turns < 1_000, "somebody waits for ever");
                foreach (var share in held) share.Dispose();
                held.Clear();
                Settle();
            }
            using var all = memory.ReserveAsync(capacity, CancellationToken.None).AsTask().GetAwaiter().GetResult();
            Assert.True(all.IsAll);

            void Settle()
            {
                foreach (var (share, stop) in waiting.ToArray())
                {
                    if (stop.IsCancellationRequested || SpinWait.SpinUntil(() => share.IsCompleted, 1))
                    {
                        waiting.Remove((share, stop));
                        stop.Dispose();
                        try { held.Add(share.GetAwaiter().GetResult()); }
                        catch (OperationCanceledException) { }
                    }
                }
            }
        }, iter: 50, threads: 1);

    [Fact]
    public async Task Who_asks_for_all_is_not_overtaken_for_ever()
    {
        var memory = new AnswerMemory(100);
        var one = await memory.ReserveAsync(10, CancellationToken.None);
        var all = memory.ReserveAsync(1_000, CancellationToken.None).AsTask();
        var next = memory.ReserveAsync(10, CancellationToken.None).AsTask();
        Assert.False(all.IsCompleted);
        Assert.False(next.IsCompleted);
        one.Dispose();
        Assert.True((await all).IsAll);
        Assert.False(next.IsCompleted);
        (await all).Dispose();
        (await next).Dispose();
    }

    [Fact]
    public async Task Who_no_longer_waits_does_not_hold_up_those_behind()
    {
        var memory = new AnswerMemory(100);
        using var one = await memory.ReserveAsync(10, CancellationToken.None);
        using var stop = new CancellationTokenSource();
        var all = memory.ReserveAsync(100, stop.Token).AsTask();
        var next = memory.ReserveAsync(10, CancellationToken.None).AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => all);
        (await next.WaitAsync(TimeSpan.FromSeconds(10))).Dispose();
    }

    [Fact]
    public void What_is_given_back_is_used_again_unless_it_is_large()
    {
        var memory = new AnswerMemory(100);
        var small = memory.Rent();
        small.Reserve(1000);
        memory.Return(small);
        Assert.Same(small, memory.Rent());
        small.Reserve(4 * 1024 * 1024);
        memory.Return(small);
        Assert.NotSame(small, memory.Rent());
        Assert.Equal(0, small.Capacity);
    }

    [Fact]
    [Trait("Duration", "long")]
    public void Memory_keeps_its_content_as_it_grows() =>
        Gen.Int[1, 3_000_000].Array[1, 12].Sample(static sizes =>
        {
            var memory = new GrowingMemory();
            var written = 0;
            foreach (var size in sizes)
            {
                memory.Reserve(size);
                Assert.True(memory.Capacity >= size);
                var span = memory.GetSpan();
                for (var i = 0; i < written; i += 997) Assert.Equal((byte)(i * 31), span[i]);
                for (; written < size; written++) span[written] = (byte)(written * 31);
            }
            memory.Free();
            Assert.Equal(0, memory.Capacity);
        }, iter: 20);
}
