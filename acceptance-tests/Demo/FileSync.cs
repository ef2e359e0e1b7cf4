using System.Text.Json;
using System.Text.Json.Nodes;

namespace KintoneSource.Demo;

/// <summary>A connection that syncs files gets the contents of attached files, and later only those that are new or were replaced.</summary>
static class FileSync
{
    const int MostRows = 8;

    public static async Task PlayAsync(Stage stage)
    {
        if (Directory.Exists(stage.Connector.Staging)) Directory.Delete(stage.Connector.Staging, recursive: true);
        var rows = (await stage.SyncAsync("read-4-files", stage.Files)).SelectMany(static r => r.Rows).ToArray();
        var staged = Directory.GetFiles(stage.Connector.Staging, "*", SearchOption.AllDirectories);
        Console.WriteLine($"\n{Stage.Number(staged.Length)} files lie in the staging folder, each in a folder of its own:\n");
        Show(rows);
        if (staged.Length != rows.Length) throw new InvalidDataException($"{rows.Length} rows bring a file, and {staged.Length} files are there.");

        var first = rows[0];
        var app = stage.App(long.Parse(Rows.Cell(first, "path").Split('_')[1], System.Globalization.CultureInfo.InvariantCulture));
        var record = first.GetProperty("_kintone_id").GetInt64();
        app.Edit(record, new()
        {
            [Rows.Cell(first, "field")] = new JsonArray(stage.Simulator.Domain.AddFile(Rows.Cell(first, "name"), "差し替え"u8.ToArray(),
            "text/plain"))
        });
        Console.WriteLine($"\n  The file of record {record} is replaced by another one of the same name\n");
        stage.Simulator.Journal.Clear();
        var later = (await stage.SyncAsync("read-4-later", stage.Files)).SelectMany(static r => r.Rows).ToArray();
        var asked = stage.Simulator.Journal.Entries.Count(static e => e.Resource == "file");
        Console.WriteLine($"\nRows that came: {Stage.Number(later.Length)}, and files that were fetched: {asked}\n");
        Show(later);
    }

    static void Show(IEnumerable<JsonElement> rows) => Console.Write(Table.Of(
        [["record", "field", "name", "size", "path"], .. rows.Take(MostRows).Select(static r => (string[])
            [Rows.Cell(r, "_kintone_id"), Rows.Cell(r, "field"), Rows.Cell(r, "name"), Rows.Cell(r, "size"), Rows.Cell(r, "path")])], widest: 60));
}
