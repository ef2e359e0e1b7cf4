using System.Collections.Concurrent;
using KintoneSource.Catalog;
using KintoneSource.Configuration;
using KintoneSource.Kintone.Apps;
using KintoneSource.Kintone.Http;
using KintoneSource.Protocol;
using KintoneSource.Reading.Apps;
using KintoneSource.Reading.Comments;
using KintoneSource.Reading.Files;
using KintoneSource.Reading.States;

namespace KintoneSource.Commands;

/// <summary>Reads the streams of apps, those of an app that share its scan together. One that fails says so, and the others go on.</summary>
/// <param name="apps">Those that the configuration selects.</param>
/// <param name="all">Streams in the catalog.</param>
sealed class AppSync(
    Source source, SyncStreams streams, IReadOnlyDictionary<long, AppTarget> apps, RecordCounts counts, InputState states, SyncClock clock, int all)
{
    readonly Lazy<StagingFolder> _staging = new(() => StagingFolder.Open(source.Environment));

    /// <param name="together">Streams of this app, all with the app's scan or all with one of their own.</param>
    /// <param name="priority">The place of the first of them in the catalog.</param>
    public async ValueTask ReadAsync(long app, IReadOnlyList<ConfiguredStream> together, int priority, CancellationToken ct)
    {
        var open = new List<AppStreamRun>(together.Count);
        foreach (var stream in together)
        {
            var output = await streams.OpenAsync(stream, ct);
            var audit = streams.AuditOf(output, app);
            try
            {
                if (stream.Problem is { } problem) throw new ConfigurationException(problem);
                var run = AppStreamRun.Of(stream, AppStreamName.Parse(stream.Name)!.Value, output, states) with { Audit = audit };
                if (!apps.ContainsKey(app)) throw SyncStreams.Unknown(stream);
                open.Add(run);
            }
            catch (ConnectorException e)
            {
                await streams.EndAsync(output, e, ct);
            }
        }
        if (open.Count > 0) await ReadTogetherAsync(apps[app], open, priority, ct);
        foreach (var stream in together) streams.Portions.Of(stream).End();
    }

    /// <summary>Reads streams that share a scan, and ends each of them once.</summary>
    async Task ReadTogetherAsync(AppTarget target, IReadOnlyList<AppStreamRun> runs, int priority, CancellationToken ct)
    {
        var left = new ConcurrentDictionary<AppStreamRun, bool>(runs.Select(static r => KeyValuePair.Create(r, true)));
        try
        {
            await ReadWhereItIsAsync(target, runs, priority, (run, failure) => EndAsync(run, failure), ct);
        }
#pragma warning disable CA1031 // whatever it is, the other streams go on, and the trace says what it was
        catch (Exception e) when (e is not OutputException && !ct.IsCancellationRequested)
#pragma warning restore CA1031
        {
            foreach (var run in runs) await EndAsync(run, Explained(target, e));
        }

        ValueTask EndAsync(AppStreamRun run, Exception? failure) =>
            left.TryRemove(run, out _) ? streams.EndAsync(run.Output, failure, ct) : default;
    }

    /// <summary>A catalog does not say which apps are in guest spaces; Kintone does, before anything is read. One question more, for these alone.</summary>
    async Task ReadWhereItIsAsync(
        AppTarget target, IReadOnlyList<AppStreamRun> runs, int priority, Func<AppStreamRun, Exception?, ValueTask> ended, CancellationToken ct)
    {
        try
        {
            await ReadRecordsAsync(target, runs, priority, counts, ended, ct);
        }
        catch (KintoneException e) when (e.Code == "GAIA_IL23" && target.Address.GuestSpace is null)
        {
            if (await source.Apps.FindAsync(target.Address.App, ct) is not { } listed) throw;
            if (listed.Address.GuestSpace is null) throw listed.Explain(e);
            await ReadRecordsAsync(listed, runs, priority, null, ended, ct);
        }
    }

    async Task ReadRecordsAsync(
        AppTarget target, IReadOnlyList<AppStreamRun> runs, int priority, RecordCounts? counted, Func<AppStreamRun, Exception?, ValueTask> ended,
        CancellationToken ct)
    {
        if (target.FilterProblem is { } problem) throw new ConfigurationException(problem);
        if (target.MovingFunctions is { Count: > 0 } functions
            && runs.FirstOrDefault(static r => r.Stream.SyncMode == SyncMode.Incremental) is { } incremental)
        {
            await incremental.Output.LogAsync(LogLevel.Warn,
                $"{incremental.Stream.Name}: the filter uses {string.Join(", ", functions)}, so that records match or not as time passes. An incremental "
                    + "sync sees only records that were changed: use a full refresh where that matters.", ct);
        }
        var app = new KintoneApp(source.Kintone, target.Address, priority, notice => SyncStreams.TellAsync(runs[0].Output, notice), source.PageSize);
        // Comments and files come after all other streams, wherever they stand in the catalog.
        var inItsPlace = runs[0].IsComments ? app.AfterOthers(all, CommentPages.Records) : runs[0].BringsFiles ? app.AfterOthers(all, source.PageSize) : app;
        var reader = new AppReader(
            inItsPlace, OptionsOf(target), source.Writer, source.Kintone.Limiter, clock, source.Time,
            (run, failure) => ended(run, Explained(target, failure)));
        await reader.ReadAsync(runs, runs[0].Stream.HasOwnScan ? null : counted?.Of(target.Address.App), ct);
    }

    AppOptions OptionsOf(AppTarget target)
    {
        var config = source.Config;
        return new(
            target.Condition, config.StartDate, config.EmitDeletedRecords, config.DeletionGuardPercent, config.FullRereadDays,
            TimeSpan.FromDays(config.CommentWindowDays), source.Names, new(config.MaxAttachmentMegabytes, config.AttachmentNames), () => _staging.Value)
        { MayEvaluate = config.Credentials is PasswordCredentials };
    }

    static Exception? Explained(AppTarget target, Exception? failure) => failure switch
    {
        KintoneException { Code: "GAIA_AP01" } e => new ConfigurationException(
            e.WithMoreAdvice("If it is gone for good, take it out of the selection and refresh the schema.").Message, e),
        ConnectorException e => target.Explain(e),
        _ => failure,
    };
}
