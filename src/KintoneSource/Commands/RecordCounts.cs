using System.Collections.Concurrent;
using KintoneSource.Kintone.Apps;
using KintoneSource.Kintone.Http;
using KintoneSource.Protocol;
using KintoneSource.Reading.Apps;

namespace KintoneSource.Commands;

/// <summary>
/// The newest record and the count of apps that are read from the start, asked for before anything else: every one of them has to be asked for in any
/// case, and with all
/// of them it is known how much there is to do. Each is asked for once, whoever wants it first.
/// </summary>
/// <param name="apps">Those to count.</param>
/// <param name="onRetry">Hears of waits, with the app.</param>
sealed class RecordCounts(Source source, IEnumerable<AppTarget> apps, Func<long, RetryNotice, ValueTask> onRetry, CancellationToken ct)
{
    /// <summary>Before every stream's.</summary>
    const int Priority = -1;

    readonly Dictionary<long, Lazy<Task<RecordsHead>>> _heads = apps.ToDictionary(
        static a => a.Address.App,
        a => new Lazy<Task<RecordsHead>>(() => new KintoneApp(source.Kintone, a.Address, Priority, notice => onRetry(a.Address.App, notice))
            .ReadHeadAsync(a.Condition, ct)));

    /// <summary>Asks for an app's, or waits for the answer that is under way; null where the app is not among those that are counted.</summary>
    public Func<Task<RecordsHead>>? Of(long app) => _heads.TryGetValue(app, out var head) ? () => head.Value : null;

    /// <summary>All of them. What goes wrong with one is told by the streams of its app.</summary>
    /// <param name="portions">Hear what becomes known.</param>
    public async Task<IReadOnlyCollection<(long App, long Records)>> AskAsync(SyncPortions portions)
    {
        var counts = new ConcurrentBag<(long App, long Records)>();
        await Parallel.ForEachAsync(
            _heads,
            new ParallelOptions { CancellationToken = ct, MaxDegreeOfParallelism = source.Config.MaxConcurrentRequests },
            async (app, _) =>
            {
                try
                {
                    if ((await app.Value.Value).Count is not { } count) return;
                    counts.Add((app.Key, count));
                    portions.Of(app.Key)?.Expect(AppReader.RequestsFor(count, source.PageSize));
                    portions.Of(app.Key)?.Reach(1);
                }
                catch (ConnectorException) { }
            });
        return counts;
    }
}
