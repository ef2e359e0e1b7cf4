using System.Text;
using System.Text.Json;
using KintoneSimulator;

namespace AcceptanceTests;

/// <summary>
/// Clients that nobody here wrote make an app and fill it: the simulator takes what they send, and what they read back is what the connector
/// reads.
/// </summary>
[Collection(OfficialClientsCollection.Name)]
public sealed class OfficialClientsWriteTests(OfficialClients clients) : IAsyncLifetime
{
    SimulatedKintone _kintone = null!;

    public async Task InitializeAsync() => _kintone = await SimulatedKintone.StartAsync();

    public Task DisposeAsync() => _kintone.DisposeAsync().AsTask();

    [SkippableFact]
    public async Task The_javascript_client_makes_an_app_and_fills_it_and_the_connector_reads_the_same()
    {
        Skip.If(clients.Unavailable is not null, clients.Unavailable);
        var seen = await clients.MakeAppAsync(_kintone.Address, SimulatedKintone.User, SimulatedKintone.UserPassword);
        var app = long.Parse(seen.GetProperty("app").GetString()!, System.Globalization.CultureInfo.InvariantCulture);

        // 230 records, one more by its key, 105 deleted.
        var records = seen.GetProperty("records");
        Assert.Equal(126, records.GetArrayLength());
        Assert.Equal("UPDATE INSERT", string.Join(' ',
            seen.GetProperty("upserted").EnumerateArray().Select(static one => one.GetProperty("operation").GetString())));
        Assert.Equal("Done", records[0].GetProperty("ステータス").GetProperty("value").GetString());
        Assert.Equal("2.5", records[0].GetProperty("total").GetProperty("value").GetString());
        Assert.Equal(["1.txt file 1", "2.txt file 2", "3.txt file 3"],
            seen.GetProperty("files").EnumerateArray().Select(static file => $"{file.GetProperty("name")} {file.GetProperty("text")}"));
        Assert.Equal("from the client ", seen.GetProperty("comments")[0].GetProperty("text").GetString());
        Assert.Equal("Made, filled and read by a test", seen.GetProperty("settings").GetProperty("description").GetString());
        Assert.Equal(
            """
            {"revision":{"status":409,"code":"GAIA_CO02","paths":[]},"values":{"status":400,"code":"CB_VA01","paths":["records[0].price.value","records[1].key.value"]},"bulk":{"status":400,"code":"CB_VA01","paths":["records[1].key.value"]},"missing":{"status":404,"code":"GAIA_RE01","paths":[]}}
            """, seen.GetProperty("refused").GetRawText());
        await AssertConnectorReadsAsync(app, records, seen.GetProperty("properties"));
    }

    [SkippableFact]
    public async Task The_command_line_client_imports_a_file_with_attachments_and_the_connector_reads_the_same()
    {
        Skip.If(clients.Unavailable is not null, clients.Unavailable);
        var app = _kintone.Domain.AddApp("取込");
        app.AddField("key", "SINGLE_LINE_TEXT", new() { ["unique"] = true });
        app.AddField("price", "NUMBER");
        app.AddField("files", "FILE");
        app.AddChoice("ticks", "CHECK_BOX", "one", "two");
        app.AddTable("table", Field.Create("item", "SINGLE_LINE_TEXT"), Field.Create("photos", "FILE"));
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "写真.txt"), "内容");
            File.WriteAllText(Path.Combine(folder.FullName, "row.txt"), "of a row");
            var file = Path.Combine(folder.FullName, "import.csv");
            var csv = new StringBuilder("*,key,price,files,ticks,table,item,photos\n");
            for (var n = 1; n <= 150; n++)
                csv.Append(System.Globalization.CultureInfo.InvariantCulture,
                    $"*,key {n},{n}.50,{(n == 1 ? "写真.txt" : "")},\"one\ntwo\",,first,{(n == 2 ? "row.txt" : "")}\n,key {n},{n}.50,,\"one\ntwo\",,second,\n");
            await File.WriteAllTextAsync(file, csv.ToString());
            await clients.ImportAsync(_kintone.Address, SimulatedKintone.User, SimulatedKintone.UserPassword, new(app.Id), file, folder.FullName);
            Assert.Equal(150, app.Records.Count);

            await File.WriteAllTextAsync(file, "key,price\nkey 3,333\nkey 151,151\n");
            await clients.ImportAsync(_kintone.Address, SimulatedKintone.User, SimulatedKintone.UserPassword, new(app.Id), file, folder.FullName,
                updateKey: "key");
            Assert.Equal(151, app.Records.Count);

            var view = (await clients.ReadAsync(_kintone.Address, SimulatedKintone.User, SimulatedKintone.UserPassword, new ClientApp(app.Id))).ByApp[app.Id];
            Assert.Equal("333", view.ById[2].GetProperty("price").GetProperty("value").GetString());
            Assert.Equal(2, view.ById[0].GetProperty("table").GetProperty("value").GetArrayLength());
            var key = view.ById[0].GetProperty("files").GetProperty("value")[0].GetProperty("fileKey").GetString()!;
            Assert.Equal("内容", Encoding.UTF8.GetString(_kintone.Domain.File(key)!.Content.ToArray()));
            Assert.Equal("row.txt", view.ById[1].GetProperty("table").GetProperty("value")[0].GetProperty("value").GetProperty("photos")
                .GetProperty("value")[0].GetProperty("name").GetString());
            await AssertConnectorReadsAsync(app.Id, JsonSerializer.SerializeToElement(view.ById), view.Properties);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    async Task AssertConnectorReadsAsync(long app, JsonElement records, JsonElement properties)
    {
        using var connector = new Connector(Configs.Password(_kintone.Address, SimulatedKintone.User, SimulatedKintone.UserPassword).WithApps(app));
        var stream = $"app_{app}_records";
        var ours = (await connector.ReadAsync(ConfiguredCatalogs.ByName("full_refresh", stream))).MustSucceed().RecordsOf(stream)
            .ToDictionary(static record => record.GetProperty("_kintone_id").GetRawText());
        Assert.Equal(records.GetArrayLength(), ours.Count);
        foreach (var record in records.EnumerateArray())
        {
            var id = record.GetProperty("$id").GetProperty("value").GetString()!;
            var problem = ExpectedRecord.Difference(ExpectedRecord.Of(record, properties), ours[id]);
            Assert.True(problem is null, $"Record {id}, {problem}");
        }
    }
}
