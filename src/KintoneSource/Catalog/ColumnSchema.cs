using System.Collections.Immutable;
using System.Text.Json;

namespace KintoneSource.Catalog;

/// <summary>
/// JSON schema of a column by its kind, and back. Every type allows null. Nothing here is an <c>allOf</c>, a
/// <c>not</c> or a <c>$ref</c>, and no object is closed: the platforms refuse such schemas.
/// </summary>
static class ColumnSchema
{
    /// <summary>Writes the schema as one object, its texts first.</summary>
    /// <param name="texts">Finds a column's title and description by the column; none are written for null.</param>
    public static void Write(Utf8JsonWriter json, Column column, Func<Column, (string Title, string Description)?> texts)
    {
        json.WriteStartObject();
        if (texts(column) is { } text)
        {
            json.WriteString("title"u8, text.Title);
            json.WriteString("description"u8, text.Description);
        }
        WriteType(json, column.Kind, column.Columns, texts);
        json.WriteEndObject();
    }

    /// <summary>Writes <c>"properties":{…}</c> and that more may come, within an object that the caller opened.</summary>
    public static void WriteProperties(Utf8JsonWriter json, ImmutableArray<Column> columns, Func<Column, (string Title, string Description)?> texts)
    {
        json.WriteBoolean("additionalProperties"u8, true);
        json.WriteStartObject("properties"u8);
        foreach (var column in columns)
        {
            json.WritePropertyName(column.Name);
            Write(json, column, texts);
        }
        json.WriteEndObject();
    }

    static void WriteType(Utf8JsonWriter json, ColumnKind kind, ImmutableArray<Column> columns, Func<Column, (string, string)?> texts)
    {
        switch (kind)
        {
            case ColumnKind.Text: Nullable(json, "string"u8); break;
            case ColumnKind.Number: Nullable(json, "number"u8); break;
            case ColumnKind.Integer: Nullable(json, "integer"u8); break;
            case ColumnKind.Date:
                Nullable(json, "string"u8);
                json.WriteString("format"u8, "date"u8);
                break;
            case ColumnKind.Time:
                Nullable(json, "string"u8);
                json.WriteString("format"u8, "time"u8);
                json.WriteString("airbyte_type"u8, "time_without_timezone"u8);
                break;
            case ColumnKind.Timestamp:
                Nullable(json, "string"u8);
                json.WriteString("format"u8, "date-time"u8);
                json.WriteString("airbyte_type"u8, "timestamp_with_timezone"u8);
                break;
            case ColumnKind.Entity:
                Nullable(json, "object"u8);
                WriteProperties(json, s_entity, s_noTexts);
                break;
            case ColumnKind.TextList: Items(ColumnKind.Text); break;
            case ColumnKind.EntityList: Items(ColumnKind.Entity); break;
            case ColumnKind.FileList: Rows(s_file, s_noTexts); break;
            case ColumnKind.MentionList: Rows(s_mention, s_noTexts); break;
            case ColumnKind.Table: Rows([s_rowId, .. columns], texts); break;
            case ColumnKind.Any: break;
            default: throw new ArgumentOutOfRangeException(nameof(kind), kind, null);
        }

        void Items(ColumnKind item)
        {
            Nullable(json, "array"u8);
            json.WriteStartObject("items"u8);
            WriteType(json, item, [], s_noTexts);
            json.WriteEndObject();
        }

        void Rows(ImmutableArray<Column> inner, Func<Column, (string, string)?> texts)
        {
            Nullable(json, "array"u8);
            json.WriteStartObject("items"u8);
            Nullable(json, "object"u8);
            WriteProperties(json, inner, texts);
            json.WriteEndObject();
        }
    }

    static void Nullable(Utf8JsonWriter json, ReadOnlySpan<byte> type)
    {
        json.WriteStartArray("type"u8);
        json.WriteStringValue("null"u8);
        json.WriteStringValue(type);
        json.WriteEndArray();
    }

    static readonly Func<Column, (string, string)?> s_noTexts = static _ => null;
    static readonly ImmutableArray<Column> s_entity = [new("code", "code", ColumnKind.Text), new("name", "name", ColumnKind.Text)];
    static readonly ImmutableArray<Column> s_mention = [new("code", "code", ColumnKind.Text), new("type", "type", ColumnKind.Text)];
    static readonly Column s_rowId = new(Column.RowId, "id", ColumnKind.Integer);

    static readonly ImmutableArray<Column> s_file =
    [
        new("fileKey", "fileKey", ColumnKind.Text),
        new("name", "name", ColumnKind.Text),
        new("contentType", "contentType", ColumnKind.Text),
        new("size", "size", ColumnKind.Integer),
    ];
}
