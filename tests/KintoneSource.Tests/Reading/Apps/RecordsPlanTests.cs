using KintoneSource.Kintone.Forms;
using KintoneSource.Kintone.Queries;
using KintoneSource.Reading.Apps;
using KintoneSource.Reading.Deletions;
using KintoneSource.Reading.States;

namespace KintoneSource.Tests.Reading.Apps;

public class RecordsPlanTests
{
    static readonly DateTimeOffset s_t0 = new(2026, 5, 1, 3, 4, 11, TimeSpan.Zero), s_t1 = s_t0.AddHours(1);

    static readonly RecordsQuestion s_incremental = new("更新日時", null, null, null), s_full = new(null, null, null, 3);

    static RecordsPlan Plan(RecordsQuestion question, RecordsState? state, DateTimeOffset started, long maxId) =>
        RecordsPlan.Make(question, state, new(started, started, maxId, FindsDeleted: question.IsIncremental));

    static RecordsState Done(RecordsQuestion question) =>
        Plan(question, null, s_t0, 100).StateWith(question, [], 100, isDone: true, s_t0) with { KnownIds = "ids" };

    static RecordsState CutOff(RecordsQuestion question, RecordsState? before = null, long maxId = 100) =>
        Plan(question, before, s_t0, maxId).StateWith(question, [new(40, 60)], maxId, isDone: false, s_t0) with { KnownIds = "ids" };

    [Fact]
    public void A_first_sync_reads_everything()
    {
        var plan = Plan(s_incremental, null, s_t0, 100);
        Assert.Equal<IdRange>([new IdRange(0, 100)], plan.Scan.Ranges);
        Assert.Null(plan.ConditionOf(new(0, 100), s_incremental));
        Assert.False(plan.IsResumed);
        Assert.Empty(Plan(s_incremental, null, s_t0, 0).Scan.Ranges);
    }

    [Fact]
    public void A_later_sync_reads_what_changed_since_five_minutes_before_and_what_is_newer()
    {
        var plan = Plan(s_incremental, Done(s_incremental), s_t1, 120);
        // Below the greatest id that was known, what was changed since; above it, everything.
        Assert.Equal<IdRange>([new IdRange(0, 100), new IdRange(100, 120)], plan.Scan.Ranges);
        Assert.Equal("""(更新日時 >= "2026-05-01T02:59:00Z")""", plan.ConditionOf(new(0, 100), s_incremental));
        Assert.Null(plan.ConditionOf(new(100, 120), s_incremental));
        Assert.Equal(s_t1.AddMinutes(-5).AddSeconds(-11), plan.NextCursor);
    }

    /// <summary>Whichever stands first in the catalog: the joined plan reads what either lacks, and promises no more than either.</summary>
    [Fact]
    public void Plans_that_join_go_on_from_the_earlier_one()
    {
        var form = new FormMark("1", "choices", "statuses");
        var known = new IdSet();
        known.AddRange([1, 2]);
        var late = Done(s_incremental) with { KnownIds = known.Encode(), FullReadAt = s_t0, Form = form };
        var early = late with { Cursor = late.Cursor!.Value.AddHours(-3), MaxId = 80, FullReadAt = s_t0.AddDays(-2), Form = form with { Choices = "others" } };
        RecordsPlan Of(RecordsState state, DateTimeOffset started, int rereadDays) =>
            RecordsPlan.Make(s_incremental, state, new(started, started, 120, FindsDeleted: true, form, rereadDays));
        var (a, b) = (Of(late, s_t1, 0), Of(early, s_t1.AddMinutes(-1), 0));
        Assert.Equal((false, true), (a.LeavesOldValues, b.LeavesOldValues));
        foreach (var (first, second) in new[] { (a, b), (b, a) })
        {
            Assert.True(first.CanBeJoinedBy(second));
            var joined = first.JoinedBy(second);
            Assert.Equal((early.Cursor, 80L, s_t1.AddMinutes(-1)), (joined.Scan.Since, joined.Scan.MaxIdBefore!.Value, joined.Scan.Started));
            Assert.Equal<IdRange>([new IdRange(0, 80), new IdRange(80, 120)], joined.Scan.Ranges);
            Assert.Equal((s_t0.AddDays(-2), true), (joined.FullReadAt!.Value, joined.LeavesOldValues));
        }
        Assert.False(a.CanBeJoinedBy(Of(early, s_t1, rereadDays: 7))); // the form has changed: that one reads everything
    }

