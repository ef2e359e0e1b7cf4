using System.Text.Json.Nodes;

namespace WarehouseTests;

/// <summary>The same stream in a warehouse of every kind: rows by cursor, by arrival and by revision; tombstones kept as rows, or removing them.</summary>
/// <param name="anyOfEqual">As <see cref="Warehouse.AnyOfEqual"/>.</param>
sealed class Warehouses(bool anyOfEqual = true) : IDisposable
{
    /// <summary>What removes deleted rows, and what keeps everything that ever arrived.</summary>
    readonly (Warehouse Warehouse, bool Keeps)[] _all =
    [
        (new() { Newest = Newest.ByCursor, AnyOfEqual = anyOfEqual }, false),
        (new() { Newest = Newest.ByCursor, AnyOfEqual = !anyOfEqual }, true),
        (new() { Newest = Newest.ByArrival }, true),
        (new() { Newest = Newest.ByRevision }, true),
    ];

    /// <param name="mode">One that replaces all rows does so in every warehouse.</param>
    public void Prepare(string stream, JsonObject schema, DestinationMode mode = DestinationMode.AppendDedup)
    {
        var cursor = schema["properties"]!.AsObject().ContainsKey("_kintone_updated_at") ? "_kintone_updated_at" : null;
        foreach (var (warehouse, keeps) in _all)
            warehouse.Prepare(stream, schema, cursor, mode == DestinationMode.Overwrite ? mode : keeps ? DestinationMode.Append : mode);
    }

    public void Load(string stream, IReadOnlyCollection<RecordMessage> records, long generation)
    {
        foreach (var (warehouse, _) in _all) warehouse.Load(stream, records, generation);
    }

    public void Complete(string stream, long minimumGeneration)
    {
        foreach (var (warehouse, _) in _all) warehouse.Complete(stream, minimumGeneration);
    }

    /// <param name="without">Columns that are not compared.</param>
    public IReadOnlyList<string> Differences(string stream, ExpectedTable expected, IReadOnlySet<string> without) =>
    [
        .. from one in _all
           from difference in one.Warehouse.Differences(stream, expected, without)
           select $"{one.Warehouse.Newest}, {(one.Keeps ? "everything kept" : "deleted rows removed")}: {difference}",
    ];

    public void Remove(string stream, IEnumerable<long> ids)
    {
        foreach (var (warehouse, _) in _all) warehouse.Remove(stream, ids);
    }

    public void Dispose()
    {
        foreach (var (warehouse, _) in _all) warehouse.Dispose();
    }
}
