using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using KintoneSimulator;

namespace WarehouseTests;

/// <summary>
/// What a warehouse must hold of an app, worked out from the simulator's model alone: types from the types of the form's
/// fields, cells from the records as they were saved.
/// </summary>
/// <param name="Rows">Cells by column, as text that DuckDB casts to the column's type.</param>
sealed record ExpectedTable(IReadOnlyList<(string Name, ColumnType Type)> Columns, IReadOnlyList<Dictionary<string, string?>> Rows)
{
    static readonly ColumnType s_text = new("VARCHAR", false);
    static readonly ColumnType s_integer = new("BIGINT", false);
    static readonly ColumnType s_person = ColumnType.Struct([("code", s_text), ("name", s_text)]);

    /// <param name="matches">Whether a record belongs to the stream.</param>
    public static ExpectedTable Of(App app, Func<StoredRecord, bool> matches) => app.Domain.Read(() =>
    {
        List<(string Name, ColumnType Type)> columns =
        [
            ("_kintone_id", s_integer), ("_kintone_revision", s_integer), ("_kintone_updated_at", new("TIMESTAMPTZ", false)),
            .. app.Form.Fields.Select(static f => (f.Code, TypeOf(f))), ("_ab_cdc_deleted_at", new("TIMESTAMPTZ", false)),
        ];
        var rows = new List<Dictionary<string, string?>>();
        for (var id = 1L; id <= app.Records.LastId; id++)
            if (app.Records.Find(id) is { } record && matches(record)) rows.Add(Row(app, record));
        return new ExpectedTable(columns, rows);
    });

    static Dictionary<string, string?> Row(App app, StoredRecord record)
    {
        var row = new Dictionary<string, string?>
        {
            ["_kintone_id"] = Text(record.Id),
            ["_kintone_revision"] = Text(record.Revision),
            ["_kintone_updated_at"] = Text(record.Updated),
            ["_ab_cdc_deleted_at"] = null,
        };
        foreach (var field in app.Form.Fields)
            row[field.Code] = !field.IsInRecords || !app.IsVisible(field, Connector.User) ? null : CellOf(record, field, app.Form.States);
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
        "SUBTABLE" => new JsonArray([.. (record.Cells.GetValueOrDefault(field.Uid).Rows ?? []).Select(row => RowOf(row, field))]).ToJsonString(),
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
                new JsonArray([.. value.EnumerateArray().Select(static p => Of(new(p.GetProperty("code").GetString()!, p.GetProperty("name").GetString()!)))]).ToJsonString(),
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
