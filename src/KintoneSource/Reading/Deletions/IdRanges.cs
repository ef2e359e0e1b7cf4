using KintoneSource.Kintone.Queries;

namespace KintoneSource.Reading.Deletions;

/// <summary>Lists of ranges that are ascending, apart from one another and never empty.</summary>
static class IdRanges
{
    /// <summary>The same ids in as few ranges as possible.</summary>
    public static List<IdRange> Merge(IEnumerable<IdRange> ranges)
    {
        List<IdRange> merged = [];
        foreach (var range in ranges.OrderBy(static r => r.After))
        {
            if (merged.Count > 0 && merged[^1].UpTo >= range.After)
                merged[^1] = new(merged[^1].After, Math.Max(merged[^1].UpTo, range.UpTo));
            else if (range.UpTo > range.After)
                merged.Add(range);
        }
        return merged;
    }

    /// <summary>What of <paramref name="range"/> lies in none of <paramref name="without"/>.</summary>
    public static IEnumerable<IdRange> Except(IdRange range, List<IdRange> without)
    {
        var after = range.After;
        foreach (var hole in without)
        {
            if (hole.UpTo <= after) continue;
            if (hole.After >= range.UpTo) break;
            if (hole.After > after) yield return new(after, hole.After);
            after = hole.UpTo;
        }
        if (after < range.UpTo) yield return new(after, range.UpTo);
    }
}
