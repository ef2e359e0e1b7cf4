using KintoneSource.Catalog;
using KintoneSource.Configuration;
using KintoneSource.Kintone.Apps;
using KintoneSource.Kintone.Forms;
using KintoneSource.Kintone.Http;
using KintoneSource.Kintone.Queries;
using KintoneSource.Protocol;
using KintoneSource.Reading.Apps;
using KintoneSource.Reading.Files;
using KintoneSource.Reading.Output;

namespace KintoneSource.Commands;

/// <summary>
/// Verifies the credentials and, for each app that the user named, that it exists, that its form and its records can be read and
/// that its filter is understood: at most four requests per app. Where any app is selected, a sample of them stands for all. All problems are listed at
/// once, each with what to do, in the order of the apps' ids; one of the credentials stands for all.
/// </summary>
sealed class CheckCommand(Source source)
{
    /// <summary>With the list of 1,000 apps, these stay below 60 requests.</summary>
    const int MostSampled = 20;

    public async Task<int> RunAsync(CancellationToken ct)
    {
        IReadOnlyList<string> problems = [.. await FindProblemsAsync(ct), .. await FindProblemsOfDirectoryAsync(ct)];
        await source.Writer.WriteAsync(
            problems.Count == 0 ? AirbyteMessage.Check(CheckStatus.Succeeded, source.Config.Apps is null ? NoApps : null)
                : AirbyteMessage.Check(CheckStatus.Failed, Text(problems)), ct);
        return 0;
    }

    const string NoApps = "No apps are chosen, so no records will be offered, only the streams of the domain: choose apps to read their records.";

    static string Text(IReadOnlyList<string> problems) =>
        problems is [var one] ? one : $"{problems.Count} problems:\n- {string.Join("\n- ", problems)}";

    async Task<IReadOnlyList<string>> FindProblemsAsync(CancellationToken ct)
    {
        try
        {
            var found = await source.Apps.ResolveAsync(ct);
            if (source.Config.Apps is null) await source.LogAsync(LogLevel.Warn, NoApps, ct);
            if (source.Config.Apps is AllApps && found.Apps.Count > 0) return await FindProblemsOfSampleAsync(found, ct);
            if (found.Apps.Count > 0) return await FindProblemsAsync(found.Apps, ct);
            if (source.Config.Apps is AllApps)
                return [.. found.Problems, "No app matches the selection: check the name filter, the excluded apps and the part, and which apps the user "
                    + "may view."];
            await foreach (var _ in source.Apps.EveryAppAsync(new([]), ct)) break;
            return [];
        }
        catch (ConnectorException e) when (e.FailureType is not FailureType.SystemError)
        {
            return [e.Message, .. source.Apps.FilterProblems];
        }
    }

    /// <summary>A token of its own is tried on its own.</summary>
    async Task<IReadOnlyList<string>> FindProblemsOfDirectoryAsync(CancellationToken ct)
    {
        if (source.Config.DirectoryToken is null) return [];
        try
        {
            await source.Apps.LookAtDirectoryAsync(ct);
            return [];
        }
        catch (ConnectorException e) when (e.FailureType is not FailureType.SystemError)
        {
            return [e.Message];
        }
    }

    async Task<IReadOnlyList<string>> FindProblemsAsync(IReadOnlyList<AppTarget> apps, CancellationToken ct)
    {
        var found = await AskAsync(apps, ct);
        // Where not one token is any good, that is one problem and not one for each app.
        if (found.All(static f => f.IsOfTokens)) return [found[0].Problems[0], .. source.Apps.FilterProblems];
        return [.. found.SelectMany(static f => f.Problems).Distinct()];
    }

    /// <summary>Nobody named these apps: those that can't be read are left out of the catalog, and the others can be synced. A guest space was
    /// named.</summary>
    async Task<IReadOnlyList<string>> FindProblemsOfSampleAsync(FoundApps selected, CancellationToken ct)
    {
        var sample = Sample(selected.Apps);
        var found = await AskAsync(sample, ct);
        var causes = new SameCauses();
        for (var i = 0; i < sample.Count; i++)
            foreach (var problem in found[i].Problems) causes.Add(found[i].Cause, sample[i].Address.App, problem);
        string[] problems = [.. causes.All.Select(cause => cause.Numbers.Count == 1 ? cause.Example
            : $"Of the {sample.Count} apps that were looked at, {cause.Subjects("app", null)} can't be read. {cause.Example}")];
        if (found.All(static f => f.Problems.Count > 0)) return [.. selected.Problems, .. problems];
        string[] warnings = [.. selected.Problems.Except(selected.Closed), .. problems];
        if (warnings.Length > 0) await source.LogAsync(LogLevel.Warn, Text(warnings), ct);
        return selected.Closed;
    }

    /// <summary>Spread over the list: old apps and new ones, the first and the last among them.</summary>
    static IReadOnlyList<AppTarget> Sample(IReadOnlyList<AppTarget> apps) => apps.Count <= MostSampled
        ? apps : [.. Enumerable.Range(0, MostSampled).Select(i => apps[(int)((long)i * (apps.Count - 1) / (MostSampled - 1))])];

