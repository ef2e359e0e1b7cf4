using System.Text.Json;
using KintoneSource.Protocol;
using KintoneSource.Reading.Audit;

namespace KintoneSource.Tests.Reading.Audit;

public class AuditStateTests
{
    static readonly DateTimeOffset s_now = new(2026, 5, 1, 3, 0, 0, TimeSpan.Zero);

    static AuditState Parse(string json) => AuditState.Parse(JsonSerializer.Deserialize<JsonElement>(json));

    [Fact]
    public void What_is_written_is_read()
    {
        var text = new AuditState(s_now.AddMilliseconds(7), new(2026, 5, 1), "0123456789abcdef", s_now, ["app_2_records", "app_1_records"]).ToJson().ToString();
        Assert.Equal(
            """{"cursor_field":"finished_at","cursor":"2026-05-01T03:00:00Z","idle_rows_on":"2026-05-01","selection":"0123456789abcdef","""
                + "\"synced_at\":\"2026-05-01T03:00:00Z\",\"unsettled\":[\"app_1_records\",\"app_2_records\"]}",
            text);
        Assert.Equal(text, Parse(text).ToJson().ToString());
        Assert.Equal("""{"cursor_field":"finished_at"}""", Parse("null").ToJson().ToString());
    }

    [Theory]
    [InlineData("null", null, true)] // nothing was said so far
    [InlineData("""{"idle_rows_on":"2026-04-30"}""", null, true)] // a new day
    [InlineData("""{"idle_rows_on":"2026-05-01"}""", null, false)]
    [InlineData("""{"idle_rows_on":"2099-12-31"}""", null, false)] // another clock's: what changes has a row all the same
    [InlineData("""{"idle_rows_on":"2026-05-01","unsettled":["app_1_records"]}""", null, true)]
    [InlineData("""{"idle_rows_on":"2026-05-01","unsettled":["app_2_records"]}""", null, false)]
    [InlineData("""{"idle_rows_on":"2026-05-01","synced_at":"2026-05-01T02:00:00Z"}""", "2026-05-01T02:00:00Z", false)]
    [InlineData("""{"idle_rows_on":"2026-05-01","synced_at":"2026-05-01T02:00:00Z"}""", "2026-05-01T02:00:01Z", true)] // a sync was killed since
    public void A_stream_in_which_nothing_has_changed_has_a_row_where_the_last_one_does_not_do(string state, string? syncedAt, bool wanted) =>
        Assert.Equal(wanted, Parse(state).WantsIdle("app_1_records", s_now, syncedAt is null ? null : DateTimeOffset.Parse(syncedAt, null)));

    /// <summary>A stream that was not selected for a while may have been read since the last row that speaks of it.</summary>
    [Fact]
    public void With_another_selection_every_stream_has_a_row()
    {
        var (before, now) = (AuditState.SelectionOf(["app_1_records", "app_2_records"]), AuditState.SelectionOf(["app_2_records", "app_1_records"]));
        Assert.Equal(before, now); // in whatever order
        var state = Parse($$"""{"idle_rows_on":"2026-05-01","selection":"{{before}}"}""");
        Assert.False(state.For(now).WantsIdle("app_1_records", s_now, null));
        Assert.True(state.For(AuditState.SelectionOf(["app_1_records"])).WantsIdle("app_1_records", s_now, null));
    }

    [Theory]
    [InlineData("7", "not a JSON object")]
    [InlineData("""{"cursor":7}""", "\"cursor\"")]
    [InlineData("""{"idle_rows_on":"yesterday"}""", "\"idle_rows_on\"")]
    [InlineData("""{"synced_at":"soon"}""", "\"synced_at\"")]
    [InlineData("""{"unsettled":"app_1_records"}""", "\"unsettled\"")]
    [InlineData("""{"unsettled":[7]}""", "\"unsettled\"")]
    public void What_is_no_such_state_is_refused_with_its_member(string json, string why)
    {
        var refusal = Assert.Throws<ConfigurationException>(() => Parse(json)).Message;
        Assert.Contains("sync_audit", refusal, StringComparison.Ordinal);
        Assert.Contains(why, refusal, StringComparison.Ordinal);
    }
}
