using KintoneSource.Catalog;
using KintoneSource.Protocol;
using KintoneSource.Reading.Apps;
using KintoneSource.Reading.Audit;
using KintoneSource.Reading.Output;
using KintoneSource.Reading.States;

namespace KintoneSource.Commands;

/// <summary>
/// Reads the streams of the configured catalog, in its order as far as slots go: a later stream uses what earlier ones
/// leave idle. A stream that fails says so, and the others go on; the exit code is 1 then.
/// </summary>
sealed class ReadCommand(Source source)
{
    readonly SyncClock _clock = new(source.Time, source.Kintone.Clock);
    readonly Progress _progress = new(source.Writer, () => source.Kintone.Requests.All, source.Terminal, source.Time);

    public async Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        var catalog = ConfiguredCatalog.Parse(await InputFile.ReadAsync(call.Catalog!, "catalog", ct), call.Catalog!);
        var states = call.State is { } file ? InputState.Parse(await InputFile.ReadAsync(file, "state", ct), file) : InputState.Empty;
        return await RunAsync(catalog, states, ct);
    }

    public async Task<int> RunAsync(ConfiguredCatalog all, InputState states, CancellationToken ct)
    {
        var found = await source.Apps.LocateAsync(all.Streams.Select(static s => AppStreamName.Parse(s.Name)?.App).OfType<long>().Distinct(), ct);
        var apps = found.Apps.ToDictionary(static a => a.Address.App);
        var audit = SyncAudit.Of(all, states, Source.Version, source.Time, () => _clock.EmittedAt);
        var catalog = all with { Streams = [.. all.Streams.Where(static s => !SyncAudit.IsOf(s))] }; // it is no part of what is read of Kintone
        var outlook = SyncOutlook.Of(catalog, states, source.Config, source.Time.GetUtcNow());
        var streams = new SyncStreams(source, new(catalog, outlook), _progress, audit);
        _progress.Expect(streams.Portions.All);
        await streams.WarnAsync(found.Problems, ct);
        foreach (var line in outlook.Lines()) await source.LogAsync(LogLevel.Info, line, ct);

        await ReadAsync(catalog, outlook, streams, apps, states, ct);
        if (audit is not null) await WriteAuditAsync(audit, catalog, outlook, streams);
        var summary = await SumUpAsync(outlook, streams, all.Streams.Length);
        if (summary.CutOff > 0) ct.ThrowIfCancellationRequested();
        return summary.Failed == 0 ? 0 : 1;
    }

    /// <summary>Until all streams have ended, or somebody stops the sync.</summary>
    async Task ReadAsync(
        ConfiguredCatalog catalog, SyncOutlook outlook, SyncStreams streams, Dictionary<long, AppTarget> apps, InputState states, CancellationToken ct)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var progress = _progress.RunAsync(ended.Token);
        var works = Works(catalog).ToArray();
        // Where all start at once, each asks for itself; with a start date, the form comes first.
        var areAhead = works.Length > source.Config.MaxConcurrentRequests && source.Config.StartDate is null;
        var counts = new RecordCounts(
            source, outlook.Apps.Where(a => areAhead && !a.IsContinued && apps.TryGetValue(a.App, out var target) && target.FilterProblem is null)
                .Select(a => apps[a.App]), streams.TellAsync, ended.Token);
        var counting = CountAsync(outlook, streams.Portions, apps, counts, ended.Token);
        var ofApps = new AppSync(source, streams, apps, counts, states, _clock, catalog.Streams.Length);
        var others = new ResourceSync(source, streams, catalog, states, _clock);
        try
        {
            // Comments and files of any app come after all that can be read with few requests.
            foreach (var together in works.ToLookup(static w => w.Streams[0].HasOwnScan).OrderBy(static w => w.Key))
                await Parallel.ForEachAsync(
                    together,
                    new ParallelOptions { CancellationToken = ct, MaxDegreeOfParallelism = source.Config.MaxConcurrentRequests },
                    (work, token) => work.App is { } app ? ofApps.ReadAsync(app, work.Streams, work.Priority, token)
                        : others.ReadAsync(work.Streams[0], work.Priority, token));
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested) { } // whoever stopped it gets the last lines, too
        finally
        {
            await ended.CancelAsync();
            await progress;
            await counting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>What is read as one: the streams of an app, or one of another kind.</summary>
    /// <param name="Priority">The place of the first stream in the catalog.</param>
    readonly record struct Work(long? App, IReadOnlyList<ConfiguredStream> Streams, int Priority);

    static IEnumerable<Work> Works(ConfiguredCatalog catalog)
    {
        // Streams of an app share its scan, wherever they stand in the catalog; comments and files share no request with the others.
        var streams = catalog.Streams.Select(static (stream, index) => (Stream: stream, Index: index, Name: AppStreamName.Parse(stream.Name)));
        return streams.GroupBy(static s => (s.Name?.App, s.Name is null ? s.Index : 0, s.Stream.HasOwnScan ? s.Name?.Kind : null))
            .Select(static g => new Work(g.Key.App, [.. g.Select(static s => s.Stream)], g.First().Index));
    }

    /// <summary>Finds out how much there is to read, where some of it would otherwise come to light only while the rest is read.</summary>
    async Task CountAsync(SyncOutlook outlook, SyncPortions portions, Dictionary<long, AppTarget> apps, RecordCounts counts, CancellationToken ct)
    {
        foreach (var app in outlook.Apps)
            if (!apps.TryGetValue(app.App, out var target) || target.FilterProblem is not null) portions.Of(app.App)?.End(); // its streams say why
        try
        {
            if (portions.HasSettings) portions.ExpectSettings((await source.Apps.ResolveAsync(ct)).Apps.Count);
        }
        catch (ConnectorException) { } // so will the streams that need the list
        if (SyncOutlook.Counted(await counts.AskAsync(portions)) is { } line) await source.LogAsync(LogLevel.Info, line, ct);
    }

    /// <summary>What there is to say of the streams of apps, now that all of them have ended; also where the sync was asked to stop.</summary>
    async Task WriteAuditAsync(SyncAudit audit, ConfiguredCatalog catalog, SyncOutlook outlook, SyncStreams streams)
    {
        var ct = CancellationToken.None;
        var (requests, now) = (source.Kintone.Requests, source.Time.GetUtcNow());
        var before = outlook.Apps.ToDictionary(static a => a.App, a => a.Use?.On(now) ?? 0);
        var names = new Dictionary<long, string?>();
        foreach (var stream in catalog.Streams)
            if (AppStreamName.Parse(stream.Name) is { Kind: AppStreamKind.Records } name) names[name.App] = stream.Title;
        var output = await streams.OpenAuditAsync(audit, ct);
        ConfigurationException? failure = null;
        try
        {
            await audit.WriteAsync(
                new([output], source.Writer, source.Time), app => new(names.GetValueOrDefault(app), requests.Of(app), before[app] + requests.Of(app)),
                source.Writer.Mask, ct);
        }
        catch (ConfigurationException e) { failure = e; }
        await streams.EndAsync(output, failure, ct);
    }

    /// <summary>The last lines: what was said often, what was read and used, and who used too much of a day.</summary>
    async Task<SyncSummary> SumUpAsync(SyncOutlook outlook, SyncStreams streams, int all)
    {
        var ct = CancellationToken.None;
        await streams.SumUpAsync(ct);
        var (requests, now) = (source.Kintone.Requests, source.Time.GetUtcNow());
        if (SyncSummary.DailyLimitWarning(outlook.Apps.Select(a => (a.App, (a.Use?.On(now) ?? 0) + requests.Of(a.App)))) is { } warning)
            await source.LogAsync(LogLevel.Warn, warning, ct);
        var summary = new SyncSummary(
            streams.Whole, streams.Failed, all, _progress.Rows, _progress.Deletions, _progress.Elapsed, requests.All, source.Writer.Warnings, requests.Apps);
        await source.LogAsync(LogLevel.Info, summary.ToString(), ct);
        return summary;
    }
}
