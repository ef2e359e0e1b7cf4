using System.Globalization;
using KintoneSource.Kintone.Queries;
using KintoneSource.Protocol;

namespace KintoneSource.Reading.Deletions;

/// <param name="Lost">Known ids that a listing of their own range did not hold: each was gone at a moment during the search.</param>
/// <param name="Unknown">
/// Ids that listings held and that are not known: they came into the stream's condition without an edit (a filter relative
/// to today, a permission), or while the scan ran. Deliver them, then add them to the known ids; else they cost requests in every search.
/// </param>
/// <param name="Counts">Requests for a count.</param>
/// <param name="Lists">Requests for a page of ids.</param>
/// <param name="Difference">How many records more Kintone counts than its listings hold, where the search made sure of it; otherwise 0.</param>
/// <param name="CountOff">
/// The part of it that later searches may take for right (<see cref="CountDifference"/>); else they would look for what is not there. A large
/// one is not: a count that says nothing about the records would hide every deletion.
/// </param>
sealed record DeletionSearchResult(IdSet Lost, IdSet Unknown, int Counts, int Lists, long Difference, long CountOff);

/// <summary>What is searched.</summary>
/// <param name="Known">Every id delivered so far and not declared lost, those of the scan just finished included. Must not change meanwhile.</param>
/// <param name="UpTo">The greatest id that the scan asked for: records that it should have met and did not lie up to there.</param>
sealed record DeletionQuestion(IdSet Known, long UpTo, DeletionGuard Guard)
{
    /// <summary>Known ids that a scan over all records did not see: listed, whatever the counts say.</summary>
    public IdSet Suspects { get; init; } = new();

    /// <summary>How many records Kintone counted up to <see cref="UpTo"/>; null costs a request to ask.</summary>
    public long? Count { get; init; }

    /// <summary>How many records more than it lists Kintone was found to count before.</summary>
    public long CountOff { get; init; }
}

/// <summary>
/// Finds the known ids that are gone. Kintone tells nobody what was deleted, but counts cheaply: where a range of ids has as
/// many records as are known in it, nothing is missing; where it differs, its halves are counted, and what remains is listed.
/// <code>
/// known   1 . . . . . . . . . . . . . . . . . . . . . . . . . max
/// counts  |---------- 1 missing ----------|------ equal ------|
///         |---- equal ----|-- 1 missing --|                      halves of the known ids, not of the numbers
///                         |==== listed ===|                      the missing id is declared lost
/// </code>
/// <para>
/// A count only says where to look. An id is lost when the listing of a range that contains it did not hold it, and
/// for nothing else; so wrong counts, and records that come, change and go meanwhile, cost requests but never make a wrong tombstone.
/// </para>
/// <para>
/// The search ends when the count over all known ids equals what the listings leave, when everything was listed once, or when
/// there are more records than known ones and no place to look for them. With right counts and no unknown id below the
/// greatest one asked for it has then found every id that was gone when it started, whatever was deleted meanwhile.
/// </para>
/// <para>
/// An unknown id hides a lost one where both are counted together: the sums agree. It stays hidden until the unknown one
/// is delivered, which an edit of it, or a search that lists it (<see cref="DeletionSearchResult.Unknown"/>), brings about; the next search then
/// finds the lost one. The range ends at the greatest id of the scan, so that records created later hide nothing. Whoever has met all records
/// there are (a full re-read) names the known ids that were not among them: those are listed first, and no sum can hide them.
/// </para>
/// <para>
/// Counts may be off for good: records that are counted and not shown, or an index that lags behind. Once everything was listed, the
/// difference that remains is the count's own; it comes back with the result, and is taken as right once two searches have found it.
/// </para>
/// <para>
/// Cost: k lost ids among n known take about k·log2(n/500k) counts and k pages. Counting stops where it would cost more than the
/// listing; what it spends on a guess it must have saved before, but for <see cref="Guesses"/>. So right
/// counts never cost more than listing all plus a small constant. No id is listed twice, and there are never more counts than pages, so
/// wrong counts cost a small multiple of it.
/// </para>
/// </summary>
sealed class DeletionSearch
{
    public const int PageSize = 500;

    const int Guesses = 8;

    readonly DeletionQuestion _question;
    readonly IdSet _known;
    readonly IRecordIndex _index;
    readonly int _maxConcurrency;
    readonly IdRange _whole;
    readonly long _countLimit;
    readonly IdSet _lost = new();
    readonly IdSet _unknown = new();
    readonly Lock _gate = new(); // for the sets and counters, while pages come in side by side
    List<IdRange> _listed = [];
    long _difference;
    long _credit;
    bool _counting = true;
    int _counts;
    int _lists;

