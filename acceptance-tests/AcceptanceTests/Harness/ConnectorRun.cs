using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AcceptanceTests;

/// <summary>What one run of the connector left: its output to the byte, and how it ended.</summary>
/// <param name="isCut">It was killed: the last line may be half a line.</param>
sealed class ConnectorRun(string command, int exitCode, ReadOnlyMemory<byte> output, string errors, bool isCut = false)
{
    IReadOnlyList<JsonElement>? _messages;

    public string Command => command;

    public int ExitCode => exitCode;

    /// <summary>The most bytes that it had resident; 0 where nobody looked.</summary>
    public long PeakMemory { get; init; }

    public ReadOnlyMemory<byte> Output => output;

    /// <summary>What it wrote to stderr.</summary>
    public string Errors => errors;

    /// <summary>Whole lines, without their ends.</summary>
    public IReadOnlyList<string> Lines { get; } = Split(output.Span, isCut);

    /// <summary>Every line as what it should be, a message.</summary>
    public IReadOnlyList<JsonElement> Messages => _messages ??= [.. Lines.Select(Parse)];

    public IEnumerable<JsonElement> Of(string type, string payload) =>
        Messages.Where(m => m.GetProperty("type").GetString() == type).Select(m => m.GetProperty(payload));

    public IEnumerable<JsonElement> Records => Of("RECORD", "record");

    public IEnumerable<JsonElement> States => Of("STATE", "state");

    public IEnumerable<JsonElement> Traces(string type) => Of("TRACE", "trace").Where(t => t.GetProperty("type").GetString() == type);

    public IReadOnlyList<JsonElement> RecordsOf(string stream) =>
        [.. Records.Where(r => r.GetProperty("stream").GetString() == stream).Select(static r => r.GetProperty("data"))];

    public IEnumerable<JsonElement> StatesOf(string stream) => States.Where(s => StreamOf(s) == stream);

    /// <summary>The statuses of a stream, in their order.</summary>
    public IReadOnlyList<string> StatusesOf(string stream) =>
        [.. Traces("STREAM_STATUS").Select(static t => t.GetProperty("stream_status"))
            .Where(s => s.GetProperty("stream_descriptor").GetProperty("name").GetString() == stream)
            .Select(static s => s.GetProperty("status").GetString()!)];

    /// <summary>What went wrong, in the words for people.</summary>
    public IReadOnlyList<string> ErrorMessages => [.. Traces("ERROR").Select(static t => t.GetProperty("error").GetProperty("message").GetString()!)];

    public IEnumerable<(string Level, string Message)> Logs =>
        Of("LOG", "log").Select(static l => (l.GetProperty("level").GetString()!, l.GetProperty("message").GetString()!));

    /// <summary>The answer of check, as status and message.</summary>
    public (string Status, string? Message) Status
    {
        get
        {
            var status = Assert.Single(Of("CONNECTION_STATUS", "connectionStatus"));
            return (status.GetProperty("status").GetString()!, status.TryGetProperty("message", out var message) ? message.GetString() : null);
        }
    }

    /// <summary>The streams of the one CATALOG.</summary>
    public IReadOnlyList<JsonElement> Catalog => [.. Assert.Single(Of("CATALOG", "catalog")).GetProperty("streams").EnumerateArray()];

    /// <summary>The state that a platform keeps: the last STATE of each stream, as a list of them.</summary>
    /// <param name="lines">Only the output's first lines; all when null.</param>
    public string StateToKeep(int? lines = null)
    {
        var last = Messages.Take(lines ?? int.MaxValue)
            .Where(static m => m.GetProperty("type").GetString() == "STATE").Select(static m => m.GetProperty("state"))
            .GroupBy(StreamOf).Select(static g => g.Last().GetRawText());
        return $"[{string.Join(',', last)}]";
    }

    /// <summary>The state that it left, as if nothing could have changed since.</summary>
    public JsonArray FarFuture()
    {
        var states = JsonNode.Parse(StateToKeep())!.AsArray();
        foreach (var state in states.Select(static s => s!.AsObject()))
        {
            var stream = state["stream"]!["stream_state"]!.AsObject();
            (stream["cursor"], stream["max_id"]) = ("2099-12-31T23:59:00Z", 999_999_999);
            stream.Remove("synced_at");
            if (stream.ContainsKey("idle_rows_on")) stream["idle_rows_on"] = "2099-12-31";
            state.Remove("sourceStats");
        }
        return states;
    }

    /// <summary>The ids in a records stream, repeats included.</summary>
    public IEnumerable<long> IdsOf(string stream) => RecordsOf(stream).Select(static r => r.GetProperty("_kintone_id").GetInt64());

    /// <summary>What a platform has of the run when it dies after so many bytes.</summary>
    public ConnectorRun CutAt(int bytes) => new(command, exitCode, output[..Math.Min(bytes, output.Length)], errors, isCut: true);

    public ConnectorRun MustSucceed()
    {
        Assert.True(exitCode == 0, $"{command} ended with {exitCode}.\n{string.Join('\n', Messages.Where(static m => m.GetProperty("type").GetString() is "TRACE" or "LOG" or "CONNECTION_STATUS"))}\n{errors}");
        return this;
    }

    public static string StreamOf(JsonElement state) => state.GetProperty("stream").GetProperty("stream_descriptor").GetProperty("name").GetString()!;

    static string[] Split(ReadOnlySpan<byte> output, bool isCut)
    {
        if (output.IsEmpty) return [];
        var end = output.LastIndexOf((byte)'\n') + 1;
        if (!isCut && end != output.Length) Assert.Fail($"The output ends within a line: {Encoding.UTF8.GetString(output[end..])}");
        return end == 0 ? [] : new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(output[..(end - 1)]).Split('\n');
    }

    static JsonElement Parse(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw new Xunit.Sdk.XunitException($"A line on stdout is not JSON ({e.Message}): {line}");
        }
    }
}
