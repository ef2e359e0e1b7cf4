using KintoneSource.Catalog;
using KintoneSource.Reading.Output;

namespace KintoneSource.Commands;

/// <summary>All that a sync is made of: a portion for each app, whose streams share a scan, and one for each other stream.</summary>
sealed class SyncPortions
{
    readonly Dictionary<long, Portion> _apps = [];
    readonly Dictionary<string, Portion> _streams = new(StringComparer.Ordinal);

    public SyncPortions(ConfiguredCatalog catalog, SyncOutlook outlook)
    {
        foreach (var app in outlook.Apps.Where(static a => a.HasShared))
        {
            _apps[app.App] = new($"app {app.App}", isCounted: true);
            // Settings and files are portions of their own.
            if (app.Requests(outlook.Idle, outlook.PerApp) is { } expected)
                _apps[app.App].Expect(Math.Max(outlook.Idle, expected - outlook.PerApp - app.FileScans));
        }
        // Nobody knows beforehand how many people, spaces, comments or files there are.
        foreach (var stream in catalog.Streams)
            if (stream.HasOwnScan || AppStreamName.Parse(stream.Name) is null)
                _streams.TryAdd(stream.Name, new(stream.Name, isCounted: ResourceStreams.Find(stream.Name) is { Scope: ResourceScope.App }));
    }

    public IReadOnlyList<Portion> All => [.. _apps.Values, .. _streams.Values];

    public Portion Of(ConfiguredStream stream) => _streams.GetValueOrDefault(stream.Name) ?? _apps[AppStreamName.Parse(stream.Name)!.Value.App];

    /// <summary>An app's; null where nothing of it is read but files and comments.</summary>
    public Portion? Of(long app) => _apps.GetValueOrDefault(app);

    /// <summary>Streams of settings ask the same of each selected app.</summary>
    public void ExpectSettings(int apps)
    {
        foreach (var (name, portion) in _streams)
            if (portion.IsCounted) portion.Expect(apps * SyncOutlook.RequestsPerApp(ResourceStreams.Find(name)!));
    }

    public bool HasSettings => _streams.Values.Any(static p => p.IsCounted);
}
