using KintoneSource.Catalog;
using KintoneSource.Configuration;
using KintoneSource.Kintone;
using KintoneSource.Protocol;
using KintoneSource.Reading;

namespace KintoneSource.Commands;

/// <summary>
/// Reads the streams of the configured catalog, in its order as far as slots go: a later stream uses what earlier ones
/// leave idle. A stream that fails says so, and the others go on; the exit code is 1 then.
/// </summary>
sealed class ReadCommand(Source source)
{
    readonly SyncClock _clock = new(source.Time, source.Kintone.Clock);
    readonly Progress _progress = new(source.Writer, () => source.Kintone.Requests, source.Terminal, source.Time);

    public async Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        var catalog = ConfiguredCatalog.Parse(await InputFile.ReadAsync(call.Catalog!, "catalog", ct), call.Catalog!);
        var states = call.State is { } file ? InputState.Parse(await InputFile.ReadAsync(file, "state", ct), file) : InputState.Empty;
        return await RunAsync(catalog, states, ct);
    }

    public async Task<int> RunAsync(ConfiguredCatalog catalog, InputState states, CancellationToken ct)
    {
        var apps = (await TargetsAsync(catalog, ct)).ToDictionary(static a => a.Address.App);

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

    /// <summary>The selected apps; Kintone is asked only where guest spaces must be told apart by listing them.</summary>
    async Task<IReadOnlyList<AppTarget>> TargetsAsync(ConfiguredCatalog catalog, CancellationToken ct)
    {
        if (source.Apps.Listed is { } listed) return listed;
        return source.Config.Apps is AllApps { GuestSpaceIds.Count: > 0 }
            ? await source.Apps.ResolveAsync(ct)
            : [.. catalog.Streams.Select(static s => AppStream.AppOfRecords(s.Name)).OfType<long>().Distinct().Select(static app => new AppTarget(new(app)))];
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
            await (AppStream.AppOfRecords(stream.Name) is { } app && apps.TryGetValue(app, out var target)
                ? ReadRecordsAsync(stream, target, priority, states, output, ct)
                : stream.Name == AppsStream.Definition.Name ? ReadAppsAsync(stream, output, ct)
                : throw new ConfigurationException(
                    $"There is no stream {stream.Name}: it is not among those of the apps that the configuration selects. Refresh the schema, or select the app again."));
            await output.CompleteAsync(ct);
            return true;
        }
#pragma warning disable CA1031 // whatever it is, the other streams go on, and the trace says what it was
        catch (Exception e) when (e is not OutputException && !ct.IsCancellationRequested)
#pragma warning restore CA1031
        {
            await output.FailAsync(Failures.ToTrace(e), ct);
            return false;
        }
    }

    async Task ReadRecordsAsync(
        ConfiguredStream stream, AppTarget target, int priority, InputState states, StreamOutput output, CancellationToken ct)
    {
        var previous = RecordsState.Parse(stream.Name, states.Of(stream.Name));
        if (target.MovingFunctions is { Count: > 0 } functions && stream.SyncMode == SyncMode.Incremental)
        {
            await output.LogAsync(LogLevel.Warn,
                $"{stream.Name}: the filter uses {string.Join(", ", functions)}, so that records match or not as time passes. An incremental sync sees only records that were changed: use a full refresh where that matters.", ct);
        }
        var app = new KintoneApp(source.Kintone, target.Address, priority, notice => TellAsync(output, notice), source.PageSize);
        var options = new RecordsOptions(target.Condition, source.Config.StartDate, source.Config.EmitDeletedRecords, source.Names);
        await new RecordsReader(app, stream, options, output, source.Kintone.Limiter, _clock, _progress, source.Time).ReadAsync(previous, ct);
    }

    async Task ReadAppsAsync(ConfiguredStream stream, StreamOutput output, CancellationToken ct)
    {
        var envelope = new RecordEnvelope(output.Stream, source.Time.GetUtcNow());
        var selected = stream.SelectedColumns;
        await foreach (var app in source.Apps.DescribeAsync(source.Config.Credentials is ApiTokenCredentials, ct))
        {
            await output.RunAsync(ct);
            var line = new System.Buffers.ArrayBufferWriter<byte>();
            envelope.Write(line, AppsStream.Row(app.Json, name => selected is null || selected.ContainsKey(name)).Utf8.Span);
            await output.CommitAsync(() => (line.WrittenMemory, 1), static () => s_done, ct);
        }
        await output.CheckpointAsync(static () => s_done, ct);
    }

    /// <summary>A stream that is read in one go has nothing to resume from.</summary>
    static readonly RawJson s_done = new("{}"u8.ToArray());

    static readonly TimeSpan s_worthTelling = TimeSpan.FromSeconds(5);

    static async ValueTask TellAsync(StreamOutput output, RetryNotice notice)
    {
        if (notice.Delay < s_worthTelling) return;
        await output.LogAsync(LogLevel.Warn, $"{output.Stream.Name}: trying again in {notice.Delay.TotalSeconds:0} s. {notice.Reason}", CancellationToken.None);
        await output.WaitingAsync(notice.Until, CancellationToken.None);
    }
}
