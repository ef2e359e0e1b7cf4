using System.Text.Json;
using System.Text.Json.Nodes;

namespace KintoneSimulator;

/// <summary>Records show people as they are called today.</summary>
public sealed partial class App
{
    /// <summary>Gives a person another name wherever a saved record names it.</summary>
    internal void RenamePerson(Entity person, bool inRecords, bool movesUpdateTime) => ForEachRecord(id =>
    {
        if (!(inRecords || movesUpdateTime) || Records.Stored(id) is not { } record)
            return;
        var cells = new Dictionary<int, Cell>(record.Cells);
        var isChanged = Rename(cells, person);
        var (creator, modifier) = (Today(record.Creator), Today(record.Modifier));
        if (!isChanged && creator == record.Creator && modifier == record.Modifier)
            return;
        if (inRecords)
            record = record with { Cells = cells, Creator = creator, Modifier = modifier };
        Records.Save(record with { Rendered = null, Updated = movesUpdateTime ? WholeMinutes.Floor(Domain.Now) : record.Updated });

        Entity Today(Entity known) => known.Code == person.Code ? person : known;
    });

    static bool Rename(Dictionary<int, Cell> cells, Entity person)
    {
        var isChanged = false;
        foreach (var (key, cell) in cells.ToList())
        {
            if (cell.Rows is { } rows)
            {
                var copies = rows.Select(static row => new Dictionary<int, Cell>(row.Cells)).ToList();
                if (!copies.Select(copy => Rename(copy, person)).ToList().Contains(true))
                    continue;
                cells[key] = cell with { Rows = [.. rows.Zip(copies, static (row, copy) => row with { Cells = copy })] };
            }
            else if (Renamed(cell.Value, person) is { } value)
            {
                cells[key] = new(value);
            }
            else
            {
                continue;
            }
            isChanged = true;
        }
        return isChanged;
    }

    static JsonElement? Renamed(JsonElement value, Entity person)
    {
        if (value.ValueKind != JsonValueKind.Array || JsonNode.Parse(value.GetRawText()) is not JsonArray members)
            return null;
        var named = members.OfType<JsonObject>().Where(member => member.ContainsKey("name") && (string?)member["code"] == person.Code).ToList();
        named.ForEach(member => member["name"] = person.Name);
        return named.Count > 0 ? Json.Element(members) : null;
    }
}
