using System.Text.Json;
using KintoneSimulator.Query;

namespace KintoneSimulator;

/// <summary>A record as the query language sees it. Valid while the domain is locked for reading.</summary>
public sealed class RecordView(RecordTable records, Form form, long id) : IRecordValues
{
    readonly StoredRecord? _stored = records.Stored(id);

    public long Id => id;

    public long Revision => _stored?.Revision ?? 1;

    public FieldValue Get(FieldInfo field) => field.Type switch
    {
        FieldType.Id or FieldType.RecordNumber => FieldValue.Of(id),
        FieldType.Creator => FieldValue.Of((_stored?.Creator ?? records.Source!.Creator(id)).Code),
        FieldType.Modifier => FieldValue.Of((_stored?.Modifier ?? records.Source!.Creator(id)).Code),
        FieldType.CreatedTime => FieldValue.Of(_stored?.Created ?? records.Source!.Created(id)),
        FieldType.UpdatedTime => FieldValue.Of(records.Updated(id)),
        _ when form.Field(field) is { } known => FieldValues.Of(records.Value(id, known, form)),
        _ => FieldValue.Empty,
    };

    public IReadOnlyList<IFieldValues> Rows(FieldInfo table)
    {
        if (form.Field(table) is not { } field)
            return [];
        if (field.Type == FieldType.ReferenceTable)
            return records.Related?.Invoke(field, this) ?? [];
        return [.. (records.Cell(id, field).Rows ?? []).Select(row => new RowView(field, row))];
    }

    sealed class RowView(Field table, TableRow row) : IFieldValues
    {
        public FieldValue Get(FieldInfo info) =>
            table.Fields.Any(field => field.Uid == info.Ordinal) && row.Cells.TryGetValue(info.Ordinal, out var cell)
                ? FieldValues.Of(cell.Value)
                : FieldValue.Empty;
    }
}

/// <summary>Values on the wire as the query language takes them.</summary>
public static class FieldValues
{
    public static FieldValue Of(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => FieldValue.Of(value.GetString()),
        JsonValueKind.Number => FieldValue.Of(value.GetRawText()),
        JsonValueKind.Object => FieldValue.Of(Name(value)),
        JsonValueKind.Array => FieldValue.Of([.. value.EnumerateArray().Select(Name)]),
        _ => FieldValue.Empty,
    };

    /// <summary>A choice, the code of an entity, or the name of a file.</summary>
    static string Name(JsonElement member) => member.ValueKind switch
    {
        JsonValueKind.Object when member.TryGetProperty("code", out var code) => code.GetString() ?? "",
        JsonValueKind.Object when member.TryGetProperty("name", out var name) => name.GetString() ?? "",
        JsonValueKind.String => member.GetString()!,
        _ => "",
    };
}
