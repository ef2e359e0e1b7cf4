using System.Text.Json;
using System.Text.Json.Nodes;
using KintoneSimulator;

namespace WarehouseTests;

/// <summary>One app, one incremental stream, and what a test does to them step by step.</summary>
sealed class Scene : IDisposable
{
    public const string Stream = "app_1_records";

    /// <summary>A record that came back carries another cursor than its update time, which stands in the field's own column.</summary>
    static readonly HashSet<string> s_cursor = ["_kintone_updated_at"];

    readonly Connector _connector;
    readonly Warehouses _warehouses = new();

    /// <param name="clockSkew">How far Kintone's clock is ahead of the connector's.</param>
    public Scene(IRecordSource? source = null, TimeSpan clockSkew = default, DateHeader dateHeader = DateHeader.Clock)
    {
        Simulator = new(new() { Time = Time, ClockSkew = clockSkew, DateHeader = dateHeader });
        Simulator.Domain.AddUser(Connector.User, Connector.Password);
        App = Simulator.Domain.AddApp("案件", source: source);
        _connector = new(Simulator, Time);
    }

    /// <summary>An app with so many records, synced an hour after they were made, and an hour has passed since.</summary>
    /// <param name="form">Adds fields before there are records.</param>
    /// <param name="values">Of the record at a place, from 0 on.</param>
    public static async Task<Scene> WithRecordsAsync(int records, Action<App>? form = null, Func<int, JsonObject>? values = null)
    {
        var scene = new Scene();
        form?.Invoke(scene.App);
        for (var i = 0; i < records; i++) scene.App.Add(values?.Invoke(i));
        await scene.LaterAsync(TimeSpan.FromHours(1));
        scene.Time.Advance(TimeSpan.FromHours(1));
        return scene;
    }

    public VirtualTime Time { get; } = new(new(2026, 3, 2, 10, 0, 5, TimeSpan.Zero));

    public Simulator Simulator { get; }

    public App App { get; }

    public string? Filter { get; set; }

    public bool? EmitDeletedRecords { get; set; }

    public int? DeletionGuardPercent { get; set; }

    public int? FullRereadDays { get; set; }

    /// <summary>As the runner gives it; null for a runner without generations.</summary>
    public int? Generation { get; set; } = 1;

    /// <summary>Columns that the user deselected.</summary>
    public HashSet<string> Deselected { get; } = [];

    /// <summary>Without warehouses, for tests of many records that only count.</summary>
    public bool HasWarehouses { get; init; } = true;

    public JsonElement? State { get; set; }

    public JsonElement StreamState => State!.Value.GetProperty("stream").GetProperty("stream_state");

    /// <summary>What the first sync gave, where a test keeps it.</summary>
    public Output? First { get; set; }

    /// <summary>Requests of the last sync.</summary>
    public int Requests { get; private set; }

    JsonObject Config
    {
        get
        {
            var config = Connector.Config([(1, Filter)], emitDeletedRecords: EmitDeletedRecords);
            if (DeletionGuardPercent is { } percent) config["deletion_guard_percent"] = percent;
            if (FullRereadDays is { } days) config["full_reread_days"] = days;
            return config;
        }
    }

    public async Task<JsonObject> DiscoverAsync() => (await _connector.DiscoverAsync(Config))[Stream];

    public async Task<Output> SyncAsync()
    {
        var stream = await DiscoverAsync();
        foreach (var column in Deselected) ((JsonObject)stream["json_schema"]!["properties"]!).Remove(column);
        Simulator.Journal.Clear();
        var output = await _connector.ReadAsync(Config, [Configured(stream)], State is { } state ? [state] : null);
        Requests = Simulator.Journal.Count;
        State = output.LastState(Stream) ?? State;
        if (!HasWarehouses) return output;
        _warehouses.Prepare(Stream, (JsonObject)stream["json_schema"]!);
        _warehouses.Load(Stream, [.. output.Records(Stream)], 1);
        return output;
    }

    /// <summary>As <see cref="SyncedAsync"/>, a while later.</summary>
    public Task<Output> LaterAsync(TimeSpan pause)
    {
        Time.Advance(pause);
        return SyncedAsync();
    }

    /// <summary>How each kind of warehouse differs from what Kintone shows; empty where none does.</summary>
    public IReadOnlyList<string> Differences() => _warehouses.Differences(
        Stream, ExpectedTable.Of(App, record => App.RecordIsVisible?.Invoke(Connector.User, record.Id) != false), s_cursor);

    public void AssertConverged() => Assert.Empty(Differences());

    /// <summary>As <see cref="SyncAsync"/>, and it must succeed.</summary>
    public async Task<Output> SyncedAsync()
    {
        var output = await SyncAsync();
        Assert.True(output.Succeeded, string.Join('\n', output.Errors));
        return output;
    }

    /// <summary>Lets the clock stand at a second of the present minute.</summary>
    public void At(int second) => Time.Advance(TimeSpan.FromSeconds(second - Time.GetUtcNow().Second));

    JsonObject Configured(JsonObject stream) => new()
    {
        ["stream"] = stream,
        ["sync_mode"] = "incremental",
        ["destination_sync_mode"] = "append_dedup",
        ["cursor_field"] = new JsonArray("_kintone_updated_at"),
        ["primary_key"] = new JsonArray(new JsonArray("_kintone_id")),
        ["generation_id"] = Generation,
        ["minimum_generation_id"] = Generation is null ? null : 0,
        ["sync_id"] = 1,
    };

    public void Dispose()
    {
        _connector.Dispose();
        _warehouses.Dispose();
        Simulator.Dispose();
        Time.Dispose();
    }
}
