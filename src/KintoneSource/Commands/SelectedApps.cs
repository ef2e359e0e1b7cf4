using System.Collections.Concurrent;
using KintoneSource.Configuration;
using KintoneSource.Kintone.Apps;
using KintoneSource.Kintone.Forms;
using KintoneSource.Kintone.Http;
using KintoneSource.Kintone.Queries;
using KintoneSource.Protocol;

namespace KintoneSource.Commands;

/// <summary>One app that the configuration selects.</summary>
/// <param name="Condition">The records to read of it; null for all.</param>
/// <param name="MovingFunctions">The functions in the filter that make records match or not as time passes.</param>
/// <param name="FilterProblem">Why the filter can't be used, naming the app: none of its records may be read then.</param>
/// <param name="Info">As Kintone lists it; null where it was not asked or the app is not in the list.</param>
/// <param name="Filter">As it was given.</param>
/// <param name="Record">The only record to read; null for all that match.</param>
sealed record AppTarget(
    AppAddress Address, string? Condition = null, IReadOnlyList<string>? MovingFunctions = null, string? FilterProblem = null, AppInfo? Info = null,
        string? Filter = null, long? Record = null)
{
    /// <summary>
    /// A query that Kintone could not read is ours but for the filter; of that, more can be said. And who listed an app of a guest space knows the
    /// space: what is missing is the membership.
    /// </summary>
    /// <param name="form">The app's, where it is known.</param>
    public KintoneException Explain(KintoneException refusal, Form? form = null) => refusal.Code switch
    {
        "CB_VA01" when Filter is not null && (refusal.Parameters.Count == 0 || refusal.Parameters.Contains("query")) =>
            refusal.WithAdvice(FilterAdvice.For(Filter, $"app {Address.App}", form)),
        "GAIA_IQ10" when Filter is not null && form is not null && FilterAndForm.UnknownOption(Filter, $"app {Address.App}", form) is { } options =>
            refusal.WithAdvice(options),
        "GAIA_IQ11" when Filter is not null && form is not null && FilterAndForm.UnknownField(Filter, $"app {Address.App}", form) is { } fields =>
            refusal.WithAdvice(fields),
        "GAIA_IL23" when Info?.Space is { } space => refusal.WithAdvice(
            $"App {Address.App} is in guest space {space}, which shows its apps to members only: "
            + "add the user to the members of the space, or leave the app out."),
        _ => refusal,
    };

    /// <summary>Some thousand conditions: a person wrote it by a program, and Kintone may not get through it in time.</summary>
    const int LongFilter = 10_000;

    /// <summary>The same of any failure: Kintone says of a filter that is too much for it only that it is busy, or nothing.</summary>
    public ConnectorException Explain(ConnectorException failure, Form? form = null) => failure switch
    {
        KintoneException refusal => Explain(refusal, form),
        TransientException { InnerException: not KintoneException { IsOfLimit: true } } when Filter is { Length: > LongFilter } => new TransientException(
            $"The filter of app {Address.App} is very long, {Quantity.Of(Filter.Length, "character")}, and Kintone may take too long over it: "
            + $"compare a field with a list, as in field in (\"A\", \"B\"), or select the records in another way. {failure.Message}", failure),
        _ => failure,
    };

    public static AppTarget Of(SelectedApp app)
    {
        string? problem = null;
        var filter = app.Filter is null ? null : FilterSyntax.TryParse(app.Filter, out problem);
        var condition = RecordQuery.And(filter?.Condition, app.RecordNumber is { } number ? ConditionOf(number) : null);
        return new(new(app.App, app.GuestSpace), condition, filter?.MovingFunctions, problem is null ? null
            : $"The filter of app {app.App} can't be used: {problem}", Filter: app.Filter, Record: app.RecordNumber);
    }

    /// <summary>A record's number is its id, which app codes do not change.</summary>
    public static string ConditionOf(long record) => $"$id = {record}";
}

/// <summary>The apps that were found, and what was not found, each with what to do.</summary>
/// <param name="Closed">Those of the problems that are guest spaces which Kintone refuses to show.</param>
sealed record FoundApps(IReadOnlyList<AppTarget> Apps, IReadOnlyList<string> Problems, IReadOnlyList<string> Closed)
{
    public FoundApps(IReadOnlyList<AppTarget> apps) : this(apps, [], []) { }
}

