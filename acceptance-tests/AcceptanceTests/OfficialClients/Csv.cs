using System.Text;

namespace AcceptanceTests;

/// <summary>Reads CSV as RFC 4180 has it: cells in quotes may hold commas, doubled quotes and line ends.</summary>
static class Csv
{
    public static List<IReadOnlyList<string>> Parse(string text)
    {
        var (rows, row, cell, isQuoted) = (new List<IReadOnlyList<string>>(), new List<string>(), new StringBuilder(), false);
        for (var at = 0; at < text.Length; at++)
        {
            var c = text[at];
            if (isQuoted && c == '"' && at + 1 < text.Length && text[at + 1] == '"')
                cell.Append(text[at++]);
            else if (c == '"')
                isQuoted = !isQuoted;
            else if (isQuoted || c is not (',' or '\r' or '\n'))
                cell.Append(c);
            else if (c != '\r')
            {
                row.Add(cell.ToString());
                cell.Clear();
                if (c == '\n')
                {
                    rows.Add(row);
                    row = [];
                }
            }
        }
        if (cell.Length > 0 || row.Count > 0)
            rows.Add([.. row, cell.ToString()]);
        return rows;
    }
}
