using KintoneSource.Configuration;
using KintoneSource.Kintone;
using KintoneSource.Protocol;

namespace KintoneSource.Commands;

/// <summary>One app that the configuration selects.</summary>
/// <param name="Condition">The records to read of it; null for all.</param>
/// <param name="MovingFunctions">The functions in the filter that make records match or not as time passes.</param>
sealed record AppTarget(AppAddress Address, string? Condition = null, IReadOnlyList<string>? MovingFunctions = null)
{
    /// <exception cref="ConfigurationException">The filter can't be used; names the app.</exception>
    public static AppTarget Of(SelectedApp app)
    {
        string? problem = null;
        var filter = app.Filter is null ? null : FilterSyntax.TryParse(app.Filter, out problem);
        if (problem is not null) throw new ConfigurationException($"The filter of app {app.App} can't be used: {problem}");
        var condition = RecordQuery.And(filter?.Condition, app.RecordNumber is { } record ? $"$id = {record}" : null);
        return new(new(app.App, app.GuestSpace), condition, filter?.MovingFunctions);
    }
}

/// <summary>The apps that the configuration selects, with the names that Kintone gives them.</summary>
/// <param name="selection">Null where only the domain's own streams are wanted.</param>
sealed class SelectedApps(AppSelection? selection, KintoneDomain domain)
{
    /// <summary>All of them, without asking Kintone; null where Kintone must be asked which there are.</summary>
    public IReadOnlyList<AppTarget>? Listed => selection switch
    {
        null => [],
        SingleApp single => [AppTarget.Of(single.App)],
        ListedApps listed => [.. listed.Apps.Select(AppTarget.Of)],
        _ => null,
    };

    /// <summary>All of them in the order of their ids, asking Kintone where it must be asked.</summary>
    public async Task<IReadOnlyList<AppTarget>> ResolveAsync(CancellationToken ct)
    {
        if (Listed is { } listed) return [.. listed.OrderBy(static a => a.Address.App)];
        var all = (AllApps)selection!;
        List<AppTarget> found = [];
        foreach (var space in all.GuestSpaceIds.Select(static id => (long?)id).Prepend(null))
        {
            await foreach (var app in domain.ListAppsAsync(space, ct))
            {
                if (all.ExcludeApps.Contains(app.Address.App)) continue;
                if (all.NameContains is { } part && !app.Name.Contains(part, StringComparison.OrdinalIgnoreCase)) continue;
                found.Add(new(app.Address));
            }
        }
        return [.. found.DistinctBy(static a => a.Address.App).OrderBy(static a => a.Address.App)];
    }

    /// <summary>Descriptions of the apps for the stream <c>apps</c>: every visible one, or with tokens the selected ones.</summary>
    public async IAsyncEnumerable<AppInfo> DescribeAsync(bool withTokens, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        if (withTokens)
        {
            foreach (var app in await ResolveAsync(ct)) yield return await domain.ReadAppAsync(app.Address, ct);
            yield break;
        }
        var spaces = selection switch
        {
            AllApps all => all.GuestSpaceIds.Select(static id => (long?)id),
            _ => Listed!.Select(static a => a.Address.GuestSpace).Where(static s => s is not null).Distinct(),
        };
        foreach (var space in spaces.Prepend(null))
            await foreach (var app in domain.ListAppsAsync(space, ct)) yield return app;
    }

    public Task<AppInfo> ReadAppAsync(AppTarget app, CancellationToken ct) => domain.ReadAppAsync(app.Address, ct);
}
