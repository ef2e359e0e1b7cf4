using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KintoneSimulator;

namespace AcceptanceTests;

/// <summary>Every program that is known to run sources has its ways, and each way that has broken a source is done here as that program does it.</summary>
[Collection(SampleCompanyCollection.Name)]
public sealed class RunnersTests(SampleCompanyRuns company)
{
    const string OtherUser = "54321";

    /// <summary>What the platform sets for the connector; none of it must disturb.</summary>
    static readonly (string, string?)[] s_platform =
    [
        ("DATA_CHANNEL_FORMAT", "JSONL"), ("DATA_CHANNEL_MEDIUM", "STDIO"), ("DEPLOYMENT_MODE", "OSS"), ("USE_STREAM_CAPABLE_STATE", "true"),
        ("LOG_LEVEL", "INFO"),
        ("WORKER_JOB_ID", "1"), ("WORKER_JOB_ATTEMPT", "0"), ("CONCURRENT_SOURCE_STREAM_READ", "false"),
        ("AIRBYTE_ENTRYPOINT", ConnectorProgram.ShellEntrypoint),
    ];

    [Fact]
    public async Task The_platform_evaluates_the_entry_point_in_a_shell_and_reads_from_named_pipes()
    {
        using var connector = Sample();
        var catalog = connector.Write("catalog", ConfiguredCatalogs.Incremental(company.Streams, generation: 1));
        var (exitCode, _, error) = await Shell.RunAsync($$"""
            mkdir config source && cp {{connector.ConfigFile}} config/config.json && cp {{connector.ConfigFile}} source/connectorConfig.json && cp {{catalog}} source/catalog.json
            cd config && eval "$AIRBYTE_ENTRYPOINT check --config config.json" > jobOutput.json || exit 1
            cd ../source && mkfifo stdout stderr && { cat stdout > out & cat stderr > err & }
            (eval "$AIRBYTE_ENTRYPOINT read --config connectorConfig.json --catalog catalog.json" 2> stderr > stdout)
            code=$?; wait; exit $code
            """, connector.Folder, s_platform);
        Assert.Equal((0, ""), (exitCode, error));
        Assert.Contains("SUCCEEDED", await File.ReadAllTextAsync(Path.Combine(connector.Folder, "config", "jobOutput.json")), StringComparison.Ordinal);
        Assert.Empty(await File.ReadAllTextAsync(Path.Combine(connector.Folder, "source", "err")));
        AssertWhole(new("read", exitCode, await File.ReadAllBytesAsync(Path.Combine(connector.Folder, "source", "out")), ""));
    }

