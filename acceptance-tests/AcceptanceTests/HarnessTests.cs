using System.Text.Json;
using System.Text.Json.Nodes;
using KintoneSimulator;
using YamlDotNet.RepresentationModel;

namespace AcceptanceTests;

/// <summary>
/// acceptance-test-config.yml and the files that it names, held to what the connector does, so that the platform's own
/// tests would find them right. RENEW_BASELINE=true writes the expected records and the state of the far future anew.
/// </summary>
[Collection(SampleCompanyCollection.Name)]
public sealed class HarnessTests(SampleCompanyRuns company)
{
    const int RecordsPerStream = 2;

    static readonly string s_folder = Repository.File("acceptance-tests");

    static readonly YamlMappingNode s_root = Load();

    [Fact]
    public void It_demands_the_high_strictness_of_every_suite()
    {
        Assert.Equal("high", Text(s_root, "test_strictness_level"));
        var suites = (YamlMappingNode)s_root["acceptance_tests"];
        foreach (var suite in new[] { "spec", "connection", "discovery", "basic_read", "full_refresh", "incremental", "connector_attributes",
            "connector_documentation" })
            Assert.True(((YamlMappingNode)suites[suite]).Children.ContainsKey("tests")
                || Text((YamlMappingNode)suites[suite], "bypass_reason") is { Length: > 20 }, suite);
        Assert.All(Suite("basic_read"), static test => Assert.False(test.Children.ContainsKey("configured_catalog_path")));
    }

    [Fact]
    public void Every_file_that_it_names_is_there_and_the_spec_is_the_connectors()
    {
        var paths = s_root.AllNodes.OfType<YamlMappingNode>().SelectMany(static map => map.Children)
            .Where(static child => child.Key.ToString().EndsWith("path", StringComparison.Ordinal)).Select(static child => child.Value.ToString()).ToArray();
        Assert.NotEmpty(paths);
        Assert.All(paths, static path => Assert.True(File.Exists(Path.Combine(s_folder, path)), path));
        Assert.Equal(Repository.File("spec.json"), Path.GetFullPath(Path.Combine(s_folder, Text(Suite("spec").Single(), "spec_path")!)));
    }

    [Fact]
    public async Task Check_ends_with_each_configuration_as_it_says()
    {
        foreach (var test in Suite("connection"))
        {
            using var connector = Connect(Text(test, "config_path")!, company.Address);
            var run = await connector.CheckAsync();
            switch (Text(test, "status"))
            {
                case "succeed": Assert.Equal(("SUCCEEDED", 0), (run.Status.Status, run.ExitCode)); break;
                case "failed": Assert.Equal("FAILED", run.Status.Status); break;
                case "exception":
                    Assert.NotEqual(0, run.ExitCode);
                    Assert.Single(run.Of("TRACE", "trace"));
                    break;
                case var other: Assert.Fail($"The harness has no status {other}."); break;
            }
        }
    }

    [Fact]
    public async Task Every_stream_has_expected_records_that_a_read_gives_or_a_reason_why_not()
    {
        var test = Suite("basic_read").Single();
        using var connector = Connect(Text(test, "config_path")!, company.Address);
        var streams = (await connector.DiscoverAsync()).MustSucceed().Catalog;
        var read = (await connector.ReadAsync(ConfiguredCatalogs.FullRefresh(streams))).MustSucceed();

        var file = Path.Combine(s_folder, Text((YamlMappingNode)test["expect_records"], "path")!);
        await RenewAsync(file, async () => string.Concat((await StableAsync(test, streams, read)).Select(static line => line + "\n")));
        var expected = (await File.ReadAllLinesAsync(file)).Select(static line => JsonNode.Parse(line)!).GroupBy(static r => (string)r["stream"]!)
            .ToDictionary(static g => g.Key);
        var empty = ((YamlSequenceNode)test["empty_streams"]).Cast<YamlMappingNode>()
            .ToDictionary(static s => Text(s, "name")!, static s => Text(s, "bypass_reason"));

        var names = streams.Select(SampleCompanyRuns.Name).ToArray();
        Assert.All(names, name => Assert.True(expected.ContainsKey(name) != empty.ContainsKey(name),
            $"{name} should have either expected records or a place in empty_streams"));
        Assert.All(empty, static stream => Assert.True(stream.Value is { Length: > 10 }, stream.Key));
        Assert.Subset(names.ToHashSet(), expected.Keys.Concat(empty.Keys).ToHashSet());
        foreach (var stream in expected)
        {
            var seen = read.RecordsOf(stream.Key).Select(static r => r.GetRawText()).ToHashSet();
            Assert.All(stream.Value, record => Assert.Contains(JsonSerializer.Serialize(record["data"], s_plain), seen));
        }
    }

