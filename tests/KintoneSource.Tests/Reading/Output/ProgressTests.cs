using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.ExceptionServices;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using KintoneSimulator;
using KintoneSource.Catalog;
using KintoneSource.Commands;
using KintoneSource.Configuration;
using KintoneSource.Kintone.Http;
using KintoneSource.Protocol;
using KintoneSource.Reading.Output;
using KintoneSource.Reading.States;
using KintoneSource.Tests.Simulation;
using Xunit.Abstractions;

namespace KintoneSource.Tests.Reading.Output;

public partial class ProgressTests(ITestOutputHelper output)
{
    /// <summary>In the order of the catalog; the page is of 50 records, to be quick.</summary>
    static readonly int[] s_records = [1_200, 15, 3_600, 180, 7_500, 36, 1_050, 9_000, 2_400, 0, 450, 18_000];

    const int PageSize = 50;

    /// <summary>What is said is compared with how it went, by the clock.</summary>
    [Fact]
    [Trait("Duration", "long")]
    public async Task Percent_and_time_left_are_true_over_twelve_unequal_apps()
    {
        using var time = new VirtualTime(new(2026, 5, 1, 3, 0, 0, TimeSpan.Zero)) { Stillness = TimeSpan.FromMilliseconds(5) };
        using var simulator = new Simulator(new() { Time = time, Latency = TimeSpan.FromSeconds(5) });
        simulator.BeforeAnswer = _ => time.NoteActivity();
        simulator.Domain.AddUser("sync", "open sesame");
        foreach (var records in s_records) simulator.Domain.AddApp("案件", source: GeneratedRecords.Of(records));
        var config = SourceConfig.Parse(Encoding.UTF8.GetBytes(TestConfig.Of(TestConfig.Password("sync", "open sesame"), TestConfig.AllApps())));
        var catalog = ConfiguredCatalog.Parse(JsonSerializer.SerializeToUtf8Bytes(new
        {
            streams = s_records.Select(static (_, i) => $"app_{i + 1}_records").Append("users").Select(static name => new
            {
                sync_mode = "full_refresh",
                stream = new { name, json_schema = new { properties = new Dictionary<string, object> { ["_kintone_id"] = new { }, ["id"] = new { } } } },
            }),
        }), "catalog");

        await ReadAsync(); // the first sync of a process compiles much, which no clock of a domain counts
        var (lines, started) = await ReadAsync();
        var whole = (time.GetUtcNow() - started).TotalSeconds;

        var said = lines.Where(static l => l.Text.Contains(" per second", StringComparison.Ordinal))
            .Select(l => (Elapsed: (l.At - started).TotalSeconds, l.Text)).ToArray();
        foreach (var (elapsed, text) in said) output.WriteLine($"{elapsed / whole:0.0 %}: {text}");
        var late = said.Where(s => s.Elapsed > whole / 10 && s.Elapsed < whole).ToArray();
        Assert.True(late.Length > 10);
        Assert.All(late, s =>
        {
            Assert.InRange(Number(Percent.Match(s.Text)) - (100 * s.Elapsed / whole), -10, 10);
            Assert.InRange(100 * (Number(Left.Match(s.Text)) - (whole - s.Elapsed)) / whole, -10, 10);
            Assert.Contains("% (not counted: users),", s.Text, StringComparison.Ordinal);
        });
        Assert.Contains(lines, static l => l.Text.StartsWith("Counted: 12 apps that are read from the start have 43,431 records, about ",
            StringComparison.Ordinal));

        async Task<(IReadOnlyList<(DateTimeOffset At, string Text)> Lines, DateTimeOffset Started)> ReadAsync()
        {
            await using var stdout = new LoggedLines(time);
            await using var writer = new MessageWriter(stdout, new());
            using var source = Source.Over(new InMemoryHandler(simulator), config, Patience.ForSync, writer, time, terminal: null, PageSize);
            var started = time.GetUtcNow();
            Assert.Equal(0, await new ReadCommand(source).RunAsync(catalog, InputState.Empty, CancellationToken.None).WaitAsync(TimeSpan.FromMinutes(2)));
            return (stdout.Lines, started);
        }
    }

    static double Number(Match match) => double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);

    [Fact]
    public void Nothing_is_said_of_the_whole_before_all_of_it_is_known()
    {
        var time = InProcess.Clock();
        var progress = new Progress(new(Stream.Null, new()), static () => 7, null, time);
        Portion[] portions = [new("app 1", true), new("app 2", true), new("users", false), new("groups", false), new("app_1_comments", false),
            new("spaces", false)];
        progress.Expect(portions);
        time.Advance(TimeSpan.FromSeconds(10));

        portions[0].Expect(30);
        portions[0].Do(10);
        Assert.Equal("0 rows, 0 per second, 7 requests", progress.Text());
        portions[1].Expect(10);
        Assert.Equal("0 rows, 25 % (not counted: users, groups, app_1_comments and 1 more), 0 per second, 30 s left, 7 requests", progress.Text());
        portions[1].End();
        portions[0].Do(100); // more than was thought
        Assert.Equal("0 rows, 100 % (not counted: users, groups, app_1_comments and 1 more), 0 per second, 7 requests", progress.Text());
    }

    /// <summary>The first exception of a process makes the natively compiled program sort the names of all its methods: a tenth of a short sync.</summary>
    [Fact]
    public async Task It_ends_without_an_exception()
    {
        var isOurs = new AsyncLocal<bool> { Value = true };
        var thrown = new ConcurrentQueue<Exception>();
        void Note(object? _, FirstChanceExceptionEventArgs e)
        {
            if (isOurs.Value) thrown.Enqueue(e.Exception);
        }
        AppDomain.CurrentDomain.FirstChanceException += Note;
        try
        {
            using var stop = new CancellationTokenSource();
            var running = new Progress(new(Stream.Null, new()), static () => 0, null, InProcess.Clock()).RunAsync(stop.Token);
            Assert.False(running.IsCompleted);
            await stop.CancelAsync();
            await running.WaitAsync(TimeSpan.FromMinutes(1));
        }
        finally
        {
            AppDomain.CurrentDomain.FirstChanceException -= Note;
        }
        Assert.Empty(thrown);
    }

    [GeneratedRegex(@" (\d+) %")]
    static partial Regex Percent { get; }

    [GeneratedRegex(@" (\d+) s left")]
    static partial Regex Left { get; }

    /// <summary>The log lines of a run, with the time when each was written.</summary>
    sealed class LoggedLines(VirtualTime time) : OutgoingStream
    {
        public List<(DateTimeOffset At, string Text)> Lines { get; } = [];

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            time.NoteActivity();
            foreach (var range in buffer.Split((byte)'\n'))
            {
                if (buffer[range].StartsWith("{\"type\":\"LOG\""u8))
                    Lines.Add((time.GetUtcNow(), JsonElement.Parse(buffer[range]).GetProperty("log").GetProperty("message").GetString()!));
            }
        }
    }
}
