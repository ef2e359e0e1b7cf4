using System.Globalization;
using System.Text.Json;

namespace KintoneSource.Demo;

/// <summary>What a destination holds that merges rows by their key and removes deleted ones.</summary>
sealed class Destination
{
    readonly Dictionary<string, Dictionary<string, JsonElement>> _tables = [];

    public void Apply(OfferedStream stream, IEnumerable<JsonElement> rows)
    {
        if (!_tables.TryGetValue(stream.Name, out var table)) _tables[stream.Name] = table = [];
        foreach (var row in rows)
        {
            var key = string.Join(' ', stream.Key.Select(column => Rows.Cell(row, column)));
            if (StreamResult.IsDeleted(row)) table.Remove(key);
            else table[key] = row;
        }
    }

    /// <summary>Those of a stream that is merged, in no order.</summary>
    public IReadOnlyCollection<JsonElement> RowsOf(string stream) => _tables[stream].Values;

    /// <summary>As <c>ids_sum</c> of the audit: of all columns of the key.</summary>
    public long IdsOf(OfferedStream stream) =>
        _tables[stream.Name].Keys.Sum(static key => key.Split(' ').Sum(static id => long.Parse(id, CultureInfo.InvariantCulture)));
}
