using System.Text.Json.Nodes;
using KintoneSimulator;

namespace WarehouseTests;

/// <summary>One app of a connection: how its records are wanted, and those of its streams that somebody selected.</summary>
/// <param name="mode">Of most of its streams.</param>
/// <param name="start">The configuration's start date.</param>
sealed class SyncedApp(AppLife life, Random dice, DestinationMode mode, DateTimeOffset? start)
{
    readonly List<SyncedStream> _streams = [];

    public AppLife Life => life;

    /// <summary>At least one, once it was refreshed.</summary>
    public IReadOnlyList<SyncedStream> Streams => _streams;

    /// <summary>Only records of two of the three kinds are wanted.</summary>
    public bool IsFiltered { get; set; }

    public (long App, string? Filter) Selection => (life.App.Id, IsFiltered ? "区分 in (\"A\", \"B\")" : null);

    /// <summary>The form has lost the table of a stream that is selected: nothing goes on before a refresh.</summary>
    public bool NeedsRefresh => _streams.Any(static s => !s.IsOffered);

    public bool Matches(StoredRecord record) => life.IsShown(record.Id) && (!IsFiltered || life.KindOf(record) is "A" or "B");

    /// <summary>All of its streams start anew, with a catalog just discovered; what is not offered any more goes.</summary>
    public void Refresh(IReadOnlyDictionary<string, JsonObject> catalog, Warehouses warehouses)
    {
        _streams.RemoveAll(static s => !s.IsOffered);
        foreach (var stream in _streams) stream.Refresh(catalog[stream.Name], warehouses, forgetsState: dice.Next(2) == 0);
        foreach (var contents in Unselected())
            if (dice.Next(4) > 0) Select(contents, catalog, warehouses);
        if (_streams.Count == 0) Select(Contents.Records, catalog, warehouses);
    }

    /// <summary>One stream more, or one that starts anew, while the others go on as they were.</summary>
    public void ChangeOne(IReadOnlyDictionary<string, JsonObject> catalog, Warehouses warehouses)
    {
        Contents[] unselected = [.. Unselected()];
        if (unselected.Length > 0 && dice.Next(2) == 0)
        {
            Select(unselected[dice.Next(unselected.Length)], catalog, warehouses);
            return;
        }
        var stream = _streams[dice.Next(_streams.Count)];
        stream.Refresh(catalog[stream.Name], warehouses, forgetsState: dice.Next(3) > 0);
    }

    IEnumerable<Contents> Unselected() => Contents.Of(life.App).Except(_streams.Select(static s => s.Contents));

    void Select(Contents contents, IReadOnlyDictionary<string, JsonObject> catalog, Warehouses warehouses)
    {
        // A name is the connector's own; which table it is stands in the description.
        var name = contents.Table is null ? contents.NameIn(life.App) : catalog.Single(s =>
            s.Key.StartsWith(contents.NameIn(life.App), StringComparison.Ordinal) && ((string)s.Value["json_schema"]!["description"]!)
                .Contains($" {contents.Table} ", StringComparison.Ordinal)).Key;
        var own = dice.Next(4) > 0 ? mode
            : dice.Next(3) switch { 0 => DestinationMode.Append, 1 => DestinationMode.Overwrite, _ => DestinationMode.AppendDedup };
        var stream = new SyncedStream(this, contents, name, own, own == DestinationMode.Overwrite ? null : start);
        _streams.Add(stream);
        stream.Refresh(catalog[name], warehouses, forgetsState: true);
    }
}
