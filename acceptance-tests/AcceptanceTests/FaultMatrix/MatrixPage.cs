using System.Globalization;
using System.Text;

namespace AcceptanceTests.FaultMatrix;

/// <summary>docs/faults.md.</summary>
static class MatrixPage
{
    static readonly (Position Position, string Title)[] s_columns =
        [(Position.Form, "form"), (Position.First, "newest record"), (Position.Middle, "a middle page"), (Position.Last, "the last page"), (Position.File, "a file's contents"), (Position.Token, "access token")];

    public static string Of(IEnumerable<WireFault> faults)
    {
        var text = new StringBuilder("""
            # Faults

            What becomes of a sync when an answer of Kintone's, or of what stands in between, is not what it should be. The table is made from the
            [tests](../acceptance-tests/AcceptanceTests/FaultMatrix) that play every fault over real sockets against the program, once at each of the places named.
            In every case the sync stays within 300 MB, no STATE says more than was delivered, and no part of a secret is in what is written.

            - **same rows**: it is tried again, and every row arrives once.
            - **row says so**: what `contents` says in the file's row; the other files and the sync go on.
            - **config_error**, **transient_error**, **system_error**: the stream fails with a sentence of this class, and the next sync goes on from the STATE.
            - *check*: the fault comes with every answer; within 20 seconds the check says what is wrong.

            A fault that stays is tried again for ten minutes, and one in an answer that arrives whole five times, before the sync fails.

            """);
        foreach (var kind in faults.GroupBy(static f => f.Kind))
        {
            var columns = s_columns.Where(c => kind.Any(f => Of(f, c.Position) is not null)).ToArray();
            text.Append(CultureInfo.InvariantCulture, $"\n## {char.ToUpperInvariant(kind.Key[0])}{kind.Key[1..]}\n\n| fault | {string.Join(" | ", columns.Select(static c => c.Title))} | check |\n");
            text.Append(CultureInfo.InvariantCulture, $"|{string.Concat(Enumerable.Repeat("---|", columns.Length + 2))}\n");
            foreach (var fault in kind)
                text.Append(CultureInfo.InvariantCulture, $"| {fault.Name} | {string.Join(" | ", columns.Select(c => Of(fault, c.Position) is { } outcome ? Text(outcome) : "–"))} | {(fault.InCheck ? "FAILED" : "–")} |\n");
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
