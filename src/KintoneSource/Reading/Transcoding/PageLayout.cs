using System.Collections.Immutable;
using System.Text.Json;
using KintoneSource.Catalog;
using KintoneSource.Protocol;

namespace KintoneSource.Reading.Transcoding;

/// <summary>
/// The streams of a page prepared for reading: which fields are wanted, found once for all of them, and the bytes that
/// stand in front of each value. Immutable; shared by both ways of transcoding and by all workers.
/// </summary>
/// <param name="Revision">The field of the record's revision; -1 where nobody wants versions.</param>
/// <param name="UpdatedTime">The field of its update time; -1 also where the form has none.</param>
sealed record PageLayout(WantedFields Fields, ImmutableArray<LineLayout> Streams, int Revision, int UpdatedTime)
{
    /// <param name="updatedTime">The code of the update time's field.</param>
    /// <param name="versioned">Whoever reads the page wants to know each record's version.</param>
    public static PageLayout Of(ImmutableArray<PageStream> streams, string? updatedTime = null, bool versioned = false)
    {
        var fields = WantedFields.OfRecord();
        ImmutableArray<LineLayout> lines = [.. streams.Select(s => LineLayout.Of(s, fields))];
        var revision = versioned ? fields.Want("$revision", ColumnKind.Integer) : -1;
        var updated = versioned && updatedTime is not null ? fields.Want(updatedTime, ColumnKind.Timestamp) : -1;
        fields.Freeze();
        return new(fields, lines, revision, updated);
    }
}

/// <summary>The lines of one stream.</summary>
/// <param name="Table">The field whose rows have a line each; -1 for every other stream.</param>
/// <param name="Files">The fields whose files have a line each.</param>
sealed record LineLayout(LinePer Per, RecordEnvelope Envelope, ImmutableArray<ColumnLayout> Columns, int Table, ImmutableArray<FileFieldLayout> Files)
{
    public static LineLayout Of(PageStream stream, WantedFields fields)
    {
        var table = stream.Table is { } code ? fields.Want(code, ColumnKind.Table) : -1;
        var rows = table < 0 ? null : fields.RowsOf(table);
        return new(
            stream.Per, stream.Envelope, [.. stream.Columns.Select(c => ColumnLayout.Of(c, null, c.Origin == ColumnOrigin.RowField ? rows! : fields))],
            table, [.. stream.Files.Select(f => FileFieldLayout.Of(f, fields))]);
    }
}

/// <param name="Table">The table that the field stands in; -1 outside tables.</param>
/// <param name="Field">Among the fields of the record, or of the table's rows.</param>
/// <param name="Code">As a JSON string.</param>
readonly record struct FileFieldLayout(int Table, int Field, byte[] Code)
{
    public static FileFieldLayout Of(FileField file, WantedFields fields)
    {
        var table = file.Table is { } code ? fields.Want(code, ColumnKind.Table) : -1;
        return new(table, (table < 0 ? fields : fields.RowsOf(table)!).Want(file.Field, ColumnKind.FileList), ColumnLayout.JsonString(file.Field));
    }
}

/// <param name="Label">The column's name as JSON with its colon.</param>
/// <param name="Field">The field of the value among those of its origin; -1 for a column that is always null.</param>
/// <param name="Path">What a change of its value is reported as, as a JSON string.</param>
/// <param name="Rows">The columns of a <see cref="ColumnKind.Table"/>'s rows; empty for every other kind.</param>
/// <param name="RowFields">The fields that they draw from; null for every other kind.</param>
/// <param name="RowIdPath">What a change of a row's id is reported as.</param>
sealed record ColumnLayout(
    byte[] Label, ColumnOrigin Origin, int Field, ColumnKind Kind, byte[] Path, ImmutableArray<ColumnLayout> Rows, WantedFields? RowFields, byte[] RowIdPath)
{
    /// <param name="table">The name of the column around it; null at the top.</param>
    public static ColumnLayout Of(Column column, string? table, WantedFields fields)
    {
        var field = column.Source is { } source ? fields.Want(source, column.Kind, column.CellType) : -1;
        // A table that the form does not have any more has rows in no record.
        var rows = column.Kind != ColumnKind.Table ? null : field >= 0 ? fields.RowsOf(field) : new();
        return new(
            [.. JsonString(column.Name), (byte)':'], column.Origin, field, column.Kind,
            JsonString(table is null ? column.Name : $"{table}.{column.Name}"),
            rows is null ? [] : [.. column.Columns.Select(c => Of(c, column.Name, rows))], rows, JsonString($"{column.Name}.{Column.RowId}"));
    }

    public static byte[] JsonString(string text) => [(byte)'"', .. JsonEncodedText.Encode(text, JsonText.Encoder).EncodedUtf8Bytes, (byte)'"'];
}
