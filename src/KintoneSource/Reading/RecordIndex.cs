using KintoneSource.Kintone;
using KintoneSource.Reading.Deletions;

namespace KintoneSource.Reading;

/// <summary>The ids of one app's records that match a condition, for the search for deleted ones.</summary>
sealed class RecordIndex(KintoneApp app, string? condition) : IRecordIndex
{
    public Task<long?> CountAsync(IdRange range, CancellationToken ct) => app.CountAsync(condition, range, ct);

    public Task<IReadOnlyList<long>> ListAsync(IdRange range, int limit, CancellationToken ct) => app.ListIdsAsync(condition, range, limit, ct);
}
