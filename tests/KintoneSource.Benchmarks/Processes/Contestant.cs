using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace KintoneSource.Benchmarks.Processes;

/// <summary>One way to get all records of an app, as a command.</summary>
/// <param name="Command">Prepares what it needs in the folder and gives the command line.</param>
sealed record Contestant(string Name, Func<Scenario, IReadOnlyList<string>> Command)
{
    public const string Ours = "source-kintone", Earlier = "an earlier source-kintone", Script = "SDK script", Cli = "cli-kintone", Floor = "curl";

    /// <param name="earlier">A program that <paramref name="program"/> is held against; null for none.</param>
    public static IReadOnlyList<Contestant> All(Server server, string program, string? earlier, string folder, string clients)
    {
        return
        [
            new(Ours, scenario => Records(program, scenario, "")),
            .. earlier is null ? Array.Empty<Contestant>() : [new(Earlier, scenario => Records(earlier, scenario, "-earlier"))],
            new(Floor, scenario => Curl(server, folder, scenario)),
            new(Script, scenario => ["node", Path.Combine(clients, OfficialClients.Script), server.Address, Server.User, Server.Password,
                server.AppOf(scenario.Records)]),
            new(Cli, scenario =>
            [
                "node", Path.Combine(clients, "node_modules", "@kintone", "cli", "cli.js"), "record", "export", "--log-level", "error",
                "--base-url", server.Address, "--username", Server.User, "--password", Server.Password, "--app", server.AppOf(scenario.Records),
            ]),
        ];

        string[] Records(string connector, Scenario scenario, string name) =>
            Connector(server, connector, folder, scenario.Records, static (app, stream) => stream == $"app_{app}_records", name);
    }

    /// <summary>The first sync of incremental streams, the platform's usual choice: ids are kept, and states written.</summary>
    /// <param name="selects">Whether a stream of the app is read.</param>
    public static string[] Connector(Server server, string program, string folder, int records, Func<string, string, bool> selects, string name = "")
    {
        var app = server.AppOf(records);
        var (config, catalog) = (Path.Combine(folder, $"config-{app}{name}.json"), Path.Combine(folder, $"catalog-{app}{name}.json"));
        File.WriteAllText(config, Configuration(server, new() { ["mode"] = "single_app", ["app"] = long.Parse(app, CultureInfo.InvariantCulture) }));
        File.WriteAllText(catalog, Catalog(program, config, stream => selects(app, stream)));
        return [program, "read", "--config", config, "--catalog", catalog];
    }

    public static string Configuration(Server server, JsonObject apps) => new JsonObject
    {
        ["subdomain"] = "benchmark",
        ["base_url"] = server.Address,
        ["credentials"] = new JsonObject { ["auth_type"] = "password", ["username"] = Server.User, ["password"] = Server.Password },
        ["app_selection"] = apps,
    }.ToJsonString();

    /// <summary>What the program discovers, all incremental.</summary>
    public static string Catalog(string program, string config, Func<string, bool> selects) => new JsonObject
    {
        ["streams"] = new JsonArray([.. Streams(Output.Of(program, "discover", "--config", config)).Where(s => selects((string)s["name"]!))
            .Select(static stream => new JsonObject
        {
            ["stream"] = stream.DeepClone(),
            ["sync_mode"] = "incremental",
            ["destination_sync_mode"] = "append_dedup",
            ["cursor_field"] = stream["default_cursor_field"]!.DeepClone(),
            ["primary_key"] = stream["source_defined_primary_key"]!.DeepClone(),
        })]),
    }.ToJsonString();

    static IEnumerable<JsonNode> Streams(string discovered) => discovered.Split('\n')
        .Where(static line => line.Contains("\"CATALOG\"", StringComparison.Ordinal))
        .SelectMany(static line => JsonNode.Parse(line)!["catalog"]!["streams"]!.AsArray())
        .Select(static stream => stream!);

    /// <summary>The script's pages with nothing done to them: one process, one connection; eight at once where there is something to wait for.</summary>
    static string[] Curl(Server server, string folder, Scenario scenario)
    {
        var records = scenario.Records;
        var list = Path.Combine(folder, $"curl-{records}.txt");
        var text = new StringBuilder();
        for (var after = 0; after < records; after += 500)
        {
            var query = Uri.EscapeDataString(string.Create(CultureInfo.InvariantCulture, $"$id > {after} order by $id asc limit 500"));
            text.Append(CultureInfo.InvariantCulture,
                $"url = \"{server.Address}/k/v1/records.json?app={server.AppOf(records)}&query={query}\"\noutput = /dev/null\n");
        }
        File.WriteAllText(list, text.ToString());
        var credentials = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Server.User}:{Server.Password}"));
        string[] atOnce = scenario.LatencyMilliseconds == 0 ? [] : ["--parallel", "--parallel-max", "8"];
        return ["curl", "--silent", "--show-error", "--fail", .. atOnce, "--header", $"X-Cybozu-Authorization: {credentials}", "--config", list];
    }
}
