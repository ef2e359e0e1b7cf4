using System.Collections.Immutable;
using KintoneSource.Kintone.Forms;

namespace KintoneSource.Catalog;

/// <summary>
/// The columns of an app's streams as its form is today: the key and ours first, the mark of deletion last. Where the form shows no update
/// time, <c>_kintone_updated_at</c> is null and there is no incremental sync: a cursor column that goes stops a platform's whole connection.
/// </summary>
static class AppColumns
{
    /// <param name="stream">Whose columns; a table that the form does not have has none.</param>
    /// <returns>Null where the form has no such table.</returns>
    public static ImmutableArray<Column>? Of(AppStreamName stream, Form form, FormNames names, bool emitDeletedRecords) => stream.Kind switch
    {
        AppStreamKind.Records => Records(form, names, emitDeletedRecords),
        AppStreamKind.Table => AppStreamName.TableOf(stream, form) is { } table ? TableRows(form, table, names, emitDeletedRecords) : null,
        AppStreamKind.Attachments => Attachments(form, emitDeletedRecords),
        AppStreamKind.Files => Files(form),
        AppStreamKind.Comments => Comments(form, emitDeletedRecords),
        _ => throw new ArgumentOutOfRangeException(nameof(stream), stream, null),
    };

    /// <summary>Every field in the order of its code.</summary>
    public static ImmutableArray<Column> Records(Form form, FormNames names, bool emitDeletedRecords) =>
        Around([], form, form.Fields.Select(f => FieldSchema.ColumnOf(f, names)).OfType<Column>(), emitDeletedRecords);

    /// <summary>Every field of the table; a row's key is its own id beside the record's.</summary>
    public static ImmutableArray<Column> TableRows(Form form, FormField table, FormNames names, bool emitDeletedRecords) => Around(
        [Ours(Column.RowId, ColumnOrigin.RowId), Ours(Column.RowNumber, ColumnOrigin.RowNumber)],
        form, table.Fields.Select(f => FieldSchema.ColumnOf(f, names)).OfType<Column>().Select(static c => c with { Origin = ColumnOrigin.RowField }),
            emitDeletedRecords);

    /// <summary>One row for each file; its key is its number among the record's files (docs/decisions/0010).</summary>
    public static ImmutableArray<Column> Attachments(Form form, bool emitDeletedRecords) => Around(
        [Ours(Column.FileNumber, ColumnOrigin.FileNumber)], form,
        [
            Ours("field", ColumnOrigin.FileField, ColumnKind.Text),
            Ours(Column.RowId, ColumnOrigin.RowId),
            Ours("position", ColumnOrigin.FilePosition),
            Ours("fileKey", ColumnOrigin.FileKey, ColumnKind.Text),
            Ours("name", ColumnOrigin.FileName, ColumnKind.Text),
            Ours("contentType", ColumnOrigin.FileContentType, ColumnKind.Text),
            Ours("size", ColumnOrigin.FileSize),
        ], emitDeletedRecords);

    /// <summary>One row for each file that is brought, and where to. Nothing marks what is gone: such a row would bring no file
    /// (docs/decisions/0014).</summary>
    public static ImmutableArray<Column> Files(Form form) =>
        [.. Attachments(form, emitDeletedRecords: false), Ours("path", ColumnOrigin.FilePath, ColumnKind.Text)];

    /// <summary>One row for each comment, which never changes: there is no revision of it (docs/decisions/0013).</summary>
    public static ImmutableArray<Column> Comments(Form form, bool emitDeletedRecords) =>
    [
        .. Around(
            [Ours(Column.CommentId, ColumnOrigin.CommentId)], form,
            [
                Ours("text", ColumnOrigin.CommentText, ColumnKind.Text),
                Ours("creator", ColumnOrigin.CommentCreator, ColumnKind.Entity),
                Ours("createdAt", ColumnOrigin.CommentCreatedAt, ColumnKind.Timestamp),
                Ours("mentions", ColumnOrigin.CommentMentions, ColumnKind.MentionList),
            ], emitDeletedRecords).Where(static c => c.Name != Column.Revision),
    ];

    /// <summary>The fields that attached files stand in, with the table around each where there is one, in the order that files are numbered by.</summary>
    public static IEnumerable<(FormField? Table, FormField Field)> FileFields(Form form) => form.Fields
        .SelectMany(static field => field.Fields.Select(inner => (Table: (FormField?)field, Field: inner)).Prepend((null, field)))
        .Where(static f => f.Field.Type == FieldType.File);

    static ImmutableArray<Column> Around(IEnumerable<Column> key, Form form, IEnumerable<Column> fields, bool emitDeletedRecords)
    {
        var columns = ImmutableArray.CreateBuilder<Column>();
        columns.Add(new(Column.Id, "$id", ColumnKind.Integer));
        columns.AddRange(key);
        columns.Add(new(Column.Revision, "$revision", ColumnKind.Integer));
        columns.Add(new(Column.UpdatedAt, form.UpdatedTime?.Code, ColumnKind.Timestamp));
        columns.AddRange(fields);
        if (emitDeletedRecords) columns.Add(new(Column.DeletedAt, null, ColumnKind.Timestamp));
        return columns.ToImmutable();
    }

    static Column Ours(string name, ColumnOrigin origin, ColumnKind kind = ColumnKind.Integer) => new(name, null, kind) { Origin = origin };
}
