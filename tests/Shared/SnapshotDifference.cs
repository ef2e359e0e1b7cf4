using System.Globalization;

namespace KintoneSource.Testing;

/// <summary>
/// Where two texts begin to differ, for a person: the line before, the lines that are gone behind a minus, those that are new behind a plus, as many
/// as fit a screen. Long lines are cut around the first character that differs.
/// </summary>
static class SnapshotDifference
{
    const int MostLines = 8, Width = 160;

    public static string Of(string expected, string actual)
    {
        var (before, after) = (expected.Split('\n'), actual.Split('\n'));
        var first = 0;
        while (first < before.Length && first < after.Length && before[first] == after[first]) first++;
        // What is the same at the end is no part of it.
        var last = 0;
        while (last < before.Length - first && last < after.Length - first && before[^(last + 1)] == after[^(last + 1)]) last++;

        var (gone, come) = (before[first..^last], after[first..^last]);
        // A line that was only put in, or taken out, is one line; so are pairs, in which the place is to be seen.
        var places = gone.Zip(come, static (g, c) => Math.Max(0, SameStart(g, c) - (Width / 2))).ToArray();
        string[] lines =
        [
            $"from line {(first + 1).ToString(CultureInfo.InvariantCulture)} on:",
            .. first > 0 ? [$"  {Cut(before[first - 1], 0)}"] : (string[])[],
            .. Shown(gone, '-', places),
            .. Shown(come, '+', places),
        ];
        return string.Join('\n', lines);
    }

    static IEnumerable<string> Shown(string[] lines, char sign, int[] places) =>
        [.. lines.Take(MostLines).Select((line, i) => $"{sign} {Cut(line, i < places.Length ? places[i] : 0)}"), .. lines.Length > MostLines
            ? [$"{sign} … {lines.Length - MostLines} more"] : (string[])[]];

    static int SameStart(string a, string b)
    {
        var at = 0;
        while (at < a.Length && at < b.Length && a[at] == b[at]) at++;
        return at;
    }

    static string Cut(string line, int from)
    {
        from = Math.Min(from, line.Length);
        var end = Math.Min(line.Length, from + Width);
        return $"{(from > 0 ? "…" : "")}{line[from..end]}{(end < line.Length ? "…" : "")}".TrimEnd('\r');
    }
}