    [Fact]
    public async Task The_state_of_the_far_future_covers_every_incremental_stream_and_brings_nothing()
    {
        var test = Suite("incremental").Single();
        using var connector = Connect(Text(test, "config_path")!, company.Address);
        var streams = (await connector.DiscoverAsync()).MustSucceed().Catalog.Where(static s => ConfiguredCatalogs.SyncModes(s).Contains("incremental"))
            .ToArray();
        var file = Path.Combine(s_folder, Text((YamlMappingNode)test["future_state"], "future_state_path")!);
        await RenewAsync(file, async () => (await connector.ReadAsync(ConfiguredCatalogs.Incremental(streams))).MustSucceed().FarFuture()
            .ToJsonString(s_readable) + "\n");

        var state = await File.ReadAllTextAsync(file);
        Assert.Equal(
            streams.Select(SampleCompanyRuns.Name).Order(),
            JsonNode.Parse(state)!.AsArray().Select(static s => (string)s!["stream"]!["stream_descriptor"]!["name"]!).Order());
        var run = (await connector.ReadAsync(ConfiguredCatalogs.Incremental(streams), state)).MustSucceed();
        Assert.Empty(run.Records);
        Assert.All(streams, stream => Assert.NotEmpty(run.StatesOf(SampleCompanyRuns.Name(stream))));
    }

    /// <summary>The first records of each stream that are the same whenever the simulator was started.</summary>
    static async Task<IEnumerable<string>> StableAsync(YamlMappingNode test, IReadOnlyList<JsonElement> streams, ConnectorRun read)
    {
        using var later = SampleCompany.Create(TimeProvider.System, new() { ClockSkew = TimeSpan.FromDays(40) });
        await using var host = await SimulatorHost.StartAsync(later);
        using var connector = Connect(Text(test, "config_path")!, host.Address);
        var again = (await connector.ReadAsync(ConfiguredCatalogs.FullRefresh(streams))).MustSucceed();
        return
            from stream in streams.Select(SampleCompanyRuns.Name)
            let same = again.RecordsOf(stream).Select(static r => r.GetRawText()).ToHashSet()
            from record in read.RecordsOf(stream).Where(r => same.Contains(r.GetRawText())).Take(RecordsPerStream)
            select $"{{\"stream\": \"{stream}\", \"data\": {record.GetRawText()}, \"emitted_at\": 1700000000000}}";
    }

    static async Task RenewAsync(string file, Func<Task<string>> content)
    {
        if (Environment.GetEnvironmentVariable("RENEW_BASELINE") == "true") await File.WriteAllTextAsync(file, await content());
    }

    static Connector Connect(string configFile, string address)
    {
        var config = (JsonObject)JsonNode.Parse(File.ReadAllText(Path.Combine(s_folder, configFile)))!;
        return new(config.With("base_url", address));
    }

    static IEnumerable<YamlMappingNode> Suite(string name) => ((YamlSequenceNode)s_root["acceptance_tests"][name]["tests"]).Cast<YamlMappingNode>();

    static string? Text(YamlMappingNode map, string key) => map.Children.TryGetValue(key, out var value) ? value.ToString() : null;

    static YamlMappingNode Load()
    {
        var yaml = new YamlStream();
        using var reader = File.OpenText(Path.Combine(s_folder, "acceptance-test-config.yml"));
        yaml.Load(reader);
        return (YamlMappingNode)yaml.Documents[0].RootNode;
    }

    static readonly JsonSerializerOptions s_readable = new() { WriteIndented = true };

    static readonly JsonSerializerOptions s_plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
