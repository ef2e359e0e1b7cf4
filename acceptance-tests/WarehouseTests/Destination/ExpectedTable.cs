using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using KintoneSimulator;

namespace WarehouseTests;

/// <summary>
/// What a warehouse must hold of an app in each of its streams, worked out from the simulator's model alone: types from the types of the form's
/// fields, cells from the records as they were saved.
/// </summary>
/// <param name="Rows">Cells by column, as text that DuckDB casts to the column's type.</param>
sealed record ExpectedTable(IReadOnlyList<(string Name, ColumnType Type)> Columns, IReadOnlyList<Dictionary<string, string?>> Rows)
{
    static readonly ColumnType s_text = new("VARCHAR", false);
    static readonly ColumnType s_integer = new("BIGINT", false);
    static readonly ColumnType s_person = ColumnType.Struct([("code", s_text), ("name", s_text)]);

    /// <summary>A row for each record.</summary>
    /// <param name="matches">Whether a record belongs to the stream.</param>
    public static ExpectedTable Of(App app, Func<StoredRecord, bool> matches) => app.Domain.Read(() => Around(
        [], app.Form.Fields.Select(static f => (f.Code, TypeOf(f))),
        from record in Records(app, matches)
        select Row(record, app.Form.Fields.Select(f => (f.Code, Shows(app, f) ? CellOf(record, f, app.Form.States) : null)))));

    /// <summary>A row for each row of a sub-table, numbered in their order.</summary>
    /// <param name="code">The table's.</param>
    public static ExpectedTable OfTable(App app, string code, Func<StoredRecord, bool> matches) => app.Domain.Read(() =>
    {
        var table = app.Form.Field(code)!;
        return Around(
            [("_kintone_row_id", s_integer), ("_kintone_row_number", s_integer)], table.Fields.Select(static f => (f.Code, TypeOf(f))),
            from record in Records(app, matches)
            where Shows(app, table)
            from row in RowsOf(record, table).Index()
            select Row(record,
            [
                ("_kintone_row_id", Text(row.Item.Id)), ("_kintone_row_number", Text(row.Index + 1)),
                .. table.Fields.Select(f => (f.Code, Scalar(row.Item.Cells.GetValueOrDefault(f.Uid), f))),
            ]));
    });

    /// <summary>A row for each attached file, numbered through the record: by the code of the field, in a sub-table then by the row, then by the place
    /// in the cell.</summary>
    public static ExpectedTable OfAttachments(App app, Func<StoredRecord, bool> matches) => app.Domain.Read(() => Around(
        [("_kintone_file_number", s_integer)],
        [
            ("field", s_text), ("_kintone_row_id", s_integer), ("position", s_integer),
            ("fileKey", s_text), ("name", s_text), ("contentType", s_text), ("size", s_integer),
        ],
        from record in Records(app, matches)
        from file in FilesOf(app, record).Index()
        select Row(record, [("_kintone_file_number", Text(file.Index + 1)), .. file.Item])));

    static IEnumerable<(string Name, string? Text)[]> FilesOf(App app, StoredRecord record) =>
        from field in app.Form.Fields.Where(f => Shows(app, f)).OrderBy(static f => f.Code, StringComparer.Ordinal)
        from cell in FileCells(record, field)
        where cell.Cell.Value.ValueKind == JsonValueKind.Array
        from attached in cell.Cell.Value.EnumerateArray().Index()
        select new (string, string?)[]
        {
            ("field", cell.Code), ("_kintone_row_id", cell.Row), ("position", Text(attached.Index + 1)),
            ("fileKey", Member(attached.Item, "fileKey")), ("name", Member(attached.Item, "name")),
            ("contentType", Member(attached.Item, "contentType")), ("size", Member(attached.Item, "size")),
        };

    static IEnumerable<(string Code, string? Row, Cell Cell)> FileCells(StoredRecord record, Field field) =>
        field.TypeName == "FILE" ? [(field.Code, null, record.Cells.GetValueOrDefault(field.Uid))]
        : from file in field.Fields.Where(static f => f.TypeName == "FILE").OrderBy(static f => f.Code, StringComparer.Ordinal)
          from row in RowsOf(record, field)
          select (file.Code, (string?)Text(row.Id), row.Cells.GetValueOrDefault(file.Uid));

    static string? Member(JsonElement file, string name) => file.GetProperty(name).GetString();

    static IReadOnlyList<TableRow> RowsOf(StoredRecord record, Field table) => record.Cells.GetValueOrDefault(table.Uid).Rows ?? [];

    static bool Shows(App app, Field field) => field.IsInRecords && app.IsVisible(field, Connector.User);

    static IEnumerable<StoredRecord> Records(App app, Func<StoredRecord, bool> matches)
    {
        for (var id = 1L; id <= app.Records.LastId; id++)
            if (app.Records.Find(id) is { } record && matches(record)) yield return record;
    }

