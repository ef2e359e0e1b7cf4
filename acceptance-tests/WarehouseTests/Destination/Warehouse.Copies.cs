using System.Text.Json.Nodes;
using KintoneSource.Catalog;
using WarehouseTests.Views;

namespace WarehouseTests;

/// <summary>These tables in another database, which has the views of docs/warehouse.</summary>
sealed partial class Warehouse
{
    /// <summary>The streams whose tables keep every version, or those of the others.</summary>
    public IReadOnlyList<string> Streams(bool keepsVersions) => [.. _tables.Keys.Where(stream => KeepsVersions(stream) == keepsVersions)];

    /// <summary>The columns of the primary key.</summary>
    public string KeyOf(string stream) => _tables[stream].Key;

    /// <summary>The keys of the rows that are there, as SQL.</summary>
    public IReadOnlyList<string> KeysThere(string stream) => Keys(stream, $"rowid IN ({Current(stream, _readings[0])})");

    /// <summary>Those of rows that were there before somebody deleted them.</summary>
    public IReadOnlyList<string> KeysGone(string stream) => !_tables[stream].Columns.ContainsKey("_ab_cdc_deleted_at") ? []
        : Keys(stream, $"_ab_cdc_deleted_at IS NULL AND ({KeyOf(stream)}) NOT IN "
            + $"(SELECT ({KeyOf(stream)}) FROM {stream} WHERE rowid IN ({Current(stream, _readings[0])}))");

    List<string> Keys(string stream, string condition) =>
        [.. Texts($"SELECT DISTINCT {KeyOf(stream)} FROM {stream} WHERE {condition} ORDER BY {KeyOf(stream)}").Select(static k => k.Replace(" | ", ", ", StringComparison.Ordinal))];

    /// <summary>Loads the tables with the columns that the view <c>reconciliation</c> goes by, and makes the views.</summary>
    public void CopyTo(LabelDatabase database, bool keepsVersions)
    {
        var fields = ResourceStreams.AppFields.Columns.Select(static c => $"\"{c.Name}\" {TypeOf(c.Type)}");
        database.Execute($"CREATE TABLE app_fields ({string.Join(", ", fields)}, _airbyte_extracted_at TIMESTAMPTZ)");
        foreach (var stream in Streams(keepsVersions).Append("sync_audit"))
        {
            string[] columns = [.. _tables[stream].Columns.Keys.Where(c => ViewedColumns(stream, _tables[stream]).Contains(ColumnType.Name(c)))];
            var schema = new JsonObject
            {
                ["properties"] = new JsonObject(columns.Select(c => KeyValuePair.Create(c, _tables[stream].Columns[c].Schema?.DeepClone()))),
            };
            var rows = Texts($"SELECT to_json(r)::VARCHAR FROM (SELECT {string.Join(", ", columns.Select(ColumnType.Name))}, "
                + $"make_timestamptz(_emitted * 1000) AS _airbyte_extracted_at FROM {stream}) r");
            database.Load(stream, schema, [.. rows.Select(static row => JsonNode.Parse(row)!.AsObject())]);
        }
        database.Settings["is_append"] = keepsVersions ? "true" : "false";
        database.MakeViews();
    }
}
