using KintoneSource.Kintone.Queries;

namespace KintoneSource.Reading.Scanning;

/// <summary>
/// What a scan has left to read, and who reads which part of it. Every id that was in the scan at its start is
/// either behind a position or in exactly one range, at any moment: that is the state that a sync resumes from.
/// </summary>
/// <remarks>
/// A worker leases a range and walks it upwards by pages. A worker without a range takes half of the largest one,
/// beyond the page that its owner has under way:
/// <code>
///      After        page under way       split                    UpTo
///  ──────┼═══════════════════════════════╪════════════════════════╡
///  owner (═══════════════════════════════]
///  thief                                 (════════════════════════]
/// </code>
/// Each range ends with a page that is not full, so ranges cost requests: there are a few more than workers, and one more
/// for every 64 pages read. Counts and densities decide where to split and never what has been read.
/// Thread-safe.
/// </remarks>
sealed class ScanRanges
{
    readonly Lock _lock = new();
    readonly PriorityQueue<Lease, (long, long)> _pending = new(); // the widest first, of two the earlier
    readonly List<Lease> _leased = [];
    readonly int _pageSize;
    readonly int _workers;
    long? _estimatedLeft;
    long _pendingWidth;
    int _splits;
    long _pages;

    /// <param name="left">Disjoint ranges; a fresh scan has one.</param>
    /// <param name="estimatedRecords">How many records the ranges hold; null if unknown, which means no split before the first page.</param>
    public ScanRanges(IEnumerable<IdRange> left, long? estimatedRecords, int pageSize, int workers)
    {
        (_pageSize, _workers) = (pageSize, workers);
        IdRange[] ranges = [.. left.Where(static r => !r.IsEmpty)];
        _estimatedLeft = estimatedRecords;
        if (ranges is [var whole] && estimatedRecords is { } total) SplitEvenly(whole, total);
        else foreach (var range in ranges) Add(range);
    }

    /// <summary>The ranges that are left, in id order; empty when the scan is complete.</summary>
    public IReadOnlyList<IdRange> Left
    {
        get
        {
            lock (_lock) return [.. _leased.Concat(_pending.UnorderedItems.Select(static p => p.Element)).Select(static l => l.Range)
            .Where(static r => !r.IsEmpty).OrderBy(static r => r.After)];
        }
    }

    /// <summary>A range for one more worker, or null when a split would not pay.</summary>
    public Lease? TryTake()
    {
        lock (_lock)
        {
            if (!_pending.TryDequeue(out var widest, out _)) return TrySteal();
            _pendingWidth -= widest.Range.Width;
            _leased.Add(widest);
            return widest;
        }
    }

    /// <summary>
    /// How many of <paramref name="ids"/> belong to the lease still: the rest was given to another worker while the page was under way, and is
    /// read there. Nobody takes more of it before <see cref="Advance"/>.
    /// </summary>
    public int Hold(Lease lease, ReadOnlySpan<long> ids)
    {
        lock (_lock)
        {
            lease.IsHeld = true;
            return Accepted(lease, ids);
        }
    }

    static int Accepted(Lease lease, ReadOnlySpan<long> ids)
    {
        var accepted = ids.Length;
        while (accepted > 0 && ids[accepted - 1] > lease.Range.UpTo) accepted--;
        return accepted;
    }

    /// <summary>Notes a page of a leased range, or a part of one. Returns how many of <paramref name="ids"/> belong to the lease still.</summary>
    /// <param name="ids">Ascending, all in <paramref name="asked"/>.</param>
    /// <param name="asked">The range that the page's request named.</param>
    /// <param name="isLast">The page was not full: nothing else is in <paramref name="asked"/>.</param>
    /// <param name="estimatedRest">Records of <paramref name="asked"/> behind the page, where the answer counted them.</param>
    public int Advance(Lease lease, ReadOnlySpan<long> ids, IdRange asked, bool isLast, long? estimatedRest = null)
    {
        lock (_lock)
        {
            _pages++;
            lease.IsHeld = false;
            var accepted = Accepted(lease, ids);
            var reached = isLast || ids is [] ? asked.UpTo : ids[^1];
            if (!ids.IsEmpty && reached > asked.After) lease.Density = ids.Length / (double)(reached - asked.After);
            _estimatedLeft = estimatedRest ?? _estimatedLeft - accepted;
            lease.Range = lease.Range with { After = Math.Min(reached, lease.Range.UpTo) };
            if (lease.IsDone) _leased.Remove(lease);
            return accepted;
        }
    }

    /// <summary>What is left of a lease right now.</summary>
    public IdRange RangeOf(Lease lease)
    {
        lock (_lock) return lease.Range;
    }

    void SplitEvenly(IdRange whole, long records)
    {
        // Two pages or more for each: a few requests saved matter more to a small app than one round trip.
        var parts = (int)Math.Clamp(records / (2L * _pageSize), 1, Math.Min(_workers, whole.Width));
        for (var i = 0; i < parts; i++)
            Add(new(whole.After + (long)((Int128)whole.Width * i / parts), whole.After + (long)((Int128)whole.Width * (i + 1) / parts)));
        _splits = parts - 1;
    }

    void Add(IdRange range)
    {
        _pending.Enqueue(new(range), (-range.Width, range.After));
        _pendingWidth += range.Width;
    }

    Lease? TrySteal()
    {
        if (_splits >= Math.Max(16, _workers + 8) + _pages / 64) return null;
        // A range whose first page is under way may prove empty, or hold everything: a moment later it is known.
        var owner = _leased.Where(static l => l.Density is not null && !l.IsHeld).MaxBy(Beyond);
        if (owner is null || Beyond(owner) < _pageSize) return null;
        var density = Density(owner);
        var start = owner.Range.After + (long)(_pageSize / density); // where the page under way is thought to end
        var middle = start + (owner.Range.UpTo - start) / 2;
        if (middle <= owner.Range.After || middle >= owner.Range.UpTo) return null;
        var taken = new Lease(new(middle, owner.Range.UpTo)) { Density = owner.Density };
        owner.Range = owner.Range with { UpTo = middle };
        _leased.Add(taken);
        _splits++;
        return taken;
    }

    /// <summary>Records thought to be left behind the page under way.</summary>
    double Beyond(Lease lease) => lease.Range.Width * Density(lease) - _pageSize;

    /// <summary>
    /// Records per id. What is left of the count over what is left of the ids soon finds where the records stand; where there
    /// is no count, or it was too low, the lease's last page must do. Where nothing is known, a split is not worth it yet.
    /// </summary>
    double Density(Lease lease)
    {
        if (_estimatedLeft is not > 0) return Math.Max(lease.Density ?? 0, 1e-12);
        var width = _pendingWidth + _leased.Sum(static l => l.Range.Width);
        return Math.Clamp(_estimatedLeft.Value / (double)Math.Max(1, width), 1e-12, 1);
    }

    /// <summary>A range and its reader's position.</summary>
    internal sealed class Lease(IdRange range)
    {
        /// <summary>What is left of it. Another worker may take its upper part at any time.</summary>
        public IdRange Range { get; set; } = range;

        /// <summary>Records per id, as its last page had them.</summary>
        public double? Density { get; set; }

        /// <summary>A page of it is being delivered.</summary>
        public bool IsHeld { get; set; }

        public bool IsDone => Range.IsEmpty;
    }
}
