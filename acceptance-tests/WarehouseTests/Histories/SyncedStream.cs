using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace WarehouseTests;

/// <summary>One connection's stream as the platform keeps it: the catalog, the state, the generation.</summary>
/// <param name="since">The configuration's start date; null where it does not count.</param>
sealed class SyncedStream(AppLife life, DestinationMode mode, DateTimeOffset? since)
{
    JsonObject _stream = [];

    public AppLife Life => life;

    public DestinationMode Mode => mode;

    public string Name { get; } = $"app_{life.App.Id}_records";

    /// <summary>Only records of two of the three kinds are wanted.</summary>
    public bool IsFiltered { get; set; }

    public (long App, string? Filter) Selection => (life.App.Id, IsFiltered ? "区分 in (\"A\", \"B\")" : null);

    public JsonElement? State { get; set; }

    /// <summary>
    /// Records that a destination kept although no STATE followed them before the connector was killed, and that have not come again
    /// since. No state knows of them: if they are deleted before the next attempt, nothing can tell the warehouse.
    /// </summary>
    public HashSet<long> Orphans { get; } = [];

    public long Generation { get; private set; }

    public long MinimumGeneration { get; private set; }

    /// <summary>A scan was cut off, and the state says what is left of it.</summary>
    public bool IsUnderWay => State is { } state && state.GetProperty("stream").GetProperty("stream_state").TryGetProperty("scan", out _);

    /// <summary>Makes the stream's table by a catalog just discovered, and asks for all of its records anew.</summary>
    /// <param name="forgetsState">As <see cref="StartGeneration"/>.</param>
    public void Refresh(JsonObject stream, Warehouses warehouse, bool forgetsState)
    {
        _stream = stream;
        warehouse.Prepare(Name, (JsonObject)stream["json_schema"]!, mode);
        StartGeneration(forgetsState);
        life.Stale.Clear();
    }

    /// <summary>The rows so far give way to those that come from now on, when they are complete.</summary>
    /// <param name="forgetsState">Platforms do; where one does not, the generation tells.</param>
    public void StartGeneration(bool forgetsState)
    {
        MinimumGeneration = ++Generation;
        if (forgetsState) State = null;
        Orphans.Clear();
    }

    /// <summary>Takes what an attempt gave.</summary>
    /// <param name="keepsTail">The destination keeps what came after the last STATE; it will come again.</param>
    public void Take(Output output, bool keepsTail, Warehouses warehouse)
    {
        var records = output.Records(Name).ToList();
        var committed = output.RecordsBeforeLastState(Name);
        Orphans.ExceptWith(records.Take(committed).Select(static r => r.Id));
        if (keepsTail) Orphans.UnionWith(records.Skip(committed).Select(static r => r.Id));
        else records = records[..committed];
        warehouse.Load(Name, records, Generation);
        State = output.LastState(Name) ?? State;
        if (output.Succeeded) warehouse.Complete(Name, MinimumGeneration);
    }

    public JsonObject Configured => new()
    {
        ["stream"] = _stream.DeepClone(),
        ["sync_mode"] = mode == DestinationMode.Overwrite ? "full_refresh" : "incremental",
        ["destination_sync_mode"] = mode switch { DestinationMode.Append => "append", DestinationMode.AppendDedup => "append_dedup", _ => "overwrite" },
        ["cursor_field"] = new JsonArray("_kintone_updated_at"),
        ["primary_key"] = new JsonArray(new JsonArray("_kintone_id")),
        ["generation_id"] = Generation,
        ["minimum_generation_id"] = MinimumGeneration,
        ["sync_id"] = 1,
    };

    public IReadOnlyList<string> Differences(Warehouses warehouse)
    {
        var expected = ExpectedTable.Of(life.App, record => life.IsShown(record.Id) && (!IsFiltered || life.KindOf(record) is "A" or "B") && (since is null || record.Updated >= since));
        warehouse.Remove(Name, Orphans.Except(expected.Rows.Select(static r => long.Parse(r["_kintone_id"]!, CultureInfo.InvariantCulture))));
        // A record that came back carries its tombstone's time as a cursor; its update time stands in the field's own column.
        return warehouse.Differences(Name, expected, life.Stale.Append("_kintone_updated_at").ToHashSet());
    }
}
