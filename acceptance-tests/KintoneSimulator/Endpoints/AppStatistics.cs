using System.Collections.Concurrent;

namespace KintoneSimulator;

/// <summary>What apps/statistics.json says of an app's records: as they were when it last looked, see <see cref="SimulatorOptions.StatisticsLag"/>.</summary>
public sealed class AppStatistics(Simulator simulator)
{
    readonly ConcurrentDictionary<long, Seen> _seen = new();

    public Seen Of(App app, Func<App, DateTimeOffset?> lastUpdate)
    {
        ArgumentNullException.ThrowIfNull(app);
        ArgumentNullException.ThrowIfNull(lastUpdate);
        var now = simulator.Domain.Now;
        return _seen.TryGetValue(app.Id, out var seen) && seen.At + simulator.Options.StatisticsLag > now
            ? seen
            : _seen[app.Id] = new(now, app.Records.Count, lastUpdate(app));
    }

    public readonly record struct Seen(DateTimeOffset At, long Count, DateTimeOffset? Updated);
}
