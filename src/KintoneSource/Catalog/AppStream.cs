using System.Globalization;
using KintoneSource.Kintone;
using KintoneSource.Protocol;

namespace KintoneSource.Catalog;

/// <summary>The streams of one app. Their names hold its id, so that an app that is renamed keeps its streams.</summary>
static class AppStream
{
    public static string RecordsName(long app) => string.Create(CultureInfo.InvariantCulture, $"app_{app}_records");

    /// <summary>The app of a stream named by <see cref="RecordsName"/>; null for every other name.</summary>
    public static long? AppOfRecords(string stream) =>
        stream.StartsWith("app_", StringComparison.Ordinal) && stream.EndsWith("_records", StringComparison.Ordinal)
        && stream.Length > "app__records".Length
        && long.TryParse(stream.AsSpan("app_".Length..^"_records".Length), NumberStyles.None, CultureInfo.InvariantCulture, out var app)
        && RecordsName(app) == stream
            ? app
            : null;

    /// <param name="appName">Becomes the schema's title.</param>
    public static StreamDefinition Records(long app, string appName, Form form, ColumnNames names, bool emitDeletedRecords)
    {
        var columns = RecordColumns.Of(form, names, emitDeletedRecords);
        var texts = new FieldTexts(form, names);
        var schema = RawJson.From(json =>
        {
            json.WriteStartObject();
            json.WriteString("$schema"u8, "http://json-schema.org/draft-07/schema#"u8);
            json.WriteString("title"u8, appName);
            json.WriteString("type"u8, "object"u8);
            ColumnSchema.WriteProperties(json, columns, texts.Of);
            json.WriteEndObject();
        });
        return new(RecordsName(app), schema, [Column.Id], form.UpdatedTime is null ? null : Column.UpdatedAt, IsResumable: true);
    }

    /// <summary>Titles and descriptions of columns: what people see in Kintone, and where to find it.</summary>
    sealed class FieldTexts(Form form, ColumnNames names)
    {
        readonly Dictionary<string, FormField> _fields = form.Fields
            .SelectMany(static f => f.Fields.Prepend(f))
            .GroupBy(f => names.Of(f.Code))
            .ToDictionary(static g => g.Key, static g => g.First());

        public (string Title, string Description)? Of(Column column) => column.Name switch
        {
            Column.Id => ("Record ID", "Kintone's own number of the record; never changes and is never given again."),
            Column.Revision => ("Revision", "Grows with every change of the record."),
            Column.UpdatedAt => ("Updated at", "When the record was last changed, to the minute."),
            Column.RowId => ("Row ID", "Kintone's own number of the table's row."),
            Column.DeletedAt => ("Deleted at", "When a sync found that the record is gone; null while it exists."),
            _ => column.Source is { } && _fields.TryGetValue(column.Name, out var field)
                ? (field.Label, $"{field.TypeName} {field.Code}")
                : null,
        };
    }
}
