using System.Globalization;
using System.Text.Json;
using KintoneSource.Catalog;
using KintoneSource.Protocol;

namespace KintoneSource.Reading.Audit;

/// <summary>What is known of an app beside its streams.</summary>
/// <param name="Name">As the catalog has it; null where it has none.</param>
/// <param name="Requests">That the app got in this sync.</param>
/// <param name="Today">That it got since the day began, as far as states know.</param>
readonly record struct AppUse(string? Name, long Requests, long Today);

/// <summary>A row of <c>sync_audit</c>.</summary>
/// <param name="SyncId">Of all rows of this sync, and of no other sync's.</param>
/// <param name="Message">Why the stream was not read, or not to its end, without secrets.</param>
sealed record AuditRow(string SyncId, string Version, StreamAudit Of, AppUse Use, DateTimeOffset FinishedAt, string? Message)
{
    /// <summary>Two streams may end in one second.</summary>
    public static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <param name="selected">Names of the columns to write; null for all.</param>
    public RawJson ToJson(IReadOnlyDictionary<string, JsonElement>? selected) => RawJson.From(json =>
    {
        json.WriteStartObject();
        foreach (var column in ResourceStreams.SyncAudit.Columns)
        {
            if (selected?.ContainsKey(column.Name) == false) continue;
            json.WritePropertyName(column.Name);
            WriteValue(json, column.Name);
        }
        json.WriteEndObject();
    });

    void WriteValue(Utf8JsonWriter json, string column)
    {
        switch (column)
        {
            case "sync_id": json.WriteStringValue(SyncId); break;
            case "stream": json.WriteStringValue(Of.Output.Stream.Name); break;
            case "appId": json.WriteStringValue(Of.App.ToString(CultureInfo.InvariantCulture)); break;
            case "app_name": json.WriteStringValue(Use.Name); break;
            case "connector_version": json.WriteStringValue(Version); break;
            case "started_at": Write(json, FinishedAt - Of.Took); break;
            case "finished_at": Write(json, FinishedAt); break;
            case "outcome": json.WriteStringValue(Name(Of.Outcome)); break;
            case "message": json.WriteStringValue(Message); break;
            case "kind": json.WriteStringValue(Of.Kind is { } kind ? Name(kind) : null); break;
            case "reason": json.WriteStringValue(Of.Reason); break;
            case "rows_sent": Write(json, Of.Output.Records); break;
            case "deletions_sent": Write(json, Of.Output.Deletions); break;
            case "values_nulled": Write(json, Of.Output.Nulled); break;
            case "files_sent": Write(json, Of.Output.Files); break;
            case "bytes_sent": Write(json, Of.Output.Bytes); break;
            case "rows_expected": Write(json, Of.Expected?.Count); break;
            case "ids_sum": Write(json, Of.Expected?.Sum); break;
            case "ids_max": Write(json, Of.Expected?.Max); break;
            case "kintone_count": Write(json, Of.Count?.Records); break;
            case "kintone_counted_at": Write(json, Of.Count?.At); break;
            case "count_difference": Write(json, Difference); break;
            case "count_difference_reason": json.WriteStringValue(Difference is null or 0 ? null : Of.Count?.Reason); break;
            case "cursor_before": Write(json, Of.CursorBefore); break;
            case "cursor": Write(json, Of.Cursor); break;
            case "newest_update": Write(json, Of.NewestUpdate); break;
            case "requests": Write(json, Use.Requests); break;
            case "requests_today": Write(json, Use.Today); break;
            case "warnings": Write(json, Of.Output.Warnings); break;
            default: throw new InvalidOperationException($"sync_audit has a column {column} that no value is known for.");
        }
    }

    long? Difference => Of.Count?.Records - Of.Expected?.Count;

    static string Name<T>(T value) where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    static void Write(Utf8JsonWriter json, long? number)
    {
        if (number is { } value) json.WriteNumberValue(value);
        else json.WriteNullValue();
    }

    static void Write(Utf8JsonWriter json, DateTimeOffset? time)
    {
        if (time is { } value) json.WriteStringValue(Text(value));
        else json.WriteNullValue();
    }
}
