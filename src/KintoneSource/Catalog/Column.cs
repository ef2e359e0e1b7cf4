using System.Collections.Immutable;

namespace KintoneSource.Catalog;

/// <summary>What a column holds: one entry per row of the type table in docs, whatever Kintone type it came from.</summary>
enum ColumnKind
{
    /// <summary>A string as sent; the empty string stays.</summary>
    Text,

    /// <summary>A JSON number with the digits as sent; "" is null.</summary>
    Number,

    /// <summary>A JSON integer; "" is null.</summary>
    Integer,

    /// <summary><c>2024-01-02</c>; "" is null.</summary>
    Date,

    /// <summary><c>09:30</c> becomes <c>09:30:00</c>; "" is null.</summary>
    Time,

    /// <summary>RFC 3339 with an offset or Z, as sent; "" is null.</summary>
    Timestamp,

    /// <summary>An array of strings.</summary>
    TextList,

    /// <summary>An object of <c>code</c> and <c>name</c>.</summary>
    Entity,

    /// <summary>An array of <see cref="Entity"/>.</summary>
    EntityList,

    /// <summary>An array of <c>fileKey</c>, <c>name</c>, <c>contentType</c>, <c>size</c> (integer).</summary>
    FileList,

    /// <summary>An array of <c>code</c> and <c>type</c> (USER, GROUP, ORGANIZATION): whom a comment mentions.</summary>
    MentionList,

    /// <summary>An array of rows: <c>_kintone_row_id</c> and <see cref="Column.Columns"/>.</summary>
    Table,

    /// <summary>Whatever Kintone sends, as sent: a type this version does not know.</summary>
    Any,
}

/// <summary>Where a column's value stands in a record.</summary>
enum ColumnOrigin
{
    /// <summary>In the record's field named by <see cref="Column.Source"/>.</summary>
    Field,

    /// <summary>In the table row's field named by <see cref="Column.Source"/>.</summary>
    RowField,

    /// <summary>The id of the table's row; null for a file outside tables.</summary>
    RowId,

    /// <summary>The row's place in its table, from 1.</summary>
    RowNumber,

    /// <summary>The file's place among all files of the record, from 1.</summary>
    FileNumber,

    /// <summary>The code of the field that the file is in.</summary>
    FileField,

    /// <summary>The file's place in its field, from 1.</summary>
    FilePosition,

    FileKey,
    FileName,
    FileContentType,

    /// <summary>In bytes.</summary>
    FileSize,

    /// <summary>Where the file's contents are; null in lines that are made from records alone.</summary>
    FilePath,

    /// <summary>The comment's number within its record.</summary>
    CommentId,

    CommentText,
    CommentCreator,
    CommentCreatedAt,
    CommentMentions,
}

/// <summary>One column of a stream and where its value comes from.</summary>
/// <param name="Name">The property in the record's data.</param>
/// <param name="Source">
/// The key in Kintone's record: a field code, <c>$id</c> or <c>$revision</c>. Several columns may share one.
/// Null for a column that is null in every record read, as <c>_ab_cdc_deleted_at</c> is.
/// </param>
/// <param name="Columns">The columns of a <see cref="ColumnKind.Table"/>'s rows; empty for every other kind.</param>
sealed record Column(string Name, string? Source, ColumnKind Kind, ImmutableArray<Column> Columns)
{
    public Column(string name, string? source, ColumnKind kind) : this(name, source, kind, []) { }

    public ColumnOrigin Origin { get; init; }

    /// <summary>
    /// The type of the value's cell, where a record may hold it under another key than <see cref="Source"/>: Kintone's documentation says that status,
    /// assignees and categories are addressed by the field's name, and a record has one of each. Null for every other column.
    /// </summary>
    public string? CellType { get; init; }

    public const string Id = "_kintone_id";
    public const string Revision = "_kintone_revision";
    public const string UpdatedAt = "_kintone_updated_at";
    public const string RowId = "_kintone_row_id";
    public const string RowNumber = "_kintone_row_number";
    public const string FileNumber = "_kintone_file_number";
    public const string CommentId = "_kintone_comment_id";
    public const string DeletedAt = "_ab_cdc_deleted_at";
}
