using System.Collections.Immutable;
using System.Text.Json;
using CsCheck;
using KintoneSource.Catalog;
using KintoneSource.Kintone.Queries;
using KintoneSource.Protocol;
using KintoneSource.Reading.States;

namespace KintoneSource.Tests.Reading.States;

public class RecordsStateTests
{
    static readonly Gen<DateTimeOffset> s_time = Gen.Int[0, 2_000_000_000].Select(static s => DateTimeOffset.FromUnixTimeSeconds(s));

    static readonly Gen<ImmutableArray<IdRange>> s_ranges = Gen.Long[0, 1_000_000].HashSet[0, 12].Select(static ids =>
        ids.Order().Chunk(2).Where(static pair => pair.Length == 2).Select(static pair => new IdRange(pair[0], pair[1])).ToImmutableArray());

    static readonly Gen<RecordsState> s_state =
        from isIncremental in Gen.Bool
        from cursor in s_time.Nullable()
        from maxId in Gen.Long[1_000_000, long.MaxValue]
        from syncedAt in s_time.Nullable()
        from hasScan in Gen.Bool
        from since in s_time.Nullable()
        from before in Gen.Long[0, long.MaxValue]
        from started in s_time
        from ranges in s_ranges
        from known in Gen.String.Null()
        from generation in Gen.Long[0, 100].Nullable()
        from condition in Gen.String.Null()
        from fullReadAt in s_time.Nullable()
        from newest in s_time.Nullable()
        from texts in Gen.String.Null().Array[2]
        from settled in Gen.Long[0, long.MaxValue].Nullable()
        from countOff in Gen.Long[-5, 5]
        from hasForm in Gen.Bool
        from hasTombstones in Gen.Bool
        from requests in Gen.Int[0, 100_000].Nullable().Array[3]
        select (isIncremental
            ? new RecordsState(true, hasScan ? cursor : cursor ?? started, maxId, syncedAt, hasScan
            ? new ScanState(since, since is null ? null : before, started, ranges) : null, known, generation, condition)
            : new RecordsState(false, null, maxId, syncedAt, hasScan ? new ScanState(null, null, started, ranges) : null, null, generation, condition)) with
        {
            FullReadAt = fullReadAt,
            NewestUpdate = newest,
            Suspects = texts[0],
            Reappeared = texts[1],
            Settled = settled,
            CountOff = new(countOff, -countOff),
            Form = hasForm ? new($"{countOff + 5}", "00ff", "") : null,
            Tombstones = hasTombstones ? new(started, 7) : null,
            Columns = hasForm ? RememberedColumns.Of(texts.OfType<string>().Distinct().Select(static t => KeyValuePair.Create(t, $"{t}'"))) : null,
            Requests = requests[0] is { } today ? new(DateOnly.FromDateTime(started.UtcDateTime), today, requests[1], requests[2]) : null,
        };

    [Fact]
    public void Says_after_a_round_trip_what_it_said_before() =>
        s_state.Sample(static state =>
        {
            var again = RecordsState.Parse("app_1_records", JsonElement.Parse(state.ToJson().Utf8.Span))!;
            Assert.Equal(state.Scan?.Ranges.ToArray(), again.Scan?.Ranges.ToArray());
            Assert.Equal(state with { Scan = state.Scan is { } a ? a with { Ranges = [] } : null },
                again with { Scan = again.Scan is { } b ? b with { Ranges = [] } : null });
        }, iter: 500);

    /// <summary>A version after this one may say more than this one knows of.</summary>
    [Fact]
    public void Members_that_are_unknown_and_no_misspellings_are_left_alone()
    {
        var state = RecordsState.Parse("app_1_records", JsonElement.Parse(
            """{"cursor_field": "_kintone_updated_at", "cursor": "2026-05-01T03:00:00Z", "cursor2": 5, "max_id": 7, "pending": {"ranges": []}, "sums": "sha256"}"""));
        Assert.Equal(7, state!.MaxId);
    }

