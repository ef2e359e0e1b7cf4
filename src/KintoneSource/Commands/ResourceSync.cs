using KintoneSource.Catalog;
using KintoneSource.Configuration;
using KintoneSource.Kintone.Forms;
using KintoneSource.Kintone.Http;
using KintoneSource.Protocol;
using KintoneSource.Reading.Apps;
using KintoneSource.Reading.Output;
using KintoneSource.Reading.Resources;
using KintoneSource.Reading.States;

namespace KintoneSource.Commands;

/// <summary>Reads the streams that one GET reads: settings of apps, users, spaces. One that fails says so, and the others go on.</summary>
sealed class ResourceSync(Source source, SyncStreams streams, ConfiguredCatalog catalog, InputState states, SyncClock clock)
{
    readonly StreamNames _names = new(source.Config.StreamNames, catalog);

    /// <param name="priority">The stream's place in the catalog.</param>
    public async ValueTask ReadAsync(ConfiguredStream stream, int priority, CancellationToken ct)
    {
        var output = await streams.OpenAsync(stream, ct);
        Exception? failure = null;
        try
        {
            if (stream.Problem is { } problem) throw new ConfigurationException(problem);
            await ReadAsync(stream, ResourceStreams.Find(stream.Name) ?? throw SyncStreams.Unknown(stream), priority, output, ct);
        }
#pragma warning disable CA1031 // whatever it is, the other streams go on, and the trace says what it was
        catch (Exception e) when (e is not OutputException && !ct.IsCancellationRequested)
#pragma warning restore CA1031
        {
            failure = e;
        }
        finally { output.Portion.End(); }
        await streams.EndAsync(output, failure, ct);
    }

    async Task ReadAsync(ConfiguredStream stream, ResourceStream resource, int priority, StreamOutput output, CancellationToken ct)
    {
        if (StreamOffer.Refusal(resource, source.Config) is { } refusal) throw new ConfigurationException(refusal);
        var run = new ResourceRun(source.Kintone, stream, resource, new([output], source.Writer, source.Time), priority,
            notice => SyncStreams.TellAsync(output, notice), () => clock.EmittedAt);
        var isListing = source.Config.Credentials is not ApiTokenCredentials; // tokens may list nothing
        if (resource != ResourceStreams.Apps && resource.Scope == ResourceScope.Domain)
        {
            await new DomainReader(run).ReadAsync(ct);
            return;
        }
        var reader = new ResourceReader(run);
        if (resource == ResourceStreams.Apps && isListing)
        {
            var guests = await source.Apps.ListGuestAppsAsync(ct);
            await streams.WarnAsync(guests.Problems, ct);
            await reader.ReadAppsAsync(source.Apps.EveryAppAsync(guests, ct), ct);
            return;
        }
        var areDescribed = resource.Scope == ResourceScope.Space || (resource == ResourceStreams.AppFields && isListing);
        var found = areDescribed ? await source.Apps.DescribeAsync(ct) : await source.Apps.ResolveAsync(ct);
        await streams.WarnAsync(found.Problems, ct);
        AppAddress[] apps = [.. found.Apps.Select(static a => a.Address)];
        await (resource == ResourceStreams.Apps ? reader.ReadAppsAsync(apps, ct)
            : resource == ResourceStreams.AppFields
                ? new FieldsReader(run, NamesOf, _names, source.Config.LabelLanguages)
                    .ReadAsync([.. found.Apps.Select(static a => (a.Address, a.Info?.Name))], ct)
            : resource.Scope == ResourceScope.Space ? reader.ReadSpacesAsync(SpacesOf(found.Apps), ct)
            : reader.ReadSettingsAsync(apps, ct));
    }

    /// <summary>What the columns of an app's records are called in this sync.</summary>
    FormNames NamesOf(long app, Form form)
    {
        var fresh = source.Names.For(form);
        var kept = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var stream in catalog.Streams.Where(s => AppStreamName.Parse(s.Name)?.App == app))
            foreach (var (code, name) in KeptColumns.Of(stream, RecordsState.ColumnsOf(states.Of(stream.Name)), fresh)) kept[code] = name;
        return source.Names.For(form, kept, fresh);
    }

    /// <summary>The spaces that hold the selected apps, in the order of their ids.</summary>
    static SpaceAddress[] SpacesOf(IEnumerable<AppTarget> apps) =>
    [
        .. apps.Select(static a => a.Address.GuestSpace is { } guest ? new SpaceAddress(guest, IsGuest: true) : a.Info?.Space is { } space
            ? new(space, IsGuest: false) : default)
            .Where(static s => s != default).Distinct().OrderBy(static s => s.Space),
    ];
}
