using System.Text.Json;
using KintoneSource.Catalog;
using KintoneSource.Kintone.Apps;
using KintoneSource.Kintone.Queries;

namespace KintoneSource.Reading.Comments;

/// <summary>A comment as a row of its stream.</summary>
/// <param name="RecordUpdatedAt">The update time of the record; null where it does not show.</param>
readonly record struct CommentRow(long Record, DateTimeOffset? RecordUpdatedAt, Comment Comment)
{
    /// <summary>Writes the value of one column; null, and false, where it does not fit.</summary>
    public static bool Write(Utf8JsonWriter json, Column column, CommentRow row)
    {
        var (record, recordUpdatedAt, comment) = row;
        switch (column.Origin)
        {
            case ColumnOrigin.CommentId: json.WriteNumberValue(comment.Id); break;
            case ColumnOrigin.CommentText: json.WriteStringValue(TextOf(comment)); break;
            case ColumnOrigin.CommentCreatedAt: comment.Json.GetProperty("createdAt").WriteTo(json); break;
            case ColumnOrigin.CommentCreator when Has(comment, "creator", out var creator): return KnownMembers.TryWrite(json, creator, "code", "name");
            case ColumnOrigin.CommentMentions when Has(comment, "mentions", out var mentions): return TryWriteMentions(json, mentions);
            default:
                if (column.Name == Column.Id) json.WriteNumberValue(record);
                else if (column.Name == Column.UpdatedAt) json.WriteStringValue(WireTime.Text(CursorOf(recordUpdatedAt, comment)));
                else json.WriteNullValue();
                break;
        }
        return true;
    }

    static bool Has(Comment comment, string name, out JsonElement value) => comment.Json.TryGetProperty(name, out value)
        && value.ValueKind != JsonValueKind.Null;

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

    /// <summary>Of a mention, nothing may be left: of one who was deleted, perhaps. The others are no less there.</summary>
    static bool TryWriteMentions(Utf8JsonWriter json, JsonElement mentions)
    {
        if (mentions.ValueKind != JsonValueKind.Array
            || !mentions.EnumerateArray().All(static m => m.ValueKind == JsonValueKind.Null || KnownMembers.Fits(m, "code", "type")))
        {
            json.WriteNullValue();
            return false;
        }
        json.WriteStartArray();
        foreach (var mention in mentions.EnumerateArray()) KnownMembers.TryWrite(json, mention, "code", "type");
        json.WriteEndArray();
        return true;
    }
}
