using System.Collections.Concurrent;
using KintoneSource.Catalog;
using KintoneSource.Kintone.Http;
using KintoneSource.Protocol;
using KintoneSource.Reading.Audit;
using KintoneSource.Reading.Output;

namespace KintoneSource.Commands;

/// <summary>
/// The streams of a sync: each is opened once and ended once, read whole or failed, and what is said of one meanwhile goes through here. Thread-safe.
/// </summary>
/// <param name="audit">Hears of the streams of apps; null where nobody asked for it.</param>
sealed class SyncStreams(Source source, SyncPortions portions, Progress progress, SyncAudit? audit)
{
    static readonly TimeSpan s_worthTelling = TimeSpan.FromSeconds(5);

    readonly ConcurrentDictionary<string, bool> _warned = new();
    readonly ConcurrentDictionary<long, StreamOutput> _apps = new();
    readonly Notices _notices = new(source.Writer);
    int _whole;
    int _failed;

    /// <summary>What they are parts of, which say how far the sync is.</summary>
    public SyncPortions Portions => portions;

    /// <summary>How many were read to their end.</summary>
    public int Whole => Volatile.Read(ref _whole);

    public int Failed => Volatile.Read(ref _failed);

    public async ValueTask<StreamOutput> OpenAsync(ConfiguredStream stream, CancellationToken ct)
    {
        var output = new StreamOutput(stream.Descriptor, source.Writer, source.Time, _notices) { Portion = portions.Of(stream) };
        if (AppStreamName.Parse(stream.Name) is { } name) _apps.TryAdd(name.App, output);
        await StartAsync(output, ct);
        return output;
    }

    /// <summary>The stream of the audit itself, which is no part of what is read of Kintone.</summary>
    public async ValueTask<StreamOutput> OpenAuditAsync(SyncAudit of, CancellationToken ct)
    {
        var output = new StreamOutput(of.Stream.Descriptor, source.Writer, source.Time, _notices);
        await StartAsync(output, ct);
        return output;
    }

    /// <summary>Where the audit hears of what is learned of a stream of an app; null where nobody wants to know.</summary>
    public StreamAudit? AuditOf(StreamOutput output, long app) => audit?.Begin(output, app);

    /// <param name="failure">Null where the stream was read whole.</param>
    public async ValueTask EndAsync(StreamOutput output, Exception? failure, CancellationToken ct)
    {
        var trace = failure is null ? null : Failures.ToTrace(failure);
        audit?.End(output, trace);
        if (trace is null)
        {
            await output.CompleteAsync(ct);
            Interlocked.Increment(ref _whole);
            return;
        }
        Interlocked.Increment(ref _failed);
        await output.FailAsync(trace, ct);
    }

    /// <summary>Says what was not said before.</summary>
    public async ValueTask WarnAsync(IEnumerable<string> problems, CancellationToken ct)
    {
        foreach (var problem in problems)
            if (_warned.TryAdd(problem, true)) await source.LogAsync(LogLevel.Warn, problem, ct);
    }

    /// <summary>A request for an app waits that nobody reads yet, or that is read just now.</summary>
    public ValueTask TellAsync(long app, RetryNotice notice) => _apps.TryGetValue(app, out var output) ? TellAsync(output, notice)
        : notice.Delay < s_worthTelling ? default
        : _notices.TellAsync(LogLevel.Warn, "counting waits and is tried again",
            $"Counting the records of app {app} is tried again in {notice.Delay.TotalSeconds:0} s. {notice.Reason}", CancellationToken.None);

    /// <summary>A request for a stream waits.</summary>
    public static async ValueTask TellAsync(StreamOutput output, RetryNotice notice)
    {
        if (notice.Delay < s_worthTelling) return;
        await output.LogAsync(LogLevel.Warn, $"{output.Stream.Name}: trying again in {notice.Delay.TotalSeconds:0} s. {notice.Reason}",
            CancellationToken.None);
        if (notice.IsOfLimit) await output.WaitingAsync(notice.Until, CancellationToken.None);
    }

    /// <summary>What was said of many streams, in one line a kind; once, when all have ended.</summary>
    public ValueTask SumUpAsync(CancellationToken ct) => _notices.SumUpAsync(ct);

    ValueTask StartAsync(StreamOutput output, CancellationToken ct)
    {
        progress.Add(output);
        return output.StartAsync(ct);
    }

    /// <summary>The catalog has a stream that the selected apps do not.</summary>
    public static ConfigurationException Unknown(ConfiguredStream stream) => new(
        $"There is no stream {stream.Name}: it is not among those of the apps that the configuration selects. Refresh the schema, or select the app again.");
}
