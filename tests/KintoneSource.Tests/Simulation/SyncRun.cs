using System.Text.Json;

namespace KintoneSource.Tests.Simulation;

/// <summary>One line of the protocol.</summary>
/// <param name="Stream">Of a RECORD or a STATE.</param>
sealed record Message(string Type, string? Stream, JsonElement Json);

/// <summary>What one run of <c>read</c> left behind.</summary>
/// <param name="ExitCode">Null when it was cut off.</param>
/// <param name="Requests">How many it sent.</param>
sealed record SyncRun(IReadOnlyList<Message> Messages, int? ExitCode, int Requests)
{
    public IEnumerable<string> Failures => Messages
        .Where(static m => m.Type == "TRACE" && m.Json.GetProperty("trace").GetProperty("type").GetString() == "ERROR")
        .Select(static m => m.Json.GetProperty("trace").GetProperty("error").GetRawText());

    /// <summary>Of all streams but what the sync says of itself.</summary>
    public int Records => Messages.Count(static m => m.Type == "RECORD" && m.Stream != Audits.Stream);

    /// <summary>Every whole line; the last one may have been cut off, and no other may be anything but a message.</summary>
    public static IReadOnlyList<Message> Parse(ReadOnlyMemory<byte> output)
    {
        List<Message> messages = [];
        while (output.Span.IndexOf((byte)'\n') is >= 0 and var end)
        {
            messages.Add(Read(JsonElement.Parse(output.Span[..end])));
            output = output[(end + 1)..];
        }
        return messages;
    }

    static Message Read(JsonElement json)
    {
        var type = json.GetProperty("type").GetString()!;
        return new(type, type switch
        {
            "RECORD" => json.GetProperty("record").GetProperty("stream").GetString(),
            "STATE" => json.GetProperty("state").GetProperty("stream").GetProperty("stream_descriptor").GetProperty("name").GetString(),
            _ => null,
        }, json);
    }

    /// <summary>Every STATE says how many records stand between it and the one before, and no two of a stream are equal.</summary>
    public void AssertStates()
    {
        Dictionary<string, long> since = [];
        HashSet<(string Stream, string State)> seen = [];
        foreach (var message in Messages)
        {
            if (message.Type == "RECORD") since[message.Stream!] = since.GetValueOrDefault(message.Stream!) + 1;
            if (message.Type != "STATE") continue;
            Assert.Equal(since.GetValueOrDefault(message.Stream!), message.Json.GetProperty("state").GetProperty("sourceStats").GetProperty("recordCount")
                .GetDouble());
            since[message.Stream!] = 0;
            var state = message.Json.GetProperty("state").GetProperty("stream").GetProperty("stream_state").GetRawText();
            Assert.True(seen.Add((message.Stream!, state)), $"{message.Stream} has the same STATE twice in one sync: {state}");
        }
    }
}

/// <summary>The newest state of each stream, as a platform keeps it between runs.</summary>
sealed class SavedStates
{
    readonly Dictionary<string, JsonElement> _states;

    public SavedStates(SavedStates? other = null) => _states = other is null ? [] : new(other._states);

    public void Apply(Message message)
    {
        if (message.Type == "STATE") _states[message.Stream!] = message.Json.GetProperty("state").GetProperty("stream").GetProperty("stream_state");
    }

    /// <summary>The stream is refreshed, and starts from nothing.</summary>
    public void Clear(string stream) => _states.Remove(stream);

    public bool Has(string stream) => _states.ContainsKey(stream);

    public bool HasScan(string stream) => _states.TryGetValue(stream, out var state) && state.TryGetProperty("scan", out _);

    public byte[] ToFile() => JsonSerializer.SerializeToUtf8Bytes(_states.Select(static s => new
    {
        type = "STREAM",
        stream = new { stream_descriptor = new { name = s.Key }, stream_state = s.Value },
    }));

    public override string ToString() => JsonSerializer.Serialize(_states);
}
