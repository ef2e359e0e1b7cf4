using KintoneSource.Catalog;
using KintoneSource.Kintone;
using KintoneSource.Protocol;

namespace KintoneSource.Commands;

/// <summary>
/// Prints the catalog: the domain's own streams, then each app's in the order of ids. An app that can't be read is left out
/// with a WARN that names it.
/// </summary>
sealed class DiscoverCommand(Source source)
{
    public async Task<int> RunAsync(CancellationToken ct)
    {
        var apps = await source.Apps.ResolveAsync(ct);
        var streams = new StreamDefinition?[apps.Count];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, apps.Count),
            new ParallelOptions { CancellationToken = ct, MaxDegreeOfParallelism = source.Config.MaxConcurrentRequests },
            async (i, token) => streams[i] = await DescribeAsync(apps[i], token));
        var catalog = new AirbyteCatalog(
        [
            AppsStream.Definition.ToAirbyteStream(),
            .. streams.OfType<StreamDefinition>().Select(static s => s.ToAirbyteStream()),
        ]);
        await source.Writer.WriteAsync(new CatalogMessage(catalog), ct);
        return 0;
    }

    async Task<StreamDefinition?> DescribeAsync(AppTarget target, CancellationToken ct)
    {
        try
        {
            var info = await source.Apps.ReadAppAsync(target, ct);
            var form = await new KintoneApp(source.Kintone, target.Address)
                .ReadResourceAsync("app/form/fields", "app", static answer => Form.Parse(answer.Body.Memory), ct);
            return AppStream.Records(target.Address.App, info.Name, form, source.Names, source.Config.EmitDeletedRecords);
        }
        catch (KintoneException e) when (e.FailureType == FailureType.ConfigError && !IsAboutCredentials(e))
        {
            await source.LogAsync(LogLevel.Warn, $"App {target.Address.App} is left out of the catalog. {e.Message}", ct);
            return null;
        }
    }

    /// <summary>What is wrong for every app is a failure of discover and not of one app.</summary>
    static bool IsAboutCredentials(KintoneException e) => e.Code is "CB_AU01" or "CB_WA01" or "CB_TW02" or "CB_OA01" || (int)e.Status == 401;
}
