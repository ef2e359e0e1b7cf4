using System.Text;
using System.Text.Json;
using KintoneSimulator;
using KintoneSource.Tests.Simulation;

namespace KintoneSource.Tests.Reading.Comments;

/// <summary>The stream of an app's comments: what it says, what it finds, and what it costs.</summary>
public sealed class CommentStreamTests : IDisposable
{
    const string Records = "app_1_records", Comments = "app_1_comments";

    readonly VirtualTime _time = new(new(2026, 5, 1, 3, 0, 0, TimeSpan.Zero));
    readonly Simulator _simulator;
    readonly App _app;
    readonly SavedStates _states = new();
    string _more = "";

    public CommentStreamTests()
    {
        _simulator = new(new() { Time = _time });
        _simulator.Domain.AddUser("sync", "open sesame");
        _app = _simulator.Domain.AddApp("案件");
        for (var i = 1; i <= 3; i++) _app.Add(new());
        Wait();
    }

    void Wait(double days = 1.0 / 72) => _time.Advance(TimeSpan.FromDays(days)); // 20 minutes: beyond the look-back

    int Asked => _simulator.Journal.CountOf("record/comments");

    [Fact]
    public async Task A_comment_is_a_row_with_its_text_creator_time_and_mentions()
    {
        _time.Advance(TimeSpan.FromSeconds(7));
        _app.AddComment(2, "行きましょう\u2028 ", new("ann", "安"), ("bob", "USER"), ("営業", "GROUP"));
        Wait();
        var row = Assert.Single((await SyncAsync(Comments)).Records(Comments));
        Assert.Equal(
            """{"_kintone_id":2,"_kintone_comment_id":1,"_kintone_updated_at":"2026-05-01T03:20:00Z","text":"行きましょう\u2028 ","creator":{"code":"ann","name":"安"},"createdAt":"2026-05-01T03:20:07Z","mentions":[{"code":"bob","type":"USER"},{"code":"営業","type":"GROUP"}],"_ab_cdc_deleted_at":null}""",
            row.GetRawText());
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(10, 1)]
    [InlineData(11, 2)]
    [InlineData(19, 2)]
    [InlineData(20, 3)]
    [InlineData(137, 16)]
    public async Task Ten_comments_come_with_one_request_and_nine_more_with_each_further_one(int comments, int requests)
    {
        for (var i = 1; i <= comments; i++) _app.AddComment(2, $"{i}");
        Wait();
        foreach (var mode in new[] { "full:", "" })
        {
            _states.Clear(Comments);
            var run = await SyncAsync($"{mode}{Comments}");
            Assert.Equal(Enumerable.Range(1, comments).Select(static i => $"2 {i} {i}"), Rows(run));
            Assert.Equal(2 + requests, Asked); // one for each of the others
        }
    }

    [Theory]
    [InlineData(UpdateTimeMoves.None)]
    [InlineData(UpdateTimeMoves.Comments)]
    public async Task A_new_comment_on_a_record_that_nobody_edited_is_found_within_the_window_and_behind_it_by_the_full_re_read(UpdateTimeMoves moves)
    {
        _simulator.Options = _simulator.Options with { UpdateTimeMovesWith = moves };
        _more = """, "full_reread_days": 60""";
        Comment(1, "first");
        Wait();
        await SyncAsync(Comments);
        Wait(days: 10);
        Comment(1, "second");
        Wait();
        Assert.Equal(["1 2 second"], Rows(await SyncAsync(Comments)));
        Wait(days: 35);
        Comment(1, "third");
        Wait();
        Assert.Equal(moves == UpdateTimeMoves.None ? [] : ["1 3 third"], Rows(await SyncAsync(Comments)));
        Wait(days: 30);
        Assert.Equal(["1 1 first", "1 2 second", "1 3 third"], Rows(await SyncAsync(Comments)));
    }

    [Fact]
    public async Task Without_a_window_only_records_that_were_changed_are_asked_about()
    {
        _more = """, "comment_window_days": 0""";
        await SyncAsync(Comments);
        Wait();
        _app.AddComment(1, "unseen");
        _app.AddComment(2, "seen");
        _app.TouchRecord(2);
        _app.Add(new());
        Wait();
        Assert.Equal(["2 1 seen"], Rows(await SyncAsync(Comments)));
        Assert.Equal(2, Asked); // the edited record and the new one
    }

    [Fact]
    public async Task Reading_stops_at_the_first_page_that_holds_a_known_comment()
    {
        for (var i = 1; i <= 50; i++) _app.AddComment(1, $"{i}");
        Wait();
        await SyncAsync(Comments);
        for (var i = 51; i <= 62; i++) _app.AddComment(1, $"{i}");
        Wait();
        Assert.Equal(Enumerable.Range(51, 12).Select(static i => $"1 {i} {i}"), Rows(await SyncAsync(Comments)));
        Assert.Equal(2 + 2, Asked);
        Wait();
        Assert.Empty(Rows(await SyncAsync(Comments)));
        Assert.Equal(2 + 1, Asked);
    }

