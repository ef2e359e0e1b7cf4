using KintoneSource.Kintone.Queries;

namespace KintoneSource.Tests.Kintone.Queries;

public class RecordQueryTests
{
    [Fact]
    public void An_or_in_a_filter_stays_within_its_parentheses() =>
        Assert.Equal("(a = 1 or b = 2) and ($id > 5 and $id <= 9)", RecordQuery.And("a = 1 or b = 2", RecordQuery.InRange(new(5, 9))));

    [Fact]
    public void Nothing_and_nothing_is_nothing()
    {
        Assert.Null(RecordQuery.And(null, " "));
        Assert.Equal("(x = 1)", RecordQuery.And(null, "x = 1", ""));
    }

    [Fact] // seconds in a literal: how Kintone compares them is not documented
    public void Times_are_cut_to_the_minute_and_told_in_UTC() =>
        Assert.Equal("""更新日時 >= "2026-05-01T03:04:00Z" or $id > 100""",
            RecordQuery.ChangedSince("更新日時", new(2026, 5, 1, 12, 4, 59, TimeSpan.FromHours(9)), 100));
}
