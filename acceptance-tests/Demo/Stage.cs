using System.Globalization;
using System.Text.Json;
using KintoneSimulator;

namespace KintoneSource.Demo;

/// <summary>What the steps share: the company, the connector, and what a platform keeps from one sync to the next.</summary>
/// <param name="kintone">The address of the simulated Kintone.</param>
/// <param name="folder">For configuration, catalog, state and messages.</param>
sealed class Stage(Simulator simulator, string kintone, ConnectorProcess connector, string folder)
{
    readonly Dictionary<string, JsonElement> _states = [];

    public Simulator Simulator => simulator;

    public ConnectorProcess Connector => connector;

    /// <summary>What <c>discover</c> found for a warehouse.</summary>
    public IReadOnlyList<OfferedStream> Offered { get; set; } = [];

    /// <summary>The stream in which syncs say what they did.</summary>
    public OfferedStream Audit => Offered.Single(static s => s.Name == "sync_audit");

    public Destination Destination { get; } = new();

    /// <summary>What it found for a destination that takes files.</summary>
    public IReadOnlyList<OfferedStream> Files { get; set; } = [];

    public string Config => ConfigOf("field_code");

    string ConfigOf(string columnNames) => Path.Combine(folder, columnNames == "field_code" ? "config.json" : $"config.{columnNames}.json");

    public App App(long id) => simulator.Domain.App(id)!;

    /// <summary>Every app, those of the guest space included, but the two that are there for tests.</summary>
    /// <returns>The configuration's file.</returns>
    public async Task<string> ConfigureAsync(string columnNames = "field_code")
    {
        await File.WriteAllTextAsync(ConfigOf(columnNames), Configuration(columnNames));
        return ConfigOf(columnNames);
    }

    string Configuration(string columnNames) => JsonSerializer.Serialize(new
    {
        subdomain = "sample",
        base_url = kintone,
        credentials = new { auth_type = "password", username = SampleCompany.Administrator, password = SampleCompany.AdministratorPassword },
        related_streams = new[] { "tables", "attachments", "files" },
        app_selection = new
        {
            mode = "all_apps",
            guest_space_ids = new[] { SampleCompany.GuestSpace },
            exclude_apps = new[] { SampleCompany.EdgesApp, SampleCompany.EmptyApp }
        },
        column_names = columnNames,
    });

    /// <summary>Runs a command, tells in a line what came of it, and returns what it said.</summary>
    /// <param name="outcome">From the answer to words; throws <see cref="InvalidDataException"/> for one that is not good.</param>
    public async Task<T> StepAsync<T>(string command, IEnumerable<string> arguments, Func<ConnectorRun, (T Value, string Words)> outcome, string? file = null,
        Func<string, bool>? enough = null)
    {
        var run = await connector.RunAsync(file ?? command, command, arguments, enough);
        (T Value, string Words) said;
        try
        {
            said = outcome(run);
        }
        catch (Exception e) when (e is InvalidDataException or JsonException)
        {
            throw new InvalidDataException($"`{run.Command}` did not succeed (exit code {run.ExitCode}): {e.Message}", e);
        }
        if (run.ExitCode != 0 && !run.Killed) throw new InvalidDataException(
            $"`{run.Command}` answered, but ended with exit code {run.ExitCode}. {run.Errors}");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {run.Command,-9} {run.Took.TotalSeconds,6:0.00} s  {said.Words}"));
        return said.Value;
    }

    /// <summary>A sync of some streams, from the states that the last ones left; keeps those that it leaves, as a platform does.</summary>
    /// <param name="enough">Where the platform kills it; null for never.</param>
    public async Task<IReadOnlyList<StreamResult>> SyncAsync(string file, IReadOnlyList<OfferedStream> streams, Func<string, bool>? enough = null)
    {
        var (catalog, state) = (Path.Combine(folder, $"{file}.catalog.json"), Path.Combine(folder, $"{file}.state.json"));
        await File.WriteAllTextAsync(catalog, Answers.ConfiguredCatalog(streams));
        await File.WriteAllTextAsync(state, $"[{string.Join(',', _states.Values.Select(static s => s.GetRawText()))}]");
        simulator.Journal.Clear();
        return await StepAsync("read", ["--config", Config, "--catalog", catalog, "--state", state], run =>
        {
            var results = Answers.Read(run, streams);
            foreach (var (stream, left) in Answers.States(run)) _states[stream] = left;
            foreach (var (stream, result) in streams.Zip(results)) Destination.Apply(stream, result.Rows);
            var rows = results.Sum(static r => r.Rows.Count);
            var words = $"{Number(rows)} {(rows == 1 ? "row" : "rows")} with "
                + $"{Number(simulator.Journal.Count)} requests{(run.Killed ? ", then it was killed" : "")}";
            return (results, words);
        }, file, enough);
    }

    /// <summary>What the state of a stream says that is left to read: ranges of record IDs, both ends included.</summary>
    public IReadOnlyList<(long From, long To)> LeftToRead(string stream) =>
        _states[stream].GetProperty("stream").GetProperty("stream_state").TryGetProperty("scan", out var scan) && scan.ValueKind == JsonValueKind.Object
            ? [.. scan.GetProperty("ranges").EnumerateArray().Select(static r => (r[0].GetInt64() + 1, r[1].GetInt64()))] : [];

    public static string Number(int number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
