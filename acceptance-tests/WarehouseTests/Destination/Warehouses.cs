using System.Text.Json.Nodes;

namespace WarehouseTests;

/// <summary>The same stream in warehouses of every kind: tombstones removing rows, or kept as rows; those read by cursor, by arrival and by
/// revision.</summary>
/// <param name="anyOfEqual">As <see cref="Reading.AnyOfEqual"/>.</param>
sealed class Warehouses(bool anyOfEqual = true) : IDisposable
{
    readonly Warehouse _merging = new(new Reading(Newest.ByCursor, anyOfEqual));

    readonly Warehouse _keeping = new(new Reading(Newest.ByCursor, !anyOfEqual), new Reading(Newest.ByArrival), new Reading(Newest.ByRevision));

    /// <param name="mode">One that replaces all rows does so in every warehouse.</param>
    /// <param name="key">As <see cref="Warehouse.Prepare"/>.</param>
    public void Prepare(string stream, JsonObject schema, DestinationMode mode = DestinationMode.AppendDedup, IReadOnlyList<string>? key = null)
    {
        var cursor = schema["properties"]!.AsObject().ContainsKey("_kintone_updated_at") ? "_kintone_updated_at" : null;
        _merging.Prepare(stream, schema, cursor, mode, key);
        _keeping.Prepare(stream, schema, cursor, mode == DestinationMode.Overwrite ? mode : DestinationMode.Append, key);
    }

    /// <summary>As <see cref="Prepare"/>, for the stream that says what must be there.</summary>
    public void PrepareAudit(string stream, JsonObject schema)
    {
        _merging.Prepare(stream, schema, "finished_at", DestinationMode.AppendDedup, ["sync_id", "stream"]);
        _keeping.Prepare(stream, schema, "finished_at", DestinationMode.Append, ["sync_id", "stream"]);
    }

    /// <summary>What the view <c>reconciliation</c> says of each stream in each warehouse.</summary>
    public ILookup<string, string> Verdicts() =>
        All.SelectMany(static warehouse => warehouse.Verdicts()).ToLookup(static v => v.Stream, static v => v.Verdict);

    /// <summary>As <see cref="Warehouse.Damage"/>.</summary>
    public string? Damage(string stream, Random dice) =>
        All.Select(warehouse => warehouse.Damage(stream, dice)).FirstOrDefault(static wrong => wrong is not null);

    public void Load(string stream, IReadOnlyCollection<RecordMessage> records, long generation)
    {
        foreach (var warehouse in All) warehouse.Load(stream, records, generation);
    }

    public void Complete(string stream, long minimumGeneration)
    {
        foreach (var warehouse in All) warehouse.Complete(stream, minimumGeneration);
    }

    /// <param name="without">Columns that are not compared.</param>
    public IReadOnlyList<string> Differences(string stream, ExpectedTable expected, IReadOnlySet<string> without) =>
        [.. All.SelectMany(warehouse => warehouse.Differences(stream, expected, without))];

    /// <param name="keys">As <see cref="Warehouse.Remove"/>.</param>
    public void Remove(string stream, IReadOnlyCollection<string> keys)
    {
        foreach (var warehouse in All) warehouse.Remove(stream, keys);
    }

    public IEnumerable<Warehouse> All => [_merging, _keeping];

    public void Dispose()
    {
        _merging.Dispose();
        _keeping.Dispose();
    }
}
