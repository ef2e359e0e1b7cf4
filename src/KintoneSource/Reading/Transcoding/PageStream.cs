using System.Collections.Immutable;
using KintoneSource.Catalog;
using KintoneSource.Kintone.Forms;
using KintoneSource.Protocol;

namespace KintoneSource.Reading.Transcoding;

/// <summary>What a stream has a line for.</summary>
enum LinePer
{
    Record,
    TableRow,
    File,
}

/// <summary>A field that files are attached to.</summary>
/// <param name="Table">The code of the sub-table that it stands in; null outside tables.</param>
readonly record struct FileField(string? Table, string Field);

/// <summary>One of the streams that the records of a page become lines of.</summary>
/// <param name="Columns">What a line's data holds, in this order whatever order Kintone sent.</param>
/// <param name="Table">The code of the sub-table for <see cref="LinePer.TableRow"/>.</param>
/// <param name="Files">For <see cref="LinePer.File"/>, in the order that a record's files are numbered by.</param>
sealed record PageStream(LinePer Per, ImmutableArray<Column> Columns, RecordEnvelope Envelope, string? Table, ImmutableArray<FileField> Files)
{
    public static PageStream OfRecords(ImmutableArray<Column> columns, RecordEnvelope envelope) => new(LinePer.Record, columns, envelope, null, []);

    public static PageStream OfTable(string table, ImmutableArray<Column> columns, RecordEnvelope envelope) =>
        new(LinePer.TableRow, columns, envelope, table, []);

    public static PageStream OfFiles(IEnumerable<FileField> fields, ImmutableArray<Column> columns, RecordEnvelope envelope) =>
        new(LinePer.File, columns, envelope, null, [.. fields]);

    /// <param name="columns">As the catalog selects them.</param>
    public static PageStream Of(AppStreamName stream, Form form, ImmutableArray<Column> columns, RecordEnvelope envelope) => stream.Kind switch
    {
        AppStreamKind.Records => OfRecords(columns, envelope),
        AppStreamKind.Table => OfTable(AppStreamName.TableOf(stream, form)!.Code, columns, envelope),
        AppStreamKind.Attachments => OfFiles(AppColumns.FileFields(form).Select(static f => new FileField(f.Table?.Code, f.Field.Code)), columns, envelope),
        _ => throw new ArgumentOutOfRangeException(nameof(stream), stream, "It is not made of records."),
    };
}
