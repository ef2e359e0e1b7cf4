using System.Text.Json.Nodes;
using KintoneSimulator.Query;

namespace KintoneSimulator;

/// <summary>Which members of a record go into an answer.</summary>
/// <param name="Fields">Top-level fields in the order of the form.</param>
/// <param name="IsWhole">The selection is everything, so that the rendered record may be kept.</param>
public sealed record Projection(IReadOnlyList<Field> Fields, bool Id, bool Revision, bool IsWhole)
{
    /// <summary>Fields whose values are not shown.</summary>
    public IReadOnlySet<int>? Blank { get; init; }

    /// <summary>See <see cref="SimulatorOptions.StatusGoesByName"/>.</summary>
    public bool StatusGoesByName { get; init; }

    /// <summary>What is added to the keys of files, see <see cref="SimulatorOptions.FileKeysChange"/>.</summary>
    public string? FileKeySuffix { get; init; }

    public static Projection Whole(Form form) => new([.. form.Fields.Where(field => field.IsInRecords)], true, true, true);
}

/// <summary>In front of which member, counted among the fields of the answer, <c>$id</c> and <c>$revision</c> stand.</summary>
public readonly record struct IdPlaces(int Id, int Revision)
{
    public static IdPlaces First { get; }

    /// <param name="ids">Of the records in the answer: where the ids stand follows from them, so that the same answer looks the same when it is asked
    /// for again.</param>
    public static IdPlaces Of(PlaceOfIds place, Projection projection, IReadOnlyList<long> ids)
    {
        ArgumentNullException.ThrowIfNull(projection);
        ArgumentNullException.ThrowIfNull(ids);
        var fields = projection.Fields.Count;
        var seed = ids.Count == 0 ? 0 : ((ulong)ids[0] * 2_654_435_761) + (ulong)ids.Count;
        return place switch
        {
            PlaceOfIds.First => First,
            PlaceOfIds.Last => new(fields, fields),
            _ => new((int)(seed % (ulong)(fields + 1)), (int)(seed / 7 % (ulong)(fields + 1))),
        };
    }
}

/// <summary>Writes records as JSON.</summary>
public sealed class RecordRenderer(RecordTable table, Form form, Projection projection, IdPlaces places)
{
    readonly (Field Field, byte[] Prefix)[] _members = [.. projection.Fields.Select(field =>
        (field, projection.StatusGoesByName ? Form.Prefix(field, field.Key(true)) : form.Prefix(field)))];

    /// <summary>Appends one record's object.</summary>
    public void Render(long id, ByteBuffer to)
    {
        var stored = table.Stored(id);
        if (projection.IsWhole && stored?.Rendered is { } rendered && rendered.Form == form && rendered.Places == places)
        {
            to.Append(rendered.Json);
            return;
        }
        var start = to.Length;
        to.Append("{"u8);
        for (var i = 0; i < _members.Length; i++)
        {
            AppendIds(id, stored, i, to);
            var (field, prefix) = _members[i];
            to.Append(prefix);
            if (projection.Blank?.Contains(field.Uid) == true)
                to.Append(field.EmptyValue);
            else
                AppendValue(id, stored, field, to);
            to.Append("},"u8);
        }
        AppendIds(id, stored, _members.Length, to);
        if (to.Length > start + 1)
            to.Truncate(to.Length - 1);
        to.Append("}"u8);
        if (projection.IsWhole && stored is not null)
            stored.Rendered = new(form, places, to.Span[start..].ToArray());
    }

    void AppendIds(long id, StoredRecord? stored, int at, ByteBuffer to)
    {
        if (projection.Id && places.Id == at)
            to.Append("\"$id\":{\"type\":\"__ID__\",\"value\":\""u8).Append(id).Append("\"},"u8);
        if (projection.Revision && places.Revision == at)
            to.Append("\"$revision\":{\"type\":\"__REVISION__\",\"value\":\""u8).Append(stored?.Revision ?? 1).Append("\"},"u8);
    }

    void AppendValue(long id, StoredRecord? stored, Field field, ByteBuffer to)
    {
        switch (field.Type)
        {
            case FieldType.RecordNumber:
                to.Append("\""u8);
                if (form.AppCode.Length > 0)
                    to.Append(System.Text.Encoding.UTF8.GetBytes($"{form.AppCode}-"));
                to.Append(id).Append("\""u8);
                break;
            case FieldType.CreatedTime:
                to.Append("\""u8).Append(stored?.Created ?? table.Source!.Created(id)).Append("\""u8);
                break;
            case FieldType.UpdatedTime:
                to.Append("\""u8).Append(table.Updated(id)).Append("\""u8);
                break;
            case FieldType.Creator:
                to.Append(Json.Encode(stored?.Creator ?? table.Source!.Creator(id)));
                break;
            case FieldType.Modifier:
                to.Append(Json.Encode(stored?.Modifier ?? table.Source!.Creator(id)));
                break;
            case FieldType.SubTable when stored is not null:
                AppendRows(field, stored.Cells.GetValueOrDefault(field.Uid).Rows ?? [], to);
                break;
            default:
                if (stored is null && table.Source!.WriteValue(id, field, to))
                    break;
                if (stored is not null && stored.Cells.TryGetValue(field.Uid, out var cell))
                    AppendCell(field, cell, to);
                else if (field.Type == FieldType.Status && form.States.Count > 0)
                    to.AppendString(form.States[0]);
                else
                    to.Append(field.EmptyValue);
                break;
        }
    }

    void AppendCell(Field field, Cell cell, ByteBuffer to)
    {
        if (field.Type != FieldType.File || projection.FileKeySuffix is not { } suffix || JsonNode.Parse(cell.Value.GetRawText()) is not JsonArray files)
        {
            to.AppendRaw(cell.Value);
            return;
        }
        foreach (var file in files.OfType<JsonObject>())
            file["fileKey"] = $"{file["fileKey"]}{suffix}";
        to.AppendRaw(Json.Element(files));
    }

    void AppendRows(Field field, IReadOnlyList<TableRow> rows, ByteBuffer to)
    {
        to.Append("["u8);
        foreach (var row in rows)
        {
            to.Append(to.Span[^1] == '[' ? "{\"id\":\""u8 : ",{\"id\":\""u8).Append(row.Id).Append("\",\"value\":{"u8);
            foreach (var inner in field.Fields)
            {
                to.Append(form.Prefix(inner));
                if (row.Cells.TryGetValue(inner.Uid, out var cell))
                    AppendCell(inner, cell, to);
                else
                    to.Append(inner.EmptyValue);
                to.Append("},"u8);
            }
            if (field.Fields.Count > 0)
                to.Truncate(to.Length - 1);
            to.Append("}}"u8);
        }
        to.Append("]"u8);
    }
}