    static ExpectedTable Around(IEnumerable<(string, ColumnType)> key, IEnumerable<(string, ColumnType)> fields, IEnumerable<Dictionary<string,
        string?>> rows) => new(
        [
            ("_kintone_id", s_integer), .. key, ("_kintone_revision", s_integer), ("_kintone_updated_at", new("TIMESTAMPTZ", false)),
            .. fields, ("_ab_cdc_deleted_at", new("TIMESTAMPTZ", false)),
        ],
        [.. rows]);

    static Dictionary<string, string?> Row(StoredRecord record, IEnumerable<(string Name, string? Text)> cells)
    {
        var row = new Dictionary<string, string?>
        {
            ["_kintone_id"] = Text(record.Id),
            ["_kintone_revision"] = Text(record.Revision),
            ["_kintone_updated_at"] = Text(record.Updated),
            ["_ab_cdc_deleted_at"] = null,
        };
        foreach (var (name, text) in cells) row[name] = text;
        return row;
    }

    static string? CellOf(StoredRecord record, Field field, IReadOnlyList<string> states) => field.TypeName switch
    {
        "RECORD_NUMBER" => Text(record.Id),
        "CREATOR" => Of(record.Creator).ToJsonString(),
        "MODIFIER" => Of(record.Modifier).ToJsonString(),
        "CREATED_TIME" => Text(record.Created),
        "UPDATED_TIME" => Text(record.Updated),
        "STATUS" when !record.Cells.ContainsKey(field.Uid) => states is [var first, ..] ? first : null,
        "SUBTABLE" => new JsonArray([.. RowsOf(record, field).Select(row => RowOf(row, field))]).ToJsonString(),
        _ => Scalar(record.Cells.GetValueOrDefault(field.Uid), field),
    };

    static JsonObject RowOf(TableRow row, Field table)
    {
        var members = new JsonObject { ["_kintone_row_id"] = Text(row.Id) };
        foreach (var field in table.Fields)
        {
            var text = Scalar(row.Cells.GetValueOrDefault(field.Uid), field);
            members[field.Code] = text is null ? null : TypeOf(field).IsNested ? JsonNode.Parse(text) : JsonValue.Create(text);
        }
        return members;
    }

    static string? Scalar(Cell cell, Field field)
    {
        var value = cell.Value.ValueKind == JsonValueKind.Undefined ? JsonDocument.Parse(field.EmptyValue.ToArray()).RootElement : cell.Value;
        return field.TypeName switch
        {
            _ when value.ValueKind == JsonValueKind.Null => null,
            "NUMBER" or "CALC" => IsNumber(value.GetString()!) ? value.GetString() : null,
            "DATE" or "TIME" or "DATETIME" => value.GetString() is { Length: > 0 } text ? text : null,
            "USER_SELECT" or "ORGANIZATION_SELECT" or "GROUP_SELECT" or "STATUS_ASSIGNEE" =>
                new JsonArray([.. value.EnumerateArray().Select(static p => Of(new(p.GetProperty("code").GetString()!, p.GetProperty("name").GetString()!)))])
                    .ToJsonString(),
            "CHECK_BOX" or "MULTI_SELECT" or "CATEGORY" or "FILE" => value.GetRawText(),
            _ => value.GetString(),
        };
    }

    static ColumnType TypeOf(Field field) => field.TypeName switch
    {
        "NUMBER" or "CALC" => new("DECIMAL(38,10)", false),
        "DATE" => new("DATE", false),
        "TIME" => new("TIME", false),
        "DATETIME" or "CREATED_TIME" or "UPDATED_TIME" => new("TIMESTAMPTZ", false),
        "CREATOR" or "MODIFIER" => s_person,
        "USER_SELECT" or "ORGANIZATION_SELECT" or "GROUP_SELECT" or "STATUS_ASSIGNEE" => ColumnType.ListOf(s_person),
        "CHECK_BOX" or "MULTI_SELECT" or "CATEGORY" => ColumnType.ListOf(s_text),
        "FILE" => ColumnType.ListOf(ColumnType.Struct([("fileKey", s_text), ("name", s_text), ("contentType", s_text), ("size", s_integer)])),
        "SUBTABLE" => ColumnType.ListOf(ColumnType.Struct([("_kintone_row_id", s_integer), .. field.Fields.Select(static f => (f.Code, TypeOf(f)))])),
        _ => s_text,
    };

    static bool IsNumber(string text) => text.Length > 0 && text.All(static c => c is '-' or '.' or (>= '0' and <= '9'));

    static JsonObject Of(Entity person) => new() { ["code"] = person.Code, ["name"] = person.Name };

    static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
