using System.Globalization;
using System.Text;

namespace KintoneSource.Demo;

/// <summary>A table for a terminal, aligned also where cells hold Japanese: a full-width character takes two columns.</summary>
static class Table
{
    /// <param name="rows">The first is the header. All have as many cells.</param>
    /// <param name="widest">Longer cells are cut and end with an ellipsis.</param>
    public static string Of(IReadOnlyList<IReadOnlyList<string>> rows, int widest = 28)
    {
        var cells = rows.Select(row => row.Select(cell => Cut(OneLine(cell), widest)).ToArray()).ToArray();
        var widths = Enumerable.Range(0, cells[0].Length).Select(column => cells.Max(row => Width(row[column]))).ToArray();
        var numeric = Enumerable.Range(0, widths.Length).Select(column => cells.Skip(1).All(row => IsNumber(row[column]))).ToArray();
        var text = new StringBuilder();
        for (var row = 0; row < cells.Length; row++)
        {
            Append(text, cells[row], widths, numeric);
            if (row == 0) Append(text, [.. widths.Select(static w => new string('─', w))], widths, numeric);
        }
        return text.ToString();
    }

    /// <summary>How many columns of a terminal a text takes.</summary>
    public static int Width(string text) => text.EnumerateRunes().Sum(Width);

    static void Append(StringBuilder text, string[] row, int[] widths, bool[] numeric)
    {
        var cells = row.Select((cell, column) =>
        {
            var padding = new string(' ', widths[column] - Width(cell));
            return numeric[column] ? padding + cell : cell + padding;
        });
        text.Append("  ").AppendLine(string.Join("  ", cells).TrimEnd());
    }

    static string OneLine(string text) => string.Concat(text.Select(static c => char.IsControl(c) ? ' ' : c));

    static string Cut(string text, int widest)
    {
        if (Width(text) <= widest) return text;
        var kept = new StringBuilder();
        var width = 1;
        foreach (var rune in text.EnumerateRunes())
        {
            width += Width(rune);
            if (width > widest) break;
            kept.Append(rune);
        }
        return kept.Append('…').ToString();
    }

    static bool IsNumber(string cell) =>
        cell.Length == 0 || decimal.TryParse(cell, NumberStyles.Number, CultureInfo.InvariantCulture, out _);

    /// <summary>The wide ranges of Unicode's East Asian Width, in blocks; combining marks take no column.</summary>
    static int Width(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format ? 0
        : rune.Value is (>= 0x1100 and <= 0x115F) or (>= 0x2E80 and <= 0x303E) or (>= 0x3041 and <= 0xA4CF) or (>= 0xAC00 and <= 0xD7A3)
            or (>= 0xF900 and <= 0xFAFF) or (>= 0xFE30 and <= 0xFE6F) or (>= 0xFF01 and <= 0xFF60) or (>= 0xFFE0 and <= 0xFFE6)
            or (>= 0x1F300 and <= 0x1FAFF) or (>= 0x20000 and <= 0x3FFFD) ? 2
        : 1;
}
