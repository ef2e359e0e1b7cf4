using System.Text.Json;
using KintoneSource.Catalog;
using KintoneSource.Kintone.Apps;
using KintoneSource.Kintone.Queries;

namespace KintoneSource.Reading.Comments;

/// <summary>A comment as a row of its stream.</summary>
/// <param name="RecordUpdatedAt">The update time of the record; null where it does not show.</param>
readonly record struct CommentRow(long Record, DateTimeOffset? RecordUpdatedAt, Comment Comment)
{
    /// <summary>Writes the value of one column.</summary>
    public static void Write(Utf8JsonWriter json, Column column, CommentRow row)
    {
        var (record, recordUpdatedAt, comment) = row;
        switch (column.Origin)
        {
            case ColumnOrigin.CommentId: json.WriteNumberValue(comment.Id); break;
            case ColumnOrigin.CommentText: json.WriteStringValue(TextOf(comment)); break;
            case ColumnOrigin.CommentCreatedAt: comment.Json.GetProperty("createdAt").WriteTo(json); break;
            case ColumnOrigin.CommentCreator: WriteParts(json, comment.Json.TryGetProperty("creator", out var creator) ? creator : default, "code", "name"); break;
            case ColumnOrigin.CommentMentions: WriteMentions(json, comment); break;
            default:
                if (column.Name == Column.Id) json.WriteNumberValue(record);
                else if (column.Name == Column.UpdatedAt) json.WriteStringValue(WireTime.Text(CursorOf(recordUpdatedAt, comment)));
                else json.WriteNullValue();
                break;
        }
    }

    /// <summary>
    /// When the comment was written, or its record last changed: the later one. To the minute, as a tombstone's: one that
    /// comes in the same minute is not older than the comment.
    /// </summary>
    static DateTimeOffset CursorOf(DateTimeOffset? recordUpdatedAt, Comment comment)
    {
        var created = WireTime.Minute(comment.CreatedAt);
        return recordUpdatedAt is { } updated && updated > created ? updated : created;
    }

    /// <summary>Without the one blank that Kintone puts at the end.</summary>
    static string TextOf(Comment comment)
    {
        var text = comment.Json.GetProperty("text").GetString()!;
        return text.EndsWith(' ') ? text[..^1] : text;
    }

    static void WriteMentions(Utf8JsonWriter json, Comment comment)
    {
        if (!comment.Json.TryGetProperty("mentions", out var mentions) || mentions.ValueKind != JsonValueKind.Array)
        {
            json.WriteNullValue();
            return;
        }
        json.WriteStartArray();
        foreach (var mention in mentions.EnumerateArray()) WriteParts(json, mention, "code", "type");
        json.WriteEndArray();
    }

    /// <summary>An object of two texts; null for whatever is no object.</summary>
    static void WriteParts(Utf8JsonWriter json, JsonElement value, string first, string second)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            json.WriteNullValue();
            return;
        }
        json.WriteStartObject();
        foreach (var name in (ReadOnlySpan<string>)[first, second])
            json.WriteString(name, value.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null);
        json.WriteEndObject();
    }
}