    [Fact]
    public async Task A_deleted_comment_is_found_where_the_page_reaches_it_and_else_by_the_full_re_read()
    {
        for (var i = 1; i <= 30; i++) _app.AddComment(1, $"{i}");
        _app.AddComment(2, "gone");
        Wait();
        await SyncAsync(Comments);
        Wait();
        foreach (var id in new[] { 3, 25 }) _app.DeleteComment(1, id);
        _app.DeleteComment(2, 1);
        Wait();
        var run = await SyncAsync(Comments);
        Assert.Equal(["1 25 gone", "2 1 gone"], Rows(run));
        Assert.All(run.Records(Comments), static r => Assert.Equal("2026-05-01T04:20:00Z", r.GetProperty("_kintone_updated_at").GetString()));
        Wait();
        Assert.Empty(Rows(await SyncAsync(Comments)));
        Wait(days: 8);
        Assert.Equal("1 3 gone", Assert.Single(Rows(await SyncAsync(Comments)), static r => r.EndsWith("gone", StringComparison.Ordinal)));
    }

    /// <summary>What is older than the cursor was delivered as it is; of its own second nobody knows whether all of it was there.</summary>
    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    public async Task A_comment_of_the_cursor_s_own_second_comes_again_and_one_of_the_second_before_does_not(int seconds, bool comesAgain)
    {
        _time.Advance(TimeSpan.FromSeconds((15 * 60) + seconds));
        _app.AddComment(1, "hi");
        _time.Advance(TimeSpan.FromSeconds((5 * 60) - seconds)); // the look-back: the cursor will be the full minute
        await SyncAsync(Comments);
        Wait();
        Assert.Equal(comesAgain ? ["1 1 hi"] : [], Rows(await SyncAsync(Comments)));
    }

    [Fact]
    public async Task A_number_that_is_given_again_is_another_comment()
    {
        _app.AddComment(1, "one");
        _app.AddComment(1, "two");
        Wait();
        await SyncAsync(Comments);
        Wait();
        _app.DeleteComment(1, 2);
        _app.AddComment(1, "another");
        Assert.Equal(2, _app.Comments(1)[^1].Id);
        Wait();
        Assert.Equal(["1 2 another"], Rows(await SyncAsync(Comments)));
    }

    [Fact]
    public async Task Comments_go_with_their_record_and_come_back_with_it()
    {
        for (var i = 1; i <= 12; i++) _app.AddComment(3, $"{i}");
        Wait();
        await SyncAsync(Comments);
        Wait();
        _app.RecordIsVisible = static (_, id) => id != 3;
        var gone = await SyncAsync(Comments);
        Assert.Equal(Enumerable.Range(1, 12).Select(static i => $"3 {i} gone"), Rows(gone));
        Wait();
        _app.RecordIsVisible = null;
        var back = await SyncAsync(Comments);
        Assert.Equal(Enumerable.Range(1, 12).Select(static i => $"3 {i} {i}"), Rows(back));
        var newest = gone.Records(Comments).Max(static r => r.GetProperty("_kintone_updated_at").GetString());
        Assert.All(back.Records(Comments), r => Assert.True(string.CompareOrdinal(r.GetProperty("_kintone_updated_at").GetString(), newest) >= 0));
    }

