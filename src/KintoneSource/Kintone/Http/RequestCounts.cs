using System.Collections.Concurrent;

namespace KintoneSource.Kintone.Http;

/// <summary>
/// Attempts sent so far, in all, and to each app those that Kintone counts towards the app's daily limit: all but downloads of files (official
/// docs). Thread-safe.
/// </summary>
sealed class RequestCounts
{
    readonly ConcurrentDictionary<long, long> _apps = new();
    long _all;

    public long All => Interlocked.Read(ref _all);

    public long Of(long app) => _apps.GetValueOrDefault(app);

    /// <summary>Every app that was asked about.</summary>
    public IReadOnlyCollection<KeyValuePair<long, long>> Apps => _apps.ToArray();

    /// <param name="app">Null for a request that is no app's, as Kintone counts.</param>
    public void Count(AppAddress? app)
    {
        Interlocked.Increment(ref _all);
        if (app is { } address) _apps.AddOrUpdate(address.App, 1, static (_, n) => n + 1);
    }
}
