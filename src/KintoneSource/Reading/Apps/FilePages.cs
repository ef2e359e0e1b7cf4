using KintoneSource.Kintone.Apps;
using KintoneSource.Kintone.Queries;
using KintoneSource.Protocol;
using KintoneSource.Reading.Files;
using KintoneSource.Reading.Scanning;

namespace KintoneSource.Reading.Apps;

/// <summary>Pages of records as lists of their files, which are kept while the files are fetched.</summary>
/// <param name="records">The pages that the lists are made of.</param>
/// <param name="atOnce">How many pages there may be at a time.</param>
/// <param name="deliver">Fetches what is wanted, and delivers all rows.</param>
sealed class FilePages(KintoneApp app, PageLimit limit, AppPages records, int atOnce, Func<FilePage, PagePlace, CancellationToken, Task> deliver) : IScanPages
{
    public async Task<ScannedPage> ReadAsync(IdRange range, int pageLimit, bool withCount, CancellationToken ct)
    {
        if (await ReadAsync(range, pageLimit, withCount, app.Memory.HeldCapacity / atOnce, ct) is { } page) return page;
        if (pageLimit > 1) throw new PageTooLargeException(app.Address.Name, pageLimit, app.Memory.HeldCapacity);
        // A single record: once more when nobody else holds anything.
        return await ReadAsync(range, pageLimit, withCount, app.Memory.HeldCapacity, ct) ?? throw new ConfigurationException(
            $"A record of {app.Address.Name}, the first above {range.After}, has more files than this program may keep in mind at once "
            + $"({app.Memory.HeldCapacity / (1024 * 1024)} MB for lists of files). Give the program more memory (up to 512 MB is of use).");
    }

    /// <returns>Null where the list does not fit.</returns>
    async Task<FilePage?> ReadAsync(IdRange range, int pageLimit, bool withCount, long expected, CancellationToken ct)
    {
        var held = await app.Memory.HoldAsync(expected, ct);
        try
        {
            using var page = (AppPages.Page)await records.ReadAsync(range, pageLimit, withCount, ct);
            var cost = FilePage.CostOf(page.Lines);
            if (cost > expected) limit.Bound((int)(page.Ids.Length * expected / cost));
            if (held.TryExtendTo(cost)) return new(page.Lines, page.TotalCount, held);
        }
        catch
        {
            held.Dispose();
            throw;
        }
        held.Dispose();
        return null;
    }

    public async ValueTask DeliverAsync(ScannedPage page, PagePlace place, CancellationToken ct) => await deliver((FilePage)page, place, ct);

    public void Dispose() => records.Dispose();
}
