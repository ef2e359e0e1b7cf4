using System.Text;

namespace KintoneSource.Protocol;

/// <summary>Tells a name that somebody mistyped from one that is simply unknown, as a newer version's may be.</summary>
static class Misspelling
{
    /// <summary>Shorter ones are all alike.</summary>
    const int ShortestName = 4;

    /// <summary>Where a sign says as much as two or three letters.</summary>
    const int ShortestBeyondAscii = 3;

    /// <summary>
    /// Whether <paramref name="name"/> is another name that was probably meant to be <paramref name="known"/>: another case, or a letter or two off.
    /// Digits must be the same: another number is another thing.
    /// </summary>
    public static bool IsOf(string name, string known) =>
        name != known && known.Length >= (Ascii.IsValid(known) ? ShortestName : ShortestBeyondAscii) && Math.Abs(name.Length - known.Length) <= 2
        && name.Where(char.IsAsciiDigit).SequenceEqual(known.Where(char.IsAsciiDigit))
        && Distance(Plain(name), Plain(known)) <= (known.Length < 6 ? 1 : 2);

    /// <summary>The name among <paramref name="known"/> that was probably meant; null where none looks like it.</summary>
    public static string? Nearest(string name, IEnumerable<string> known) => known
        .Where(other => IsOf(name, other)).OrderBy(other => Distance(Plain(name), Plain(other))).ThenBy(static other => other, StringComparer.Ordinal)
        .FirstOrDefault();

    static string Plain(string name) => name.Replace("-", "_", StringComparison.Ordinal).ToUpperInvariant();

    /// <summary>Letters put in, left out, changed, or swapped with their neighbour.</summary>
    static int Distance(string a, string b)
    {
        var distances = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) distances[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) distances[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var change = distances[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                distances[i, j] = Math.Min(change, 1 + Math.Min(distances[i - 1, j], distances[i, j - 1]));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) distances[i, j] = Math.Min(distances[i, j], distances[i - 2, j - 2] + 1);
            }
        }
        return distances[a.Length, b.Length];
    }
}
