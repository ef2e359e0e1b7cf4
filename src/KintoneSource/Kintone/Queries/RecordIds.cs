using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using KintoneSource.Protocol;

namespace KintoneSource.Kintone.Queries;

/// <summary>Answers of records.json that were asked for <c>$id</c> alone.</summary>
static class RecordIds
{
    public static (long[] Ids, long? TotalCount) Read(ReadOnlySpan<byte> utf8)
    {
        var answer = JsonSerializer.Deserialize(utf8, RecordIdsJson.Default.RecordIdsAnswer);
        if (answer?.Records is not { } records) throw new UnexpectedResponseException("Kintone answered records.json without \"records\".");
        var ids = new long[records.Count];
        for (var i = 0; i < ids.Length; i++)
        {
            if (!long.TryParse(records[i]?.Id?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out ids[i]) || ids[i] == 0)
                throw new UnexpectedResponseException("Kintone answered with a record that has no valid $id.");
        }
        return (ids, long.TryParse(answer.TotalCount, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : null);
    }

    /// <summary>An answer that is not what was asked for would lose records unseen: ids must ascend within the range.</summary>
    public static void EnsurePage(ReadOnlySpan<long> ids, IdRange range, int limit)
    {
        var previous = range.After;
        foreach (var id in ids)
        {
            if (id <= previous || id > range.UpTo)
                throw new UnexpectedResponseException(
                    $"Kintone answered with record {id} where ids after {previous} and up to {range.UpTo} were asked for in order.");
            previous = id;
        }
        if (ids.Length > limit) throw new UnexpectedResponseException($"Kintone answered with {ids.Length} records where {limit} were asked for.");
    }
}

sealed record RecordIdsAnswer(IReadOnlyList<RecordIdsRecord?>? Records, string? TotalCount);

sealed record RecordIdsRecord([property: JsonPropertyName("$id")] RecordIdsValue? Id);

sealed record RecordIdsValue(string? Value);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RecordIdsAnswer))]
sealed partial class RecordIdsJson : JsonSerializerContext;
