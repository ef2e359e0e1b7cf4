using System.Text.Json;
using System.Text.Json.Nodes;
using KintoneSimulator;

namespace KintoneSource.Demo;

/// <summary>People edit, add and delete; the next sync brings that and nothing else, and finds what Kintone tells nobody: what is gone.</summary>
static class SecondSync
{
    const string Deals = "app_2_records";
    const int MostRows = 14, MostQuestions = 8;

    public static async Task PlayAsync(Stage stage)
    {
        var (deals, customers) = (stage.App(SampleCompany.DealsApp), stage.App(SampleCompany.CustomersApp));
        var before = deals.Records.Count;
        Tell("deal 2 is won", () => deals.Edit(2, new() { ["ステータス"] = "受注", ["確度"] = "A：90%" }));
        Tell("deal 4 loses the rows of its table", () => deals.Edit(4, new() { ["明細"] = new JsonArray() }));
        Tell("somebody adds a deal", () => deals.Add(new() { ["件名"] = "架空文具オンライン様 追加注文", ["ステータス"] = "引き合い", ["見込金額"] = "48000", ["受注予定日"] = "2026-06-30" }));
        Tell("and a customer", () => customers.Add(new() { ["会社名"] = "架空文具オンライン株式会社" }));
        Tell("deals 7, 700 and 1150 are deleted", () => deals.Delete([7, 700, 1150]));
        var known = before + 1;

        var streams = stage.Offered.Where(static s => s.IsIncremental).ToArray();
        Console.WriteLine();
        var results = await stage.SyncAsync("read-2", streams);

        Console.WriteLine("\nWhat came, of all streams:\n");
        var rows = results.SelectMany(static result => result.Rows.Select(row => (string[])
            [result.Name, Rows.Cell(row, "_kintone_id"), Rows.Cell(row, "_kintone_row_id"), Rows.Cell(row, "_kintone_revision"), What(row)])).ToArray();
        Console.Write(Table.Of([["stream", "record", "row", "revision", "what"], .. rows.Take(MostRows)], widest: 34));
        if (rows.Length > MostRows) Console.WriteLine($"  … and {rows.Length - MostRows} more");
        ShowQuestions(stage, known, deals.Records.Count);
    }

    static void Tell(string what, Action act)
    {
        act();
        Console.WriteLine($"  {what}");
    }

    static string What(JsonElement row) =>
        StreamResult.IsDeleted(row) ? $"gone, found {Rows.Cell(row, "_ab_cdc_deleted_at")}"
        : Rows.Cell(row, "件名") is { Length: > 0 } topic ? topic
        : Rows.Cell(row, "会社名") is { Length: > 0 } company ? company
        : Rows.Cell(row, "品名");

    static void ShowQuestions(Stage stage, long known, long counted)
    {
        var asked = stage.Simulator.Journal.Entries.Where(static e => e is { App: SampleCompany.DealsApp, Resource: "records" }).ToArray();
        Console.WriteLine($"\nHow the deletions were found, with {asked.Length} questions for records of app 2:\n");
        foreach (var entry in asked.Take(MostQuestions))
            Console.WriteLine($"  {entry.Query}{(entry.Parameters.Flag("totalCount") ? "  (and the count)" : "")}");
        if (asked.Length > MostQuestions) Console.WriteLine($"  … and {asked.Length - MostQuestions} more");
        Console.WriteLine($"\n  {known} records are known of {Deals}, and the count says {counted}. So the IDs are listed, without their values: what a "
            + $"list does not hold is gone.");
    }
}
