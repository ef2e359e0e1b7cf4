using System.Text.Json.Nodes;
using AcceptanceTests;

namespace KintoneSource.Certification;

/// <summary>Compares what was synced with what Cybozu's own JavaScript client reads.</summary>
static class ClientComparison
{
    /// <summary>One sentence for the report, and whether all cells agree; null where the client cannot run.</summary>
    public static async Task<(string Said, bool? Agrees)> CompareAsync(Surroundings kintone, TestApp app, Warehouse warehouse)
    {
        var settings = kintone.Settings;
        if (settings.Basic is not null)
            return ("not compared: this comparison does not send Basic authentication", null);
        var clients = new OfficialClients { ByCursor = false };
        try
        {
            await clients.InitializeAsync();
        }
        catch (Exception failed) when (failed is InvalidOperationException or System.ComponentModel.Win32Exception or IOException)
        {
            return ("not compared: the client cannot be installed here", null);
        }
        if (clients.Unavailable is not null)
            return ("not compared: there is no Node, or the client cannot be installed here", null);
        var address = settings.BaseUrl!.GetLeftPart(UriPartial.Authority);
        var seen = (await clients.ReadAsync(address, settings.Username, settings.Password, new ClientApp(app.Id))).ByApp[app.Id];
        var differences = warehouse.Differences(seen.ById.Select(static record => JsonObject.Create(record)!), JsonObject.Create(seen.Properties)!,
            isStrict: true);
        return differences.Count == 0
            ? ($"the official JavaScript client reads the same {seen.ById.Count} records, cell by cell", true)
            : ($"the official JavaScript client reads something else in {differences.Values.Sum()} rows: {string.Join(", ", differences.Keys)}", false);
    }
}
