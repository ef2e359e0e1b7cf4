using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KintoneSimulator;

namespace KintoneSource.Benchmarks.Processes;

/// <summary>One native program before one simulated domain: what it reads, what it says, and its states from one sync to the next.</summary>
sealed class FactScene : IAsyncDisposable
{
    public const string User = "sync", Password = "open sesame";

    /// <summary>No case takes longer where all is well; a program that is still trying then is ended.</summary>
    static readonly TimeSpan s_longest = TimeSpan.FromSeconds(90);

    readonly string _program;
    readonly SimulatorHost _host;
    readonly Dictionary<string, JsonNode> _states = [];
    TimeSpan _later;

    FactScene(string program, SimulatorHost host) => (_program, _host) = (program, host);

    public Simulator Simulator => _host.Simulator;

    public Domain Domain => Simulator.Domain;

    /// <summary>How it signs in.</summary>
    public JsonObject Credentials { get; set; } = new() { ["auth_type"] = "password", ["username"] = User, ["password"] = Password };

    /// <summary>Which apps it reads; app 1 where nothing is said.</summary>
    public JsonObject Apps { get; set; } = new() { ["mode"] = "listed_apps", ["apps"] = new JsonArray(new JsonObject { ["app"] = 1 }) };

    /// <summary>Further options.</summary>
    public Dictionary<string, JsonNode> More { get; } = [];

    public static async Task<FactScene> OpenAsync(string program)
    {
        var simulator = new Simulator();
        simulator.Domain.AddUser(User, Password);
        return new(program, await SimulatorHost.StartAsync(simulator));
    }

    public App AddApp(int records, Space? space = null)
    {
        var app = Domain.AddApp("案件", space);
        for (var i = 0; i < records; i++) app.Add();
        return app;
    }

    public void Set(Func<SimulatorOptions, SimulatorOptions> change) => Simulator.Options = change(Simulator.Options);

    /// <summary>Lets time pass in the domain, whose clock is what states go by.</summary>
    public void Wait(TimeSpan time)
    {
        _later += time;
        Set(o => o with { ClockSkew = _later });
    }

    public static JsonObject Tokens(params IEnumerable<string> tokens) => new()
    {
        ["auth_type"] = "api_token",
        ["api_tokens"] = new JsonArray([.. tokens.Select(static token => (JsonNode)token)]),
    };

    public static JsonObject AllApps() => new() { ["mode"] = "all_apps" };

    /// <summary>What is answered is not as the simulator would have it: texts in the place of others, in answers that match.</summary>
    public void Replace(Func<JournalEntry, bool> when, params IEnumerable<(string Old, string Now)> texts) => Simulator.Faults.Always(
        new Fault("replaced")
        {
            Garble = body => Encoding.UTF8.GetBytes(
                texts.Aggregate(Encoding.UTF8.GetString(body.Span), static (text, pair) => text.Replace(pair.Old, pair.Now, StringComparison.Ordinal))),
        }, when);

    /// <summary>Makes a change in the domain just before the n-th answer of those that match.</summary>
    public void Before(int number, Func<JournalEntry, bool> which, Action change)
    {
        var seen = 0;
        Simulator.BeforeAnswer = entry => { if (which(entry) && ++seen == number) change(); };
    }

    /// <summary>Asks for a stream beside that of records.</summary>
    /// <returns>False where the program does not know it.</returns>
    public bool AskFor(string related)
    {
        if (!Output.Of(_program, "spec").Contains($"\"{related}\"", StringComparison.Ordinal)) return false;
        More["related_streams"] = new JsonArray(related);
        return true;
    }

    public FactRun Check() => Run("check", null);

    public FactRun Discover() => Run("discover", null);

    /// <summary>One sync, after the states of those before.</summary>
    /// <param name="streams">By name; <c>full:</c> in front asks for a full refresh.</param>
    public FactRun Sync(params IEnumerable<string> streams) => Read(new JsonObject
    {
        ["streams"] = new JsonArray([.. streams.Select(static s => Configured(s, new JsonObject
        {
            ["name"] = s.Split(':')[^1],
            ["json_schema"] = new JsonObject(),
        }))]),
    });

    /// <summary>One sync that knows of none before it.</summary>
    public FactRun SyncAnew(params IEnumerable<string> streams)
    {
        _states.Clear();
        return Sync(streams);
    }

    /// <summary>One sync of a stream as the program itself describes it, without a column, so that the others are asked for by name.</summary>
    public FactRun SyncWithout(string column, string stream)
    {
        var described = Discover().Streams.Single(s => (string?)s["name"] == stream).DeepClone().AsObject();
        described["json_schema"]!["properties"]!.AsObject().Remove(column);
        return Read(new JsonObject { ["streams"] = new JsonArray(Configured(stream, described)) });
    }

    /// <summary>What the states remember happened longer ago: the program's own clock cannot be moved.</summary>
    public void Age(string member, TimeSpan time)
    {
        foreach (var state in _states.Values)
            if (state["stream"]!["stream_state"] is JsonObject known && (string?)known[member] is { } when)
            {
                var earlier = DateTimeOffset.Parse(when, CultureInfo.InvariantCulture) - time;
                known[member] = earlier.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
            }
    }