    /// <summary>As many as ten megabytes hold: refused before they cost anything.</summary>
    [Fact]
    public void More_ranges_than_a_scan_can_have_are_refused_at_once()
    {
        var ranges = string.Join(',', Enumerable.Range(0, 600_000).Select(static i => $"[{3 * i},{3 * i + 1}]"));
        using var document = JsonDocument.Parse($$"""{"max_id": 9000000, "scan": {"started": "2026-05-01T03:00:00Z", "ranges": [{{ranges}}]} }""");
        var before = GC.GetAllocatedBytesForCurrentThread();
        var failure = Assert.Throws<ConfigurationException>(() => RecordsState.Parse("app_1_records", document.RootElement));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
        Assert.Contains("more ranges than a scan can have", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    public void Nothing_is_a_start_from_nothing(string json) => Assert.Null(RecordsState.Parse("app_1_records", JsonElement.Parse(json)));

    [Theory]
    [InlineData("[]", "not a JSON object")]
    [InlineData("\"x\"", "not a JSON object")]
    [InlineData("""{"cursor": 5}""", "\"cursor\" is not a string")]
    [InlineData("""{"cursor": "yesterday"}""", "\"cursor\" is not a date and time")]
    [InlineData("""{"max_id": "5"}""", "\"max_id\" is not a whole number")]
    [InlineData("""{"max_id": -1}""", "\"max_id\" is not a whole number")]
    [InlineData("""{"max_id": 1.5}""", "\"max_id\" is not a whole number")]
    [InlineData("""{"scan": []}""", "\"scan\" is not an object")]
    [InlineData("""{"scan": {"ranges": []}}""", "\"scan\" has no \"started\"")]
    [InlineData("""{"scan": {"started": "2026-05-01T03:00:00Z"}}""", "\"ranges\" is not a list")]
    [InlineData("""{"scan": {"started": "2026-05-01T03:00:00Z", "ranges": [[1]]}}""", "pairs of ids")]
    [InlineData("""{"scan": {"started": "2026-05-01T03:00:00Z", "ranges": [[5, 1]]}}""", "pairs of ids")]
    [InlineData("""{"scan": {"started": "2026-05-01T03:00:00Z", "ranges": [["a", 1]]}}""", "pairs of ids")]
    [InlineData("""{"scan": {"started": "2026-05-01T03:00:00Z", "ranges": [[1, 10], [9, 20]]}}""", "overlap")]
    [InlineData("""{"known_ids": 1}""", "\"known_ids\" is not a string")]
    [InlineData("""{"count_off": "1"}""", "\"count_off\" is not a whole number")]
    [InlineData("""{"form": "12"}""", "\"form\" is not a mark of a form")]
    [InlineData("""{"tombstones": {"newest": "2026-05-01T03:00:00Z"}}""", "\"tombstones\" does not say")]
    [InlineData("""{"requests": {"today": 5}}""", "\"requests\" does not say")]
    [InlineData("""{"requests": {"day": "yesterday", "today": 5}}""", "\"day\" is not a date")]
    [InlineData("""{"cursor_field": "_kintone_updated_at", "max_id": 7, "known_ids": "1:AAAAAA=="}""", "neither a \"cursor\" nor a \"scan\"")]
    [InlineData("""{"cursor_field": "_kintone_updated_at", "cursor": "2026-05-01T03:00:00Z"}""", "no \"max_id\"")]
    [InlineData("""{"condition": "01ba"}""", "no \"max_id\"")]
    [InlineData("""{"cursor_field": "updated", "cursor": "2026-05-01T03:00:00Z", "max_id": 7}""", "\"cursor_field\" is not _kintone_updated_at")]
    [InlineData("""{"cursor": "2026-05-01T03:00:00Z", "max_id": 7}""", "no \"cursor_field\"")]
    [InlineData("""{"max_id": 7, "known_ids": "1:AAAAAA=="}""", "no \"cursor_field\"")]
    [InlineData("""{"cursor_field": "_kintone_updated_at", "max_id": 7, "scan": {"since": "2026-05-01T03:00:00Z", "started": "2026-05-01T03:00:00Z", "ranges": []}}""", "no \"max_id_before\"")]
    [InlineData("""{"cursor_field": "_kintone_updated_at", "max_id": 7, "scan": {"max_id_before": 5, "started": "2026-05-01T03:00:00Z", "ranges": []}}""", "no \"since\"")]
    [InlineData("""{"max_id": 7, "scan": {"started": "2026-05-01T03:00:00Z", "ranges": [[0, 9223372036854775807]]}}""", "up to 9223372036854775807, beyond its \"max_id\" 7")]
    [InlineData("""{"cursor_field": "_kintone_updated_at", "cursr": "2026-05-01T03:00:00Z", "max_id": 7}""", "\"cursr\" should probably be \"cursor\"")]
    [InlineData("""{"cursorField": "_kintone_updated_at", "cursor": "2026-05-01T03:00:00Z", "max_id": 7}""", "\"cursorField\" should probably be \"cursor_field\"")]
    [InlineData("""{"max_id": 7, "generation": 1, "generation-id": 1}""", "\"generation-id\" should probably be \"generation_id\"")]
    [InlineData("""{"max_id": 7, "scan": {"started": "2026-05-01T03:00:00Z", "range": [[0, 5]], "ranges": [[0, 5]], "sinze": "2026-05-01T03:00:00Z"}}""", "\"sinze\" should probably be \"since\"")]
    [InlineData("""{"max_id": 7, "scna": {"started": "2026-05-01T03:00:00Z", "ranges": [[0, 5]]}}""", "\"scna\" should probably be \"scan\"")]
    [InlineData("""{"version": 2, "anything": true}""", "a newer version")]
    public void What_cannot_be_read_is_said_and_never_a_silent_restart(string json, string why)
    {
        var failure = Assert.Throws<ConfigurationException>(() => RecordsState.Parse("app_1_records", JsonElement.Parse(json)));
        Assert.Contains("app_1_records", failure.Message, StringComparison.Ordinal);
        Assert.Contains(why, failure.Message, StringComparison.Ordinal);
        Assert.Contains("reset this stream", failure.Message, StringComparison.Ordinal);
    }
}