/// <summary>The apps that the configuration selects. Kintone is asked at most once for each list.</summary>
/// <param name="selection">Null where only the domain's own streams are wanted.</param>
sealed class SelectedApps(AppSelection? selection, KintoneDomain domain)
{
    readonly Lock _lock = new();
    readonly ConcurrentDictionary<long, Lazy<Task<bool>>> _isGuest = new();
    Task<FoundApps>? _all;
    Task<FoundApps>? _inGuestSpaces;

    /// <summary>The apps named by the configuration; null where Kintone must be asked which there are.</summary>
    IReadOnlyList<AppTarget>? Named { get; } = selection switch
    {
        null => [],
        SingleApp single => [AppTarget.Of(single.App)],
        ListedApps listed => [.. listed.Apps.Select(AppTarget.Of).OrderBy(static a => a.Address.App)],
        _ => null,
    };

    /// <summary>Of the named apps, in the order of their ids.</summary>
    public IEnumerable<string> FilterProblems => Named?.Select(static a => a.FilterProblem).OfType<string>() ?? [];

    /// <summary>All of them in the order of their ids, asking Kintone where it must be asked.</summary>
    public Task<FoundApps> ResolveAsync(CancellationToken ct) =>
        Named is { } named ? Task.FromResult(new FoundApps(named)) : Cached(ref _all, () => ListAllAsync(ct));

    /// <summary>All of them, with what Kintone's lists say of them; not with tokens, which may not list apps.</summary>
    public Task<FoundApps> DescribeAsync(CancellationToken ct) =>
        Named is { } named ? Cached(ref _all, () => LookUpAsync(named, ct)) : ResolveAsync(ct);

    /// <summary>
    /// The selected ones among <paramref name="apps"/>, whose streams a catalog names. Where any app is selected only
    /// those of the guest spaces that are named are listed, to know their addresses, and <see cref="FindAsync"/> finds others; a name that no longer
    /// matches is not noticed.
    /// </summary>
    public async Task<FoundApps> LocateAsync(IEnumerable<long> apps, CancellationToken ct)
    {
        if (Named is { } named) return new(named);
        var all = (AllApps)selection!;
        var guests = await ListGuestAppsAsync(ct);
        var addresses = guests.Apps.ToDictionary(static a => a.Address.App, static a => a.Address);
        return guests with
        {
            Apps = [.. apps.Where(app => IsSelected(all, app)).Select(app => new AppTarget(addresses.TryGetValue(app, out var guest) ? guest : new(app)))],
        };
    }

    /// <summary>
    /// Where any app is selected: one that was not found at the address that <see cref="LocateAsync"/> gave, as Kintone's list has it, which is read once.
    /// </summary>
    /// <returns>Null where the list does not hold it.</returns>
    public async Task<AppTarget?> FindAsync(long app, CancellationToken ct) =>
        selection is AllApps ? (await ResolveAsync(ct)).Apps.FirstOrDefault(a => a.Address.App == app) : null;

    /// <summary>The apps of the guest spaces that the configuration names, selected or not.</summary>
    public Task<FoundApps> ListGuestAppsAsync(CancellationToken ct) => Cached(ref _inGuestSpaces, () => ListAsync(GuestSpaces, ct));

