using System.Collections.Concurrent;
using System.Globalization;

namespace KintoneSource.Reading.Output;

/// <summary>What went the same way for several apps (or spaces): a person wants to hear of it once, with how many and which.</summary>
/// <param name="Key">Tells causes apart: an error code, say.</param>
/// <param name="Example">Of the lowest number: what was attempted, what came, what to do.</param>
sealed record SameCause(string Key, IReadOnlyList<long> Numbers, string Example)
{
    const int MostNamed = 3;

    /// <summary>As <c>app 7</c>, <c>apps 7 and 9</c> or <c>412 of 415 apps, for example 1, 2, 3,</c>.</summary>
    /// <param name="noun">In the singular.</param>
    /// <param name="all">How many there are; null where that says nothing.</param>
    public string Subjects(string noun, int? all) => Numbers switch
    {
        [var one] => string.Create(CultureInfo.InvariantCulture, $"{noun} {one}"),
        [var one, var other] => string.Create(CultureInfo.InvariantCulture, $"{noun}s {one} and {other}"),
        _ => string.Create(CultureInfo.InvariantCulture,
            $"{Numbers.Count:N0}{(all is { } total ? $" of {total:N0}" : "")} {noun}s, for example {string.Join(", ", Numbers.Take(MostNamed))},"),
    };

    /// <summary>As a sentence begins.</summary>
    public static string Capital(string text) => $"{char.ToUpperInvariant(text[0])}{text[1..]}";

    /// <summary>Every one of them, for whoever looks for a certain one.</summary>
    public string Everyone(string noun) => $"{noun}{(Numbers.Count == 1 ? "" : "s")} {string.Join(", ", Numbers)}";
}

/// <summary>Gathers what went wrong by its cause. Thread-safe.</summary>
sealed class SameCauses
{
    readonly ConcurrentDictionary<(string Key, long Number), string> _found = new();

    /// <param name="example">The whole message, were it the only one; of several for one number the first counts.</param>
    public void Add(string key, long number, string example) => _found.TryAdd((key, number), example);

    /// <summary>In the order of their lowest numbers.</summary>
    public IEnumerable<SameCause> All =>
        _found.OrderBy(static f => f.Key.Number).GroupBy(static f => f.Key.Key)
            .Select(static cause => new SameCause(cause.Key, [.. cause.Select(static f => f.Key.Number)], cause.First().Value));
}
