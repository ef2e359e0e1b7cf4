using System.Globalization;
using System.Text;

namespace AcceptanceTests.FaultMatrix;

/// <summary>The last part of docs/faults.md, with a table for each kind.</summary>
static class MatrixPage
{
    static readonly (Position Position, string Title)[] s_columns =
        [(Position.Form, "form"), (Position.First, "newest record"), (Position.Middle, "a middle page"), (Position.Last, "the last page"),
            (Position.File, "a file's contents"), (Position.Token, "access token")];

    public static string Of(IEnumerable<WireFault> faults)
    {
        var text = new StringBuilder();
        foreach (var kind in faults.GroupBy(static f => f.Kind))
        {
            var columns = s_columns.Where(c => kind.Any(f => Of(f, c.Position) is not null)).ToArray();
            text.Append(CultureInfo.InvariantCulture,
                $"\n## {char.ToUpperInvariant(kind.Key[0])}{kind.Key[1..]}\n\n| fault | {string.Join(" | ", columns.Select(static c => c.Title))} | check "
                + $"|\n");
            text.Append(CultureInfo.InvariantCulture, $"|{string.Concat(Enumerable.Repeat("---|", columns.Length + 2))}\n");
            foreach (var fault in kind)
                text.Append(CultureInfo.InvariantCulture,
                    $"| {fault.Name} | {string.Join(" | ", columns.Select(c => Of(fault, c.Position) is { } outcome ? Text(outcome) : "–"))} | "
                    + $"{(fault.InCheck ? "FAILED" : "–")} |\n");
        }
        return text.ToString().ReplaceLineEndings("\n");
    }

    static Outcome? Of(WireFault fault, Position position) =>
        position == Position.File ? fault.WithFile : fault.Positions.Contains(position) ? fault.Read : null;

    static string Text(Outcome outcome) => outcome switch
    {
        Outcome.SameRows => "same rows",
        Outcome.RowSaysSo => "row says so",
        Outcome.ConfigError => "config_error",
        Outcome.TransientError => "transient_error",
        _ => "system_error",
    };
}
