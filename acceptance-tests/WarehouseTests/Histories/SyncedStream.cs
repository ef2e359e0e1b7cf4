using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit.Sdk;

namespace WarehouseTests;

/// <summary>One connection's stream as the platform keeps it: the catalog, the state, the generation.</summary>
/// <param name="since">The configuration's start date; null where it does not count.</param>
sealed class SyncedStream(SyncedApp app, Contents contents, string name, DestinationMode mode, DateTimeOffset? since)
{
    JsonObject _stream = [];
    int _stainsBefore;

    /// <summary>
    /// Keys of rows that a destination kept although no STATE followed them before the connector was killed, and that have not come again
    /// since. No state knows of them: if they are gone before the next attempt, nothing can tell the warehouse.
    /// </summary>
    readonly HashSet<string> _orphans = [];

    /// <summary>Keys of rows that a STATE followed in this generation: the connector knows of them.</summary>
    readonly HashSet<string> _known = [];

    /// <summary>
    /// The same of rows that a destination removed: as long as neither the row nor its tombstone comes again, the connector takes them for there. They
    /// do come again, unless the record is hidden meanwhile and another one shown, which no count tells of before all is read anew.
    /// </summary>
    readonly HashSet<string> _removed = [];

    public Contents Contents => contents;

    public DestinationMode Mode => mode;

    public string Name => name;

    /// <summary>The form still has what it holds.</summary>
    public bool IsOffered => Contents.Of(app.Life.App).Contains(contents);

    public JsonElement? State { get; set; }

    public long Generation { get; private set; }

    public long MinimumGeneration { get; private set; }

    /// <summary>A destination has removed rows, and no state knows of it.</summary>
    public bool LacksRows => _removed.Count > 0;

    /// <summary>A scan was cut off, and the state says what is left of it.</summary>
    public bool IsUnderWay => State is { } state && state.GetProperty("stream").GetProperty("stream_state").TryGetProperty("scan", out _);

    /// <summary>Makes the stream's table by a catalog just discovered, and asks for all of its records anew.</summary>
    /// <param name="forgetsState">As <see cref="StartGeneration"/>.</param>
    public void Refresh(JsonObject stream, Warehouses warehouse, bool forgetsState)
    {
        if (!stream["source_defined_primary_key"]!.AsArray().Select(static path => (string)path![0]!).SequenceEqual(contents.Key))
            throw new XunitException($"{name} has another primary key: {stream["source_defined_primary_key"]!.ToJsonString()}");
        _stream = stream;
        warehouse.Prepare(name, (JsonObject)stream["json_schema"]!, mode, contents.Key);
        StartGeneration(forgetsState);
        _stainsBefore = app.Life.Form.Stains.Count;
    }

    /// <summary>The rows so far give way to those that come from now on, when they are complete.</summary>
    /// <param name="forgetsState">Platforms do; where one does not, the generation tells.</param>
    public void StartGeneration(bool forgetsState)
    {
        MinimumGeneration = ++Generation;
        if (forgetsState) State = null;
        _orphans.Clear();
        _removed.Clear();
        _known.Clear();
    }

    /// <summary>Takes what an attempt gave.</summary>
    /// <param name="keepsTail">The destination keeps what came after the last STATE; it will come again.</param>
    public void Take(Output output, bool keepsTail, Warehouses warehouse)
    {
        var records = output.Records(name).ToList();
        var committed = output.RecordsBeforeLastState(name);
        _orphans.ExceptWith(records.Take(committed).Select(KeyOf));
        _known.UnionWith(records.Take(committed).Select(KeyOf));
        _removed.ExceptWith(records.Take(committed).Select(KeyOf));
        if (keepsTail)
        {
            _orphans.UnionWith(records.Skip(committed).Select(KeyOf));
            _removed.UnionWith(records.Skip(committed).Where(static r => r.IsTombstone).Select(KeyOf));
        }
        else
        {
            records = records[..committed];
        }
        warehouse.Load(name, records, Generation);
        State = output.LastState(name) ?? State;
        if (output.Succeeded) warehouse.Complete(name, MinimumGeneration);
    }

    public JsonObject Configured => new()
    {
        ["stream"] = _stream.DeepClone(),
        ["sync_mode"] = mode == DestinationMode.Overwrite ? "full_refresh" : "incremental",
        ["destination_sync_mode"] = mode switch { DestinationMode.Append => "append", DestinationMode.AppendDedup => "append_dedup", _ => "overwrite" },
        ["cursor_field"] = new JsonArray("_kintone_updated_at"),
        ["primary_key"] = new JsonArray([.. contents.Key.Select(static c => new JsonArray(c))]),
        ["generation_id"] = Generation,
        ["minimum_generation_id"] = MinimumGeneration,
        ["sync_id"] = 1,
    };

    /// <summary>Changes of the form since the last refresh, which mends what they left behind.</summary>
    public IReadOnlyList<Stain> Stains => [.. app.Life.Form.Stains.Skip(_stainsBefore)];

    /// <summary>A sync has succeeded: rows that no state knows of and that did not come again are gone, and nothing can tell the warehouse.</summary>
    public void DropOrphans(Warehouses warehouses) => warehouses.Remove(name, [.. _orphans.Except(_known)]);

    public IReadOnlyList<string> Differences(Warehouses warehouse)
    {
        if (!IsOffered || contents.StaleColumns(Stains) is not { } stale) return [];
        var expected = contents.Expected(app.Life.App, record => app.Matches(record) && (since is null || record.Updated >= since));
        warehouse.Remove(name, [.. _orphans.Except(expected.Rows.Select(row => string.Join(", ", contents.Key.Select(c => row[c]))))]);
        // A record that came back carries its tombstone's time as a cursor; its update time stands in the field's own column.
        return warehouse.Differences(name, expected, stale.Append("_kintone_updated_at").ToHashSet());
    }

    string KeyOf(RecordMessage row) => string.Join(", ", contents.Key.Select(c => row.Data.GetProperty(c).GetRawText()));
}
