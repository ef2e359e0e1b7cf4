using System.Text.Json;
using System.Text.Json.Nodes;
using AcceptanceTests;

namespace KintoneSource.Certification;

/// <summary>The rows of the app's records as a destination has them that keeps the row which came last, and drops deleted ones.</summary>
public sealed class Warehouse
{
    readonly Dictionary<long, JsonObject> _rows = [];

    public int Count => _rows.Count;

    /// <summary>The sum of all ids.</summary>
    public long Ids => _rows.Keys.Sum();

    /// <summary>Takes what a sync brought.</summary>
    /// <returns>How many rows and how many deletions came.</returns>
    public (int Rows, int Deletions) Take(IEnumerable<JsonElement> records)
    {
        ArgumentNullException.ThrowIfNull(records);
        var (rows, deletions) = (0, 0);
        foreach (var record in records)
        {
            var id = record.GetProperty("_kintone_id").GetInt64();
            if (record.TryGetProperty("_ab_cdc_deleted_at", out var deleted) && deleted.ValueKind == JsonValueKind.String)
            {
                deletions++;
                _rows.Remove(id);
            }
            else
            {
                rows++;
                _rows[id] = JsonObject.Create(record)!;
            }
        }
        return (rows, deletions);
    }

    public void Clear() => _rows.Clear();

    /// <summary>Compares with the records as the API gives them, cell by cell.</summary>
    /// <param name="properties">The form.</param>
    /// <param name="isStrict">The columns must be the form's; otherwise a row may be of an older form, its missing columns count as empty.</param>
    /// <returns>The columns that differ, each with the number of rows; rows that are missing or too many under names of their own.</returns>
    public SortedDictionary<string, int> Differences(IEnumerable<JsonObject> records, JsonObject properties, bool isStrict)
    {
        ArgumentNullException.ThrowIfNull(records);
        ArgumentNullException.ThrowIfNull(properties);
        var form = JsonSerializer.SerializeToElement(properties);
        var differences = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var left = _rows.Keys.ToHashSet();
        foreach (var record in records)
        {
            var id = long.Parse((string)record["$id"]!["value"]!, System.Globalization.CultureInfo.InvariantCulture);
            if (!left.Remove(id))
            {
                Count("(missing rows)");
                continue;
            }
            var expected = ExpectedRecord.Of(JsonSerializer.SerializeToElement(WithoutKeys(record)), form);
            var row = (JsonObject)WithoutKeys(_rows[id])!;
            if (!isStrict)
                Fit(row, expected);
            if (!row.Select(static cell => cell.Key).ToHashSet().SetEquals(expected.Keys))
                Count("(other columns)");
            foreach (var (column, value) in expected)
                if (row.ContainsKey(column) && Differs(column, value, row[column]) && (isStrict || !IsLater(column, value, row[column])))
                    Count(column);
        }
        if (left.Count > 0)
            differences["(rows too many)"] = left.Count;
        return differences;

        void Count(string column) => differences[column] = differences.GetValueOrDefault(column) + 1;
    }

    static bool Differs(string column, JsonNode? expected, JsonNode? seen) =>
        ExpectedRecord.Difference(new() { [column] = expected?.DeepClone() },
            JsonSerializer.SerializeToElement(new JsonObject { [column] = seen?.DeepClone() })) is not null;

    /// <summary>A record that came back after its tombstone may carry a later cursor, so that no destination takes the tombstone for the newer row;
    /// its own update time has a column too.</summary>
    static bool IsLater(string column, JsonNode? expected, JsonNode? seen) =>
        column == "_kintone_updated_at" && string.CompareOrdinal((string?)seen, (string?)expected) > 0;

    /// <summary>Brings a row of an older form to the columns of today's: what it lacks was empty then.</summary>
    static void Fit(JsonObject row, Dictionary<string, JsonNode?> expected)
    {
        foreach (var gone in row.Select(static cell => cell.Key).Except(expected.Keys).ToList())
            row.Remove(gone);
        foreach (var (column, value) in expected.Where(cell => !row.ContainsKey(cell.Key)).ToList())
            row[column] = value is JsonArray { Count: 0 } || (value is JsonValue text && text.GetValueKind() == JsonValueKind.String && (string?)text is "")
                ? value.DeepClone() : null;
    }

    /// <summary>Keys of files may be others in every answer: that there is one counts, which one does not.</summary>
    static JsonNode? WithoutKeys(JsonNode? node) => node switch
    {
        JsonObject members => new JsonObject(members.Select(static member => KeyValuePair.Create(member.Key,
            member.Key == "fileKey" && member.Value?.GetValueKind() == JsonValueKind.String ? JsonValue.Create("key") : WithoutKeys(member.Value)))),
        JsonArray items => new JsonArray([.. items.Select(WithoutKeys)]),
        _ => node?.DeepClone(),
    };
}
