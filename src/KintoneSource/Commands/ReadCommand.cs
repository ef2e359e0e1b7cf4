using System.Collections.Concurrent;
using KintoneSource.Catalog;
using KintoneSource.Configuration;
using KintoneSource.Kintone;
using KintoneSource.Protocol;
using KintoneSource.Reading;
using KintoneSource.Reading.Resources;

namespace KintoneSource.Commands;

/// <summary>
/// Reads the streams of the configured catalog, in its order as far as slots go: a later stream uses what earlier ones
/// leave idle. A stream that fails says so, and the others go on; the exit code is 1 then.
/// </summary>
sealed class ReadCommand(Source source)
{
    readonly SyncClock _clock = new(source.Time, source.Kintone.Clock);
    readonly Progress _progress = new(source.Writer, () => source.Kintone.Requests, source.Terminal, source.Time);

    readonly ConcurrentDictionary<string, bool> _told = new();
    KintoneException? _refused;

    public async Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        var catalog = ConfiguredCatalog.Parse(await InputFile.ReadAsync(call.Catalog!, "catalog", ct), call.Catalog!);
        var states = call.State is { } file ? InputState.Parse(await InputFile.ReadAsync(file, "state", ct), file) : InputState.Empty;
        return await RunAsync(catalog, states, ct);
    }

    public async Task<int> RunAsync(ConfiguredCatalog catalog, InputState states, CancellationToken ct)
    {
        var found = await source.Apps.LocateAsync(catalog.Streams.Select(static s => AppStream.AppOfRecords(s.Name)).OfType<long>().Distinct(), ct);
        await WarnOnceAsync(found.Problems, ct);
        var apps = found.Apps.ToDictionary(static a => a.Address.App);

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var progress = _progress.RunAsync(ended.Token);
        var failures = 0;
        try
        {
            await Parallel.ForEachAsync(
                catalog.Streams.Select(static (stream, index) => (stream, index)),
                new ParallelOptions { CancellationToken = ct, MaxDegreeOfParallelism = source.Config.MaxConcurrentRequests },
                async (item, token) =>
                {
                    if (!await ReadAsync(item.stream, item.index, apps, states, token)) Interlocked.Increment(ref failures);
                });
        }
        finally
        {
            await ended.CancelAsync();
            await progress;
        }
        await source.LogAsync(LogLevel.Info, $"Finished: {_progress.Text()}.", ct);
        return failures == 0 ? 0 : 1;
    }

    /// <summary>False when the stream failed.</summary>
    async Task<bool> ReadAsync(
        ConfiguredStream stream, int priority, Dictionary<long, AppTarget> apps, InputState states, CancellationToken ct)
    {
        var output = new StreamOutput(stream.Descriptor, source.Writer, source.Time);
        _progress.Add(output);
        try
        {
            await output.StartAsync(ct);
            if (Volatile.Read(ref _refused) is { } refused) throw refused; // trying the same login again for each stream could lock the user
            await (AppStream.AppOfRecords(stream.Name) is { } app && apps.TryGetValue(app, out var target)
                ? ReadRecordsAsync(stream, target, priority, states, output, ct)
                : ResourceStreams.Find(stream.Name) is { } resource ? ReadResourceAsync(stream, resource, priority, output, ct)
                : throw new ConfigurationException(
                    $"There is no stream {stream.Name}: it is not among those of the apps that the configuration selects. Refresh the schema, or select the app again."));
            await output.CompleteAsync(ct);
            return true;
        }
#pragma warning disable CA1031 // whatever it is, the other streams go on, and the trace says what it was
        catch (Exception e) when (e is not OutputException && !ct.IsCancellationRequested)
#pragma warning restore CA1031
        {
            if (e is KintoneException { IsOfCredentials: true } refused) Volatile.Write(ref _refused, refused);
            await output.FailAsync(Failures.ToTrace(e), ct);
            return false;
        }
    }

    async Task ReadRecordsAsync(
        ConfiguredStream stream, AppTarget target, int priority, InputState states, StreamOutput output, CancellationToken ct)
    {
        if (target.FilterProblem is { } problem) throw new ConfigurationException(problem);
        var previous = RecordsState.Parse(stream.Name, states.Of(stream.Name));
        if (target.MovingFunctions is { Count: > 0 } functions && stream.SyncMode == SyncMode.Incremental)
        {
            await output.LogAsync(LogLevel.Warn,
                $"{stream.Name}: the filter uses {string.Join(", ", functions)}, so that records match or not as time passes. An incremental sync sees only records that were changed: use a full refresh where that matters.", ct);
        }
        var app = new KintoneApp(source.Kintone, target.Address, priority, notice => TellAsync(output, notice), source.PageSize);
        var options = new RecordsOptions(target.Condition, source.Config.StartDate, source.Config.EmitDeletedRecords, source.Config.DeletionGuardPercent, source.Config.FullRereadDays, source.Names);
        try
        {
            await new RecordsReader(app, stream, options, output, source.Kintone.Limiter, _clock, _progress, source.Time).ReadAsync(previous, ct);
        }
        catch (KintoneException e) when (e.Code == "GAIA_AP01")
        {
            throw new ConfigurationException($"{e.Message} If it is gone for good, take it out of the selection and refresh the schema.", e);
        }
    }

    async Task ReadResourceAsync(ConfiguredStream stream, ResourceStream resource, int priority, StreamOutput output, CancellationToken ct)
    {
        if (resource.PasswordOnly && source.Config.Credentials is not PasswordCredentials)
            throw new ConfigurationException($"The stream {stream.Name} can be read with a user name and password only. Deselect it, or change the authentication.");
        var reader = new ResourceReader(source.Kintone, stream, resource, output, priority, notice => TellAsync(output, notice), source.Time.GetUtcNow());
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
        var found = resource.Scope == ResourceScope.Space ? await source.Apps.DescribeAsync(ct) : await source.Apps.ResolveAsync(ct);
        await WarnOnceAsync(found.Problems, ct);
        AppAddress[] apps = [.. found.Apps.Select(static a => a.Address)];
        await (resource == ResourceStreams.Apps ? reader.ReadAppsAsync(apps, ct)
            : resource.Scope == ResourceScope.Space ? reader.ReadSpacesAsync(SpacesOf(found.Apps), ct)
            : reader.ReadSettingsAsync(apps, source.Names, ct));
    }

    async ValueTask WarnOnceAsync(IEnumerable<string> problems, CancellationToken ct)
    {
        foreach (var problem in problems)
            if (_told.TryAdd(problem, true)) await source.LogAsync(LogLevel.Warn, problem, ct);
    }

    /// <summary>The spaces that hold the selected apps, in the order of their ids.</summary>
    static SpaceAddress[] SpacesOf(IEnumerable<AppTarget> apps) =>
    [
        .. apps.Select(static a => a.Address.GuestSpace is { } guest ? new SpaceAddress(guest, IsGuest: true) : a.Info?.Space is { } space ? new(space, IsGuest: false) : default)
            .Where(static s => s != default).Distinct().OrderBy(static s => s.Space),
    ];

    static readonly TimeSpan s_worthTelling = TimeSpan.FromSeconds(5);

    static async ValueTask TellAsync(StreamOutput output, RetryNotice notice)
    {
        if (notice.Delay < s_worthTelling) return;
        await output.LogAsync(LogLevel.Warn, $"{output.Stream.Name}: trying again in {notice.Delay.TotalSeconds:0} s. {notice.Reason}", CancellationToken.None);
        await output.WaitingAsync(notice.Until, CancellationToken.None);
    }
}
