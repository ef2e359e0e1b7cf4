using System.Globalization;
using System.Text.Json;

namespace AcceptanceTests.Contract;

/// <summary>What the platform's acceptance tests demand of incremental streams, with a history between the reads.</summary>
[Collection(SampleCompanyCollection.Name)]
public sealed class IncrementalContractTests(SampleCompanyRuns company)
{
    [Fact]
    public async Task The_second_of_two_reads_brings_only_what_changed_in_between()
    {
        await using var kintone = await SimulatedKintone.StartAsync();
        var app = kintone.AddSmall(1_200);
        using var connector = new Connector(kintone.Config(app));
        var stream = $"app_{app.Id}_records";
        var catalog = ConfiguredCatalogs.Incremental((await connector.DiscoverAsync()).Catalog.Where(s => SampleCompanyRuns.Name(s) == stream));

        var first = (await connector.ReadAsync(catalog)).MustSucceed();
        Assert.Equal(1_200, first.RecordsOf(stream).Count);

        app.Edit(17, new() { ["メモ"] = "書き直した" });
        app.Edit(900, new() { ["メモ"] = "これも" });
        var created = app.Add(new() { ["メモ"] = "新しい" });
        var backdated = app.Add(new() { ["メモ"] = "昔の日付" }, new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero));
        app.Delete(300);

        var second = (await connector.ReadAsync(catalog, first.StateToKeep())).MustSucceed();
        var rows = second.RecordsOf(stream).Select(static r => (
            Id: r.GetProperty("_kintone_id").GetInt64(), IsDeleted: r.GetProperty("_ab_cdc_deleted_at").ValueKind != JsonValueKind.Null));
        Assert.Equal([(17, false), (300, true), (900, false), (created, false), (backdated, false)], rows.Order());

        var third = (await connector.ReadAsync(catalog, second.StateToKeep())).MustSucceed();
        // The look-back of two minutes may bring today's records again, and nothing else.
        Assert.Subset(new HashSet<long> { 17, 900, created }, third.RecordsOf(stream).Select(static r => r.GetProperty("_kintone_id").GetInt64()).ToHashSet());
    }

    [Fact]
    public async Task A_read_in_which_nothing_changed_takes_three_requests_at_most()
    {
        await using var kintone = await SimulatedKintone.StartAsync();
        var app = kintone.AddSmall(1_200);
        using var connector = new Connector(kintone.Config(app));
        var catalog = ConfiguredCatalogs.ByName("incremental", $"app_{app.Id}_records");
        var first = (await connector.ReadAsync(catalog)).MustSucceed();

        kintone.Simulator.Journal.Clear();
        var second = (await connector.ReadAsync(catalog, first.StateToKeep())).MustSucceed();
        Assert.Empty(second.Records);
        Assert.NotEmpty(second.States);
        Assert.InRange(kintone.Simulator.Journal.Count, 1, 3);
    }

    [Fact]
    public async Task A_read_from_any_state_in_between_brings_at_least_what_followed_it()
    {
        await using var kintone = await SimulatedKintone.StartAsync();
        var app = kintone.AddGenerated(31_000);
        using var connector = new Connector(kintone.Config(app));
        var stream = $"app_{app.Id}_records";
        foreach (var mode in new[] { "incremental", "full_refresh" })
        {
            var whole = (await connector.ReadAsync(ConfiguredCatalogs.OnlyKeys(mode, stream))).MustSucceed();
            var states = whole.Lines.Select(static (line, index) => (line, index)).Where(static l => l.line.Contains("\"STATE\"", StringComparison.Ordinal))
                .Select(static l => l.index + 1).ToArray();
            Assert.True(states.Length >= 4, $"{states.Length} states");
            foreach (var lines in states[1..^1])
            {
                var follows = whole.Lines.Skip(lines).Count(static line => line.Contains("\"RECORD\"", StringComparison.Ordinal));
                var rest = (await connector.ReadAsync(ConfiguredCatalogs.OnlyKeys(mode, stream), whole.StateToKeep(lines))).MustSucceed();
                Assert.InRange(rest.RecordsOf(stream).Count, follows, 31_000);
                var union = whole.Messages.Take(lines).Where(static m => m.TryGetProperty("record", out _))
                    .Select(static m => m.GetProperty("record").GetProperty("data"))
                    .Concat(rest.RecordsOf(stream)).Select(static r => r.GetProperty("_kintone_id").GetInt64()).ToHashSet();
                Assert.Equal(31_000, union.Count);
            }
        }
    }

    [Fact]
    public async Task A_state_of_the_far_future_brings_no_record_and_a_state()
    {
        var streams = company.Streams.Where(static s => ConfiguredCatalogs.SyncModes(s).Contains("incremental")).ToArray();
        var catalog = ConfiguredCatalogs.Incremental(streams);
        var future = (await company.Connector.ReadAsync(catalog)).MustSucceed().FarFuture();
        var run = (await company.Connector.ReadAsync(catalog, future.ToJsonString())).MustSucceed();
        Assert.Empty(run.Records);
        Assert.Equal(streams.Length, run.States.Select(static s => s.GetProperty("stream").GetProperty("stream_descriptor").GetRawText()).Distinct().Count());
    }

    /// <summary>The harness looks for the cursor beside "cursor_field", compares its type with the column's and its form with the future state's.</summary>
    [Fact]
    public async Task The_cursor_in_a_state_has_the_form_of_the_column()
    {
        var streams = company.Streams.Where(static s => ConfiguredCatalogs.SyncModes(s).Contains("incremental")).ToArray();
        var run = (await company.Connector.ReadAsync(ConfiguredCatalogs.Incremental(streams))).MustSucceed();
        foreach (var stream in streams)
        {
            var name = SampleCompanyRuns.Name(stream);
            var state = run.StatesOf(name).Last().GetProperty("stream").GetProperty("stream_state");
            Assert.Equal(stream.GetProperty("default_cursor_field")[0].GetString(), state.GetProperty("cursor_field").GetString());
            Assert.True(DateTimeOffset.TryParseExact(state.GetProperty("cursor").GetString(), "yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture,
                DateTimeStyles.None, out _), $"{state}");
        }
    }
}
