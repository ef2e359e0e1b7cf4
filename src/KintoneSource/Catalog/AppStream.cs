using System.Collections.Immutable;
using KintoneSource.Configuration;
using KintoneSource.Kintone.Forms;
using KintoneSource.Protocol;

namespace KintoneSource.Catalog;

/// <summary>The streams of one app as discover offers them.</summary>
static class AppStream
{
    /// <param name="appName">Becomes the records' title, and the first part of the others'.</param>
    /// <param name="naming">Whether it stands in the streams' names, too.</param>
    public static IEnumerable<StreamDefinition> All(
        long app, string appName, Form form, ColumnNames names, bool emitDeletedRecords, RelatedStreams related, StreamNaming naming = StreamNaming.Id)
    {
        yield return Called(Records(app, appName, form, names, emitDeletedRecords), AppStreamName.Records(app));
        if (related.Tables)
        {
            foreach (var table in form.Fields.Where(static f => f.Type == FieldType.Subtable))
                yield return Called(Table(app, appName, form, table, names, emitDeletedRecords), AppStreamName.OfTable(app, table.Code), table.Code);
        }
        var hasFiles = AppColumns.FileFields(form).Any();
        if (related.Attachments && hasFiles) yield return Called(Attachments(app, appName, form, emitDeletedRecords), AppStreamName.Attachments(app));
        if (related.Files && hasFiles) yield return Called(Files(app, appName, form), AppStreamName.Files(app));
        if (related.Comments) yield return Called(Comments(app, appName, form, emitDeletedRecords), AppStreamName.Comments(app));

        StreamDefinition Called(StreamDefinition stream, AppStreamName name, string? table = null) =>
            naming == StreamNaming.Id ? stream : stream with { Name = name.Named(naming, appName, table).ToString() };
    }

    public static StreamDefinition Records(long app, string appName, Form form, ColumnNames names, bool emitDeletedRecords) => Define(
        AppStreamName.Records(app), appName, null, form, AppColumns.Records(form, names.For(form), emitDeletedRecords), new FieldTexts(form).Of, [Column.Id]);

    public static StreamDefinition Table(long app, string appName, Form form, FormField table, ColumnNames names, bool emitDeletedRecords) => Define(
        AppStreamName.OfTable(app, table.Code), $"{appName}: {table.Label}",
        $"The rows of the sub-table {table.Code} of all records, one for each. Read together with the app's other streams, at no extra request.",
        form, AppColumns.TableRows(form, table, names.For(form), emitDeletedRecords), new FieldTexts(form).Of, [Column.Id, Column.RowId]);

    public static StreamDefinition Attachments(long app, string appName, Form form, bool emitDeletedRecords) => Define(
        AppStreamName.Attachments(app), $"{appName}: attachments",
        "The files attached to records, one row for each: where it is, its name, type and size. Read together with the app's other streams, at no extra "
            + "request.",
        form, AppColumns.Attachments(form, emitDeletedRecords), FileTexts, [Column.Id, Column.FileNumber]);

    public static StreamDefinition Files(long app, string appName, Form form) => Define(
        AppStreamName.Files(app), $"{appName}: files",
        "The contents of the files attached to records, for destinations that take files: one row for each that is brought. Read by itself, at a request "
        + "for each new or changed file and one for every 500 records that were changed. "
        + "Which files there are now, those that are too large or are not to be had, and those that are gone, is in the stream of attachments.",
        form, AppColumns.Files(form), FileTexts, [Column.Id, Column.FileNumber]);

    public static StreamDefinition Comments(long app, string appName, Form form, bool emitDeletedRecords) => Define(
        AppStreamName.Comments(app), $"{appName}: comments",
        "The comments on records, one row for each. Expensive: Kintone gives them record by record, ten at a time. A full refresh, the first sync and each "
        + "full re-read cost one request for every record of the app, "
        + "one more for every nine further comments of a record, and one for every 100 records. An incremental sync costs the same for the records that "
        + "were changed or created within comment_window_days, and three requests more.",
        form, AppColumns.Comments(form, emitDeletedRecords), CommentTexts, [Column.Id, Column.CommentId]);

