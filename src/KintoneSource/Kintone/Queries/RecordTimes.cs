using System.Globalization;
using System.Text.Json;
using KintoneSource.Protocol;

namespace KintoneSource.Kintone.Queries;

/// <summary>Answers of records.json that were asked for one update time.</summary>
static class RecordTimes
{
    /// <returns>The first record's value of the field; null where there is no record, or it has no such value.</returns>
    public static DateTimeOffset? Newest(JsonElement answer, string field)
    {
        if (answer.ValueKind != JsonValueKind.Object || !answer.TryGetProperty("records", out var records) || records.ValueKind != JsonValueKind.Array)
            throw new UnexpectedResponseException("Kintone answered records.json without \"records\".");
        return records.EnumerateArray().FirstOrDefault() is { ValueKind: JsonValueKind.Object } record
            && record.TryGetProperty(field, out var cell) && cell.ValueKind == JsonValueKind.Object
            && cell.TryGetProperty("value", out var value) && value.ValueKind == JsonValueKind.String
            && DateTimeOffset.TryParse(value.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var updated)
                ? updated : null;
    }

    /// <returns>Whether the first record has the field, and it is of the type that Kintone gives to the update time alone.</returns>
    public static bool IsUpdatedTime(JsonElement answer, string field) =>
        answer.GetProperty("records")[0].TryGetProperty(field, out var cell) && cell.ValueKind == JsonValueKind.Object
        && cell.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String && type.ValueEquals("UPDATED_TIME"u8);
}
