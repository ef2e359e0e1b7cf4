using KintoneSource.Kintone.Queries;
using KintoneSource.Reading.Deletions;

namespace KintoneSource.Reading.Apps;

/// <summary>As <see cref="WitnessedPages"/>, for the search for deleted records.</summary>
/// <param name="ensureShown">Throws where the app does not show records any more.</param>
sealed class WitnessedIndex(IRecordIndex index, Func<CancellationToken, Task> ensureShown) : IRecordIndex
{
    public Task<long> CountAsync(IdRange range, CancellationToken ct) => index.CountAsync(range, ct);

    public async Task<IdPage> ListAsync(IdRange range, int limit, CancellationToken ct)
    {
        var page = await index.ListAsync(range, limit, ct);
        if (page.Ids.Count == 0) await ensureShown(ct);
        return page;
    }
}
