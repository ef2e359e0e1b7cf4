using KintoneSource.Catalog;
using KintoneSource.Configuration;
using KintoneSource.Kintone.Apps;
using KintoneSource.Protocol;
using KintoneSource.Reading.Apps;
using KintoneSource.Reading.Output;
using KintoneSource.Reading.States;

namespace KintoneSource.Commands;

/// <summary>What a sync is thought to ask of one app.</summary>
/// <param name="IsContinued">All of its streams go on from a finished state: reading starts with what changed.</param>
/// <param name="IsDue">All records are to be read once more.</param>
/// <param name="Records">As the last sync knew; null where it did not say.</param>
/// <param name="Use">Null where no state says.</param>
/// <param name="HasShared">It has streams that share a scan; its files and comments have their own.</param>
/// <param name="FileScans">Streams of files.</param>
sealed record AppOutlook(long App, bool IsContinued, bool IsDue, long? Records, RequestUse? Use, bool HasShared, int FileScans)
{
    /// <summary>With those for settings and files, which are counted with the others; null before the records are counted.</summary>
    /// <param name="idle">Of a scan where nothing changed.</param>
    public long? Requests(long idle, int settings) =>
        !IsContinued ? null : IsDue ? Use?.Full ?? (Records is { } known ? AppReader.RequestsFor(known, KintoneApp.LargestPage) + settings : null) : Use?.Later
            ?? Idle(idle) + settings;

    /// <summary>Where nothing changed, settings and comments aside. A scan of files looks for nothing that is gone.</summary>
    public long Idle(long idle) => (HasShared ? idle : 0) + FileScans;
}

/// <summary>
/// What a sync will ask of Kintone, made from the catalog and the states alone: no request is sent for it. Estimates for people; nothing depends on them.
/// </summary>
/// <param name="Others">Streams that are no app's.</param>
/// <param name="PerApp">Requests of the selected streams of settings, for each app.</param>
/// <param name="ReadApart">Streams of comments and of files.</param>
/// <param name="Idle">Requests of a scan in which nothing changed.</param>
sealed record SyncOutlook(IReadOnlyList<AppOutlook> Apps, int Streams, int Others, int ReadApart, int PerApp, long Idle)
{
    /// <summary>Kintone's soft limit of requests per app and day (official docs); ten times that in the Wide course.</summary>
    public const int RequestsPerDay = 10_000;

    const int Wide = 10;

    public static SyncOutlook Of(ConfiguredCatalog catalog, InputState states, SourceConfig config, DateTimeOffset now)
    {
        var streams = catalog.Streams.Select(static s => (Stream: s, Name: AppStreamName.Parse(s.Name))).ToArray();
        var apps = streams.Where(static s => s.Name is not null).GroupBy(static s => s.Name!.Value.App)
            .Select(g => Look(g.Key, [.. g.Select(s => (s.Stream, StateOf(s.Stream, states)))], config, now)).ToArray();
        return new(
            apps, streams.Count(static s => s.Name is not null), streams.Count(static s => s.Name is null), streams.Count(static s => s.Stream.HasOwnScan),
            streams.Where(static s => s.Name is null).Sum(static s => ResourceStreams.Find(s.Stream.Name) is { Scope: ResourceScope.App } settings
                ? RequestsPerApp(settings) : 0),
            IdleRequests(config));
    }

    // The fields are in the form and its layout, which are no resources of theirs.
    public static int RequestsPerApp(ResourceStream settings) => settings == ResourceStreams.AppFields ? 2 : settings.Resources.Length;

    /// <summary>One question is enough where nothing is counted and no condition stands beside it.</summary>
    public static long IdleRequests(SourceConfig config) => config.EmitDeletedRecords || config.StartDate is not null
        || Filters(config.Apps).Any(static f => f is not null) ? 2 : 1;

    static IEnumerable<string?> Filters(AppSelection? selection) => selection switch
    {
        SingleApp one => [one.App.Filter ?? (one.App.RecordNumber is null ? null : "")],
        ListedApps listed => listed.Apps.Select(static a => a.Filter),
        _ => [],
    };

    static AppOutlook Look(long app, IReadOnlyList<(ConfiguredStream Stream, RecordsState? State)> streams, SourceConfig config, DateTimeOffset now)
    {
        // Those that share its scan tell how the app is read, and where there are none, the others.
        var byScan = streams.ToLookup(static s => s.Stream.HasOwnScan);
        var hasShared = byScan.Contains(false);
        var telling = byScan[!hasShared].ToArray();
        var known = telling.Select(static s => s.State).OfType<RecordsState>().ToArray();
        return new(
            app,
            telling.All(static s => s is { Stream.SyncMode: SyncMode.Incremental, State: { Scan: null, Cursor: not null } }),
            config.FullRereadDays > 0 && known.Any(s => (s.FullReadAt ?? s.SyncedAt) is { } last
                && (now - last).Duration() >= TimeSpan.FromDays(config.FullRereadDays)),
            known.Max(static s => s.Settled),
            RequestUse.Latest(streams.Select(static s => s.State?.Requests)),
            hasShared, byScan[true].Count(static s => AppStreamName.Parse(s.Stream.Name)?.Kind == AppStreamKind.Files));
    }