    [Fact]
    public async Task The_acceptance_harness_merges_stderr_into_a_pipe_to_tee()
    {
        using var connector = Sample();
        var (exitCode, output, _) = await Shell.RunAsync($"eval \"$AIRBYTE_ENTRYPOINT discover --config {connector.ConfigFile}\" 2>&1 | tee output.txt",
            connector.Folder, s_platform);
        Assert.Equal(0, exitCode);
        Assert.Equal(company.Discover.Lines, output.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task PyAirbyte_passes_an_empty_list_as_state_and_wants_every_stream_incrementally()
    {
        using var connector = Sample();
        var catalog = ConfiguredCatalogs.Of(company.Streams, static _ => "incremental");
        var first = (await connector.ReadAsync(catalog, "[]")).MustSucceed();
        Assert.Empty(first.ErrorMessages);
        AssertWhole(first);

        var second = (await connector.ReadAsync(catalog, first.StateToKeep())).MustSucceed();
        foreach (var stream in company.Streams)
        {
            var name = SampleCompanyRuns.Name(stream);
            if (name.EndsWith("_records", StringComparison.Ordinal)) Assert.Empty(second.RecordsOf(name));
            else if (!ConfiguredCatalogs.SyncModes(stream).Contains("incremental")) Assert.Equal(first.RecordsOf(name).Count, second.RecordsOf(name).Count);
        }
    }

    [Fact]
    public async Task Meltanos_wrapper_never_reads_stderr_and_keeps_states_as_bookmarks()
    {
        using var connector = Sample();
        var catalog = new JsonObject
        {
            // It passes no cursor field.
            ["streams"] = new JsonArray([.. company.Streams.Select(static stream => new JsonObject
            {
                ["stream"] = JsonNode.Parse(stream.GetRawText()), ["sync_mode"] = ConfiguredCatalogs.SyncModes(stream).Last(),
                    ["destination_sync_mode"] = "append",
            })]),
        }.ToJsonString();
        var first = await ReadWithStderrBlockedAsync(connector.ReadArguments(catalog, """{"bookmarks":{}}"""));
        AssertWhole(first);

        var bookmarks = new JsonObject();
        foreach (var state in first.States)
            bookmarks[ConnectorRun.StreamOf(state)] = JsonNode.Parse(state.GetProperty("stream").GetProperty("stream_state").GetRawText());
        var second = await ReadWithStderrBlockedAsync(connector.ReadArguments(catalog, new JsonObject { ["bookmarks"] = bookmarks }.ToJsonString()));
        Assert.Empty(second.RecordsOf($"app_{SampleCompany.DealsApp}_records"));
    }

    /// <summary>Python's splitlines, which the wrapper uses on stdout, knows more ends of lines than JSON lines has.</summary>
    [Fact]
    public void Meltanos_wrapper_splits_lines_at_every_separator_of_unicode() =>
        Assert.All(company.Read.Lines, static line => Assert.DoesNotContain(line, static c => c is < ' ' or '\u0085' or '\u2028' or '\u2029'));

    [SkippableFact]
    public async Task Meltanos_wrapper_mounts_a_folder_that_the_images_user_can_not_read()
    {
        await SkipWithoutOtherUserAsync();
        using var connector = Sample();
        var (exitCode, output, error) = await Shell.RunAsync($"chmod 700 . && chmod 600 {connector.ConfigFile} && cd / && "
            + $"{AsOtherUser} {ConnectorProgram.ShellEntrypoint} check --config {connector.ConfigFile}", connector.Folder);
        Assert.Equal((0, ""), (exitCode, error));
        var (status, message) = new ConnectorRun("check", exitCode, Encoding.UTF8.GetBytes(output), error).Status;
        Assert.Equal("FAILED", status);
        Assert.Contains(connector.ConfigFile, message, StringComparison.Ordinal);
        Assert.Contains("permissions", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Estuary_waits_for_a_line_before_it_executes_and_takes_the_first_message_for_the_answer()
    {
        using var connector = Sample();
        foreach (var (arguments, answer) in new[] { ("spec", "SPEC"), ($"check --config {connector.ConfigFile}", "CONNECTION_STATUS"), ($"discover --config "
            + $"{connector.ConfigFile}", "CATALOG") })
        {
            var (exitCode, output, _) = await Shell.RunAsync(
                $"{{ echo go; sleep 1; }} | sh -c \"read -r x && exec {ConnectorProgram.ShellEntrypoint} {arguments}\"", connector.Folder,
                ("LOG_LEVEL", "debug"));
            Assert.Equal(0, exitCode);
            var first = new ConnectorRun(arguments, exitCode, Encoding.UTF8.GetBytes(output), "")
                .Messages.First(static m => m.GetProperty("type").GetString() is not ("LOG" or "TRACE"));
            Assert.Equal(answer, first.GetProperty("type").GetString());
        }
    }

    [Fact]
    public async Task Estuary_passes_states_by_stream_nulls_and_keys_of_its_own()
    {
        using var connector = Sample();
        var catalog = new JsonObject
        {
            ["streams"] = new JsonArray([.. company.Streams.Select(static stream => new JsonObject
            {
                ["stream"] = WithNulls(stream),
                ["sync_mode"] = ConfiguredCatalogs.SyncModes(stream).Last(),
                ["destination_sync_mode"] = "append",
                ["cursor_field"] = null,
                ["primary_key"] = null,
                ["estuary.dev/range"] = new JsonObject { ["begin"] = "00000000", ["end"] = "ffffffff" },
            })]),
            ["estuary.dev/range"] = new JsonObject { ["begin"] = "00000000", ["end"] = "ffffffff" },
        }.ToJsonString();
        var first = (await connector.ReadAsync(catalog, "{}")).MustSucceed();
        AssertWhole(first);
        foreach (var stream in company.Streams.Select(SampleCompanyRuns.Name))
        {
            var rest = first.Messages.SkipWhile(m =>
                !(m.TryGetProperty("state", out var state) && state.GetRawText() == first.StatesOf(stream).Last().GetRawText()));
            Assert.DoesNotContain(rest, m => m.TryGetProperty("record", out var record) && record.GetProperty("stream").GetString() == stream);
        }

        var states = new JsonObject([.. first.States.DistinctBy(ConnectorRun.StreamOf).Select(state => KeyValuePair.Create(
            ConnectorRun.StreamOf(state), JsonNode.Parse(first.StatesOf(ConnectorRun.StreamOf(state)).Last().GetProperty("stream").GetProperty("stream_state")
                .GetRawText())))]);
        states["estuary.dev/resume"] = 1;
        var second = (await connector.ReadAsync(catalog, states.ToJsonString())).MustSucceed();
        Assert.Empty(second.RecordsOf($"app_{SampleCompany.DealsApp}_records"));
    }

    [Fact]
    public async Task Jitsu_adds_debug_and_takes_lines_of_50_megabytes_at_most()
    {
        using var connector = Sample();
        var catalog = connector.Write("catalog", ConfiguredCatalogs.FullRefresh(company.Streams));
        var state = connector.Write("state", "[]");
        var (exitCode, _, error) = await Shell.RunAsync($$"""
            mkdir pipes && mkfifo pipes/stdout pipes/stderr && { cat pipes/stdout > out & cat pipes/stderr > err & }
            sh -c 'eval "$AIRBYTE_ENTRYPOINT read --debug --config {{connector.ConfigFile}} --catalog {{catalog}} --state {{state}}" 2> pipes/stderr > pipes/stdout'
            code=$?; wait; exit $code
            """, connector.Folder, s_platform);
        Assert.Equal((0, ""), (exitCode, error));
        var run = new ConnectorRun("read", exitCode, await File.ReadAllBytesAsync(Path.Combine(connector.Folder, "out")), "");
        AssertWhole(run);
        Assert.All(run.Lines, static line => Assert.InRange(Encoding.UTF8.GetByteCount(line), 2, 50_000_000));
        Assert.Subset(new HashSet<string?> { "RECORD", "STATE", "LOG", "TRACE" },
            run.Messages.Select(static m => m.GetProperty("type").GetString()).ToHashSet());
    }

    [Fact]
    public async Task Faros_passes_an_empty_state_and_streams_without_schema_or_key()
    {
        using var connector = Sample();
        var catalog = new JsonObject
        {
            ["streams"] = new JsonArray([.. company.Streams.Select(static stream => new JsonObject
            {
                ["stream"] = new JsonObject { ["name"] = SampleCompanyRuns.Name(stream), ["json_schema"] = new JsonObject() },
                ["sync_mode"] = ConfiguredCatalogs.SyncModes(stream).Last(),
                ["destination_sync_mode"] = "append",
            })]),
        }.ToJsonString();
        AssertWhole((await connector.ReadAsync(catalog, "{}")).MustSucceed());
    }

    [SkippableFact]
    public async Task Faros_runs_it_as_a_user_that_has_no_name_and_no_home()
    {
        await SkipWithoutOtherUserAsync();
        using var connector = Sample();
        var read = connector.ReadArguments(ConfiguredCatalogs.ByName("full_refresh", "apps", "app_1_records"), "{}");
        var (exitCode, output, error) = await Shell.RunAsync(
            $"chmod -R a+rX . && cd / && env -i {AsOtherUser} {ConnectorProgram.ShellEntrypoint} {string.Join(' ', read.Select(Shell.Quote))}",
            connector.Folder);
        Assert.Equal((0, ""), (exitCode, error));
        Assert.Equal(company.Read.RecordsOf("app_1_records").Count, new ConnectorRun("read", exitCode, Encoding.UTF8.GetBytes(output), error)
            .RecordsOf("app_1_records").Count);
    }

    [Fact]
    public async Task Docker_with_an_open_stdin_gets_none_of_it_read()
    {
        using var connector = Sample();
        var (exitCode, output, _) = await Shell.RunAsync(
            $"printf 'a\\nb\\n' | {{ {ConnectorProgram.ShellEntrypoint} check --config {connector.ConfigFile} > status; cat; }}", connector.Folder);
        Assert.Equal((0, "a\nb\n"), (exitCode, output));
    }

    [Fact]
    public async Task Two_runs_of_a_connection_at_once_do_each_other_no_harm()
    {
        using var connector = Sample();
        var catalog = ConfiguredCatalogs.Incremental(company.Streams, generation: 1);
        var runs = await Task.WhenAll(connector.ReadAsync(catalog), connector.ReadAsync(catalog));
        foreach (var run in runs) AssertWhole(run.MustSucceed());
        var third = (await connector.ReadAsync(catalog, runs[1].StateToKeep())).MustSucceed();
        Assert.Empty(third.RecordsOf($"app_{SampleCompany.DealsApp}_records"));
    }

    Connector Sample() => new(Configs.Password(company.Address).WithAllApps());

    /// <summary>As much as the full read that all tests compare with.</summary>
    void AssertWhole(ConnectorRun run)
    {
        foreach (var stream in company.Streams.Select(SampleCompanyRuns.Name))
        {
            Assert.Equal(company.Read.RecordsOf(stream).Count, run.RecordsOf(stream).Count);
            Assert.Equal("COMPLETE", run.StatusesOf(stream)[^1]);
            Assert.NotEmpty(run.StatesOf(stream));
        }
    }

    /// <summary>Runs it with a pipe on stderr that nobody reads: what does not fit into it blocks for ever.</summary>
    static async Task<ConnectorRun> ReadWithStderrBlockedAsync(string[] arguments)
    {
        var start = ConnectorProgram.Start(arguments);
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        using var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(100));
        using var output = new MemoryStream();
        await process.StandardOutput.BaseStream.CopyToAsync(output, patience.Token);
        await process.WaitForExitAsync(patience.Token);
        return new ConnectorRun("read", process.ExitCode, output.ToArray(), "").MustSucceed();
    }

    static JsonObject WithNulls(JsonElement stream)
    {
        var copy = (JsonObject)JsonNode.Parse(stream.GetRawText())!;
        foreach (var name in new[] { "source_defined_cursor", "default_cursor_field", "source_defined_primary_key", "namespace", "is_resumable" })
            copy.TryAdd(name, null);
        return copy;
    }

    static string AsOtherUser => $"setpriv --reuid {OtherUser} --regid {OtherUser} --clear-groups";

    static async Task SkipWithoutOtherUserAsync()
    {
        var (exitCode, _, _) = await Shell.RunAsync($"{AsOtherUser} {ConnectorProgram.ShellEntrypoint} spec > /dev/null 2>&1", "/");
        Skip.If(exitCode != 0, "Nobody else than these tests' own user may run the connector where it lies, or there is no setpriv.");
    }
}