    DeletionSearch(DeletionQuestion question, IRecordIndex index, int maxConcurrency)
    {
        (_question, _known, _index, _maxConcurrency, _difference) = (question, question.Known, index, maxConcurrency, question.CountOff);
        _whole = new(0, Math.Max(_known.Max, question.UpTo));
        _countLimit = Pages(_known.Count) + Guesses;
    }

    /// <exception cref="ConfigurationException">More is gone than the guard lets pass. Only listed ranges count.</exception>
    public static Task<DeletionSearchResult> RunAsync(DeletionQuestion question, IRecordIndex index, int maxConcurrency, CancellationToken ct) =>
        new DeletionSearch(question, index, maxConcurrency).RunAsync(ct);

    async Task<DeletionSearchResult> RunAsync(CancellationToken ct)
    {
        if (_question.Suspects.Count > 0) await ListAsync([.. Around(_question.Suspects)], ct);
        if (_known.Count > 0 || _question.Count > 0) await CompareAsync(ct);
        var isUsual = Math.Abs(_difference) <= 10 + (_known.Count / 100);
        return new(_lost, _unknown, _counts, _lists, _difference, isUsual ? _difference : 0);
    }

    async Task CompareAsync(CancellationToken ct)
    {
        var count = _question.Count ?? await CountAsync(_whole, ct);
        var first = count;
        while (count is null || count != Expected(_whole) + _difference)
        {
            var before = (_lost.Count, _unknown.Count);
            var places = count is null ? [_whole] : await NarrowAsync(count.Value, ct);
            var toList = Unlisted(places);
            if (toList.Count == 0 && count < Expected(_whole) + _difference) toList = Unlisted([_whole]);
            if (toList.Count > 0) await ListAsync(toList, ct);
            var fruitless = before == (_lost.Count, _unknown.Count);
            if (Unlisted([_whole]).Count == 0 || toList.Count == 0 || (fruitless && count > Expected(_whole) + _difference))
            {
                // Nowhere is left to look. If Kintone says the same as before the listings, it counts otherwise than it lists.
                _difference = first is not null && (first == Expected(_whole) || first == await CountAsync(_whole, ct)) ? first.Value - Expected(_whole) : 0;
                return;
            }
            count = fruitless ? null : await CountAsync(_whole, ct);
        }
    }

    /// <summary>Ranges that hold the suspects, each of at most a page of known ids: at most as many requests as suspects, and as the listing.</summary>
    IEnumerable<IdRange> Around(IdSet suspects)
    {
        var (first, last) = (0L, 0L);
        foreach (var id in suspects.Between(0, suspects.Max))
        {
            if (first > 0 && _known.CountIn(first - 1, id) > PageSize)
            {
                yield return new(first - 1, last);
                first = 0;
            }
            (first, last) = (first == 0 ? id : first, id);
        }
        yield return new(first - 1, last);
    }

    /// <param name="First">Rank of the first known id.</param>
    /// <param name="End">Rank after the last one.</param>
    /// <param name="Count">What Kintone counted, or what its parent's count leaves; null when there is no telling.</param>
    readonly record struct Part(long First, long End, IdRange Range, long? Count);

    /// <returns>The ranges to list, because their counts differ from what is expected and counting on would not pay.</returns>
    async Task<List<IdRange>> NarrowAsync(long count, CancellationToken ct)
    {
        _credit = Guesses;
        List<IdRange> places = [];
        List<Part> level = [new(0, _known.Count, _whole, Plausible(count, _whole))];
        while (level.Count > 0)
        {
            List<Part> split = [];
            foreach (var part in level)
            {
                if (Unlisted([part.Range]).Count == 0) continue; // it changed since it was listed: the next sync's business
                if (part.Count == Expected(part.Range)) _credit += Pages(part.Count.Value);
                else if (IsWorthCounting(part)) split.Add(part);
                else places.Add(part.Range);
            }
            if (!_counting || _counts + split.Count > _countLimit)
            {
                places.AddRange(split.Select(static p => p.Range));
                break;
            }
            var halves = new (Part Left, Part Right)[split.Count];
            await Parallel.ForAsync(0, split.Count, Options(ct), async (i, ct) => halves[i] = await HalveAsync(split[i], ct));
            level = [.. halves.SelectMany(static h => new[] { h.Left, h.Right })];
        }
        return places;
    }

    bool IsWorthCounting(Part part)
    {
        if (part.Count is not { } count || part.End - part.First < 2) return false;
        var pages = Pages(count);
        if (pages <= 2) return false;
        var differing = Math.Abs(count - Expected(part.Range));
        // The most it takes to find that many ids: they lie apart, each in a page of its own.
        if (differing < pages && (2 * differing) - 1 + (differing * Math.Log2((double)pages / differing)) < pages) return true;
        // They may lie together: a guess, paid for from what earlier counts saved.
        if (pages < Guesses || _credit == 0) return false;
        _credit--;
        return true;
    }

