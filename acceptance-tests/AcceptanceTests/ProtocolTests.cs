using System.Text;
using System.Text.Json;
using KintoneSimulator;

namespace AcceptanceTests;

/// <summary>Every line of every command is a message of the protocol, and nothing else is written.</summary>
[Collection(SampleCompanyCollection.Name)]
public sealed class ProtocolTests(SampleCompanyRuns company)
{
    IEnumerable<ConnectorRun> Runs => [company.Spec, company.Check, company.Discover, company.Read];

    [Fact]
    public void Every_line_of_every_command_is_a_valid_message()
    {
        foreach (var line in Runs.SelectMany(static run => run.Lines)) ProtocolSchema.MustHold(line);
    }

    [Fact]
    public void The_schema_notices_messages_that_are_not_valid()
    {
        foreach (var wrong in new[]
        {
            """{"type":"RECORD","record":{"stream":"a","data":{"x":1},"emittedAt":1700000000000}}""",
            """{"type":"RECORD","record":{"stream":"a","data":{},"emitted_at":1700000000000}}""",
            """{"type":"STATE","state":{"type":"LEGACY","data":{}}}""",
            """{"type":"TRACE","trace":{"type":"STREAM_STATUS","emitted_at":1700000000000,"stream_status":{"stream_descriptor":{"name":"a"},"status":"DONE"}}}""",
            """{"type":"CONNECTION_STATUS","connection_status":{"status":"SUCCEEDED"}}""",
            """{"type":"INFO","log":{"level":"INFO","message":"x"}}""",
            """{"level":"INFO","message":"x"}""",
        })
        {
            Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => ProtocolSchema.MustHold(wrong));
        }
    }

    [Fact]
    public async Task Failures_are_valid_messages_too()
    {
        using var connector = new Connector(Configs.Password(company.Address).WithApps(SampleCompany.CustomersApp, SampleCompany.MinutesApp));
        var check = await connector.CheckAsync();
        var read = await connector.ReadAsync(ConfiguredCatalogs.ByName("incremental", "app_1_records", "app_6_records", "nothing"));
        var broken = await connector.RunAsync("read", "--config", connector.ConfigFile, "--catalog", connector.Folder);
        foreach (var line in check.Lines.Concat(read.Lines).Concat(broken.Lines)) ProtocolSchema.MustHold(line);
    }

    [Fact]
    public void Stdout_is_utf8_without_a_byte_order_mark_and_no_line_separator_is_left_unescaped()
    {
        foreach (var run in Runs)
        {
            Assert.NotEqual(0xEF, run.Output.Span[0]);
            Assert.DoesNotContain('\r', Encoding.UTF8.GetString(run.Output.Span));
            Assert.All(run.Lines, static line => Assert.Equal(-1, line.AsSpan().IndexOfAny("\u0085\u2028\u2029")));
        }
    }

    [Fact]
    public void Stderr_is_silent_when_it_is_not_a_terminal() => Assert.All(Runs, static run => Assert.Empty(run.Errors));

    [Fact]
    public void Every_record_is_valid_against_the_schema_of_its_stream()
    {
        var schemas = company.Streams.ToDictionary(SampleCompanyRuns.Name, static s => new RecordSchema(s.GetProperty("json_schema")));
        foreach (var record in company.Read.Records)
        {
            var stream = record.GetProperty("stream").GetString()!;
            var problems = schemas[stream].Problems(record.GetProperty("data"));
            Assert.True(problems.Count == 0, $"{stream}: {string.Join("; ", problems)} in {record}");
        }
    }

    [Fact]
    public void The_strict_rules_notice_values_that_are_not_strict()
    {
        using var schema = JsonDocument.Parse("""{"type":"object","properties":{"i":{"type":["null","integer"]},"t":{"type":["null","string"],"format":"date-time"},"d":{"type":["null","string"],"format":"date"}}}""");
        var strict = new RecordSchema(schema.RootElement);
        foreach (var wrong in new[] { """{"i":1.0}""", """{"i":"1"}""", """{"t":"2024-01-01"}""", """{"t":"2024-01-01 00:00:00Z"}""", """{"d":"2024-02-30"}""", """{"x":1}""" })
        {
            using var data = JsonDocument.Parse(wrong);
            Assert.NotEmpty(strict.Problems(data.RootElement));
        }
        using var right = JsonDocument.Parse("""{"i":1,"t":"2024-01-01T00:00:00Z","d":null}""");
        Assert.Empty(strict.Problems(right.RootElement));
    }

    [Fact]
    public void Statuses_of_every_stream_go_from_started_over_running_to_complete()
    {
        foreach (var stream in company.Streams.Select(SampleCompanyRuns.Name))
        {
            var statuses = company.Read.StatusesOf(stream);
            Assert.Equal("STARTED", statuses[0]);
            Assert.Equal("COMPLETE", statuses[^1]);
            Assert.True(statuses.Count >= 2 && statuses.Skip(1).SkipLast(1).All(static s => s == "RUNNING"), $"{stream}: {string.Join(", ", statuses)}");
        }
    }

    [Fact]
    public void The_counts_of_the_states_add_up_to_the_records_between_them()
    {
        var since = company.Streams.ToDictionary(SampleCompanyRuns.Name, static _ => 0L);
        foreach (var message in company.Read.Messages)
        {
            if (message.TryGetProperty("record", out var record)) since[record.GetProperty("stream").GetString()!]++;
            if (!message.TryGetProperty("state", out var state)) continue;
            var stream = state.GetProperty("stream").GetProperty("stream_descriptor").GetProperty("name").GetString()!;
            var count = state.GetProperty("sourceStats").GetProperty("recordCount").GetRawText();
            Assert.EndsWith(".0", count, StringComparison.Ordinal); // the platform reads a count only with a point
            Assert.Equal($"{since[stream]}.0", count);
            since[stream] = 0;
        }
        Assert.All(since, static stream => Assert.Equal(0, stream.Value));
    }

    [Fact]
    public void A_record_comes_once_and_only_between_its_streams_first_and_last_status()
    {
        var seen = new HashSet<string>();
        var open = new HashSet<string>();
        var keys = company.Streams.ToDictionary(SampleCompanyRuns.Name, static s => s.GetProperty("source_defined_primary_key").EnumerateArray()
            .Select(static k => k[0].GetString()!).ToArray());
        foreach (var message in company.Read.Messages)
        {
            if (message.TryGetProperty("trace", out var trace) && trace.TryGetProperty("stream_status", out var status))
            {
                var name = status.GetProperty("stream_descriptor").GetProperty("name").GetString()!;
                if (status.GetProperty("status").GetString() is "COMPLETE" or "INCOMPLETE") open.Remove(name);
                else open.Add(name);
            }
            if (!message.TryGetProperty("record", out var record)) continue;
            var stream = record.GetProperty("stream").GetString()!;
            Assert.Contains(stream, open);
            var key = string.Join('\n', keys[stream].Select(column => record.GetProperty("data").GetProperty(column).GetRawText()));
            Assert.True(seen.Add($"{stream}\n{key}"), $"{stream} has {key} twice");
        }
    }
}
