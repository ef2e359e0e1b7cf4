using KintoneSource.Configuration;
using KintoneSource.Kintone.Apps;
using KintoneSource.Kintone.Forms;
using KintoneSource.Kintone.Http;
using KintoneSource.Protocol;

namespace KintoneSource.Commands;

/// <summary>
/// Verifies the credentials and, for each selected app, that it exists, that its form and its records can be read and
/// that its filter is understood: at most two requests per app. All problems are listed at once, each with what to do,
/// in the order of the apps' ids; one of the credentials stands for all.
/// </summary>
sealed class CheckCommand(Source source)
{
    public async Task<int> RunAsync(CancellationToken ct)
    {
        var problems = await FindProblemsAsync(ct);
        await source.Writer.WriteAsync(
            problems.Count == 0 ? AirbyteMessage.Check(CheckStatus.Succeeded, source.Config.Apps is null ? NoApps : null) : AirbyteMessage.Check(CheckStatus.Failed, Text(problems)), ct);
        return 0;
    }

    const string NoApps = "No apps are chosen, so no records will be offered, only the streams of the domain: choose apps to read their records.";

    static string Text(IReadOnlyList<string> problems) =>
        problems is [var one] ? one : $"{problems.Count} problems:\n- {string.Join("\n- ", problems)}";

    async Task<IReadOnlyList<string>> FindProblemsAsync(CancellationToken ct)
    {
        try
        {
            var (apps, problems) = await source.Apps.ResolveAsync(ct);
            if (source.Config.Apps is null) await source.LogAsync(LogLevel.Warn, NoApps, ct);
            if (apps.Count > 0) return await FindProblemsAsync(apps, problems, ct);
            if (source.Config.Apps is AllApps)
                return [.. problems, "No app matches the selection: check the name filter and the excluded apps, and which apps the user may view."];
            await foreach (var _ in source.Apps.EveryAppAsync(new([], []), ct)) break;
            return [];
        }
        catch (ConnectorException e) when (e.FailureType is not FailureType.SystemError)
        {
            return [e.Message, .. source.Apps.FilterProblems];
        }
    }

    async Task<IReadOnlyList<string>> FindProblemsAsync(IReadOnlyList<AppTarget> apps, IReadOnlyList<string> problems, CancellationToken ct)
    {
        var found = new Finding[apps.Count];
        found[0] = await FindProblemsAsync(apps[0], ct); // alone: many wrong logins at once could lock the user
        await Parallel.ForEachAsync(
            Enumerable.Range(1, apps.Count - 1),
            new ParallelOptions { CancellationToken = ct, MaxDegreeOfParallelism = source.Config.MaxConcurrentRequests },
            async (i, token) => found[i] = await FindProblemsAsync(apps[i], token));

        string[] all = [.. problems.Concat(found.SelectMany(static f => f.Problems)).Distinct()];
        // Where not one token is any good, that is one problem and not one for each app.
        if (found.All(static f => f.IsOfTokens)) return [found[0].Problems[0], .. source.Apps.FilterProblems];
        if (source.Config.Apps is not AllApps || all.Length == 0 || found.All(static f => f.Problems.Count > 0)) return all;
        // Nobody named these apps: those that can't be read are left out of the catalog, and the others can be synced.
        await source.LogAsync(LogLevel.Warn, Text(all), ct);
        return [];
    }

    /// <param name="IsOfTokens">The tokens that are left for the app are no good.</param>
    readonly record struct Finding(IReadOnlyList<string> Problems, bool IsOfTokens = false);

    /// <exception cref="ConnectorException">The credentials are wrong, or Kintone does not answer: no app is any better.</exception>
    async Task<Finding> FindProblemsAsync(AppTarget target, CancellationToken ct)
    {
        string[] filter = target.FilterProblem is { } problem ? [problem] : [];
        var app = new KintoneApp(source.Kintone, target.Address);
        var isThere = false;
        try
        {
            await app.ReadResourceAsync("app/form/fields", "app", static answer => Form.Parse(answer.Body.Memory), ct);
            isThere = true;
            await app.ReadHeadAsync(target.Condition, ct);
            return new(filter);
        }
        catch (KintoneException e) when (e.IsOfOneResource)
        {
            return new([isThere ? target.Explain(e).Message : await ExplainPlaceAsync(target.Address, ct) ?? e.Message, .. filter], e.IsOfTokens);
        }
        catch (UnexpectedResponseException e)
        {
            return new([e.Message, .. filter]); // another app's answers may be as they should
        }
    }

    /// <summary>Kintone says the same of an app in another place and of one that may not be viewed; outside the space it tells them apart.</summary>
    /// <returns>Null where the place is not what is wrong.</returns>
    async Task<string?> ExplainPlaceAsync(AppAddress address, CancellationToken ct)
    {
        if (address.GuestSpace is not { } space) return null;
        try
        {
            await source.Apps.ReadAsync(new(new(address.App)), ct);
            return $"App {address.App} is not in guest space {space}, but outside guest spaces: leave the guest space ID empty.";
        }
        catch (KintoneException e) when (e.Code == "GAIA_IL23")
        {
            return $"App {address.App} was not found in guest space {space}: it is in another guest space, or the user is not a member of this one. "
                + "Check the guest space ID (the number after /k/guest/ in the app's URL), and the members of the space.";
        }
        catch (KintoneException e) when (e.Code == "GAIA_AP01")
        {
            return e.Message;
        }
        catch (KintoneException e) when (e.IsOfOneResource)
        {
            return null;
        }
    }
}
