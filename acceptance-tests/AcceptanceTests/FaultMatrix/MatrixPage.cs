using System.Globalization;
using System.Text;

namespace AcceptanceTests.FaultMatrix;

/// <summary>docs/faults.md.</summary>
static class MatrixPage
{
    static readonly (Position Position, string Title)[] s_columns =
        [(Position.Form, "form"), (Position.First, "newest record"), (Position.Middle, "a middle page"), (Position.Last, "the last page"),
            (Position.File, "a file's contents"), (Position.Token, "access token")];

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

            A fault that stays is tried again for ten minutes, and one in an answer that arrives whole five times, before the stream fails.

            ## How long a sync can last when nothing answers

            **Ten minutes from the last answer**, whether it has one app or a thousand. Patience is the domain's: where nothing at all was answered for so long (nor a token given), everything that is left fails at once, with the
            same transient_error. Where other requests are answered, only the one that failed for ten minutes is lost. A check waits 20 seconds so, a discover one minute. What Kintone asks for by `Retry-After` holds for
            all requests; where it is longer than what is left of the ten minutes, the sync ends at once and says so. This is tested with a clock that jumps, for faults that last, at the start and in the middle of a sync of
            1, 20 and 1,000 apps ([OutageTests](../tests/KintoneSource.Tests/Commands/OutageTests.cs)).

            ## What lasts and is refused

            Played against the program for as long as it lasts, with 1 and with 20 apps: one message for all streams, after so many requests at most. Two start before anything was answered.

            | fault | 1 app | 20 apps | requests |
            |---|---|---|---|

            """);
        foreach (var fault in LastingFaultTests.All)
            text.Append(CultureInfo.InvariantCulture, $"| {fault.Name} | {Text(fault.Read)} | {Text(fault.Read)} | {LastingFaultTests.MostRequests} |\n");
        text.Append("""

            ## What is played once


            """);
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
