using KintoneSimulator;

namespace WarehouseTests.Convergence;

/// <summary>Changes that are seen after the time that they carry, and clocks that are wrong.</summary>
public class LateAndClockTests
{
    static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    [Theory]
    [InlineData(4)] // within the look-back: the next sync
    [InlineData(9)] // a long write: the full re-read
    public async Task A_change_that_is_seen_minutes_after_its_time_arrives(int minutesLate)
    {
        using var scene = new Scene();
        for (var i = 0; i < 20; i++) scene.App.Add();
        await scene.LaterAsync(s_hour);
        scene.Time.Advance(s_hour);
        var begun = scene.Simulator.Domain.Now; // a long write begins, a sync starts, the write ends
        scene.Time.Advance(TimeSpan.FromMinutes(minutesLate));
        await scene.SyncedAsync();
        scene.App.Edit(7, [], updatedTime: begun);

        await scene.LaterAsync(s_hour);
        if (minutesLate > 5) await scene.LaterAsync(TimeSpan.FromDays(8));
        scene.AssertConverged();
    }

    public static TheoryData<int, DateHeader> Clocks
    {
        get
        {
            var data = new TheoryData<int, DateHeader>();
            foreach (var minutes in new[] { -1440, -10, 0, 10, 1440 })
                foreach (var header in Enum.GetValues<DateHeader>()) data.Add(minutes, header);
            return data;
        }
    }

    /// <param name="minutes">How far Kintone's clock is ahead of the connector's.</param>
    [Theory, MemberData(nameof(Clocks))]
    public async Task Whatever_the_clocks_say_two_syncs_bring_edits_and_deletions(int minutes, DateHeader header)
    {
        using var scene = new Scene(clockSkew: TimeSpan.FromMinutes(minutes), dateHeader: header);
        for (var i = 0; i < 50; i++) scene.App.Add();
        scene.Time.Advance(s_hour);
        await scene.SyncedAsync();
        for (var round = 1; round <= 3; round++)
        {
            scene.Time.Advance(TimeSpan.FromMinutes(3));
            scene.App.Edit(round, []);
            scene.App.Edit(10 + round, []);
            await scene.LaterAsync(TimeSpan.FromMinutes(3));
            scene.App.Delete(10 + round); // its row is as young as can be
            scene.App.Edit(20 + round, []);
            await scene.LaterAsync(TimeSpan.FromSeconds(30));
            scene.AssertConverged();
        }
    }

    [Theory, MemberData(nameof(Clocks))]
    public async Task No_clock_makes_every_sync_read_everything_again(int minutes, DateHeader header)
    {
        using var scene = new Scene(clockSkew: TimeSpan.FromMinutes(minutes), dateHeader: header);
        for (var i = 0; i < 50; i++)
        {
            scene.App.Add();
            scene.Time.Advance(s_hour);
        }
        await scene.SyncedAsync();
        for (var round = 0; round < 3; round++)
        {
            var output = await scene.LaterAsync(s_hour);
            // Without a clock of Kintone's, the minutes before the newest change are read again: one record here.
            Assert.InRange(output.DeliveredIds(Scene.Stream).Count(), 0, header == DateHeader.Clock ? 0 : 1);
            Assert.InRange(scene.Requests, 1, header == DateHeader.Clock ? 4 : 6);
        }
    }
}
