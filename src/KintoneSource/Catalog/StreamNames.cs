using KintoneSource.Configuration;

namespace KintoneSource.Catalog;

/// <summary>
/// What the streams of apps are called in a sync: as its catalog calls them, which may hold a name that the app had before, and as discover would where the
/// catalog does not have them. The tables in the destination are called so.
/// </summary>
sealed class StreamNames(StreamNaming naming, ConfiguredCatalog catalog)
{
    readonly Dictionary<(long App, AppStreamKind Kind, string? Table), string> _called = catalog.Streams
        .Select(static stream => (stream.Name, Parsed: AppStreamName.Parse(stream.Name)))
        .Where(static s => s.Parsed is not null)
        .DistinctBy(static s => KeyOf(s.Parsed!.Value))
        .ToDictionary(static s => KeyOf(s.Parsed!.Value), static s => s.Name);

    /// <summary>Whether the app's name is needed to tell.</summary>
    public bool ShowApps => naming != StreamNaming.Id;

    /// <param name="appName">Null where nobody asked for it.</param>
    public string OfRecords(long app, string? appName) => Of(AppStreamName.Records(app), appName, null);

    /// <param name="code">The sub-table's field code.</param>
    public string OfTable(long app, string? appName, string code) => Of(AppStreamName.OfTable(app, code), appName, code);

    string Of(AppStreamName name, string? appName, string? code)
    {
        var named = name.Named(StreamNaming.IdAndName, appName ?? "x", code); // of which the table's part alone is looked at
        return _called.GetValueOrDefault(KeyOf(name)) ?? _called.GetValueOrDefault(KeyOf(named))
            ?? (appName is null ? name : name.Named(naming, appName, code)).ToString();
    }

    static (long, AppStreamKind, string?) KeyOf(AppStreamName name) => (name.App, name.Kind, name.Table);
}
