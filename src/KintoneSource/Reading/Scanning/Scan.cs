using KintoneSource.Kintone.Queries;

namespace KintoneSource.Reading.Scanning;

/// <summary>One page of a scan, read and turned into lines, not yet written. Its memory is the reader's again once disposed.</summary>
abstract class ScannedPage : IDisposable
{
    /// <summary>Record ids, ascending, all in the range that was asked for.</summary>
    public abstract ReadOnlySpan<long> Ids { get; }

    /// <summary>Records of the range, this page's included, where the request asked for the count.</summary>
    public abstract long? TotalCount { get; }

    public abstract void Dispose();
}

/// <summary>Where a scan's pages come from and go to.</summary>
interface IScanPages : IDisposable
{
    /// <summary>Reads up to <paramref name="limit"/> records of a range in id order. Fewer than that: there are no more.</summary>
    /// <exception cref="PageTooLargeException">There is no memory for so many of them: fewer may be asked for.</exception>
    Task<ScannedPage> ReadAsync(IdRange range, int limit, bool withCount, CancellationToken ct);

    /// <summary>Delivers a page in one step or several, none of which overlaps another of the scan: what its <paramref name="place"/> says is left of
    /// it.</summary>
    ValueTask DeliverAsync(ScannedPage page, PagePlace place, CancellationToken ct);
}

/// <summary>
/// Reads every record in <paramref name="ranges"/> exactly once, with as many workers as the limiter has slots.
/// A page is atomic: read whole, delivered and noted in one step. However the scan ends, by completion, failure or
/// cancellation, what is left in the ranges is what was not delivered.
/// </summary>
/// <param name="slots">How many requests may be under way right now.</param>
/// <param name="mayCount">Nothing is known about how many records match: once a page came back full, the next one asks, to know where to split.</param>
sealed class Scan(ScanRanges ranges, IScanPages pages, Func<int> slots, PageLimit limit, bool mayCount)
{
    volatile TaskCompletionSource _pageDone = new();
    bool _countAsked = !mayCount;
    bool _isLarge;

    public async Task RunAsync(CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        List<Task> workers = [];
        try
        {
            while (true)
            {
                while (workers.Count < Math.Max(1, slots()) && ranges.TryTake() is { } lease) workers.Add(WalkAsync(lease, stop.Token));
                if (workers.Count == 0) return;
                await Task.WhenAny([.. workers, _pageDone.Task]);
                if (_pageDone.Task.IsCompleted) _pageDone = new();
                foreach (var ended in workers.Where(static w => w.IsCompleted).ToArray())
                {
                    workers.Remove(ended);
                    await ended; // a failure stops the scan
                }
            }
        }
        finally
        {
            await stop.CancelAsync();
            foreach (var worker in workers) await worker.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    async Task WalkAsync(ScanRanges.Lease lease, CancellationToken ct)
    {
        var most = int.MaxValue;
        while (ranges.RangeOf(lease) is { IsEmpty: false } range)
        {
            var withCount = _isLarge && !_countAsked;
            _countAsked |= withCount;
            var asked = Math.Min(limit.Current, most);
            ScannedPage read;
            try
            {
                read = await pages.ReadAsync(range, asked, withCount, ct);
            }
            catch (PageTooLargeException) when (asked > 1)
            {
                most = asked / 2; // whatever others find
                if (withCount) _countAsked = false;
                continue;
            }
            most = Math.Max(most, 2 * asked);
            using var page = read;
            _isLarge |= page.Ids.Length == asked;
            await pages.DeliverAsync(page, new(ranges, lease, page, range, isLast: page.Ids.Length < asked), ct);
            _pageDone.TrySetResult(); // with what this page taught, another worker may find a range
        }
    }
}
