using System.Text.Json;
using KintoneSimulator;

namespace AcceptanceTests.Contract;

/// <summary>What the platform's acceptance tests demand of a full read, and of one that fails.</summary>
[Collection(SampleCompanyCollection.Name)]
public sealed class ReadContractTests(SampleCompanyRuns company)
{
    /// <summary>Streams that hold nothing, and why; all streams of an app by the beginning of their names.</summary>
    static readonly Dictionary<string, string> s_empty = new()
    {
        [$"app_{SampleCompany.EmptyApp}_"] = "an app without records",
        [$"app_{SampleCompany.EdgesApp}_table_kuuteeburu_x5fc862d3d9"] = "a sub-table without fields and rows",
        ["app_views"] = "the sample's apps have no views but Kintone's own",
        ["app_reports"] = "the sample's apps have no graphs",
        ["app_actions"] = "the sample's apps have no actions",
        ["app_notifications"] = "the sample's user manages no app, and only managers see them",
        ["app_permissions"] = "the sample's user manages no app, and only managers see them",
        ["app_customizations"] = "the sample's user manages no app, and only managers see them",
        ["app_plugins"] = "the sample's user manages no app, and only managers see them",
        ["app_admin_notes"] = "the sample's user manages no app, and only managers see them",
        ["app_statistics"] = "the sample's user does not administer the domain",
        ["space_statistics"] = "the sample's user does not administer the domain",
    };

    [Fact]
    public void Every_stream_has_records_unless_it_is_known_to_be_empty()
    {
        foreach (var stream in company.Streams.Select(SampleCompanyRuns.Name).Where(static s => !IsEmpty(s)))
            Assert.True(company.Read.RecordsOf(stream).Count > 0, stream);
    }

    [Fact]
    public void Every_path_of_every_schema_is_seen_at_least_once()
    {
        foreach (var stream in company.Streams)
        {
            var name = SampleCompanyRuns.Name(stream);
            if (IsEmpty(name)) continue;
            var seen = company.Read.RecordsOf(name).SelectMany(static record => RecordSchema.PathsIn(record)).ToHashSet();
            foreach (var path in new RecordSchema(stream.GetProperty("json_schema")).Paths.Where(path => !IsInsideAnEmptyList(path, seen)))
                Assert.True(seen.Contains(path), $"{name} {path}");
        }
    }

    [Fact]
    public void Every_record_holds_every_column_of_its_stream()
    {
        foreach (var stream in company.Streams)
        {
            var columns = CatalogRules.Properties(stream).EnumerateObject().Select(static p => p.Name).ToArray();
            foreach (var record in company.Read.RecordsOf(SampleCompanyRuns.Name(stream)))
                Assert.Equal(columns, record.EnumerateObject().Select(static p => p.Name));
        }
    }

    [Fact]
    public void Primary_keys_are_plain_values_and_never_null()
    {
        foreach (var stream in company.Streams)
        {
            foreach (var record in company.Read.RecordsOf(SampleCompanyRuns.Name(stream)))
                Assert.All(CatalogRules.Keys(stream),
                    key => Assert.True(record.GetProperty(key[0]).ValueKind is JsonValueKind.String or JsonValueKind.Number, $"{key[0]} in {record}"));
        }
    }

    [Fact]
    public void Every_stream_has_a_state_of_its_own_with_the_number_of_records_it_covers()
    {
        foreach (var stream in company.Streams.Select(SampleCompanyRuns.Name))
        {
            var states = company.Read.StatesOf(stream).ToArray();
            Assert.True(states.Length > 0, stream);
            Assert.Equal(company.Read.RecordsOf(stream).Count, states.Sum(static s => s.GetProperty("sourceStats").GetProperty("recordCount").GetDouble()));
        }
    }

    [Fact]
    public void The_last_message_about_a_records_stream_before_it_is_complete_is_its_state()
    {
        foreach (var stream in company.Streams.Select(SampleCompanyRuns.Name))
        {
            var last = company.Read.Messages.Where(m => Concerns(m, stream)).TakeLast(2).ToArray();
            Assert.Equal("STATE", last[0].GetProperty("type").GetString());
            Assert.Equal("COMPLETE", last[1].GetProperty("trace").GetProperty("stream_status").GetProperty("status").GetString());
        }
    }

    [Fact]
    public async Task A_stream_that_does_not_exist_in_a_mode_that_does_not_exist_fails_with_an_error_trace()
    {
        var run = await company.Connector.ReadAsync(ConfiguredCatalogs.ByName("INVALID", "__AIRBYTE__stream_that_does_not_exist"));
        Assert.NotEqual(0, run.ExitCode);
        Assert.NotEmpty(run.Traces("ERROR"));
    }

    [Fact]
    public async Task A_later_read_emits_later()
    {
        var again = (await company.Connector.ReadAsync(ConfiguredCatalogs.FullRefresh(company.Streams))).MustSucceed();
        Assert.True(
            company.Read.Records.Max(static r => r.GetProperty("emitted_at").GetInt64()) < again.Records.Min(static r =>
                r.GetProperty("emitted_at").GetInt64()));
        Assert.Equal(Data(company.Read), Data(again)); // and the same, as nothing has changed

        static IEnumerable<string> Data(ConnectorRun run) =>
            run.Records.Where(static r => r.GetProperty("stream").GetString() != "sync_audit") // which tells each sync from every other
                .Select(static r => $"{r.GetProperty("stream")} {r.GetProperty("data").GetRawText()}").Order(StringComparer.Ordinal);
    }

    /// <summary>No record has a row in the list: 作業者 while the process management is off, a table that nobody uses.</summary>
    static bool IsInsideAnEmptyList(string path, HashSet<string> seen) =>
        path.LastIndexOf("[]", StringComparison.Ordinal) is var end and >= 0
            && !seen.Any(found => found.StartsWith(path[..(end + 2)], StringComparison.Ordinal));

    static bool IsEmpty(string stream) => s_empty.Keys.Any(name => name.EndsWith('_') ? stream.StartsWith(name, StringComparison.Ordinal) : stream == name);

    static bool Concerns(JsonElement message, string stream)
    {
        if (message.TryGetProperty("record", out var record)) return record.GetProperty("stream").GetString() == stream;
        if (message.TryGetProperty("state", out var state)) return state.GetProperty("stream").GetProperty("stream_descriptor").GetProperty("name")
            .GetString() == stream;
        return message.TryGetProperty("trace", out var trace) && trace.TryGetProperty("stream_status", out var status)
            && status.GetProperty("stream_descriptor").GetProperty("name").GetString() == stream;
    }
}
