using System.Text.Json;
using KintoneSimulator;

namespace AcceptanceTests;

/// <summary>The sample company on a host, and one run of each command against all of it, for all tests that only look at them.</summary>
public sealed class SampleCompanyRuns : IAsyncLifetime, IDisposable
{
    SimulatorHost? _host;
    Connector? _connector;

    internal Simulator Simulator { get; } = SampleCompany.Create(TimeProvider.System);

    internal string Address => _host!.Address;

    /// <summary>With the configuration of the runs below.</summary>
    internal Connector Connector => _connector!;

    internal ConnectorRun Spec { get; private set; } = null!;

    internal ConnectorRun Check { get; private set; } = null!;

    internal ConnectorRun Discover { get; private set; } = null!;

    /// <summary>Every stream in full.</summary>
    internal ConnectorRun Read { get; private set; } = null!;

    internal IReadOnlyList<JsonElement> Streams => Discover.Catalog;

    public async Task InitializeAsync()
    {
        _host = await SimulatorHost.StartAsync(Simulator);
        _connector = new(Configs.Password(Address).WithAllApps());
        Spec = (await _connector.RunAsync("spec")).MustSucceed();
        Check = (await _connector.CheckAsync()).MustSucceed();
        Discover = (await _connector.DiscoverAsync()).MustSucceed();
        Read = (await _connector.ReadAsync(ConfiguredCatalogs.FullRefresh(Streams, generation: 1))).MustSucceed();
    }

    public Task DisposeAsync() => _host!.DisposeAsync().AsTask();

    public void Dispose()
    {
        _connector?.Dispose();
        Simulator.Dispose();
    }

    internal JsonElement Stream(string name) => Streams.Single(s => Name(s) == name);

    internal static string Name(JsonElement stream) => stream.GetProperty("name").GetString()!;
}

[CollectionDefinition(Name)]
public sealed class SampleCompanyCollection : ICollectionFixture<SampleCompanyRuns>
{
    public const string Name = "Sample company";
}
