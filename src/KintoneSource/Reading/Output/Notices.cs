using System.Collections.Concurrent;
using System.Globalization;
using KintoneSource.Protocol;

namespace KintoneSource.Reading.Output;

/// <summary>
/// What a sync says of streams one by one, of which there may be thousands: the first few of a kind are told as they are, the others at debug level, and
/// how many there were comes in one line at the end. Thread-safe.
/// </summary>
sealed class Notices(MessageWriter writer)
{
    /// <summary>Few enough to be read, and enough to see what they have in common.</summary>
    const int MostInFull = 3;

    readonly ConcurrentDictionary<(LogLevel Level, string What), int> _told = new();

    /// <param name="what">The kind, in words that go on after "it was said that".</param>
    public ValueTask TellAsync(LogLevel level, string what, string message, CancellationToken ct) =>
        writer.WriteAsync(AirbyteMessage.Log(_told.AddOrUpdate((level, what), 1, static (_, n) => n + 1) <= MostInFull ? level : LogLevel.Debug, message), ct);

    /// <summary>Once, when nothing more will be told.</summary>
    public async ValueTask SumUpAsync(CancellationToken ct)
    {
        foreach (var ((level, what), count) in _told.Where(static t => t.Value > MostInFull).OrderBy(static t => t.Key.Level)
            .ThenBy(static t => t.Key.What, StringComparer.Ordinal))
            await writer.WriteAsync(AirbyteMessage.Log(level, string.Create(CultureInfo.InvariantCulture, $"In all {count:N0} times it was said that "
                + $"{what}: the log at debug level has each of them.")), ct);
    }
}