    async Task<Finding[]> AskAsync(IReadOnlyList<AppTarget> apps, CancellationToken ct)
    {
        var found = new Finding[apps.Count];
        found[0] = await FindProblemsAsync(apps[0], ct); // alone: many wrong logins at once could lock the user
        await Parallel.ForEachAsync(
            Enumerable.Range(1, apps.Count - 1),
            new ParallelOptions { CancellationToken = ct, MaxDegreeOfParallelism = source.Config.MaxConcurrentRequests },
            async (i, token) => found[i] = await FindProblemsAsync(apps[i], token));
        return found;
    }

    /// <param name="IsOfTokens">The tokens that are left for the app are no good.</param>
    /// <param name="Cause">Where there is a problem: what it has in common with those of other apps.</param>
    readonly record struct Finding(IReadOnlyList<string> Problems, bool IsOfTokens = false, string Cause = "");

    /// <exception cref="ConnectorException">The credentials are wrong, or Kintone does not answer: no app is any better.</exception>
    async Task<Finding> FindProblemsAsync(AppTarget target, CancellationToken ct)
    {
        string[] filter = target.FilterProblem is { } problem ? [problem] : [];
        var app = new KintoneApp(source.Kintone, target.Address);
        Form? form = null;
        try
        {
            form = await FormWitness.ReadFormAsync(app, ct);
            var tellsFiles = source.Config.Apps is not AllApps && source.Config.RelatedStreams.Files && AppColumns.FileFields(form).Any();
            var head = await app.ReadHeadAsync(target.Condition, ct, withCount: tellsFiles);
            if (source.Config.Apps is not AllApps && await ExplainNothingAsync(app, target, form, head, ct) is { } nothing)
                await source.LogAsync(LogLevel.Info, nothing, ct);
            if (tellsFiles && head.MaxId > 0) await TellFilesAsync(app, target, form, head, ct);
            return new(head.MaxId == 0 && target.Record is { } record && await ExplainRecordAsync(app, target, record, ct) is { } missing
                ? [missing, .. filter] : filter);
        }
        catch (KintoneException e) when (e.IsOfOneResource)
        {
            var told = (form is not null ? null : await ExplainPlaceAsync(target.Address, ct)) ?? target.Explain(e, form).Message;
            return new([told, .. filter], e.IsOfTokens, e.Code ?? $"{e.Status}");
        }
        catch (TransientException e) when (form is not null)
        {
            throw target.Explain(e); // the app answered before it was asked with the filter
        }
        catch (UnexpectedResponseException e)
        {
            return new([e.Message, .. filter], Cause: "answer"); // another app's answers may be as they should
        }
    }

    /// <summary>A selection without records is right as often as it is a mistake, and later syncs would not tell one from the other.</summary>
    /// <returns>Null where a sync would bring records.</returns>
    async Task<string?> ExplainNothingAsync(KintoneApp app, AppTarget target, Form form, RecordsHead head, CancellationToken ct)
    {
        if (head.MaxId == 0)
        {
            return target.Condition is null
                ? $"{target.Address.Name} shows no record to this user or token."
                : $"{target.Address.Name} shows this user or token no record that matches its filter.";
        }
        if (source.Config.StartDate is not { } start || form.UpdatedTime is not { } updated) return null;
        var since = await app.ReadHeadAsync(RecordQuery.And(target.Condition, RecordQuery.UpdatedSince(updated.Code, start)), ct, withCount: false);
        return since.MaxId > 0 ? null : $"{target.Address.Name} shows no record that was changed since the start date: an incremental sync would bring none.";
    }

    /// <summary>Nobody should fetch 40 GB by accident: of apps that were named, what their first records have. One request more.</summary>
    async Task TellFilesAsync(KintoneApp app, AppTarget target, Form form, RecordsHead head, CancellationToken ct)
    {
        var fields = AppColumns.FileFields(form).Select(static f => (f.Table ?? f.Field).Code).Distinct().Prepend("$id").ToArray();
        FileLimits limits = new(source.Config.MaxAttachmentMegabytes, source.Config.AttachmentNames);
        try
        {
            var files = await FileForecast.ReadAsync(app, form, fields, target.Condition, head.MaxId, limits, ct);
            if (files.Files > 0)
            {
                await source.LogAsync(
                    LogLevel.Info,
                    $"{target.Address.Name} has attached files, which a first sync fetches where the app's stream of files is selected: "
                    + $"{files.Text(head.Count)}. "
                    + $"Contents of files larger than {limits.MaxMegabytes} MB are left out.", ct);
            }
        }
        catch (BodyTooLargeException) { } // its records are so large that a page of them is no way to find out
    }

    /// <summary>The record may be there and not match the filter, today.</summary>
    /// <returns>Null where it is there.</returns>
    static async Task<string?> ExplainRecordAsync(KintoneApp app, AppTarget target, long record, CancellationToken ct)
    {
        var alone = AppTarget.ConditionOf(record);
        if (target.Condition != alone && (await app.ReadHeadAsync(alone, ct, withCount: false)).MaxId != 0) return null;
        return $"There is no record {record} in {target.Address.Name} that the user or token may view: check the record number (the number after record= in "
            + "the URL of the record's page), or leave it empty to read every record.";
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
