using System.Buffers;
using System.Text;
using CsCheck;
using KintoneSource.Protocol;
using KintoneSource.Tests.Simulation;

namespace KintoneSource.Tests.Protocol;

public class MessageWriterTests
{
    static readonly StreamDescriptor s_stream = new("s");

    [Fact] // steps of many tasks at once, over an output that may break anywhere
    public async Task Lines_are_whole_and_a_state_stands_right_behind_what_it_covers() =>
        await Gen.Select(Gen.Int[0, 400].Array[1, 40], Gen.Long[0, 12_000], Gen.Int[1, 300], Gen.Bool)
            .SampleAsync(static async (lengths, breakAfter, threshold, breaks) =>
        {
            await using var stdout = new BreakingStream(breaks ? breakAfter : long.MaxValue);
            var writer = new MessageWriter(stdout, new(), threshold);
            var committed = 0; // in the writer's turn
            await Task.WhenAll(lengths.Select(async (length, i) =>
            {
                await Task.Yield();
                try
                {
                    if (length % 5 == 0) await writer.WriteAsync(AirbyteMessage.Log(LogLevel.Info, $"{i}"), default);
                    else
                    {
                        await writer.CommitAsync(
                            () => [Line(length)],
                            () => ++committed % 3 == 0 ? [AirbyteMessage.StreamState(s_stream, new(Encoding.UTF8.GetBytes($$"""{"max_id":{{committed}}}""")), 0)] : [], default);
                    }
                }
                catch (OutputException) when (stdout.IsBroken) { }
            }));
            if (stdout.IsBroken) await Assert.ThrowsAsync<OutputException>(() => writer.WriteAsync(AirbyteMessage.Log(LogLevel.Info, ""), default).AsTask());
            else
            {
                try { await writer.DisposeAsync(); }
                catch (OutputException) when (stdout.IsBroken) { } // it broke with the last lines
            }

            var records = 0;
            foreach (var message in SyncRun.Parse(stdout.Written))
            {
                if (message.Type == "RECORD") records++;
                if (message.Type == "STATE") Assert.Equal(records, message.Json.GetProperty("state").GetProperty("stream").GetProperty("stream_state")
                    .GetProperty("max_id").GetInt32());
            }
            if (!stdout.IsBroken) Assert.Equal(lengths.Count(static l => l % 5 != 0), records);
        }, iter: 300);

    [Fact]
    public async Task The_first_write_that_fails_is_final()
    {
        await using var stdout = new BreakingStream(10);
        var writer = new MessageWriter(stdout, new());
        var first = await Assert.ThrowsAsync<OutputException>(() => writer.WriteAsync(AirbyteMessage.Log(LogLevel.Info, "a long line"), default).AsTask());
        Assert.Same(first, await Assert.ThrowsAsync<OutputException>(() => writer.WriteAsync(AirbyteMessage.Log(LogLevel.Info, ""), default).AsTask()));
        Assert.Equal(10, stdout.Length);
        await writer.DisposeAsync();
    }

    [Fact]
    public async Task The_position_does_not_move_where_its_lines_could_not_be_written()
    {
        await using var stdout = new BreakingStream(10);
        var writer = new MessageWriter(stdout, new(), flushThreshold: 1);
        await Assert.ThrowsAsync<OutputException>(() => writer.CommitAsync(static () => [Line(100)], static () => throw new InvalidOperationException("moved"),
            default).AsTask());
    }

    [Fact]
    public async Task Secrets_leave_as_stars_except_in_the_configuration_that_the_platform_is_to_keep()
    {
        await using var stdout = new BreakingStream();
        var mask = new SecretMask();
        mask.Add(["open sesame", "abc"]);
        var writer = new MessageWriter(stdout, mask);
        var now = DateTimeOffset.UnixEpoch;
        await writer.WriteAsync(AirbyteMessage.Log(LogLevel.Info, "open sesame, open%20sesame, abc"), default);
        await writer.WriteAsync(AirbyteMessage.Error(new("open sesame", "of open sesame", "at open sesame", FailureType.SystemError), now), default);
        await writer.WriteAsync(AirbyteMessage.Check(CheckStatus.Failed, "open sesame"), default);
        await writer.WriteAsync(AirbyteMessage.ConnectorConfig(new("""{"password":"open sesame"}"""u8.ToArray()), now), default);
        var lines = SyncRun.Parse(stdout.Written);
        Assert.Equal("****, ****, abc", lines[0].Json.GetProperty("log").GetProperty("message").GetString()); // three letters are a word
        Assert.All(lines.Take(3), static line => Assert.DoesNotContain("sesame", line.Json.GetRawText(), StringComparison.Ordinal));
        Assert.Contains("""{"password":"open sesame"}""", lines[3].Json.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Separators_that_some_readers_take_for_line_ends_are_escaped_and_Japanese_is_not()
    {
        await using var stdout = new BreakingStream();
        await new MessageWriter(stdout, new()).WriteAsync(AirbyteMessage.Log(LogLevel.Info, "顧客\u0085\u2028\u2029\n"), default);
        Assert.Equal("{\"type\":\"LOG\",\"log\":{\"level\":\"INFO\",\"message\":\"顧客\\u0085\\u2028\\u2029\\n\"}}\n",
            Encoding.UTF8.GetString(stdout.Written.Span));
    }

    /// <summary>As where memory for a large state runs out half-way.</summary>
    [Fact]
    public async Task A_message_that_breaks_off_leaves_nothing_of_itself_and_what_follows_is_a_line_of_its_own()
    {
        await using var stdout = new BreakingStream();
        var writer = new MessageWriter(stdout, new());
        var state = AirbyteMessage.StreamState(s_stream, new(new OutOfReach().Memory), 0);
        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => writer.CommitAsync(static () => [Line(50)], () => [state], default).AsTask());
        await writer.WriteAsync(AirbyteMessage.Log(LogLevel.Info, "what follows"), default);
        Assert.Equal(["RECORD", "LOG"], SyncRun.Parse(stdout.Written).Select(static message => message.Type));
    }

    sealed class OutOfReach : MemoryManager<byte>
    {
        public override Memory<byte> Memory => CreateMemory(10);

        public override Span<byte> GetSpan() => throw new InvalidTimeZoneException();

        public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

        public override void Unpin() { }

        protected override void Dispose(bool disposing) { }
    }

    static ReadOnlyMemory<byte> Line(int length) =>
        Encoding.UTF8.GetBytes($$$"""{"type":"RECORD","record":{"stream":"s","data":{"x":"{{{new string('x', length)}}}"},"emitted_at":0}}""" + "\n");
}
