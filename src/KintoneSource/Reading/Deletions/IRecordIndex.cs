using KintoneSource.Kintone.Queries;
using KintoneSource.Protocol;

namespace KintoneSource.Reading.Deletions;

/// <param name="Ids">Ascending, within the range that was asked for, at most as many as asked for. Fewer mean that the range has no more.</param>
sealed record IdPage(IReadOnlyList<long> Ids);

/// <summary>
/// The ids of the records that the stream's own condition (filter and start date) selects, as they are at the moment of the
/// request. Called from several tasks at once.
/// </summary>
interface IRecordIndex
{
    /// <returns>
    /// How many records Kintone says the range has. Taken as a hint: it may be wrong, and a failure other than
    /// <see cref="ConfigurationException"/> only makes the search list what it would have counted.
    /// </returns>
    Task<long> CountAsync(IdRange range, CancellationToken ct);

    /// <summary>The first ids of the range. Taken as the truth at that moment: an id that is not there is gone.</summary>
    Task<IdPage> ListAsync(IdRange range, int limit, CancellationToken ct);
}
