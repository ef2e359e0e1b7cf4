using System.Runtime.CompilerServices;

namespace KintoneSource.Reading.Resources;

/// <summary>Work that runs ahead of whoever takes its results, who sees them in the order of the items.</summary>
static class InOrder
{
    /// <summary>
    /// The results of <paramref name="select"/>, in the order of <paramref name="items"/>. No more than <paramref name="ahead"/>
    /// are under way or waiting to be taken, which bounds memory. The first failure in that order ends it; when it ends,
    /// however it ends, nothing is under way any more.
    /// </summary>
    public static async IAsyncEnumerable<TResult> SelectAsync<T, TResult>(
        IEnumerable<T> items, int ahead, Func<T, CancellationToken, Task<TResult>> select, [EnumeratorCancellation] CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var underWay = new Queue<Task<TResult>>();
        try
        {
            foreach (var item in items)
            {
                if (underWay.Count >= ahead)
                {
                    yield return await underWay.Peek();
                    _ = underWay.Dequeue();
                }
                underWay.Enqueue(select(item, stop.Token));
            }
            while (underWay.TryPeek(out var next))
            {
                yield return await next;
                _ = underWay.Dequeue();
            }
        }
        finally
        {
            await stop.CancelAsync();
            foreach (var task in underWay) await ((Task)task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