    static JsonObject Configured(string name, JsonObject stream) => new()
    {
        ["stream"] = stream,
        ["sync_mode"] = name.StartsWith("full:", StringComparison.Ordinal) || !name.StartsWith("app_", StringComparison.Ordinal)
            || !char.IsAsciiDigit(name[4]) ? "full_refresh" : "incremental",
        ["destination_sync_mode"] = "append",
        ["include_files"] = name.EndsWith("_files", StringComparison.Ordinal) || name.EndsWith("_attachments", StringComparison.Ordinal),
    };

    FactRun Read(JsonObject catalog)
    {
        Wait(TimeSpan.FromMinutes(20)); // beyond the look-back
        var run = Run("read", catalog);
        foreach (var state in run.States)
            _states[(string)state["stream"]!["stream_descriptor"]!["name"]!] = state;
        return run;
    }

    FactRun Run(string command, JsonObject? catalog)
    {
        Simulator.Journal.Clear();
        var config = new JsonObject
        {
            ["subdomain"] = "example",
            ["base_url"] = _host.Address,
            ["credentials"] = Credentials.DeepClone(),
            ["app_selection"] = Apps.DeepClone(),
        };
        foreach (var (name, value) in More) config[name] = value.DeepClone();
        var state = catalog is null || _states.Count == 0 ? null : new JsonArray([.. _states.Values.Select(static s => s.DeepClone())]);
        var staging = Directory.CreateTempSubdirectory("facts-");
        try
        {
            return FactRun.Of(NativeProgram.Run(_program, s_longest, command, config, catalog, state, ("AIRBYTE_STAGING_DIRECTORY", staging.FullName)));
        }
        finally { staging.Delete(recursive: true); }
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        Simulator.Dispose();
    }
}

/// <summary>What one run wrote.</summary>
/// <param name="ExitCode">Null where it had to be ended.</param>
sealed record FactRun(int? ExitCode, double CpuSeconds, IReadOnlyList<JsonNode> Messages)
{
    public static FactRun Of(ProgramRun run) => new(run.ExitCode, run.CpuSeconds,
        [.. run.Messages.Split('\n').Where(static line => line.StartsWith('{')).Select(static line => TryParse(line)).OfType<JsonNode>()]);

    static JsonNode? TryParse(string line)
    {
        try { return JsonNode.Parse(line); }
        catch (JsonException) { return null; } // the last line of a run that was ended
    }

    public IEnumerable<JsonNode> Rows(string stream) =>
        Of("RECORD", "record").Where(r => (string?)r["stream"] == stream).Select(static r => r["data"]!);

    public int Written(string stream) => Rows(stream).Count(static row => !IsGone(row));

    public int Gone(string stream) => Rows(stream).Count(IsGone);

    public IEnumerable<long> Ids(string stream) => Rows(stream).Where(static row => !IsGone(row)).Select(static row => (long)row["_kintone_id"]!);

    public IEnumerable<JsonNode> States => Of("STATE", "state");

    public IEnumerable<JsonNode> Streams => Of("CATALOG", "catalog").SelectMany(static c => c["streams"]!.AsArray()).Select(static s => s!);

    public string CheckStatus => (string?)Of("CONNECTION_STATUS", "connectionStatus").Single()["status"] ?? "";

    public IEnumerable<string> Errors => Of("TRACE", "trace").Where(static t => t["error"] is not null).Select(static t => (string)t["error"]!["message"]!);

    public IEnumerable<string> Warnings => Of("LOG", "log").Where(static l => (string?)l["level"] == "WARN").Select(static l => (string)l["message"]!);

    /// <summary>Whether the platform is told that a stream was read to its end.</summary>
    public bool IsComplete(string stream) => Of("TRACE", "trace").Any(t => (string?)t["stream_status"]?["stream_descriptor"]?["name"] == stream
        && (string?)t["stream_status"]!["status"] == "COMPLETE");

    public string Status(string stream) => IsComplete(stream) ? "called COMPLETE" : "not called complete";

    public string Exit => ExitCode is { } code ? string.Create(CultureInfo.InvariantCulture, $"exit {code}") : "still running after 90 s";

    /// <summary>The first sentence of what it said was wrong, or else warned of.</summary>
    public string Sentence => Errors.Concat(Warnings.Where(static w => !w.Contains("previous sync started", StringComparison.Ordinal))).FirstOrDefault()
        is { } said ? $"“{First(said)}”" : "not a word.";

    /// <summary>Requests by its own account, in its last line.</summary>
    public string Account => Of("LOG", "log").Select(static l => (string)l["message"]!)
        .SelectMany(static m => m.Split(", ")).LastOrDefault(static part => part.Contains(" request", StringComparison.Ordinal)) ?? "nothing";

    /// <summary>Without what Kintone answered, which has an id that is another one each time.</summary>
    static string First(string said) => string.Join(". ", said.ReplaceLineEndings(" ").Split(". ")
        .Where(static part => !part.Contains("(error ID", StringComparison.Ordinal)).Take(2)).TrimEnd('.') + ".";

    IEnumerable<JsonNode> Of(string type, string member) => Messages.Where(m => (string?)m["type"] == type).Select(m => m[member]!);

    static bool IsGone(JsonNode row) => row["_ab_cdc_deleted_at"] is not null;
}
