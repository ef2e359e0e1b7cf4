using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit.Sdk;

namespace WarehouseTests;

/// <summary>The stream that says after every sync what must be there, and what the view <c>reconciliation</c> makes of it.</summary>
sealed class SyncedAudit(Warehouses warehouses)
{
    const string Name = "sync_audit";

    JsonObject _stream = [];

    public JsonElement? State { get; private set; }

    public void Refresh(IReadOnlyDictionary<string, JsonObject> catalog)
    {
        _stream = catalog[Name];
        warehouses.PrepareAudit(Name, (JsonObject)_stream["json_schema"]!);
    }

    public JsonObject Configured => new()
    {
        ["stream"] = _stream.DeepClone(),
        ["sync_mode"] = "incremental",
        ["destination_sync_mode"] = "append_dedup",
        ["cursor_field"] = new JsonArray("finished_at"),
        ["primary_key"] = new JsonArray(new JsonArray("sync_id"), new JsonArray("stream")),
        ["generation_id"] = 1,
        ["minimum_generation_id"] = 0,
        ["sync_id"] = 1,
    };

    /// <summary>Takes what an attempt gave.</summary>
    /// <param name="keepsTail">As <see cref="SyncedStream.Take"/>.</param>
    public void Take(Output output, bool keepsTail)
    {
        var records = output.Records(Name).ToList();
        warehouses.Load(Name, keepsTail ? records : records[..output.RecordsBeforeLastState(Name)], 1);
        State = output.LastState(Name) ?? State;
    }

    /// <summary>A sync has succeeded: no table of its streams is called wrong.</summary>
    /// <param name="isCertain">Nothing disturbed it, so that it knows what must be there.</param>
    public void Check(IEnumerable<SyncedStream> streams, bool isCertain)
    {
        var verdicts = warehouses.Verdicts();
        foreach (var stream in streams)
            foreach (var verdict in verdicts[stream.Name].Where(static verdict => verdict != "equal"))
                if ((isCertain || !Is(verdict, "not certain yet")) && !(stream.LacksRows && Is(verdict, "rows missing")))
                    throw new XunitException($"{stream.Name} ({stream.Mode}) is called: {verdict}");
    }

    static bool Is(string verdict, string kind) => verdict.StartsWith(kind, StringComparison.Ordinal);

    /// <summary>Whatever happens to a table is seen. One is enough: all of them took two fifths of the time.</summary>
    public void Damage(IEnumerable<SyncedStream> streams, Random dice)
    {
        SyncedStream[] all = [.. streams];
        var stream = all[dice.Next(all.Length)];
        if (warehouses.Damage(stream.Name, dice) is { } wrong) throw new XunitException($"{stream.Mode}: {wrong}");
    }
}
