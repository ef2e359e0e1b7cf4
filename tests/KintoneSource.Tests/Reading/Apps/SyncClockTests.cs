using CsCheck;
using KintoneSource.Kintone.Http;
using KintoneSource.Protocol;
using KintoneSource.Reading.Apps;
using KintoneSource.Tests.Simulation;

namespace KintoneSource.Tests.Reading.Apps;

public class SyncClockTests
{
    static readonly DateTimeOffset s_here = new(2026, 5, 1, 3, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_moment_with_a_certain_minute_has_five_seconds_of_it_left() =>
        await Gen.Select(Gen.Int[0, 119_999], Gen.Int[-600, 600]).SampleAsync(static async (milliseconds, ahead) =>
        {
            using var time = new VirtualTime(s_here.AddMilliseconds(milliseconds));
            var kintone = new ServerClock(time);
            kintone.Observe(time.GetUtcNow().AddSeconds(ahead));
            var certain = await new SyncClock(time, kintone).CertainMinuteAsync(CancellationToken.None);
            Assert.True(certain.Second < 55, $"{certain:O}");
            Assert.Equal(time.GetUtcNow().AddSeconds(ahead), certain);
            Assert.InRange(time.GetUtcNow() - s_here.AddMilliseconds(milliseconds), TimeSpan.Zero, TimeSpan.FromSeconds(5));
        }, iter: 50);

    [Fact]
    public void The_answer_that_says_most_of_Kintone_s_clock_counts()
    {
        using var time = new VirtualTime(s_here);
        var clock = new ServerClock(time);
        Assert.Null(clock.Now);
        clock.Observe(s_here.AddSeconds(20));
        time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(s_here.AddSeconds(50), clock.Now);
        clock.Observe(s_here.AddSeconds(25)); // was under way for long
        Assert.Equal(s_here.AddSeconds(50), clock.Now);
        clock.Observe(s_here.AddSeconds(51));
        Assert.Equal(s_here.AddSeconds(51), clock.Now);
        clock.Observe(s_here.AddYears(10));
        clock.Observe(null);
        Assert.Equal(s_here.AddSeconds(51), clock.Now);
        clock.ObserveUpdate(s_here.AddMinutes(2)); // the header was stale: a record says so
        Assert.Equal(s_here.AddMinutes(2), clock.Now);
    }

    [Theory]
    [InlineData(30, 30, false)]
    [InlineData(-30, -30, false)]
    [InlineData(-86_400, -86_400, false)] // a day: the machine's clock is the wrong one
    [InlineData(86_400, 86_400, false)]
    [InlineData(null, -600, true)]
    [InlineData(-200_000, -600, true)]
    [InlineData(200_000, -600, true)]
    public async Task Goes_by_Kintone_s_clock_unless_it_is_missing_or_absurd_and_then_by_the_newest_update(int? ahead, int expected, bool warns)
    {
        using var time = new VirtualTime(s_here);
        await using var stdout = new BreakingStream();
        await using var output = new MessageWriter(stdout, new());
        var clock = new SyncClock(time, new(time));
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(s_here.AddSeconds(expected), await clock.StartAsync(
                ahead is { } seconds ? s_here.AddSeconds(seconds) : null, _ => Task.FromResult<DateTimeOffset?>(s_here.AddMinutes(-10)), output,
                CancellationToken.None));
        }
        Assert.Equal(warns ? 1 : 0, SyncRun.Parse(stdout.Written).Count);
    }

    [Fact]
    public async Task Where_Kintone_tells_nothing_a_scan_starts_at_the_beginning_of_time()
    {
        using var time = new VirtualTime(s_here);
        await using var stdout = new BreakingStream();
        await using var output = new MessageWriter(stdout, new());
        Assert.Equal(DateTimeOffset.UnixEpoch,
            await new SyncClock(time, new(time)).StartAsync(null, static _ => Task.FromResult<DateTimeOffset?>(null), output, CancellationToken.None));
    }
}