    [Fact]
    public void A_scan_that_was_cut_off_goes_on_with_its_own_times_and_bounds()
    {
        var plan = Plan(s_incremental, CutOff(s_incremental, Done(s_incremental) with { MaxId = 90 }), s_t1, 500);
        Assert.True(plan.IsResumed);
        Assert.Equal<IdRange>([new IdRange(40, 60)], plan.Scan.Ranges);
        Assert.Equal(90, plan.Scan.MaxIdBefore);
        Assert.Equal(s_t0, plan.Scan.Started);
        Assert.Equal(s_t0.AddMinutes(-5).AddSeconds(-11), plan.NextCursor);
    }

    [Fact]
    public void A_cut_off_scan_keeps_the_cursor_that_it_started_from()
    {
        var done = Done(s_incremental);
        Assert.Equal(done.Cursor, CutOff(s_incremental, done).Cursor);
        Assert.Null(CutOff(s_incremental).Cursor);
    }

    [Fact]
    public void Another_filter_or_start_date_reads_everything_anew_and_remembers_what_was_delivered()
    {
        foreach (var changed in new[] { s_incremental with { Filter = "x = 1" }, s_incremental with { StartDate = s_t0 } })
            foreach (var state in new[] { Done(s_incremental), CutOff(s_incremental) })
            {
                var question = new RecordsQuestion(changed.UpdatedTime, changed.Filter, changed.StartDate, changed.GenerationId);
                var plan = Plan(question, state, s_t1, 120);
                Assert.False(plan.IsResumed);
                Assert.Null(plan.Scan.Since);
                Assert.Equal<IdRange>([new IdRange(0, 120)], plan.Scan.Ranges);
                Assert.Equal("ids", plan.Previous!.KnownIds);
                Assert.Null(plan.Previous.Cursor);
            }
    }

    [Fact]
    public void A_state_of_the_other_sync_mode_is_none()
    {
        Assert.Null(Plan(s_full, CutOff(s_incremental) with { GenerationId = 3 }, s_t1, 120).Previous);
        Assert.Null(Plan(s_incremental, CutOff(s_full), s_t1, 120).Previous);
    }

    [Theory]
    [InlineData(3L, 3L, true)]
    [InlineData(3L, 4L, false)] // the destination starts anew
    [InlineData(null, null, true)]
    [InlineData(3L, null, false)]
    public void A_full_refresh_goes_on_only_within_its_generation(long? before, long? now, bool isResumed)
    {
        var state = CutOff(new(null, null, null, before));
        var plan = Plan(new(null, null, null, now), state, s_t1, 120);
        Assert.Equal(isResumed, plan.IsResumed);
        Assert.Equal<IdRange>(isResumed ? [new IdRange(40, 60)] : [new IdRange(0, 120)], plan.Scan.Ranges);
    }

    [Fact]
    public void A_complete_full_refresh_is_read_anew_unless_its_generation_is_asked_for_again()
    {
        Assert.True(Plan(s_full, Done(s_full), s_t1, 120).IsFinished);
        var without = new RecordsQuestion(null, null, null, null);
        Assert.False(Plan(without, Done(without), s_t1, 120).IsFinished);
        Assert.False(Plan(new(null, null, null, 4), Done(s_full), s_t1, 120).IsFinished);
    }

    [Fact]
    public void A_new_generation_of_an_incremental_stream_starts_from_nothing() =>
        Assert.Null(Plan(s_incremental with { GenerationId = 4 }, Done(s_incremental with { GenerationId = 3 }), s_t1, 120).Previous);
}
