using KintoneSource.Kintone.Apps;
using KintoneSource.Kintone.Queries;
using KintoneSource.Protocol;

namespace KintoneSource.Reading.Deletions;

/// <summary>The ids of one app's records that match a condition, for the search for deleted ones.</summary>
sealed class RecordIndex(KintoneApp app, string? condition) : IRecordIndex
{
    public async Task<long> CountAsync(IdRange range, CancellationToken ct) =>
        await app.CountAsync(condition, range, ct) ?? throw new UnexpectedResponseException("Kintone was asked for the number of records and did not say it.");

    public async Task<IdPage> ListAsync(IdRange range, int limit, CancellationToken ct) => new(await app.ListIdsAsync(condition, range, limit, ct));
}