    /// <summary>Every visible app, selected or not; not with tokens.</summary>
    /// <param name="guests">From <see cref="ListGuestAppsAsync"/>.</param>
    public async IAsyncEnumerable<AppInfo> EveryAppAsync(FoundApps guests, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var app in domain.ListAppsAsync(null, ct)) yield return app;
        foreach (var app in guests.Apps) yield return app.Info!.Value;
    }

    /// <summary>Whether the domain's people may be read.</summary>
    public Task LookAtDirectoryAsync(CancellationToken ct) => domain.LookAtDirectoryAsync(ct);

    /// <summary>One app's description; works with tokens too.</summary>
    public Task<AppInfo> ReadAsync(AppTarget app, CancellationToken ct) => domain.ReadAppAsync(app.Address, ct);

    /// <summary>Where any app is selected: those that are, as the lists give them, each once and in no order.</summary>
    public async IAsyncEnumerable<AppTarget> ListAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        var all = (AllApps)selection!;
        var listed = new HashSet<long>();
        var inSpaces = new List<(AppTarget App, Task<bool> IsGuest)>();
        // The list of all apps holds those of guest spaces too, where it is as on the domains that were looked at: the address below the space wins.
        foreach (var named in (await ListGuestAppsAsync(ct)).Apps)
            if (IsNewAndSelected(named)) yield return named;
        await foreach (var info in domain.ListAppsAsync(null, ct))
        {
            var app = new AppTarget(info.Address, Info: info);
            if (!IsNewAndSelected(app)) continue;
            if (info.Space is { } space) inSpaces.Add((app, IsGuestAsync(space, ct)));
            else yield return app;
        }
        foreach (var (listedApp, isGuest) in inSpaces)
            yield return await isGuest ? listedApp with { Address = new(listedApp.Address.App, listedApp.Info!.Value.Space) } : listedApp;

        bool IsNewAndSelected(AppTarget app) => listed.Add(app.Address.App) && IsSelected(all, app.Address.App)
            && (all.NameContains is not { } part || app.Info!.Value.Name.Contains(part, StringComparison.OrdinalIgnoreCase));
    }

    async Task<FoundApps> ListAllAsync(CancellationToken ct)
    {
        var found = new List<AppTarget>();
        await foreach (var app in ListAsync(ct)) found.Add(app);
        return await ListGuestAppsAsync(ct) with { Apps = [.. found.OrderBy(static a => a.Address.App)] };
    }

    static bool IsSelected(AllApps all, long app) => !all.ExcludeApps.Contains(app) && all.Part?.Holds(app) != false;

    IEnumerable<long> GuestSpaces =>
        (selection is AllApps all ? all.GuestSpaceIds : Named!.Select(static a => a.Address.GuestSpace).OfType<long>()).Distinct().Order();

    async Task<FoundApps> ListAsync(IEnumerable<long> guestSpaces, CancellationToken ct)
    {
        var (found, problems, closed) = (new List<AppTarget>(), new List<string>(), new List<string>());
        foreach (var space in guestSpaces)
        {
            var (before, refusal) = (found.Count, "");
            try
            {
                await foreach (var app in domain.ListAppsAsync(space, ct)) found.Add(new(app.Address, Info: app));
            }
            catch (KintoneException e) when (e.IsOfOneResource)
            {
                refusal = $" Kintone answered {(int)e.Status} {e.Code}.";
            }
            if (found.Count > before) continue;
            problems.Add($"No app of guest space {space} is visible: check the guest space ID (the number after /k/guest/ in a URL) and that the user is a "
                + $"member of the space.{refusal}");
            if (refusal.Length > 0) closed.Add(problems[^1]);
        }
        return new(found, problems, closed);
    }

    /// <summary>The lists save a request per app; an app that they do not hold is somebody else's business.</summary>
    async Task<FoundApps> LookUpAsync(IReadOnlyList<AppTarget> named, CancellationToken ct)
    {
        var infos = new Dictionary<long, AppInfo>();
        foreach (var space in named.GroupBy(static a => a.Address.GuestSpace))
        {
            try
            {
                foreach (var info in await domain.FindAppsAsync(space.Key, space.Select(static a => a.Address.App), ct)) infos[info.Address.App] = info;
            }
            catch (KintoneException e) when (e.IsOfOneResource) { } // asking for each app will say which, and why
        }
        return new([.. named.Select(a => infos.TryGetValue(a.Address.App, out var info) ? a with { Info = info } : a)]);
    }

    /// <summary>Whether a space is a guest space that shows its apps to this user; a list of apps does not say what kind its spaces are.</summary>
    Task<bool> IsGuestAsync(long space, CancellationToken ct) => _isGuest.GetOrAdd(space, new Lazy<Task<bool>>(async () =>
    {
        try { return await domain.HasGuestSpaceAsync(space, ct); }
        catch (KintoneException e) when (e.IsOfOneResource) { return false; } // none, or closed to this user: its apps will say so themselves
    })).Value;

    Task<FoundApps> Cached(ref Task<FoundApps>? task, Func<Task<FoundApps>> start)
    {
        lock (_lock) return task ??= start();
    }
}