    [Fact]
    public async Task A_comment_that_is_deleted_while_a_record_is_read_hides_no_other()
    {
        for (var i = 1; i <= 40; i++) _app.AddComment(1, $"{i}");
        Wait();
        var asked = 0;
        _simulator.BeforeAnswer = entry =>
        {
            if (entry.Resource == "record/comments" && ++asked is 2 or 4) _app.DeleteComment(1, 45 - (4 * asked));
            if (asked == 5) _app.AddComment(1, "late");
        };
        var first = Rows(await SyncAsync("full:" + Comments));
        _simulator.BeforeAnswer = null;
        Assert.Empty(_app.Comments(1).Where(static c => c.Id <= 40).Select(static c => $"1 {c.Id} {c.Id}").Except(first));
        Assert.Equal(first.Distinct(), first);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Comments_that_are_switched_off_are_a_warning_and_nothing_counts_as_deleted(bool answersEmpty)
    {
        _app.AddComment(1, "one");
        Wait();
        await SyncAsync(Records, Comments);
        _simulator.Options = _simulator.Options with { DisabledCommentsAreEmpty = answersEmpty };
        _app.Resources["app/settings"]["enableComments"] = false;
        Wait();
        _app.TouchRecord(2);
        var run = await SyncAsync(Records, Comments);
        Assert.Empty(Rows(run));
        Assert.Single(run.Records(Records));
        Assert.Contains(Comments, Assert.Single(run.Warnings, static w => w.Contains("comments are not read", StringComparison.Ordinal)),
            StringComparison.Ordinal);
        Assert.Equal("COMPLETE", LastStatus(run));

        _app.Resources["app/settings"]["enableComments"] = true;
        _app.AddComment(1, "two");
        Wait();
        Assert.Equal(["1 2 two"], Rows(await SyncAsync(Records, Comments)));
    }

    [Fact]
    public async Task A_refusal_from_the_start_is_one_warning_and_an_empty_stream()
    {
        _app.AddComment(1, "one");
        _simulator.Options = _simulator.Options with { TokensReadComments = false };
        var token = _app.AddToken();
        var run = await SyncAsync(0, $$"""{"auth_type": "api_token", "api_tokens": ["{{token}}"]}""", Records, Comments);
        Assert.Empty(Rows(run));
        Assert.Equal(3, run.Records(Records).Count);
        Assert.Single(run.Warnings, static w => w.Contains("comments are not read", StringComparison.Ordinal));
        Assert.Equal("COMPLETE", LastStatus(run));
        _simulator.Options = _simulator.Options with { TokensReadComments = true };
        Assert.Equal(["1 1 one"], Rows(await SyncAsync(0, $$"""{"auth_type": "api_token", "api_tokens": ["{{token}}"]}""", Records, Comments)));
    }

    [Fact]
    public async Task The_records_of_an_idle_app_cost_two_requests_beside_the_comments()
    {
        await SyncAsync(Records, Comments);
        Wait();
        await SyncAsync(Records, Comments);
        Assert.Equal(2 + 3 + 3, _simulator.Journal.Count); // the idle check; form, newest record, ids; the comments of three records
        Wait(days: 5);
        _more = """, "comment_window_days": 1""";
        await SyncAsync(Records, Comments);
        Assert.Equal(2 + 3, _simulator.Journal.Count);
    }

    [Fact]
    public async Task Without_deleted_records_known_comments_are_known_all_the_same()
    {
        _more = """, "emit_deleted_records": false""";
        for (var i = 1; i <= 15; i++) _app.AddComment(1, $"{i}");
        Wait();
        Assert.Equal(15, Rows(await SyncAsync(Comments)).Count);
        _app.DeleteComment(1, 15);
        Wait();
        Assert.Empty(Rows(await SyncAsync(Comments)));
        Assert.Equal(3, Asked);
    }

    void Comment(long record, string text)
    {
        _app.AddComment(record, text);
        if (_simulator.Options.UpdateTimeMovesWith.HasFlag(UpdateTimeMoves.Comments)) _app.TouchRecord(record);
    }

    /// <summary>Record, number and text, in the order of the first two.</summary>
    static List<string> Rows(Run run) =>
    [
        .. run.Records(Comments)
            .OrderBy(static r => r.GetProperty("_kintone_id").GetInt64()).ThenBy(static r => r.GetProperty("_kintone_comment_id").GetInt64())
            .Select(static r => $"{r.GetProperty("_kintone_id")} {r.GetProperty("_kintone_comment_id")} "
                + (r.TryGetProperty("_ab_cdc_deleted_at", out var deleted) && deleted.ValueKind != JsonValueKind.Null ? "gone"
                : r.GetProperty("text").GetString())),
    ];

    static string? LastStatus(Run run) => run.Of("TRACE", "trace")
        .Where(static t => t.GetProperty("type").GetString() == "STREAM_STATUS" && t.GetProperty("stream_status").GetProperty("stream_descriptor")
        .GetProperty("name").GetString() == Comments)
        .Last().GetProperty("stream_status").GetProperty("status").GetString();

    Task<Run> SyncAsync(params string[] streams) => SyncAsync(0, """{"auth_type": "password", "username": "sync", "password": "open sesame"}""", streams);

    /// <param name="streams">By name; <c>full:</c> in front asks for a full refresh.</param>
    async Task<Run> SyncAsync(int expected, string credentials, params string[] streams)
    {
        _simulator.Journal.Clear();
        var run = await _simulator.ReadAsync(
            $$"""{"subdomain": "example", "base_url": "http://localhost:1", "credentials": {{credentials}}, "app_selection": {"mode": "single_app", "app": 1}{{_more}}}""",
            JsonSerializer.Serialize(new
            {
                streams = streams.Select(static s => new
                {
                    stream = new { name = s.Split(':')[^1], json_schema = new { } },
                    sync_mode = s.StartsWith("full:", StringComparison.Ordinal) ? "full_refresh" : "incremental",
                }),
            }),
            Encoding.UTF8.GetString(_states.ToFile()));
        Assert.True(expected == run.ExitCode, string.Join('\n', run.Errors));
        foreach (var message in SyncRun.Parse(Encoding.UTF8.GetBytes(run.Output))) _states.Apply(message);
        return run;
    }

    public void Dispose()
    {
        _simulator.Dispose();
        _time.Dispose();
    }
}
