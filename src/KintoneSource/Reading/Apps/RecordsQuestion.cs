using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using KintoneSource.Kintone.Queries;

namespace KintoneSource.Reading.Apps;

/// <summary>What is asked of one app's records stream, apart from what its state says.</summary>
/// <param name="UpdatedTime">The code of the update time's field; null for a full refresh, which needs none.</param>
/// <param name="Filter">The user's condition, checked; null for all records.</param>
/// <param name="StartDate">Incremental streams start here.</param>
/// <param name="GenerationId">As the catalog says; null outside platforms that have generations.</param>
sealed record RecordsQuestion(string? UpdatedTime, string? Filter, DateTimeOffset? StartDate, long? GenerationId)
{
    /// <summary>The destination keeps the rows of this generation and of later ones; null where the catalog does not say.</summary>
    public long? MinimumGenerationId { get; init; }

    /// <summary>
    /// A generation that was read to its end is not read again. Not so where the runner asks for incremental syncs of a stream that has
    /// none: such runners may give the same generation for ever.
    /// </summary>
    public bool EndsWithGeneration { get; init; } = true;

    /// <summary>What was changed within so long is looked at in every incremental sync: comments move no update time.</summary>
    public TimeSpan Window { get; init; }

    /// <summary>Which files' contents are wanted, as the state says it; null where none are.</summary>
    public string? Files { get; init; }

    public bool IsIncremental => UpdatedTime is not null;

    /// <summary>What belongs to the stream, at any time: the filter and the start date.</summary>
    public string? Condition => RecordQuery.And(
        Filter, UpdatedTime is not null && StartDate is { } start ? RecordQuery.UpdatedSince(UpdatedTime, start) : null);

    /// <summary>Stands in the state, so that a change of the question is noticed without showing the filter.</summary>
    public string Hash { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        $"{Filter}\n{(UpdatedTime is null ? null : StartDate)?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)}")));
}
