using System.Text.Json;
using KintoneSimulator;

namespace AcceptanceTests;

/// <summary>
/// What <c>source-kintone read</c> gives is what Kintone's own clients see, record by record and field by field, after the
/// rules that the documents promise for each type: said here once more, from the outside.
/// </summary>
[Collection(OfficialClientsCollection.Name)]
public sealed class SameAsOfficialClientsTests(OfficialClients clients) : IAsyncLifetime
{
    static readonly ClientApp[] s_apps =
        [.. SampleCompany.DemoApps.Select(static app => new ClientApp(app)), new(SampleCompany.TasksApp, SampleCompany.GuestSpace)];

    readonly Simulator _simulator = SampleCompany.Create(TimeProvider.System);
    SimulatorHost? _host;
    ConnectorRun? _read;

    public async Task InitializeAsync()
    {
        _host = await SimulatorHost.StartAsync(_simulator);
        using var connector = new Connector(Configs.Password(_host.Address).WithAllApps());
        _read = (await connector.ReadAsync(ConfiguredCatalogs.ByName("full_refresh", s_apps.Select(static app => StreamOf(app.App))))).MustSucceed();
    }

    public async Task DisposeAsync()
    {
        await _host!.DisposeAsync();
        _simulator.Dispose();
    }

    [SkippableFact]
    public async Task Every_field_of_every_record_is_what_the_javascript_client_sees()
    {
        Skip.If(clients.Unavailable is not null, clients.Unavailable);
        var view = await clients.ReadAsync(_host!.Address, SampleCompany.DemoUser, SampleCompany.DemoPassword, s_apps);
        var compared = 0;
        foreach (var (app, _) in s_apps)
        {
            var (seen, ours) = (view.ByApp[app], RecordsById(app));
            Assert.Equal(seen.ById.Count, ours.Count);
            foreach (var record in seen.ById)
            {
                var id = record.GetProperty("$id").GetProperty("value").GetString()!;
                var expected = ExpectedRecord.Of(record, seen.Properties);
                var problem = ExpectedRecord.Difference(expected, ours[id]);
                Assert.True(problem is null, $"Record {id} of app {app}, {problem}");
                compared += expected.Count;
            }
        }
        Assert.True(compared > 50_000, $"Only {compared} values were compared.");
    }

    [SkippableFact]
    public async Task Every_cell_of_the_command_line_clients_export_is_in_our_records()
    {
        Skip.If(clients.Unavailable is not null, clients.Unavailable);
        var compared = 0;
        foreach (var app in s_apps)
        {
            var rows = await clients.ExportAsync(_host!.Address, SampleCompany.DemoUser, SampleCompany.DemoPassword, app);
            var ours = RecordsById(app.App).Values.ToDictionary(record => record.GetProperty(NumberField(app.App)).GetString()!);
            var expected = new ExportedRecords(_simulator.Domain.App(app.App)!.Form.ToJson());
            foreach (var record in expected.Group(rows))
                compared += expected.Compare(rows[0], record, ours[expected.NumberOf(rows[0], record)]);
        }
        Assert.True(compared > 30_000, $"Only {compared} cells were compared.");
    }

    string NumberField(long app) => _simulator.Domain.App(app)!.Form.OfType(KintoneSimulator.Query.FieldType.RecordNumber)!.Code;

    Dictionary<string, JsonElement> RecordsById(long app) =>
        _read!.RecordsOf(StreamOf(app)).ToDictionary(static r => r.GetProperty("_kintone_id").GetRawText());

    static string StreamOf(long app) => $"app_{app}_records";
}
