using System.Collections.Concurrent;
using KintoneSource.Catalog;
using KintoneSource.Configuration;
using KintoneSource.Kintone.Apps;
using KintoneSource.Kintone.Forms;
using KintoneSource.Kintone.Http;
using KintoneSource.Protocol;
using KintoneSource.Reading.Apps;
using KintoneSource.Reading.Audit;
using KintoneSource.Reading.Comments;
using KintoneSource.Reading.Files;
using KintoneSource.Reading.Output;
using KintoneSource.Reading.Resources;
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

    readonly Lazy<StagingFolder> _staging = new(() => StagingFolder.Open(source.Environment));
    readonly ConcurrentDictionary<string, bool> _told = new();
    readonly Notices _notices = new(source.Writer);
    readonly ConcurrentDictionary<long, StreamOutput> _waiting = new();
    SyncPortions? _portions;
    StreamNames? _names;
    SyncAudit? _audit;
    int _whole;
    int _failures;

    public async Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        var catalog = ConfiguredCatalog.Parse(await InputFile.ReadAsync(call.Catalog!, "catalog", ct), call.Catalog!);
        var states = call.State is { } file ? InputState.Parse(await InputFile.ReadAsync(file, "state", ct), file) : InputState.Empty;
        return await RunAsync(catalog, states, ct);
    }

    public async Task<int> RunAsync(ConfiguredCatalog catalog, InputState states, CancellationToken ct)
    {
        var found = await source.Apps.LocateAsync(catalog.Streams.Select(static s => AppStreamName.Parse(s.Name)?.App).OfType<long>().Distinct(), ct);
        await WarnOnceAsync(found.Problems, ct);
        var apps = found.Apps.ToDictionary(static a => a.Address.App);
        var streams = catalog.Streams.Length;
        _audit = SyncAudit.Of(catalog, states, Source.Version, () => _clock.EmittedAt);
        catalog = catalog with { Streams = [.. catalog.Streams.Where(static s => !SyncAudit.IsOf(s))] }; // it is no part of what is read of Kintone
        var works = Works(catalog).ToArray();
        var outlook = SyncOutlook.Of(catalog, states, source.Config, source.Time.GetUtcNow());
        foreach (var line in outlook.Lines()) await source.LogAsync(LogLevel.Info, line, ct);
        (_portions, _names) = (new(catalog, outlook), new(source.Config.StreamNames, catalog));
        _progress.Expect(_portions.All);

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var progress = _progress.RunAsync(ended.Token);
        // Where all start at once, each asks for itself; with a start date, the form comes first.
        var areAhead = works.Length > source.Config.MaxConcurrentRequests && source.Config.StartDate is null;
        var counts = new RecordCounts(
            source, outlook.Apps.Where(a => areAhead && !a.IsInStep && apps.TryGetValue(a.App, out var target) && target.FilterProblem is null)
                .Select(a => apps[a.App]), TellAsync, ended.Token);
        var counting = CountAsync(outlook, apps, counts, ended.Token);
        try
        {
            // Comments and files of any app come after all that can be read with few requests.
            foreach (var together in works.ToLookup(static w => w.Streams[0].HasOwnScan).OrderBy(static w => w.Key))
                await Parallel.ForEachAsync(
                    together,
                    new ParallelOptions { CancellationToken = ct, MaxDegreeOfParallelism = source.Config.MaxConcurrentRequests },
                    (work, token) => work.App is { } app
                        ? ReadAppAsync(app, work.Streams, work.Priority, catalog.Streams.Length, apps, counts, states, token)
                        : ReadResourceAsync(work.Streams[0], work.Priority, (app, form) => NamesOf(app, form, catalog, states), token));
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested) { } // whoever stopped it gets the last lines, too
        finally
        {
            await ended.CancelAsync();
            await progress;
            await counting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        if (_audit is not null) await WriteAuditAsync(_audit, catalog, outlook);
        var summary = await SumUpAsync(outlook, streams);
        if (summary.CutOff > 0) ct.ThrowIfCancellationRequested();
        return summary.Failed == 0 ? 0 : 1;
    }

    /// <summary>Finds out how much there is to read, where some of it would otherwise come to light only while the rest is read.</summary>
    async Task CountAsync(SyncOutlook outlook, Dictionary<long, AppTarget> apps, RecordCounts counts, CancellationToken ct)
    {
        foreach (var app in outlook.Apps)
            if (!apps.TryGetValue(app.App, out var target) || target.FilterProblem is not null) _portions!.Of(app.App)?.End(); // its streams say why
        try
        {
            if (_portions!.HasSettings) _portions.ExpectSettings((await source.Apps.ResolveAsync(ct)).Apps.Count);
        }
        catch (ConnectorException) { } // so will the streams that need the list
        if (SyncOutlook.Counted(await counts.AskAsync(_portions!)) is { } line) await source.LogAsync(LogLevel.Info, line, ct);
    }

    /// <summary>What there is to say of the streams of apps, now that all of them have ended; also where the sync was asked to stop.</summary>
    async Task WriteAuditAsync(SyncAudit audit, ConfiguredCatalog catalog, SyncOutlook outlook)
    {
        var ct = CancellationToken.None;
        var (requests, now) = (source.Kintone.Requests, source.Time.GetUtcNow());
        var before = outlook.Apps.ToDictionary(static a => a.App, a => a.Use?.On(now) ?? 0);
        var names = new Dictionary<long, string?>();
        foreach (var stream in catalog.Streams)
            if (AppStreamName.Parse(stream.Name) is { Kind: AppStreamKind.Records } name) names[name.App] = stream.Title;
        var output = new StreamOutput(audit.Stream.Descriptor, source.Writer, source.Time, _notices);
        _progress.Add(output);
        await output.StartAsync(ct);
        ConfigurationException? failure = null;
        try
        {
            await audit.WriteAsync(
                new([output], source.Writer, source.Time), app => new(names.GetValueOrDefault(app), requests.Of(app), before[app] + requests.Of(app)),
                source.Writer.Mask, ct);
        }
        catch (ConfigurationException e) { failure = e; }
        await EndAsync(output, failure, ct);
    }

    /// <summary>The last lines: what was said often, what was read and used, and who used too much of a day.</summary>
    async Task<SyncSummary> SumUpAsync(SyncOutlook outlook, int streams)
    {
        var ct = CancellationToken.None;
        await _notices.SumUpAsync(ct);
        var (requests, now) = (source.Kintone.Requests, source.Time.GetUtcNow());
        if (SyncSummary.DailyLimitWarning(outlook.Apps.Select(a => (a.App, (a.Use?.On(now) ?? 0) + requests.Of(a.App)))) is { } warning)
            await source.LogAsync(LogLevel.Warn, warning, ct);
        var summary = new SyncSummary(
            Volatile.Read(ref _whole), Volatile.Read(ref _failures), streams, _progress.Rows, _progress.Deletions, _progress.Elapsed, requests.All,
            source.Writer.Warnings, requests.Apps);
        await source.LogAsync(LogLevel.Info, summary.ToString(), ct);
        return summary;
    }

    /// <summary>What is read as one: the streams of an app, or one of another kind.</summary>
    /// <param name="Priority">The place of the first stream in the catalog.</param>
    readonly record struct Work(long? App, IReadOnlyList<ConfiguredStream> Streams, int Priority);

    static IEnumerable<Work> Works(ConfiguredCatalog catalog)
    {
        // Streams of an app share its scan, wherever they stand in the catalog; comments and files share no request with the others.
        var streams = catalog.Streams.Select(static (stream, index) =>
            (Stream: stream, Index: index, AppStreamName.Parse(stream.Name)?.App, Name: AppStreamName.Parse(stream.Name))).ToArray();
        return streams.GroupBy(static s => (s.App, s.App is null ? s.Index : 0, s.Stream.HasOwnScan ? s.Name?.Kind : null))
            .Select(static g => new Work(g.Key.App, [.. g.Select(static s => s.Stream)], g.First().Index));
    }

    async ValueTask ReadResourceAsync(ConfiguredStream stream, int priority, Func<long, Form, FormNames> names, CancellationToken ct)
    {
        var output = await OpenAsync(stream, ct);
        try
        {
            if (stream.Problem is { } problem) throw new ConfigurationException(problem);
            var resource = ResourceStreams.Find(stream.Name) ?? throw NoSuchStream(stream);
            await ReadResourceAsync(stream, resource, priority, output, names, ct);
        }
#pragma warning disable CA1031 // whatever it is, the other streams go on, and the trace says what it was
        catch (Exception e) when (e is not OutputException && !ct.IsCancellationRequested)
#pragma warning restore CA1031
        {
            await EndAsync(output, e, ct);
            return;
        }
        finally { output.Portion.End(); }
        await EndAsync(output, null, ct);
    }

    /// <summary>What the columns of an app's records are called in this sync.</summary>
    FormNames NamesOf(long app, Form form, ConfiguredCatalog catalog, InputState states)
    {
        var fresh = source.Names.For(form);
        var kept = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var stream in catalog.Streams.Where(s => AppStreamName.Parse(s.Name)?.App == app))
            foreach (var (code, name) in KeptColumns.Of(stream, RecordsState.ColumnsOf(states.Of(stream.Name)), fresh)) kept[code] = name;
        return source.Names.For(form, kept, fresh);
    }

    async ValueTask ReadAppAsync(
        long number, IReadOnlyList<ConfiguredStream> streams, int priority, int all, Dictionary<long, AppTarget> apps, RecordCounts counts, InputState states,
        CancellationToken ct)
    {
        var open = new List<AppStreamRun>(streams.Count);
        foreach (var stream in streams)
        {
            var output = await OpenAsync(stream, ct);
            var audit = _audit?.Begin(output, number);
            try
            {
                if (stream.Problem is { } problem) throw new ConfigurationException(problem);
                open.Add(AppStreamRun.Of(stream, AppStreamName.Parse(stream.Name)!.Value, output, states) with { Audit = audit });
                if (!apps.ContainsKey(number)) throw NoSuchStream(stream);
            }
            catch (ConnectorException e)
            {
                open.RemoveAll(o => o.Output == output);
                await EndAsync(output, e, ct);
            }
        }
        if (open.Count > 0) await ReadTogetherAsync(apps[number], open, priority, streams[0].HasOwnScan ? all : 0, counts, ct);
        foreach (var stream in streams) _portions!.Of(stream).End();
    }

    /// <summary>Reads streams of an app that share its scan.</summary>
    /// <param name="behind">How many streams come before them, wherever they stand in the catalog.</param>
    async Task ReadTogetherAsync(AppTarget target, IReadOnlyList<AppStreamRun> open, int priority, int behind, RecordCounts counts, CancellationToken ct)
    {
        var left = new ConcurrentDictionary<AppStreamRun, bool>(open.Select(static o => KeyValuePair.Create(o, true)));
        try
        {
            await ReadWhereItIsAsync(
                target, open, priority, behind, counts,
                (stream, failure) => left.TryRemove(stream, out _) ? EndAsync(stream.Output, failure, ct) : default, ct);
        }
#pragma warning disable CA1031 // as above
        catch (Exception e) when (e is not OutputException && !ct.IsCancellationRequested)
#pragma warning restore CA1031
        {
            foreach (var stream in open)
                if (left.TryRemove(stream, out _)) await EndAsync(stream.Output, Explained(target, e), ct);
        }
    }

    /// <summary>A catalog does not say which apps are in guest spaces; Kintone does, before anything is read. One question more, for these alone.</summary>
    async Task ReadWhereItIsAsync(
        AppTarget target, IReadOnlyList<AppStreamRun> streams, int priority, int behind, RecordCounts? counts, Func<AppStreamRun, Exception?, ValueTask> ended,
        CancellationToken ct)
    {
        try
        {
            await ReadRecordsAsync(target, streams, priority, behind, counts, ended, ct);
        }
        catch (KintoneException e) when (e.Code == "GAIA_IL23" && target.Address.GuestSpace is null)
        {
            if (await source.Apps.FindAsync(target.Address.App, ct) is not { } listed) throw;
            if (listed.Address.GuestSpace is null) throw listed.Explain(e);
            await ReadRecordsAsync(listed, streams, priority, behind, null, ended, ct);
        }
    }

    async ValueTask<StreamOutput> OpenAsync(ConfiguredStream stream, CancellationToken ct)
    {
        var output = new StreamOutput(stream.Descriptor, source.Writer, source.Time, _notices) { Portion = _portions!.Of(stream) };
        if (AppStreamName.Parse(stream.Name) is { } name) _waiting.TryAdd(name.App, output);
        _progress.Add(output);
        await output.StartAsync(ct);
        return output;
    }

    async ValueTask EndAsync(StreamOutput output, Exception? failure, CancellationToken ct)
    {
        var trace = failure is null ? null : Failures.ToTrace(failure);
        _audit?.End(output, trace);
        if (trace is null)
        {
            await output.CompleteAsync(ct);
            Interlocked.Increment(ref _whole);
            return;
        }
        Interlocked.Increment(ref _failures);
        await output.FailAsync(trace, ct);
    }

    static ConfigurationException NoSuchStream(ConfiguredStream stream) => new(
        $"There is no stream {stream.Name}: it is not among those of the apps that the configuration selects. Refresh the schema, or select the app again.");

    async Task ReadRecordsAsync(
        AppTarget target, IReadOnlyList<AppStreamRun> streams, int priority, int behind, RecordCounts? counts, Func<AppStreamRun, Exception?, ValueTask> ended,
        CancellationToken ct)
    {
        if (target.FilterProblem is { } problem) throw new ConfigurationException(problem);
        if (target.MovingFunctions is { Count: > 0 } functions
            && streams.FirstOrDefault(static s => s.Stream.SyncMode == SyncMode.Incremental) is { } incremental)
        {
            await incremental.Output.LogAsync(LogLevel.Warn,
                $"{incremental.Stream.Name}: the filter uses {string.Join(", ", functions)}, so that records match or not as time passes. An incremental "
                    + "sync sees only records that were changed: use a full refresh where that matters.", ct);
        }
        var app = new KintoneApp(source.Kintone, target.Address, priority, notice => TellAsync(streams[0].Output, notice), source.PageSize);
        var options = new AppOptions(
            target.Condition, source.Config.StartDate, source.Config.EmitDeletedRecords, source.Config.DeletionGuardPercent, source.Config.FullRereadDays,
            TimeSpan.FromDays(source.Config.CommentWindowDays), source.Names, new(source.Config.MaxAttachmentMegabytes, source.Config.AttachmentNames),
            () => _staging.Value)
        { MayEvaluate = source.Config.Credentials is PasswordCredentials };
        var inItsPlace = streams[0].IsComments ? app.AfterOthers(behind, CommentPages.Records)
            : streams[0].BringsFiles ? app.AfterOthers(behind, source.PageSize) : app;
        var reader = new AppReader(
            inItsPlace, options, source.Writer, source.Kintone.Limiter, _clock, source.Time, (stream, failure) => ended(stream, Explained(target, failure)));
        await reader.ReadAsync(streams, streams[0].Stream.HasOwnScan ? null : counts?.Of(target.Address.App), ct);
    }

    static Exception? Explained(AppTarget target, Exception? failure) => failure switch
    {
        KintoneException { Code: "GAIA_AP01" } e => new ConfigurationException(
            e.WithMoreAdvice("If it is gone for good, take it out of the selection and refresh the schema.").Message, e),
        ConnectorException e => target.Explain(e),
        _ => failure,
    };

    async Task ReadResourceAsync(
        ConfiguredStream stream, ResourceStream resource, int priority, StreamOutput output, Func<long, Form, FormNames> names, CancellationToken ct)
    {
        if (StreamOffer.Refusal(resource, source.Config) is { } refusal) throw new ConfigurationException(refusal);
        var reader = new ResourceReader(source.Kintone, stream, resource, new([output], source.Writer, source.Time), priority,
            notice => TellAsync(output, notice), () => _clock.EmittedAt);
        if (resource == ResourceStreams.Apps && source.Config.Credentials is not ApiTokenCredentials)
        {
            var guests = await source.Apps.ListGuestAppsAsync(ct);
            await WarnOnceAsync(guests.Problems, ct);
            await reader.ReadAppsAsync(source.Apps.EveryAppAsync(guests, ct), ct);
            return;
        }
        if (resource != ResourceStreams.Apps && resource.Scope == ResourceScope.Domain)
        {
            await reader.ReadDomainAsync(ct);
            return;
        }
        var areDescribed = resource.Scope == ResourceScope.Space
            || (resource == ResourceStreams.AppFields && source.Config.Credentials is not ApiTokenCredentials);
        var found = areDescribed ? await source.Apps.DescribeAsync(ct) : await source.Apps.ResolveAsync(ct);
        await WarnOnceAsync(found.Problems, ct);
        AppAddress[] apps = [.. found.Apps.Select(static a => a.Address)];
        await (resource == ResourceStreams.Apps ? reader.ReadAppsAsync(apps, ct)
            : resource.Scope == ResourceScope.Space ? reader.ReadSpacesAsync(SpacesOf(found.Apps), ct)
            : resource == ResourceStreams.AppFields
                ? reader.ReadFieldsAsync([.. found.Apps.Select(static a => (a.Address, a.Info?.Name))], names, _names!, source.Config.LabelLanguages, ct)
            : reader.ReadSettingsAsync(apps, ct));
    }

    async ValueTask WarnOnceAsync(IEnumerable<string> problems, CancellationToken ct)
    {
        foreach (var problem in problems)
            if (_told.TryAdd(problem, true)) await source.LogAsync(LogLevel.Warn, problem, ct);
    }

    /// <summary>The spaces that hold the selected apps, in the order of their ids.</summary>
    static SpaceAddress[] SpacesOf(IEnumerable<AppTarget> apps) =>
    [
        .. apps.Select(static a => a.Address.GuestSpace is { } guest ? new SpaceAddress(guest, IsGuest: true) : a.Info?.Space is { } space
            ? new(space, IsGuest: false) : default)
            .Where(static s => s != default).Distinct().OrderBy(static s => s.Space),
    ];

    /// <summary>A request for an app waits that nobody reads yet, or that is read just now.</summary>
    ValueTask TellAsync(long app, RetryNotice notice) => _waiting.TryGetValue(app, out var output) ? TellAsync(output, notice)
        : notice.Delay < s_worthTelling ? default
        : _notices.TellAsync(LogLevel.Warn, "counting waits and is tried again",
            $"Counting the records of app {app} is tried again in {notice.Delay.TotalSeconds:0} s. {notice.Reason}", CancellationToken.None);

    static readonly TimeSpan s_worthTelling = TimeSpan.FromSeconds(5);

    static async ValueTask TellAsync(StreamOutput output, RetryNotice notice)
    {
        if (notice.Delay < s_worthTelling) return;
        await output.LogAsync(LogLevel.Warn, $"{output.Stream.Name}: trying again in {notice.Delay.TotalSeconds:0} s. {notice.Reason}",
            CancellationToken.None);
        if (notice.IsOfLimit) await output.WaitingAsync(notice.Until, CancellationToken.None);
    }
}
