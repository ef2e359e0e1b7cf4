using KintoneSimulator;

namespace WarehouseTests;

/// <summary>What a stream of an app holds: records, the rows of one sub-table, or attached files.</summary>
/// <param name="KeyOfRow">The column that is the primary key together with the record's id; null where that alone is.</param>
/// <param name="Table">The sub-table's code; null for every other stream.</param>
sealed record Contents(string Suffix, string? KeyOfRow, string? Table = null)
{
    public static Contents Records { get; } = new("records", null);

    public static Contents Attachments { get; } = new("attachments", "_kintone_file_number");

    /// <summary>The columns of its primary key.</summary>
    public IReadOnlyList<string> Key => KeyOfRow is null ? ["_kintone_id"] : ["_kintone_id", KeyOfRow];

    /// <summary>What there is to select in an app as its form is today.</summary>
    public static IEnumerable<Contents> Of(App app)
    {
        yield return Records;
        foreach (var table in app.Form.Fields.Where(static f => f.TypeName == "SUBTABLE")) yield return new("table_", "_kintone_row_id", table.Code);
        if (app.Form.Fields.SelectMany(static f => f.Fields.Prepend(f)).Any(static f => f.TypeName == "FILE")) yield return Attachments;
    }

    /// <summary>The stream's name; that of a table begins so.</summary>
    public string NameIn(App app) => $"app_{app.Id}_{Suffix}";

    public ExpectedTable Expected(App app, Func<StoredRecord, bool> matches) =>
        this == Records ? ExpectedTable.Of(app, matches)
        : this == Attachments ? ExpectedTable.OfAttachments(app, matches)
        : ExpectedTable.OfTable(app, Table!, matches);

    /// <summary>The columns that changes of the form have made stale; null where they may have changed which rows there are.</summary>
    public IEnumerable<string>? StaleColumns(IReadOnlyList<Stain> stains) =>
        this == Records ? stains.Select(static s => s.Table ?? s.Code)
        : this == Attachments ? stains.Any(static s => s.HoldsFiles) ? null : []
        : stains.Any(s => s.Table is null && s.Code == Table) ? null : stains.Where(s => s.Table == Table).Select(static s => s.Code);
}
