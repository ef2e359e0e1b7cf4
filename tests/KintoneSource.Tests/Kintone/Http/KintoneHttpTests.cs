using KintoneSource.Kintone.Http;
using KintoneSource.Protocol;
using KintoneSource.Tests.Simulation;

namespace KintoneSource.Tests.Kintone.Http;

/// <summary>What comes of one request, whatever Kintone and the network do to it.</summary>
public class KintoneHttpTests
{
    public static TheoryData<string, int, string> PassingTroubles => new()
    {
        { "overload", 429, "GAIA_TO04" }, { "overload", 429, "" }, { "maintenance", 503, "" }, { "gateway", 502, "" }, { "gateway", 504, "" },
        { "internal", 500, "CB_IL99" }, { "internal", 520, "" }, { "slow", 408, "" }, { "misdirected", 421, "" }, { "early", 425, "" },
        { "database", 400, "GAIA_DA02" }, { "database", 400, "GAIA_RE18" },
        { "database", 400, "GAIA_LT01" }, { "cursors", 400, "GAIA_TM12" },
    };

    [Theory, MemberData(nameof(PassingTroubles))]
    public async Task Tries_again_what_may_pass(string what, int status, string code)
    {
        using var kintone = new ScriptedKintone(attempt => attempt < 3
            ? code.Length > 0 ? ScriptedKintone.Error(status, code) : ScriptedKintone.Answer(status, "<html></html>", "text/html")
            : ScriptedKintone.Good(what));
        Assert.Equal(what, await kintone.ReadAsync());
        Assert.Equal(4, kintone.Attempts);
        Assert.Equal(3, kintone.Notices.Count);
    }

