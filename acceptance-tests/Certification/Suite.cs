using System.Globalization;

namespace KintoneSource.Certification;

/// <summary>The whole proof, in order: an app of its own, syncs after every kind of change, the pace, every open fact, and what is left.</summary>
public sealed class Suite(Surroundings kintone, Action<string> tell)
{
    public async Task<CertificationReport> RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("source-kintone-certification-");
        var report = new CertificationReport
        {
            Version = typeof(Suite).Assembly.GetName().Version!.ToString(3),
            Kind = kintone.Simulator is null ? CertificationReport.KindOf(kintone.Settings.BaseUrl!) : "simulator",
            Started = TimeProvider.System.GetUtcNow(),
            ConnectorIsPublished = new ConnectorProcess(folder.FullName).IsPublished,
        };
        TestApp? app = null;
        try
        {
            tell("Making an app with every type of field");
            app = await TestApp.MakeAsync(kintone);
            tell($"Filling it with {Filling.Records} records");
            await Filling.FillAsync(kintone, app);
            report = await SyncAsync(report, app, new(folder.FullName));
            tell("Measuring pages per second");
            report = report with { Paces = await Pace.MeasureAsync(kintone.Main, app) };
            report = report with { Facts = await AskAsync(app) };
        }
        catch (Exception failed) when (app is not null && failed is not OutOfMemoryException)
        {
            // A message may hold what Kintone or the connector said of the domain; the report gets the kind alone.
            tell($"The run was cut short: {failed.Message}");
            report = report with { CutShort = failed is CertificationException ? "a request or a sync failed, see the terminal" : failed.GetType().Name };
        }
        finally
        {
            folder.Delete(recursive: true);
        }
        return report with { Left = await RemoveAsync(app!), Requests = kintone.Main.Requests };
    }

    async Task<CertificationReport> SyncAsync(CertificationReport report, TestApp app, ConnectorProcess connector)
    {
        tell("Changing it, with a sync after each change");
        var sync = new Sync(kintone, app, connector);
        report = report with { Steps = await new Journey(kintone, app, sync, tell).RunAsync() };
        var (said, agrees) = await ClientComparison.CompareAsync(kintone, app, sync.Warehouse);
        tell($"  {said}");
        return report with { Streams = sync.Streams, Rows = sync.LastRows, Client = said, ClientAgrees = agrees };
    }

    /// <summary>Asks every probe; one that fails is told and does not keep the others from being asked.</summary>
    async Task<IReadOnlyList<FactResult>> AskAsync(TestApp app)
    {
        tell($"Asking {ProbeTable.All.Count} facts");
        var (session, results) = (new Session(kintone, app), new List<FactResult>());
        foreach (var probe in ProbeTable.All)
        {
            var result = probe.Needs(kintone.Settings) is { } needed ? new FactResult(probe, null, $"needs {needed}") : await AskAsync(probe, session);
            results.Add(result);
            if (result.Differs)
                tell(string.Create(CultureInfo.InvariantCulture, $"  {probe.Id}: {result.Answer!.Value}; the simulator: {result.Default}"));
            else if (result.NotAsked is { } why)
                tell($"  {probe.Id}: {why}");
        }
        return results;
    }

    static async Task<FactResult> AskAsync(Probe probe, Session session)
    {
        try
        {
            return new(probe, await probe.Ask(session), null);
        }
        catch (CertificationException failed)
        {
            return new(probe, null, failed.Message);
        }
        catch (Exception failed) when (failed is HttpRequestException or TaskCanceledException or InvalidOperationException or NullReferenceException or ArgumentException or FormatException)
        {
            return new(probe, null, $"the answer had another shape than expected ({failed.GetType().Name})");
        }
    }

    async Task<IReadOnlyList<string>> RemoveAsync(TestApp app)
    {
        tell("Removing what it made");
        try
        {
            return await app.RemoveAsync();
        }
        catch (Exception failed) when (failed is CertificationException or HttpRequestException or TaskCanceledException)
        {
            tell($"  {failed.Message}");
            return [$"the apps {app.Id} and {app.Products} with their records: removing them failed, please delete them by hand"];
        }
    }
}
