using KintoneSource.Kintone.Queries;
using KintoneSource.Reading.Deletions;

namespace KintoneSource.Tests.Reading.Deletions;

/// <summary>An app's ids that remembers which were ever absent; it may change before each request and may lie when it counts.</summary>
sealed class FakeIndex(IdSet present) : IRecordIndex
{
    readonly Lock _gate = new();

    /// <summary>Ids that went away after the start.</summary>
    public HashSet<long> Deleted { get; } = [];

    public List<IdRange> Counts { get; } = [];
    public List<IdRange> Lists { get; } = [];
    public int Requests => Counts.Count + Lists.Count;

    public Action<FakeIndex>? BeforeRequest { get; init; }

    /// <summary>What is answered instead of the right count.</summary>
    public Func<IdRange, long, long> Count { get; init; } = static (_, count) => count;

    public Func<IdRange, IReadOnlyList<long>, IReadOnlyList<long>> Page { get; init; } = static (_, ids) => ids;

    public long TrueCount(IdRange range) => present.CountIn(range.After, range.UpTo);

    public void Create(long id) => present.Add(id);

    public void Delete(long id)
    {
        if (present.Remove(id)) Deleted.Add(id);
    }

    public async Task<long> CountAsync(IdRange range, CancellationToken ct)
    {
        await Task.Yield();
        lock (_gate)
        {
            BeforeRequest?.Invoke(this);
            Counts.Add(range);
            return Count(range, TrueCount(range));
        }
    }

    public async Task<IdPage> ListAsync(IdRange range, int limit, CancellationToken ct)
    {
        await Task.Yield();
        lock (_gate)
        {
            BeforeRequest?.Invoke(this);
            Lists.Add(range);
            return new(Page(range, present.Between(range.After, range.UpTo).Take(limit).ToArray()));
        }
    }
}

static class Ids
{
    public static IdSet Of(params IEnumerable<long> ids)
    {
        var set = new IdSet();
        foreach (var id in ids) set.Add(id);
        return set;
    }

    public static IEnumerable<long> UpTo(long max)
    {
        for (var id = 1L; id <= max; id++) yield return id;
    }

    /// <summary>A search as after an ordinary sync that delivered nothing.</summary>
    public static Task<DeletionSearchResult> SearchAsync(IdSet known, FakeIndex index, long? count = null, int concurrency = 4,
        CancellationToken ct = default) =>
        DeletionSearch.RunAsync(new(known, known.Max, new(known.Count, 50)) { Count = count }, index, concurrency, ct);

    public static IReadOnlyList<long> All(this IdSet set) => [.. set.Between(0, long.MaxValue)];
}
