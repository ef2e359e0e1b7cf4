namespace KintoneSource.Demo;

/// <summary>From the form to the rows: the four commands of a connector.</summary>
static class FirstSync
{
    public static async Task PlayAsync(Stage stage)
    {
        await stage.ConfigureAsync();
        await stage.StepAsync("spec", [], static run =>
        {
            var options = Answers.Single(run, "SPEC", "spec").GetProperty("connectionSpecification").GetProperty("properties").EnumerateObject();
            return (0, $"{options.Count()} options in the configuration form");
        });
        await stage.StepAsync("check", ["--config", stage.Config], static run =>
        {
            var status = Answers.Single(run, "CONNECTION_STATUS", "connectionStatus");
            return status.GetProperty("status").GetString() == "SUCCEEDED"
                ? (0, "the configuration works")
                : throw new InvalidDataException(status.GetProperty("message").GetString());
        });
        var offered = await stage.StepAsync("discover", ["--config", stage.Config], static run =>
        {
            var streams = Answers.Streams(run);
            return (streams, $"{streams.Length} streams with {Stage.Number(streams.Sum(static s => s.Columns.Count))} columns");
        });
        (stage.Offered, stage.Files) = ([.. offered.Where(static s => !s.IsFileBased)], [.. offered.Where(static s => s.IsFileBased)]);
        Show(stage, await stage.SyncAsync("read-1", stage.Offered));
    }

    static void Show(Stage stage, IReadOnlyList<StreamResult> results)
    {
        var rows = results.ToDictionary(static r => r.Name, static r => r.Rows);
        Console.WriteLine("\nThe apps: each is a stream of records, and one for each sub-table and for the attached files:\n");
        Console.Write(Table.Of(
        [
            ["app", "streams", "records", "table rows", "files", "columns"],
            .. stage.Offered.Where(static s => s.App is not null).GroupBy(static s => s.App!).Select(app => (string[])
            [
                app.First().Title, $"app_{app.Key}_…", Count(app, "records"), Count(app, "table"), Count(app, "attachments"), $"{app.First().Columns.Count}",
            ]),
        ]));
        Console.WriteLine("\nHow they are set up, and the company's directory:\n");
        foreach (var line in stage.Offered.Where(static s => s.App is null).Select(s => $"{s.Name} {Stage.Number(rows[s.Name].Count)}").Chunk(5))
            Console.WriteLine($"  {string.Join(", ", line)}");

        var records = stage.Offered.Single(static s => s.Name == "app_2_records");
        Console.WriteLine($"\nThree rows of {records.Name} ({records.Title}), five of its columns:\n");
        Console.Write(Table.Of(Rows.Excerpt(["_kintone_id", "件名", "ステータス", "見込金額", "受注予定日"], rows[records.Name].Take(3)), widest: 36));

        string Count(IEnumerable<OfferedStream> app, string kind) =>
            app.Where(s => s.Kind == kind).Select(s => rows[s.Name].Count).ToArray() is { Length: > 0 } counts ? Stage.Number(counts.Sum()) : "";
    }
}
