using System.Buffers;
using System.Text.Json;
using KintoneSource.Catalog;
using KintoneSource.Kintone.Queries;
using KintoneSource.Protocol;

namespace KintoneSource.Reading.Files;

/// <summary>A file as a row of its stream, with what came of its contents.</summary>
/// <param name="Path">As <see cref="FilePath.Of"/>.</param>
/// <param name="UpdatedAt">Instead of the record's update time, for one that came back under a tombstone; null for the record's own.</param>
readonly record struct FileRow(AttachedFile File, FileResult Result, string Path, DateTimeOffset? UpdatedAt = null)
{
    static readonly string[] s_outcomes = ["fetched", "fetched_before", "name_not_wanted", "too_large", "gone", "refused", "broken"];

    bool HasContents => Result.Outcome is FileOutcome.Fetched or FileOutcome.FetchedBefore;

    /// <summary>Writes the value of one column. What did not fit was null before, and <see cref="More"/> says so.</summary>
    public static bool Write(Utf8JsonWriter json, Column column, FileRow row)
    {
        if (column.Origin == ColumnOrigin.FileContents) json.WriteStringValue(s_outcomes[(int)row.Result.Outcome]);
        else if (column.Origin == ColumnOrigin.FilePath && row.HasContents) json.WriteStringValue(row.Path);
        else if (column.Name == Column.UpdatedAt && row.UpdatedAt is { } raised) json.WriteStringValue(WireTime.Text(raised));
        else if (row.File.Data.TryGetProperty(column.Name, out var value)) value.WriteTo(json);
        else json.WriteNullValue();
        return true;
    }

    /// <summary>
    /// The members of the record beside its data: where the destination finds the file, and what is missing. As the protocol (0.18) has them.
    /// </summary>
    /// <param name="staged">The file in the staging folder; null where this row brings none.</param>
    public ReadOnlyMemory<byte> More(string? staged)
    {
        var output = new ArrayBufferWriter<byte>();
        if (staged is not null)
        {
            output.Write(",\"file_reference\":"u8);
            using var json = new Utf8JsonWriter(output, JsonText.Writer);
            json.WriteStartObject();
            json.WriteString("staging_file_url"u8, staged);
            json.WriteString("source_file_relative_path"u8, Path);
            json.WriteNumber("file_size_bytes"u8, Result.Size);
            json.WriteEndObject();
        }
        var reason = Result.Outcome switch
        {
            FileOutcome.TooLarge => "SOURCE_FIELD_SIZE_LIMITATION",
            FileOutcome.Gone or FileOutcome.Refused or FileOutcome.Broken => "SOURCE_RETRIEVAL_ERROR",
            _ => null,
        };
        if (reason is null && File.Changes.ValueKind != JsonValueKind.Array) return output.WrittenMemory;
        output.Write(",\"meta\":"u8);
        using (var json = new Utf8JsonWriter(output, JsonText.Writer))
        {
            json.WriteStartObject();
            json.WriteStartArray("changes"u8);
            if (File.Changes.ValueKind == JsonValueKind.Array)
                foreach (var change in File.Changes.EnumerateArray()) change.WriteTo(json);
            if (reason is not null)
            {
                json.WriteStartObject();
                json.WriteString("field"u8, "path"u8);
                json.WriteString("change"u8, "NULLED"u8);
                json.WriteString("reason"u8, reason);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return output.WrittenMemory;
    }
}