    static StreamDefinition Define(
        AppStreamName name, string title, string? description, Form form, ImmutableArray<Column> columns,
        Func<Column, (string Title, string Description)?> texts, ImmutableArray<string> key)
    {
        var schema = RawJson.From(json =>
        {
            json.WriteStartObject();
            json.WriteString("$schema"u8, "http://json-schema.org/draft-07/schema#"u8);
            json.WriteString("title"u8, title);
            if (description is not null) json.WriteString("description"u8, description);
            json.WriteString("type"u8, "object"u8);
            ColumnSchema.WriteProperties(json, columns, texts);
            json.WriteEndObject();
        });
        return new(name.ToString(), schema, key, form.UpdatedTime is null ? null : Column.UpdatedAt, IsResumable: true)
        {
            IsFileBased = name.Kind == AppStreamKind.Files,
            Columns = columns.Length,
        };
    }

    static (string Title, string Description)? OurTexts(Column column) => column.Name switch
    {
        Column.Id => ("Record ID", "Kintone's own number of the record; never changes and is never given again."),
        Column.Revision => ("Revision", "Grows with every change of the record."),
        Column.UpdatedAt => ("Updated at", "When the record was last changed, to the minute."),
        Column.RowId => ("Row ID", "Kintone's own number of the table's row."),
        Column.RowNumber => ("Row number", "The row's place in its table: 1, 2, 3, …"),
        Column.FileNumber => ("File number",
            "The file's place among all files of the record: 1, 2, 3, … It is no name of the file: where one is removed, later ones move up."),
        Column.DeletedAt => ("Deleted at", "When a sync found that the record is gone; null while it exists."),
        _ => null,
    };

    static (string Title, string Description)? FileTexts(Column column) => column.Origin switch
    {
        ColumnOrigin.FileField => ("Field", "The code of the field that the file is in."),
        ColumnOrigin.RowId => ("Row ID", "Kintone's own number of the table's row; null where the field is in no sub-table."),
        ColumnOrigin.FilePosition => ("Position", "The file's place in its field: 1, 2, 3, …"),
        ColumnOrigin.FileKey => ("File key", "What Kintone asks for to give the file. Good for a while only: take it from the latest sync."),
        ColumnOrigin.FileName => ("Name", "The file's name."),
        ColumnOrigin.FileContentType => ("Content type", "The file's media type, as application/pdf."),
        ColumnOrigin.FileSize => ("Size", "In bytes."),
        ColumnOrigin.FilePath => ("Path", "Where the file's contents are, below the destination's folder."),
        _ => OurTexts(column),
    };

    static (string Title, string Description)? CommentTexts(Column column) => column.Origin switch
    {
        ColumnOrigin.CommentId => ("Comment ID", "The comment's number within its record."),
        ColumnOrigin.CommentText => ("Text", "What the comment says, without the blank that Kintone puts at its end."),
        ColumnOrigin.CommentCreator => ("Creator", "Who wrote it."),
        ColumnOrigin.CommentCreatedAt => ("Created at", "When it was written."),
        ColumnOrigin.CommentMentions => ("Mentions", "The users, groups and organizations that it mentions."),
        _ => column.Name switch
        {
            Column.UpdatedAt => ("Updated at",
                "When the comment was written, or its record last changed before it was read, whichever is later; to the minute."),
            Column.DeletedAt => ("Deleted at", "When a sync found that the comment, or its record, is gone; null while it exists."),
            _ => OurTexts(column),
        },
    };

    /// <summary>
    /// Titles and descriptions of columns: the field's code and type. Its label, which people change, stands in the data dictionary alone: platforms
    /// take another title for another schema, and may stop the connection or read everything anew.
    /// </summary>
    sealed class FieldTexts(Form form)
    {
        readonly Dictionary<string, FormField> _fields = form.Fields
            .SelectMany(static f => f.Fields.Prepend(f)).DistinctBy(static f => f.Code).ToDictionary(static f => f.Code);

        public (string Title, string Description)? Of(Column column) =>
            OurTexts(column) is { } ours ? ours
            : column.Source is { } code && _fields.TryGetValue(code, out var field) ? (field.Code, field.TypeName)
            : null;
    }
}
