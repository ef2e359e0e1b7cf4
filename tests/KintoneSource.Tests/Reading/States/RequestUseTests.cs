using KintoneSource.Reading.States;

namespace KintoneSource.Tests.Reading.States;

public class RequestUseTests
{
    static readonly DateTimeOffset s_morning = new(2026, 5, 1, 3, 0, 0, TimeSpan.Zero);

    static DateOnly Day(int day) => new(2026, 5, day);

    [Fact]
    public void A_day_s_requests_add_up_and_a_new_day_begins_at_nine_in_Japan()
    {
        var first = RequestUse.After(null, s_morning, 205, readsAll: true, isResumed: false);
        Assert.Equal(new(Day(1), 205, 205, null), first);
        var second = RequestUse.After(first, s_morning.AddHours(20), 3, readsAll: false, isResumed: false);
        Assert.Equal(new(Day(1), 208, 205, 3), second);
        var third = RequestUse.After(second, s_morning.AddHours(21), 2, readsAll: false, isResumed: false); // 0:00 UTC
        Assert.Equal(new(Day(2), 2, 205, 2), third);
        Assert.Equal((2, 0), (third.On(s_morning.AddHours(30)), third.On(s_morning)));
    }

    [Fact]
    public void What_was_cut_off_is_counted_with_the_rest_of_it()
    {
        var cutOff = RequestUse.After(new(Day(1), 10, 205, 3), s_morning, 120, readsAll: true, isResumed: false);
        Assert.Equal(new(Day(1), 210, 200, 3), RequestUse.After(cutOff, s_morning.AddMinutes(20), 80, readsAll: true, isResumed: true));
    }

    [Fact]
    public void The_latest_of_an_app_s_streams_counts() => Assert.Equal(
        new(Day(2), 5, null, 5), RequestUse.Latest([new(Day(1), 900, 900, null), null, new(Day(2), 5, null, 5), new(Day(2), 4, null, 4)]));
}
