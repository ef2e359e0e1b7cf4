using KintoneSource.Kintone.Queries;

namespace KintoneSource.Reading.Scanning;

/// <summary>
/// A page's place in its scan, for whoever delivers it: at once, or part by part. Used in the writer's turn, so that the position never runs
/// ahead of the records.
/// </summary>
/// <param name="asked">The range that the page's request named.</param>
/// <param name="isLast">The page was not full: nothing else is in the range.</param>
sealed class PagePlace(ScanRanges ranges, ScanRanges.Lease lease, ScannedPage page, IdRange asked, bool isLast)
{
    int _delivered;

    /// <summary>All of it is delivered, or left to another worker.</summary>
    public bool IsDone { get; private set; }

    /// <summary>
    /// Which records of the page are to be delivered next, by their places in it. Those behind them were given to another worker while the
    /// page was under way. Nobody takes more of them until <see cref="Advance"/>.
    /// </summary>
    public (int From, int UpTo) Rest() => (_delivered, _delivered + ranges.Hold(lease, page.Ids[_delivered..]));

    /// <summary>Moves the position.</summary>
    /// <param name="upTo">The records before this place are delivered; <see cref="Rest"/> for all there are.</param>
    /// <returns>The ids that the position has passed: all matching records in it are delivered.</returns>
    public IdRange Advance(int upTo)
    {
        var before = ranges.RangeOf(lease);
        var isWhole = upTo == Rest().UpTo;
        var ids = isWhole ? page.Ids[_delivered..] : page.Ids[_delivered..upTo];
        ranges.Advance(
            lease, ids, asked with { After = _delivered == 0 ? asked.After : page.Ids[_delivered - 1] }, isLast && isWhole, isWhole
                ? page.TotalCount - page.Ids.Length : null);
        (_delivered, IsDone) = (upTo, isWhole);
        return new(before.After, ranges.RangeOf(lease).After);
    }
}
