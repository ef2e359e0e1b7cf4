using System.ComponentModel;
using System.Globalization;
using System.Text.Json;
using KintoneSimulator;

namespace KintoneSource.Demo;

/// <summary>
/// The main job before a person's eyes, without an account: a sample company on a simulated Kintone, and the connector run against it as a
/// platform runs it. An argument names the folder for the messages; SOURCE_KINTONE names the connector, when it is not the one built here.
/// </summary>
static class Program
{
    static async Task<int> Main(string[] args)
    {
        Console.OutputEncoding = System.Text.Encoding.UTF8;
        var folder = Path.GetFullPath(args is [var named, ..] ? named : Path.Combine("artifacts", "demo"));
        Directory.CreateDirectory(folder);
        try
        {
            using var simulator = new Simulator();
            SampleCompany.Fill(simulator.Domain);
            await using var kintone = await SimulatorHost.StartAsync(simulator);
            var connector = new ConnectorProcess(folder);
            Console.WriteLine($"A sample company in a simulated Kintone at {kintone.Address}");
            Console.WriteLine($"The connector: {connector.Name}\n");

            var streams = await RunStepsAsync(connector, folder, kintone.Address);
            Show(streams, simulator.Journal);
            Console.WriteLine($"\nThe messages: {folder}{Path.DirectorySeparatorChar}{{spec,check,discover,read}}.jsonl, with config.json and catalog.json");
            return 0;
        }
        catch (Exception e) when (e is InvalidDataException or FileNotFoundException or Win32Exception)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
    }

    static async Task<IReadOnlyList<(OfferedStream Offered, StreamResult Result)>> RunStepsAsync(
        ConnectorProcess connector, string folder, string kintone)
    {
        var config = Path.Combine(folder, "config.json");
        var catalog = Path.Combine(folder, "catalog.json");
        await File.WriteAllTextAsync(config, Configuration(kintone));

        await StepAsync(connector.RunAsync("spec"), static run =>
        {
            var options = Answers.Single(run, "SPEC", "spec").GetProperty("connectionSpecification").GetProperty("properties").EnumerateObject();
            return $"{options.Count()} options in the configuration form";
        });
        await StepAsync(connector.RunAsync("check", "--config", config), static run =>
        {
            var status = Answers.Single(run, "CONNECTION_STATUS", "connectionStatus");
            return status.GetProperty("status").GetString() == "SUCCEEDED"
                ? "the configuration works"
                : throw new InvalidDataException(status.GetProperty("message").GetString());
        });
        OfferedStream[] offered = [];
        await StepAsync(connector.RunAsync("discover", "--config", config), run =>
        {
            offered = Answers.Streams(run);
            return $"{offered.Length} streams with {offered.Sum(static s => s.Columns.Count).ToString("N0", CultureInfo.InvariantCulture)} columns";
        });
        await File.WriteAllTextAsync(catalog, Answers.ConfiguredCatalog(offered));
        IReadOnlyList<StreamResult> results = [];
        await StepAsync(connector.RunAsync("read", "--config", config, "--catalog", catalog), run =>
        {
            results = Answers.Read(run, offered);
            return $"{results.Sum(static r => r.Records).ToString("N0", CultureInfo.InvariantCulture)} records";
        });
        return [.. offered.Zip(results)];
    }

    /// <summary>Every app that the sample's ordinary user sees, those of the guest space included.</summary>
    static string Configuration(string kintone) => JsonSerializer.Serialize(new
    {
        subdomain = "sample",
        base_url = kintone,
        credentials = new { auth_type = "password", username = SampleCompany.DemoUser, password = SampleCompany.DemoPassword },
        app_selection = new { mode = "all_apps", guest_space_ids = new[] { SampleCompany.GuestSpace } },
    });

    static async Task StepAsync(Task<ConnectorRun> running, Func<ConnectorRun, string> outcome)
    {
        var run = await running;
        string said;
        try
        {
            said = outcome(run);
        }
        catch (Exception e) when (e is InvalidDataException or JsonException)
        {
            throw new InvalidDataException($"`{run.Command}` did not succeed (exit code {run.ExitCode}): {e.Message}", e);
        }
        if (run.ExitCode != 0) throw new InvalidDataException($"`{run.Command}` answered, but ended with exit code {run.ExitCode}. {run.Errors}");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {run.Command,-9} {run.Took.TotalSeconds,6:0.00} s  {said}"));
    }

    static void Show(IReadOnlyList<(OfferedStream Offered, StreamResult Result)> streams, Journal journal)
    {
        Console.WriteLine("\nWhat came:\n");
        Console.Write(Table.Of(
        [
            ["stream", "title", "columns", "records"],
            .. streams.Select(static s => (string[])
            [
                s.Offered.Name, s.Offered.Title, $"{s.Offered.Columns.Count}", s.Result.Records.ToString("N0", CultureInfo.InvariantCulture),
            ]),
        ]));
        foreach (var (offered, result) in OfOneApp(streams))
        {
            Console.WriteLine($"\nRows of {offered.Name} ({offered.Title}), some of their {offered.Columns.Count} columns:\n");
            Console.Write(Table.Of(Excerpt(offered, result)));
        }
        var kinds = journal.Entries.GroupBy(static e => e.Resource).OrderByDescending(static g => g.Count()).Select(static g => $"{g.Key} {g.Count()}");
        Console.WriteLine($"\nKintone saw {journal.Count} requests, {journal.PeakConcurrency} at once at most: {string.Join(", ", kinds)}");
    }

    /// <summary>Records beside the rows of a table and the attached files that came with them in one scan, of the app that has most of each kind.</summary>
    static (OfferedStream Offered, StreamResult Result)[] OfOneApp(IEnumerable<(OfferedStream Offered, StreamResult Result)> streams) => streams
        .Where(static s => s.Result.Records > 0 && s.Result.Name.StartsWith("app_", StringComparison.Ordinal) && s.Result.Name.Split('_').Length > 2)
        .GroupBy(static s => s.Result.Name.Split('_')[1])
        .Select(static app => app.DistinctBy(static s => s.Result.Name.Split('_')[2]).ToArray())
        .OrderByDescending(static app => app.Length).ThenByDescending(static app => app[0].Result.Records)
        .First();

    /// <summary>The key and a few fields that hold something in the first rows, plain values before lists and objects.</summary>
    static string[][] Excerpt(OfferedStream offered, StreamResult result)
    {
        var columns = offered.Columns
            .Where(column => !column.StartsWith('_') && result.Rows.Any(row => Cell(row, column).Length > 0))
            .OrderBy(column => result.Rows.Any(row => IsNested(row, column)))
            .Take(6)
            .ToArray();
        columns = [.. offered.Columns.Where(static c => c is "_kintone_id" or "_kintone_row_id" or "_kintone_row_number" or "_kintone_file_number"), .. columns];
        return [columns, .. result.Rows.Select(row => columns.Select(column => Cell(row, column)).ToArray())];
    }

    static bool IsNested(JsonElement row, string column) =>
        row.TryGetProperty(column, out var value) && value.ValueKind is JsonValueKind.Array or JsonValueKind.Object;

    static string Cell(JsonElement row, string column) => row.TryGetProperty(column, out var value) ? value.ToString() : "";
}
