using KintoneSource.Configuration;
using KintoneSource.Kintone;
using KintoneSource.Protocol;

namespace KintoneSource.Commands;

/// <summary>
/// Verifies the credentials and, for each selected app, that it exists, that its form and its records can be read and
/// that its filter is understood: two requests per app. All problems are listed at once, each with what to do.
/// </summary>
sealed class CheckCommand(Source source)
{
    public async Task<int> RunAsync(CancellationToken ct)
    {
        var problems = await FindProblemsAsync(ct);
        await source.Writer.WriteAsync(
            problems.Count == 0 ? AirbyteMessage.Check(CheckStatus.Succeeded, null)
            : AirbyteMessage.Check(CheckStatus.Failed, problems.Count == 1 ? problems[0] : $"{problems.Count} problems:\n- {string.Join("\n- ", problems)}"),
            ct);
        return 0;
    }

    async Task<IReadOnlyList<string>> FindProblemsAsync(CancellationToken ct)
    {
        try
        {
            var apps = await source.Apps.ResolveAsync(ct);
            if (apps.Count == 0) return await FindProblemOfDomainAsync(ct);
            var problems = new string?[apps.Count];
            await Parallel.ForEachAsync(Enumerable.Range(0, apps.Count), Concurrency(ct), async (i, token) => problems[i] = await FindProblemAsync(apps[i], token));
            return [.. problems.OfType<string>().Distinct()];
        }
        catch (ConnectorException e) when (e.FailureType is not FailureType.SystemError)
        {
            return [e.Message];
        }
    }

    async Task<IReadOnlyList<string>> FindProblemOfDomainAsync(CancellationToken ct)
    {
        if (source.Config.Apps is AllApps) return ["No app matches the selection: check the name filter and the excluded apps, and which apps the user may view."];
        await foreach (var _ in source.Apps.DescribeAsync(withTokens: false, ct)) break;
        return [];
    }

    async Task<string?> FindProblemAsync(AppTarget target, CancellationToken ct)
    {
        var app = new KintoneApp(source.Kintone, target.Address);
        try
        {
            await app.ReadResourceAsync("app/form/fields", "app", static answer => Form.Parse(answer.Body.Memory), ct);
            await app.ReadHeadAsync(target.Condition, ct);
            return null;
        }
        catch (ConnectorException e) when (e.FailureType is not FailureType.SystemError)
        {
            return e.Message;
        }
    }

    ParallelOptions Concurrency(CancellationToken ct) => new() { CancellationToken = ct, MaxDegreeOfParallelism = source.Config.MaxConcurrentRequests };
}
