using System.Collections.Immutable;
using System.Text.Json;
using CsCheck;
using KintoneSource.Kintone;
using KintoneSource.Protocol;
using KintoneSource.Reading;

namespace KintoneSource.Tests.Reading;

public class RecordsStateTests
{
    static readonly Gen<DateTimeOffset> s_time = Gen.Int[0, 2_000_000_000].Select(static s => DateTimeOffset.FromUnixTimeSeconds(s));

    static readonly Gen<ImmutableArray<IdRange>> s_ranges = Gen.Long[0, 1_000_000].HashSet[0, 12].Select(static ids =>
        ids.Order().Chunk(2).Where(static pair => pair.Length == 2).Select(static pair => new IdRange(pair[0], pair[1])).ToImmutableArray());

    static readonly Gen<RecordsState> s_state =
        from isIncremental in Gen.Bool
        from cursor in s_time.Nullable()
        from maxId in Gen.Long[0, long.MaxValue].Nullable()
        from syncedAt in s_time.Nullable()
        from hasScan in Gen.Bool
        from since in s_time.Nullable()
        from before in Gen.Long[0, long.MaxValue].Nullable()
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
        select new RecordsState(isIncremental, cursor, maxId, syncedAt, hasScan ? new ScanState(since, before, started, ranges) : null, known, generation, condition)
        {
            FullReadAt = fullReadAt,
            NewestUpdate = newest,
            Unseen = texts[0],
            Returned = texts[1],
            Settled = settled,
            CountOff = countOff,
            Form = hasForm ? new($"{countOff + 5}", "00ff", "") : null,
            Tombstones = hasTombstones ? new(started, 7) : null,
        };

    [Fact]
    public void Says_after_a_round_trip_what_it_said_before() =>
        s_state.Sample(static state =>
        {
            if (state == new RecordsState(false, null, null, null, null, null, null, null)) return; // {}: nothing to resume from
            var again = RecordsState.Parse("app_1_records", JsonElement.Parse(state.ToJson().Utf8.Span))!;
            Assert.Equal(state.Scan?.Ranges.ToArray(), again.Scan?.Ranges.ToArray());
            Assert.Equal(state with { Scan = state.Scan is { } a ? a with { Ranges = [] } : null }, again with { Scan = again.Scan is { } b ? b with { Ranges = [] } : null });
        }, iter: 500);

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
    [InlineData("""{"version": 2, "anything": true}""", "a newer version")]
    public void What_cannot_be_read_is_said_and_never_a_silent_restart(string json, string why)
    {
        var failure = Assert.Throws<ConfigurationException>(() => RecordsState.Parse("app_1_records", JsonElement.Parse(json)));
        Assert.Contains("app_1_records", failure.Message, StringComparison.Ordinal);
        Assert.Contains(why, failure.Message, StringComparison.Ordinal);
        Assert.Contains("reset this stream", failure.Message, StringComparison.Ordinal);
    }
}