    async ValueTask<(Part Left, Part Right)> HalveAsync(Part part, CancellationToken ct)
    {
        var middle = part.First + ((part.End - part.First) / 2);
        var edge = Locked(() => _known[middle - 1]);
        var (left, right) = (new IdRange(part.Range.After, edge), new IdRange(edge, part.Range.UpTo));
        var leftCount = Plausible(await CountAsync(left, ct), left);
        // What the parent's count leaves saves a request. A record deleted between the two counts can make it too high and
        // hide another; the count over everything at the end tells.
        var rightCount = Plausible(part.Count - leftCount, right) ?? Plausible(await CountAsync(right, ct), right);
        return (new(part.First, middle, left, leftCount), new(middle, part.End, right, rightCount));
    }

    async Task<long?> CountAsync(IdRange range, CancellationToken ct)
    {
        if (!_counting || _counts >= _countLimit) return null;
        Interlocked.Increment(ref _counts);
        try
        {
            return await _index.CountAsync(range, ct);
        }
        catch (Exception e) when (e is TransientException or UnexpectedResponseException)
        {
            _counting = false; // an app too large to count, perhaps; its ids can still be listed
            return null;
        }
    }

    async Task ListAsync(List<IdRange> ranges, CancellationToken ct)
    {
        var pieces = ranges.SelectMany(Pieces).ToArray();
        await Parallel.ForEachAsync(pieces, Options(ct), async (piece, ct) =>
        {
            for (var after = piece.After; after < piece.UpTo;)
            {
                var asked = piece with { After = after };
                var page = await _index.ListAsync(asked, PageSize, ct);
                after = Locked(() => Take(page.Ids, asked));
            }
        });
        _listed = IdRanges.Merge(_listed.Concat(ranges));
    }

    /// <summary>Long ranges in several pieces, to be listed side by side; each costs half a page more.</summary>
    IEnumerable<IdRange> Pieces(IdRange range)
    {
        var first = _known.CountIn(0, range.After);
        var known = _known.CountIn(range.After, range.UpTo);
        var pieces = Math.Clamp(Pages(known) / 50, 1, _maxConcurrency);
        var after = range.After;
        for (var i = 1; i <= pieces; i++)
        {
            var upTo = i == pieces ? range.UpTo : _known[first + (known * i / pieces) - 1];
            yield return new(after, upTo);
            after = upTo;
        }
    }

    /// <returns>Up to which id the page answers.</returns>
    long Take(IReadOnlyList<long> ids, IdRange asked)
    {
        _lists++;
        var answered = ids.Count < PageSize ? asked.UpTo : ids[^1];
        var previous = asked.After;
        using var known = _known.Between(asked.After, answered).GetEnumerator();
        var more = known.MoveNext();
        foreach (var id in ids)
        {
            if (id <= previous || id > asked.UpTo || ids.Count > PageSize) throw Disordered(asked, ids);
            previous = id;
            for (; more && known.Current < id; more = known.MoveNext()) _lost.Add(known.Current);
            if (more && known.Current == id) more = known.MoveNext();
            else _unknown.Add(id);
        }
        for (; more; more = known.MoveNext()) _lost.Add(known.Current);
        _question.Guard.Ensure(_known.Count, _lost.Count);
        return answered;
    }

    long Expected(IdRange range) =>
        _known.CountIn(range.After, range.UpTo) - _lost.CountIn(range.After, range.UpTo) + _unknown.CountIn(range.After, range.UpTo);

    List<IdRange> Unlisted(IEnumerable<IdRange> ranges) => IdRanges.Merge(ranges.SelectMany(r => IdRanges.Except(r, _listed)));

    static long? Plausible(long? count, IdRange range) => count >= 0 && count <= range.UpTo - range.After ? count : null;

    static long Pages(long count) => (count / PageSize) + 1;

    ParallelOptions Options(CancellationToken ct) => new() { MaxDegreeOfParallelism = _maxConcurrency, CancellationToken = ct };

    T Locked<T>(Func<T> read)
    {
        lock (_gate) return read();
    }

    static UnexpectedResponseException Disordered(IdRange asked, IReadOnlyList<long> ids) => new(string.Create(CultureInfo.InvariantCulture,
        $"Asked for up to {PageSize} record ids over {asked.After} and up to {asked.UpTo} in ascending order, Kintone answered with {ids.Count} ids "
            + $"({ids[0]} to {ids[^1]}) that are not that. No record was marked as deleted."));
}
