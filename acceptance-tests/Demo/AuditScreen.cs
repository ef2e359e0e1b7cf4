using System.Text.Json;

namespace KintoneSource.Demo;

/// <summary>What each sync says that it did and that must be there now, beside what is there.</summary>
static class AuditScreen
{
    static readonly string[] s_shown = ["app_1_records", "app_2_records", "app_2_attachments", "app_3_records"];

    public static async Task PlayAsync(Stage stage)
    {
        OfferedStream[] streams = [.. stage.Offered.Where(static s => s_shown.Contains(s.Name))];
        await stage.SyncAsync("read-5", [.. streams, stage.Audit]); // of what was resumed, the next sync is certain
        var audits = stage.Destination.RowsOf(stage.Audit.Name).OrderBy(static row => Rows.Cell(row, "sync_id"), StringComparer.Ordinal).ToArray();
        var syncs = audits.Select(static row => Rows.Cell(row, "sync_id")).Distinct().ToArray();

        Console.WriteLine($"\nEvery sync that ends writes into {stage.Audit.Name}, at no request, what it did and what must be there now:\n");
        var rows = streams.SelectMany(stream => RowsOf(stage, stream, [.. audits.Where(row => Rows.Cell(row, "stream") == stream.Name)], syncs)).ToArray();
        Console.Write(Table.Of([["stream", "sync", "kind", "sent", "deleted", "in Kintone", "must be there", "is there", "verdict"], .. rows]));
        Console.WriteLine("""

              The third sync was killed, which leaves no row, and resumed: what is there is certain with the next one. Each sync reads the last
              minutes once more, for what Kintone shows late. The verdict goes by the number of rows and the sum of their keys, as that of the
              view reconciliation does in a warehouse: docs/warehouse.
            """);
        if (rows.Count(static row => row[^1] == Equal) is var equal && equal < streams.Length)
            throw new InvalidDataException($"Of {streams.Length} streams, {equal} are as {stage.Audit.Name} says.");
    }

    const string Equal = "equal", NotCertain = "not certain yet";

    /// <param name="audits">The stream's; by the last one the table is judged.</param>
    static IEnumerable<string[]> RowsOf(Stage stage, OfferedStream stream, JsonElement[] audits, string[] syncs)
    {
        var there = stage.Destination.RowsOf(stream.Name).Count;
        foreach (var (index, row) in audits.Index())
        {
            var isLast = index == audits.Length - 1;
            var verdict = Rows.Cell(row, "rows_expected").Length == 0 ? NotCertain
                : !isLast ? ""
                : Rows.Cell(row, "rows_expected") == $"{there}" && Rows.Cell(row, "ids_sum") == $"{stage.Destination.IdsOf(stream)}" ? Equal
                : "other rows";
            yield return
            [
                index == 0 ? stream.Name : "", $"{Array.IndexOf(syncs, Rows.Cell(row, "sync_id")) + 1}", Rows.Cell(row, "kind"),
                Number(row, "rows_sent"), Number(row, "deletions_sent"), Number(row, "kintone_count"), Number(row, "rows_expected"),
                isLast ? Stage.Number(there) : "", verdict,
            ];
        }
    }

    static string Number(JsonElement row, string column) =>
        row.GetProperty(column) is { ValueKind: JsonValueKind.Number } number ? Stage.Number(number.GetInt32()) : "";
}