    [Theory]
    [InlineData(401, "CB_AU01")]
    [InlineData(401, "CB_WA01")]
    [InlineData(403, "CB_NO02")]
    [InlineData(403, "GAIA_NO01")]
    [InlineData(404, "GAIA_AP01")]
    [InlineData(400, "CB_VA01")]
    [InlineData(520, "GAIA_IL23")] // decided by its code, whatever the status
    [InlineData(302, "")]
    [InlineData(404, "")]
    public async Task Does_not_try_again_what_the_user_must_change(int status, string code)
    {
        using var kintone = new ScriptedKintone(_ =>
            code.Length > 0 ? ScriptedKintone.Error(status, code) : ScriptedKintone.Answer(status, "", "text/html"));
        var failure = await Assert.ThrowsAsync<KintoneException>(() => kintone.ReadAsync());
        Assert.Equal(FailureType.ConfigError, failure.FailureType);
        Assert.Equal(1, kintone.Attempts);
        Assert.Contains("reading records of app 1", failure.Message, StringComparison.Ordinal);
        Assert.Contains(status.ToString(), failure.Message, StringComparison.Ordinal);
        if (code.Length > 0) Assert.Contains($"{code} (error ID some-id)", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_for_people_with_status_200_is_no_answer()
    {
        using var kintone = new ScriptedKintone(attempt => attempt == 0 ? ScriptedKintone.Answer(200, "<html>login</html>", "text/html")
            : ScriptedKintone.Good());
        Assert.Equal("{}", await kintone.ReadAsync());
        Assert.Equal(2, kintone.Attempts);
    }

    [Theory]
    [InlineData(201)]
    [InlineData(202)]
    [InlineData(203)]
    [InlineData(204)]
    [InlineData(206)]
    [InlineData(207)]
    [InlineData(226)]
    public async Task Only_200_is_an_answer(int status)
    {
        using var kintone = new ScriptedKintone(attempt => attempt == 0 ? ScriptedKintone.Answer(status, """{"records":[]}""") : ScriptedKintone.Good("whole"));
        Assert.Equal("whole", await kintone.ReadAsync());
        Assert.Equal(2, kintone.Attempts);
    }

    [Fact]
    public async Task A_range_is_a_part_whatever_the_status()
    {
        using var kintone = new ScriptedKintone(static attempt =>
        {
            var answer = ScriptedKintone.Good(attempt == 0 ? "half" : "whole");
            if (attempt == 0) answer.Content.Headers.ContentRange = new(0, 3, 5);
            return answer;
        });
        Assert.Equal("whole", await kintone.ReadAsync());
    }

    [Fact]
    public async Task An_unknown_code_with_520_is_tried_a_few_times_and_is_then_one_resource_s()
    {
        using var kintone = new ScriptedKintone(static _ => ScriptedKintone.Error(520, "GAIA_ZZ99"));
        var failure = await Assert.ThrowsAsync<KintoneException>(() => kintone.ReadAsync());
        Assert.Equal(5, kintone.Attempts);
        Assert.Equal(FailureType.SystemError, failure.FailureType);
        Assert.True(failure.IsOfOneResource);
    }

    [Fact]
    public async Task An_unknown_code_with_400_is_one_resource_s_at_once()
    {
        using var kintone = new ScriptedKintone(static _ => ScriptedKintone.Error(400, "GAIA_ZZ99"));
        Assert.True((await Assert.ThrowsAsync<KintoneException>(() => kintone.ReadAsync())).IsOfOneResource);
        Assert.Equal(1, kintone.Attempts);
    }

    [Fact]
    public async Task Nothing_at_an_address_is_the_subdomain_s_fault_only_where_nothing_else_answered()
    {
        using var unknown = new ScriptedKintone(static _ => ScriptedKintone.Answer(404, "", "text/html"));
        var first = await Assert.ThrowsAsync<KintoneException>(() => unknown.ReadAsync());
        Assert.Contains("check the subdomain", first.Message, StringComparison.Ordinal);
        Assert.False(first.IsOfOneResource);

        using var known = new ScriptedKintone(static attempt => attempt == 0 ? ScriptedKintone.Good() : ScriptedKintone.Answer(404, "", "text/html"));
        await known.ReadAsync();
        var later = await Assert.ThrowsAsync<KintoneException>(() => known.ReadAsync());
        Assert.DoesNotContain("subdomain", later.Message, StringComparison.Ordinal);
        Assert.True(later.IsOfOneResource);
    }

    [Fact] // what SocketsHttpHandler throws when nobody answers a connection: a cancellation that nobody asked for
    public async Task A_connection_that_nobody_answers_is_tried_again()
    {
        using var kintone = new ScriptedKintone(static attempt => attempt < 2
            ? throw new TaskCanceledException("timed out", new TimeoutException()) : ScriptedKintone.Good());
        Assert.Equal("{}", await kintone.ReadAsync());
        Assert.All(kintone.Notices, static n => Assert.Contains("nobody answers there", n.Reason, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(503, "")]
    [InlineData(429, "GAIA_TO04")]
    [InlineData(200, "")]
    public async Task A_check_is_over_after_three_attempts(int status, string code)
    {
        using var kintone = new ScriptedKintone(
            _ => code.Length > 0 ? ScriptedKintone.Error(status, code) : ScriptedKintone.Answer(status, "<html></html>", "text/html"), Patience.ForCheck);
        await Assert.ThrowsAsync<TransientException>(() => kintone.ReadAsync());
        Assert.Equal(3, kintone.Attempts);
        Assert.InRange(kintone.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task A_check_waits_20_seconds_in_all_for_a_server_that_hangs_or_asks_for_patience()
    {
        using var hanging = new ScriptedKintone(static async (_, ct) =>
        {
            await Task.Delay(Timeout.Infinite, ct);
            return ScriptedKintone.Good();
        }, Patience.ForCheck);
        var failure = await Assert.ThrowsAsync<TransientException>(() => hanging.ReadAsync());
        Assert.Contains("longer than 20 s", failure.Message, StringComparison.Ordinal);
        Assert.InRange(hanging.Elapsed, TimeSpan.FromSeconds(19), TimeSpan.FromSeconds(21));

        using var busy = new ScriptedKintone(static _ =>
        {
            var refused = ScriptedKintone.Error(429, "GAIA_TO04");
            refused.Headers.RetryAfter = new(TimeSpan.FromMinutes(5));
            return refused;
        }, Patience.ForCheck);
        await Assert.ThrowsAsync<TransientException>(() => busy.ReadAsync());
        Assert.InRange(busy.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(21));
    }

    [Fact]
    public async Task Running_out_of_tries_against_a_limit_has_advice_of_its_own()
    {
        using var kintone = new ScriptedKintone(static _ => ScriptedKintone.Error(429, "GAIA_TO04"));
        var failure = await Assert.ThrowsAsync<TransientException>(() => kintone.ReadAsync());
        Assert.Contains("move this sync to another hour", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"code":"CB_VA01","errors":null}""")]
    [InlineData("""{"code":"CB_VA01","errors":[]}""")]
    [InlineData("""{"code":"CB_VA01","errors":{"query":null}}""")]
    [InlineData("""{"code":"CB_VA01","errors":{"query":{"messages":null}}}""")]
    [InlineData("""{"code":"CB_VA01","id":7,"message":[]}""")]
    [InlineData("""{"code":"CB_VA01","message":"\udc00"}""")]
    public async Task An_error_is_known_by_its_code_whatever_else_is_wrong_with_it(string body)
    {
        using var kintone = new ScriptedKintone(_ => ScriptedKintone.Answer(400, body));
        Assert.Equal("CB_VA01", (await Assert.ThrowsAsync<KintoneException>(() => kintone.ReadAsync())).Code);
    }

    [Fact]
    public async Task An_answer_beyond_all_bounds_is_given_up_after_a_few_tries()
    {
        using var kintone = new ScriptedKintone(static _ => ScriptedKintone.Good(new string(' ', 17 * 1024 * 1024)));
        var failure = await Assert.ThrowsAsync<UnexpectedResponseException>(() => kintone.ReadAsync());
        Assert.Contains("larger than any should be", failure.Message, StringComparison.Ordinal);
        Assert.Equal(5, kintone.Attempts);
    }

    [Fact]
    public async Task Part_of_the_records_is_no_answer()
    {
        using var kintone = new ScriptedKintone(_ =>
        {
            var part = ScriptedKintone.Good("""{"records":[]}""");
            part.Headers.Add("X-Cybozu-Warning", "Filter aborted because of too many search results");
            return part;
        });
        var failure = await Assert.ThrowsAsync<KintoneException>(() => kintone.ReadAsync());
        Assert.Equal(FailureType.ConfigError, failure.FailureType);
        Assert.Contains("too many search results", failure.Message, StringComparison.Ordinal);
        Assert.Equal(1, kintone.Attempts);
    }

    [Fact]
    public async Task A_body_that_breaks_off_is_read_anew_as_a_whole()
    {
        using var kintone = new ScriptedKintone(static attempt =>
        {
            var answer = ScriptedKintone.Good("0123456789");
            if (attempt == 0)
            {
                answer.Content = new StreamContent(new Torn("01234"u8.ToArray()));
                answer.Content.Headers.ContentType = new("application/json");
            }
            return answer;
        });
        Assert.Equal("0123456789", await kintone.ReadAsync());
        Assert.Equal(2, kintone.Attempts);
    }

    [Fact]
    public async Task A_connection_that_fails_is_tried_again()
    {
        using var kintone = new ScriptedKintone(static attempt => attempt < 2
            ? throw new HttpRequestException(HttpRequestError.ConnectionError, "refused") : ScriptedKintone.Good());
        Assert.Equal("{}", await kintone.ReadAsync());
        Assert.Equal(3, kintone.Attempts);
    }

    [Fact]
    public async Task A_body_that_is_not_what_it_should_be_is_read_five_times_in_all()
    {
        using var kintone = new ScriptedKintone(static _ => ScriptedKintone.Good("""{"records":"""));
        await Assert.ThrowsAsync<UnexpectedResponseException>(() => kintone.ReadAsync(static answer =>
        {
            using var json = System.Text.Json.JsonDocument.Parse(answer.Body.Memory);
            return "";
        }));
        Assert.Equal(5, kintone.Attempts);
    }

    [Fact]
    public async Task Gives_up_after_ten_minutes_in_all()
    {
        using var kintone = new ScriptedKintone(static _ => ScriptedKintone.Answer(503, "", "text/html"));
        var failure = await Assert.ThrowsAsync<TransientException>(() => kintone.ReadAsync());
        Assert.InRange(kintone.Elapsed, TimeSpan.FromMinutes(8), TimeSpan.FromMinutes(10.5));
        Assert.InRange(kintone.Attempts, 8, 60);
        Assert.Contains($"after {kintone.Attempts} attempts", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_never_comes_is_given_up_on_and_asked_for_again()
    {
        using var kintone = new ScriptedKintone(static async (attempt, ct) =>
        {
            if (attempt == 0) await Task.Delay(Timeout.Infinite, ct);
            return ScriptedKintone.Good();
        });
        kintone.Time.IsHanging = () => kintone.Attempts == 1;
        Assert.Equal("{}", await kintone.ReadAsync());
        Assert.InRange(kintone.Elapsed, TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(2.5));
    }

    [Fact]
    public async Task A_refusal_halves_what_may_be_under_way()
    {
        var refuse = false;
        using var kintone = new ScriptedKintone(_ =>
        {
            if (!refuse) return ScriptedKintone.Good();
            refuse = false;
            return ScriptedKintone.Error(429, "GAIA_TO04");
        });
        for (var i = 0; i < 40; i++) await kintone.ReadAsync();
        Assert.Equal(8, kintone.Http.Limiter.Limit);
        refuse = true;
        await kintone.ReadAsync();
        Assert.Equal(4, kintone.Http.Limiter.Limit);
    }

    sealed class Torn(byte[] start) : Stream
    {
        bool _isRead;

        public override int Read(byte[] buffer, int offset, int count)
        {
            if (_isRead) throw new HttpIOException(HttpRequestError.ResponseEnded, "The response ended prematurely.");
            _isRead = true;
            start.CopyTo(buffer, offset);
            return start.Length;
        }

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => 0; set => throw new NotSupportedException(); }
        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
