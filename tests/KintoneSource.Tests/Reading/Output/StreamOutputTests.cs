using KintoneSource.Protocol;
using KintoneSource.Reading.Output;
using KintoneSource.Tests.Simulation;

namespace KintoneSource.Tests.Reading.Output;

public class StreamOutputTests
{
    static readonly RawJson s_state = new("{}"u8.ToArray());

    /// <summary>Worth a state.</summary>
    static readonly byte[] s_lines = """{"type":"RECORD","record":{"stream":"s","data":{"text":"more than twenty times the state"}}}"""u8.ToArray().Append((byte)'\n').ToArray();

    [Fact]
    public async Task A_STATE_comes_every_ten_thousand_records_and_every_minute_and_counts_what_is_between()
    {
        using var time = new VirtualTime(new(2026, 5, 1, 3, 0, 0, TimeSpan.Zero));
        await using var stdout = new BreakingStream();
        var writer = new MessageWriter(stdout, new());
        var output = new StreamOutput(new("s"), writer, time);
        var steps = new SharedOutput([output], writer, time);

        for (var i = 0; i < 50; i++) await Commit(500);
        Assert.Equal([10_000, 10_000], Counts());
        time.Advance(TimeSpan.FromSeconds(59));
        await Commit(1);
        Assert.Equal(2, Counts().Length);
        time.Advance(TimeSpan.FromSeconds(1));
        await Commit(1);
        await steps.CheckpointAsync(static () => [s_state], default);
        Assert.Equal([10_000, 10_000, 5_002], Counts()); // the last one would only repeat the one before
        Assert.Equal(25_002, output.Records);

        Task Commit(int records) => steps.CommitAsync(() => new([new(output, s_lines, records)], static () => { }), static () => [s_state], default).AsTask();
        double[] Counts() => [.. SyncRun.Parse(stdout.Written).Where(static m => m.Type == "STATE")
            .Select(static m => m.Json.GetProperty("state").GetProperty("sourceStats").GetProperty("recordCount").GetDouble())];
    }

    [Fact]
    public async Task The_state_is_asked_for_after_the_position_has_moved()
    {
        await using var stdout = new BreakingStream();
        var writer = new MessageWriter(stdout, new());
        var output = new StreamOutput(new("s"), writer, TimeProvider.System);
        var position = 0;
        await new SharedOutput([output], writer, TimeProvider.System).CommitAsync(() => new([new(output, default, 10_000)], () => position = 10_000), () => [new(System.Text.Encoding.UTF8.GetBytes($$"""{"max_id":{{position}}}"""))], default);
        Assert.Equal(10_000, SyncRun.Parse(stdout.Written)[0].Json.GetProperty("state").GetProperty("stream").GetProperty("stream_state").GetProperty("max_id")
            .GetInt32());
    }

    /// <summary>Whatever threw: a STATE behind half of a step would say more than was delivered, or less.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task After_a_step_that_broke_off_half_way_no_STATE_is_written_and_after_one_that_was_never_made_it_is(bool isMade)
    {
        await using var stdout = new BreakingStream();
        var writer = new MessageWriter(stdout, new());
        var output = new StreamOutput(new("s"), writer, TimeProvider.System);
        var steps = new SharedOutput([output], writer, TimeProvider.System);
        await steps.CommitAsync(() => new([new(output, s_lines, 1)], static () => { }), static () => [s_state], default);
        await steps.CheckpointAsync(static () => [s_state], default);

        await Assert.ThrowsAsync<TimeoutException>(() => steps.CommitAsync(
            () => isMade ? new([new(output, s_lines, 1)], static () => throw new TimeoutException()) : throw new TimeoutException(), static () => [s_state],
            default).AsTask());
        await steps.CheckpointAsync(static () => [new RawJson("""{"later":1}"""u8.ToArray())], default);
        if (isMade)
            await Assert.ThrowsAsync<InvalidOperationException>(() =>
                steps.CommitAsync(() => new([new(output, s_lines, 1)], static () => { }), static () => [s_state], default).AsTask());

        await writer.DisposeAsync();
        Assert.Equal(isMade ? ["RECORD", "STATE", "RECORD"] : ["RECORD", "STATE", "STATE"], SyncRun.Parse(stdout.Written).Select(static m => m.Type));
    }

    /// <summary>States of a megabyte, as of millions of rows: seldom while much is written, and still every few minutes.</summary>
    [Theory]
    [InlineData(1_000_000, 50_000, 100)] // bytes of a state, bytes of a page, pages per second
    [InlineData(1_000_000, 50_000, 1)]
    [InlineData(100, 700_000, 40)]
    [InlineData(16_000, 700_000, 40)]
    public void States_are_a_twentieth_of_what_is_written_or_come_every_three_minutes(int stateBytes, int pageBytes, int pagesPerSecond)
    {
        using var time = new VirtualTime(new(2026, 5, 1, 3, 0, 0, TimeSpan.Zero));
        var pace = new StatePace(time, stateBytes);
        var (written, states, longest, since) = (0L, 0, TimeSpan.Zero, TimeSpan.Zero);
        for (var page = 0; page < 20_000; page++)
        {
            time.Advance(TimeSpan.FromSeconds(1.0 / pagesPerSecond));
            since += TimeSpan.FromSeconds(1.0 / pagesPerSecond);
            pace.Wrote(500, pageBytes);
            written += pageBytes;
            longest = since > longest ? since : longest;
            if (!pace.IsDue) continue;
            pace.WroteState(stateBytes);
            (states, since) = (states + 1, TimeSpan.Zero);
        }
        Assert.InRange(longest, TimeSpan.Zero, TimeSpan.FromMinutes(3) + TimeSpan.FromSeconds(1));
        if (pagesPerSecond > 1) Assert.InRange((double)states * stateBytes / written, 0, 0.05);
    }

    [Fact]
    public async Task RUNNING_is_said_once()
    {
        await using var stdout = new BreakingStream();
        var output = new StreamOutput(new("s"), new MessageWriter(stdout, new()), TimeProvider.System);
        await output.StartAsync(default);
        await output.RunAsync(default);
        await output.RunAsync(default);
        await output.CompleteAsync(default);
        Assert.Equal(["STARTED", "RUNNING", "COMPLETE"],
            SyncRun.Parse(stdout.Written).Select(static m => m.Json.GetProperty("trace").GetProperty("stream_status").GetProperty("status").GetString()));
    }
}
