using System.Collections.Concurrent;
using System.Threading.Channels;
using KintoneSource.Catalog;
using KintoneSource.Configuration;
using KintoneSource.Kintone.Http;
using KintoneSource.Protocol;
using KintoneSource.Reading.Apps;
using KintoneSource.Reading.Output;

namespace KintoneSource.Commands;

/// <summary>
/// Prints the catalog: the streams of plain resources that the credentials and the selection allow, in a fixed order, then
/// each app's in the order of ids. An app that can't be read is left out with a WARN that names it, so that one that was deleted does not keep the
/// platform from
/// the schemas of all others. Wrong credentials, a Kintone that does not answer, and no app at all that can be read fail the command: a catalog
/// without the apps
/// would make the platform drop their streams.
/// </summary>
sealed class DiscoverCommand(Source source)
{
    readonly ConcurrentDictionary<long, Description> _described = new();
    readonly SameCauses _leftOut = new();
    readonly SameCauses _collisions = new();

    public async Task<int> RunAsync(CancellationToken ct)
    {
        var found = await FindAsync(ct);
        var described = found.Apps.Select(a => _described[a.Address.App]).ToArray();
        if (described.Length > 0 && described.All(static d => d.Failure is not null)) throw described[0].Failure!;
        foreach (var warning in found.Problems.Concat(source.Apps.FilterProblems)) await source.LogAsync(LogLevel.Warn, warning, ct);
        foreach (var cause in _leftOut.All)
        {
            var info = found.Apps.First(a => a.Address.App == cause.Numbers[0]).Info;
            await TellAsync(LogLevel.Warn, cause, $"App {cause.Numbers[0]}{(info is { } app ? $" ({app.Name})" : "")} is left out of the catalog. ",
                "are left out of the catalog", described.Length, ct);
        }
        foreach (var cause in _collisions.All) await TellAsync(LogLevel.Info, cause, "", "have columns that fall together in some destinations",
            described.Length, ct);
        StreamDefinition[] streams = [.. ResourceStreams.All.Where(IsOffered).Select(static s => s.Definition),
            .. described.SelectMany(static d => d.Streams)];
        var ofApps = described.Sum(static d => d.Streams.Count);
        if (ofApps > 0) await source.LogAsync(LogLevel.Info, Outlook(described.Count(static d => d.Streams.Count > 0), ofApps), ct);
        if (CatalogSize.Of(streams).Warning is { } large) await source.LogAsync(LogLevel.Warn, large, ct);
        await source.Writer.WriteAsync(new CatalogMessage(new([.. streams.Select(static s => s.ToAirbyteStream())])), ct);
        return 0;
    }

    /// <summary>The apps in the order of their ids, each described as soon as it is found.</summary>
    async Task<FoundApps> FindAsync(CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var listed = Channel.CreateUnbounded<AppTarget>();
        var found = ListAsync();
        try
        {
            await Parallel.ForEachAsync(
                listed.Reader.ReadAllAsync(stop.Token),
                new ParallelOptions { CancellationToken = stop.Token, MaxDegreeOfParallelism = source.Config.MaxConcurrentRequests },
                async (app, token) => _described[app.Address.App] = await DescribeAsync(app, token));
        }
        finally
        {
            await stop.CancelAsync();
            await ((Task)found).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        return await found;

        async Task<FoundApps> ListAsync()
        {
            try
            {
                if (source.Config.Apps is AllApps)
                {
                    var apps = new List<AppTarget>();
                    await foreach (var app in source.Apps.ListAsync(stop.Token)) Note(app, apps);
                    return await source.Apps.ListGuestAppsAsync(stop.Token) with { Apps = [.. apps.OrderBy(static a => a.Address.App)] };
                }
                var named = source.Config.Credentials is ApiTokenCredentials ? await source.Apps.ResolveAsync(stop.Token)
                    : await source.Apps.DescribeAsync(stop.Token);
                foreach (var app in named.Apps) Note(app, []);
                return named;
            }
            finally { listed.Writer.Complete(); }
        }

        void Note(AppTarget app, List<AppTarget> apps)
        {
            apps.Add(app);
            listed.Writer.TryWrite(app);
        }
    }

    /// <summary>What syncs will cost, as far as it is known without counting records.</summary>
    string Outlook(int apps, int streams)
    {
        var settings = ResourceStreams.All.Where(s => IsOffered(s) && s.Scope == ResourceScope.App).Sum(SyncOutlook.RequestsPerApp);
        return $"{Quantity.Of(apps, "app")} with {Quantity.Of(streams, "stream")}. A first sync takes 2 requests per app and 1 for every 500 records, which "
            + "it counts before it reads them. "
            + $"{SyncOutlook.LaterSyncs(apps, SyncOutlook.IdleRequests(source.Config), apps * SyncOutlook.IdleRequests(source.Config))} The streams of "
            + $"settings take {Quantity.Of(settings, "request")} per app and sync more, if all of them are selected.";
    }

    bool IsOffered(ResourceStream stream) =>
        (stream.Scope == ResourceScope.Domain || source.Config.Apps is not null) && StreamOffer.Refusal(stream, source.Config) is null;

    /// <summary>One line for each cause, with the apps in it; all of them at debug level.</summary>
    /// <param name="one">What comes before the example where it is the only one.</param>
    /// <param name="many">What there is to say of several.</param>
    async ValueTask TellAsync(LogLevel level, SameCause cause, string one, string many, int all, CancellationToken ct)
    {
        var isOne = cause.Numbers.Count == 1;
        await source.LogAsync(level, (isOne ? one : $"{SameCause.Capital(cause.Subjects("app", all))} {many}. ") + cause.Example, ct);
        if (!isOne) await source.LogAsync(LogLevel.Debug, $"These {many} ({cause.Key}): {cause.Everyone("app")}.", ct);
    }

    /// <param name="Streams">None where the app is left out.</param>
    /// <param name="Failure">Why it is.</param>
    readonly record struct Description(IReadOnlyList<StreamDefinition> Streams, ConnectorException? Failure = null);

    async Task<Description> DescribeAsync(AppTarget target, CancellationToken ct)
    {
        var app = target.Address.App;
        try
        {
            var form = await FormWitness.ReadFormAsync(new(source.Kintone, target.Address), ct);
            var name = (target.Info ?? await source.Apps.ReadAsync(target, ct)).Name;
            if (NameCollisions.Notice(app, name, form, source.Names) is { } notice) _collisions.Add("column names", app, notice);
            return new([.. AppStream.All(app, name, form, source.Names, source.Config.EmitDeletedRecords, source.Config.RelatedStreams,
                source.Config.StreamNames)]);
        }
        catch (ConnectorException e) when (e is KintoneException { IsOfOneResource: true } or { FailureType: FailureType.SystemError })
        {
            var refusal = e as KintoneException;
            _leftOut.Add(refusal?.Code ?? refusal?.Status.ToString() ?? "answer", app, refusal is null ? e.Message : target.Explain(refusal).Message);
            return new([], e);
        }
    }
}
