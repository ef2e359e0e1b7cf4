using System.Text.Json.Nodes;
using KintoneSimulator;

namespace AcceptanceTests;

/// <summary>A domain of a test's own, on a host.</summary>
sealed class SimulatedKintone : IAsyncDisposable
{
    public const string User = "sync", UserPassword = "password-of-sync";

    readonly SimulatorHost _host;

    SimulatedKintone(SimulatorHost host) => _host = host;

    public Simulator Simulator => _host.Simulator;

    public Domain Domain => Simulator.Domain;

    public string Address => _host.Address;

    public static async Task<SimulatedKintone> StartAsync(SimulatorOptions? options = null)
    {
        var simulator = new Simulator(options);
        simulator.Domain.AddUser(User, UserPassword);
        return new(await SimulatorHost.StartAsync(simulator));
    }

    /// <summary>An app of generated records: a function of their ids, none of them held.</summary>
    public App AddGenerated(long records, IdPattern? ids = null) => Domain.AddApp("案件", source: GeneratedRecords.Of(records, ids));

    /// <summary>An app of small records that a test may change.</summary>
    public App AddSmall(int records)
    {
        var app = Domain.AddApp("メモ帳");
        app.AddField("メモ", "SINGLE_LINE_TEXT");
        var start = new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);
        for (var number = 1; number <= records; number++)
            app.Add(new JsonObject { ["メモ"] = $"{number}番" }, start.AddMinutes(number), start.AddMinutes(number));
        return app;
    }

    public JsonObject Config(params IEnumerable<App> apps) => Configs.Password(Address, User, UserPassword).WithApps(apps.Select(static app => app.Id));

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        Simulator.Dispose();
    }
}
