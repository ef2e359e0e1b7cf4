using System.Collections.Immutable;
using KintoneSource.Kintone;

namespace KintoneSource.Catalog;

/// <summary>The columns of <c>app_{id}_records</c> as the app's form is today.</summary>
static class RecordColumns
{
    /// <summary>
    /// Ours first, then every field in the order of its code, the mark of deletion last. There is no
    /// <c>_kintone_updated_at</c> where the form shows no update time, and then no incremental sync.
    /// </summary>
    public static ImmutableArray<Column> Of(Form form, ColumnNames names, bool emitDeletedRecords)
    {
        var columns = ImmutableArray.CreateBuilder<Column>();
        columns.Add(new(Column.Id, "$id", ColumnKind.Integer));
        columns.Add(new(Column.Revision, "$revision", ColumnKind.Integer));
        if (form.UpdatedTime is { } updated) columns.Add(new(Column.UpdatedAt, updated.Code, ColumnKind.Timestamp));
        columns.AddRange(form.Fields.Select(f => FieldSchema.ColumnOf(f, names)).OfType<Column>());
        if (emitDeletedRecords) columns.Add(new(Column.DeletedAt, null, ColumnKind.Timestamp));
        return columns.ToImmutable();
    }
}
