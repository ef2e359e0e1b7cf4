using KintoneSource.Kintone.Queries;
using KintoneSource.Reading.Scanning;

namespace KintoneSource.Reading.Apps;

/// <summary>
/// Pages of a scan, none of which is taken for empty before the app is known to show records still: one that closes meanwhile answers like a gap
/// between ids.
/// </summary>
/// <param name="ensureShown">Throws where it does not.</param>
/// <param name="mayBeEmpty">Ranges of which an empty page is nothing out of the ordinary.</param>
sealed class WitnessedPages(IScanPages pages, Func<CancellationToken, Task> ensureShown, Func<IdRange, bool> mayBeEmpty) : IScanPages
{
    public async Task<ScannedPage> ReadAsync(IdRange range, int pageLimit, bool withCount, CancellationToken ct)
    {
        var page = await pages.ReadAsync(range, pageLimit, withCount, ct);
        if (!page.Ids.IsEmpty || mayBeEmpty(range)) return page;
        try
        {
            await ensureShown(ct);
            return page;
        }
        catch
        {
            page.Dispose();
            throw;
        }
    }

    public ValueTask DeliverAsync(ScannedPage page, PagePlace place, CancellationToken ct) => pages.DeliverAsync(page, place, ct);

    public void Dispose() => pages.Dispose();
}