    /// <summary>A state that can't be read is its stream's business.</summary>
    static RecordsState? StateOf(ConfiguredStream stream, InputState states)
    {
        try { return RecordsState.Parse(stream.Name, states.Of(stream.Name)); }
        catch (ConfigurationException) { return null; }
    }

    /// <summary>For the log, before anything is read.</summary>
    public IEnumerable<string> Lines()
    {
        if (Apps.Count == 0) yield break;
        var (known, fromStart) = (Apps.Where(static a => a.IsContinued).ToArray(), Apps.Count(static a => !a.IsContinued));
        var what = new List<string> { $"This sync: {Quantity.Of(Apps.Count, "app")} in "
            + $"{Quantity.Of(Streams, "stream")}{(Others > 0 ? $", and {Quantity.Of(Others, "other stream")}" : "")}." };
        var requests = new List<string>();
        if (known.Length > 0)
        {
            var (records, due) = (known.Sum(static a => a.Records ?? 0), known.Count(static a => a.IsDue));
            what.Add($"{Quantity.Of(known.Length, "app")} {(known.Length == 1 ? "goes" : "go")} on from an earlier sync"
                + (records > 0 ? $", which knew {Quantity.Of(records, "record")}" : "")
                + (due > 0 ? $"; {Quantity.Number(due)} of them {(due == 1 ? "is" : "are")} due to be read once more from the start" : "") + ".");
            requests.Add($"about {Quantity.Number(known.Sum(a => a.Requests(Idle, PerApp) ?? a.Idle(Idle) + PerApp))} if as much has changed as last time");
        }
        if (fromStart > 0)
        {
            what.Add($"{Quantity.Of(fromStart, "app")} {(fromStart == 1 ? "is" : "are")} read from the start.");
            requests.Add($"2 for each app that is read from the start, {(PerApp > 0 ? $"{Quantity.Number(PerApp)} for its settings, " : "")}and 1 for every "
                + "500 of its records");
        }
        if (ReadApart > 0)
        {
            requests.Add($"and {Quantity.Of(ReadApart, "stream")} of files or comments {(ReadApart == 1 ? "is" : "are")} read apart, "
                + "with one more for each record's comments, and one for each file, which Kintone does not count");
        }
        yield return $"{string.Join(' ', what)} Requests: {string.Join("; ", requests)}.";
        if (Apps.Max(a => a.Idle(Idle)) + PerApp is > 0 and var most) yield return LaterSyncs(Apps.Count, most, Apps.Sum(a => a.Idle(Idle) + PerApp));
        if (Slowest() is { } slowest) yield return slowest;
    }

    /// <summary>What syncs cost in which nothing changes, and how many fit the limit.</summary>
    /// <param name="each">Requests to one app, or to the one with most.</param>
    public static string LaterSyncs(int apps, long each, long all) =>
        $"A later sync in which nothing changes takes {(all < apps * each ? "up to " : "")}{Quantity.Of(each, "request")} per "
            + $"app{(apps > 1 ? $", {Quantity.Number(all)} in all" : "")}: {Quantity.Number(RequestsPerDay / each)} of them fit a day within Kintone's soft "
            + $"limit of {Quantity.Number(RequestsPerDay)} requests per app and day ({Quantity.Number(RequestsPerDay * Wide / each)} in the Wide course).";

    string? Slowest()
    {
        if (Apps.Where(static a => a.Use is not null)
            .MaxBy(static a => Math.Max(a.Use!.Value.Full ?? 0, a.Use.Value.Later ?? 0)) is not { Use: { } use } slowest) return null;
        string?[] costs = [use.Full is { } full ? $"{Quantity.Of(full, "request")} when all its records were read" : null, use.Later is { } later
            ? $"{Quantity.Number(later)} in its last sync of changes, of which {Quantity.Number(RequestsPerDay / Math.Max(1, later))} fit a day" : null];
        return $"The slowest app was app {slowest.App}: {string.Join(", ", costs.OfType<string>())}.";
    }

    /// <summary>What counting found, of apps that are read from the start.</summary>
    public static string? Counted(IReadOnlyCollection<(long App, long Records)> counts)
    {
        if (counts.Count == 0) return null;
        var slowest = counts.MaxBy(static c => c.Records);
        long[] empty = [.. counts.Where(static c => c.Records == 0).Select(static c => c.App).Order()];
        var nothing = empty is [] ? ""
            : $" {SameCause.Capital(new SameCause("", empty, "").Subjects("app", counts.Count))} {(empty.Length == 1 ? "shows" : "show")} this user or token "
                + "no record, or none that matches the filter.";
        long Requests(long records) => AppReader.RequestsFor(records, KintoneApp.LargestPage);
        return $"Counted: {Quantity.Of(counts.Count, "app")} that {(counts.Count == 1 ? "is" : "are")} read from the start "
            + $"{(counts.Count == 1 ? "has" : "have")} {Quantity.Of(counts.Sum(static c => c.Records), "record")}, about "
            + $"{Quantity.Of(counts.Sum(c => Requests(c.Records)), "request")}. "
            + $"The slowest is app {slowest.App}: {Quantity.Of(slowest.Records, "record")}, about "
            + $"{Quantity.Of(Requests(slowest.Records), "request")}.{nothing}";
    }
}
