using System.Text;
using System.Text.Json;
using KintoneSimulator;

namespace AcceptanceTests;

/// <summary>The simulator is believed because clients that nobody here wrote read it and see what is in it.</summary>
[Collection(OfficialClientsCollection.Name)]
public sealed class OfficialClientsTests(OfficialClients clients) : IAsyncLifetime
{
    static readonly ClientApp[] s_apps =
        [.. SampleCompany.DemoApps.Select(app => new ClientApp(app)), new(SampleCompany.TasksApp, SampleCompany.GuestSpace)];

    readonly Simulator _simulator = SampleCompany.Create(TimeProvider.System);
    SimulatorHost? _host;

    public async Task InitializeAsync() => _host = await SimulatorHost.StartAsync(_simulator);

    public async Task DisposeAsync()
    {
        await _host!.DisposeAsync();
        _simulator.Dispose();
    }

    [SkippableFact]
    public async Task The_javascript_client_sees_every_app_form_and_record_as_the_model_has_them()
    {
        Skip.If(clients.Unavailable is not null, clients.Unavailable);
        var view = await clients.ReadAsync(_host!.Address, SampleCompany.DemoUser, SampleCompany.DemoPassword, s_apps);

        // Kintone lists apps of guest spaces, too.
        Assert.Equal(
            s_apps.Select(app => $"{app.App}").Order(StringComparer.Ordinal),
            view.Apps.Select(app => app.GetProperty("appId").GetString()).Order(StringComparer.Ordinal));
        foreach (var (app, _) in s_apps)
        {
            var (model, seen) = (_simulator.Domain.App(app)!, view.ByApp[app]);
            AssertSame(Parse(model.Form.ToJson().ToJsonString()), seen.Properties, $"the form of app {app}");
            var expected = Records(model);
            foreach (var records in new[] { seen.ById, seen.ByCursor })
            {
                Assert.Equal(expected.Count, records.Count);
                foreach (var (left, right) in expected.Zip(records))
                    AssertSame(left, right, $"app {app}");
            }
        }
        Assert.All(_simulator.Journal.Entries, entry => Assert.Equal(200, entry.Status));
    }

    [SkippableFact]
    public async Task The_command_line_client_exports_every_record()
    {
        Skip.If(clients.Unavailable is not null, clients.Unavailable);
        foreach (var app in s_apps)
        {
            var rows = await clients.ExportAsync(_host!.Address, SampleCompany.DemoUser, SampleCompany.DemoPassword, app);
            var model = _simulator.Domain.App(app.App)!;
            var numberField = model.Form.OfType(KintoneSimulator.Query.FieldType.RecordNumber)!.Code;
            var (column, mark) = (rows[0].ToList().IndexOf(numberField), rows[0].ToList().IndexOf("*"));
            var exported = rows.Skip(1).Where(row => mark < 0 || row[mark] == "*").Select(row => row[column]);
            Assert.Equal(Records(model).Select(record => record.GetProperty(numberField).GetProperty("value").GetString()).Order(), exported.Order());
            Assert.All(rows, row => Assert.Equal(rows[0].Count, row.Count));
        }
    }

    [SkippableFact]
    public async Task The_command_line_client_downloads_every_file()
    {
        Skip.If(clients.Unavailable is not null, clients.Unavailable);
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            await clients.ExportAsync(_host!.Address, SampleCompany.DemoUser, SampleCompany.DemoPassword, new(SampleCompany.DealsApp), folder.FullName);
            var expected = Records(_simulator.Domain.App(SampleCompany.DealsApp)!).SelectMany(FileKeys)
                .Select(key => Convert.ToHexString(_simulator.Domain.File(key)!.Content.ToArray()));
            var downloaded = folder.EnumerateFiles("*", SearchOption.AllDirectories).Select(file => Convert.ToHexString(File.ReadAllBytes(file.FullName)));
            Assert.Equal(expected.Order(), downloaded.Order());
            Assert.NotEmpty(downloaded);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    static IEnumerable<string> FileKeys(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => value.EnumerateArray().SelectMany(FileKeys),
        JsonValueKind.Object when value.TryGetProperty("fileKey", out var key) => [key.GetString()!],
        JsonValueKind.Object => value.EnumerateObject().SelectMany(member => FileKeys(member.Value)),
        _ => [],
    };

    static void AssertSame(JsonElement expected, JsonElement seen, string where) =>
        Assert.True(JsonElement.DeepEquals(expected, seen), $"{where}: the model has\n{expected}\nbut the client saw\n{seen}");

    static List<JsonElement> Records(App app)
    {
        var (records, renderer) = (new List<JsonElement>(), new RecordRenderer(app.Records, app.Form, Projection.Whole(app.Form), IdPlaces.First));
        app.Records.Visit(_ => Verdict.All, _ => true, false, id =>
        {
            using var bytes = new ByteBuffer(4096);
            renderer.Render(id, bytes);
            records.Add(Parse(Encoding.UTF8.GetString(bytes.Span)));
            return true;
        });
        return records;
    }

    static JsonElement Parse(string json) => JsonDocument.Parse(json).RootElement;
}
