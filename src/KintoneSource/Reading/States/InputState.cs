using System.Text.Json;
using KintoneSource.Catalog;
using KintoneSource.Protocol;

namespace KintoneSource.Reading.States;

/// <summary>
/// The states that the platform passes in, by stream name, in whatever shape the runner keeps them: nothing,
/// <c>null</c>, <c>{}</c>, <c>[]</c>, a list of STREAM messages (bare or as whole STATE messages), one GLOBAL state,
/// <c>{stream: state}</c> or Singer's <c>{"bookmarks": …}</c>. Namespaces are dropped by some runners and never used here.
/// </summary>
sealed class InputState
{
    /// <summary>Members of messages. None of them is a stream's name.</summary>
    static readonly string[] s_words = ["type", "state", "stream", "stream_descriptor", "stream_state", "global", "stream_states", "data", "bookmarks"];

    readonly Dictionary<string, JsonElement> _streams = new(StringComparer.Ordinal);
    readonly string _file;

    /// <summary>Names that are no stream's, by their digits, which nobody mistypes: of thousands of streams, each is compared with a few.</summary>
    ILookup<string, string>? _strange;

    InputState(string file) => _file = file;

    public static InputState Empty { get; } = new("");

    /// <summary>Undefined where the runner passed none for this stream.</summary>
    /// <exception cref="ConfigurationException">There is none, but one whose name is mistyped.</exception>
    public JsonElement Of(string stream)
    {
        if (_streams.TryGetValue(stream, out var state)) return state;
        _strange ??= _streams.Keys.Where(static name => !IsStream(name)).ToLookup(DigitsOf);
        return _strange[DigitsOf(stream)].FirstOrDefault(name => Misspelling.IsOf(name, stream)) is { } mistyped
            ? throw Unusable($"it has a state for \"{mistyped}\", and none for the stream {stream}") : default;
    }

    static string DigitsOf(string name) => string.Concat(name.Where(char.IsAsciiDigit));

    /// <exception cref="ConfigurationException">The file is not JSON, or of no known shape: starting anew would not be what was asked for.</exception>
    public static InputState Parse(ReadOnlyMemory<byte> utf8, string fileName)
    {
        var result = new InputState(fileName);
        if (utf8.Span.StartsWith("\uFEFF"u8)) utf8 = utf8[3..];
        if (utf8.Span.Trim(" \t\r\n"u8).IsEmpty) return result;
        JsonDocument document;
        try { document = JsonDocument.Parse(utf8); }
        catch (JsonException e)
        {
            throw new ConfigurationException(
                $"The state file {fileName} is not valid JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}. Pass what this connector wrote in "
                    + "its STATE messages, or no state.", e);
        }
        using (document)
        {
            if (JsonText.IncompleteEscape(utf8.Span) is { } at) throw result.Unusable($@"the text at byte {at + 1} has an incomplete \u escape");
            if (!result.Add(document.RootElement.Clone())) throw result.Unusable("it is of no shape that this connector knows");
        }
        return result;
    }

    ConfigurationException Unusable(string why) =>
        new($"The state file {_file} can't be used: {why}. Pass what this connector wrote in its STATE messages, or no state.");

    bool Add(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Null => true,
        JsonValueKind.Array => json.EnumerateArray().All(AddMessage),
        JsonValueKind.Object when IsMessage(json) => AddMessage(json),
        JsonValueKind.Object when Object(json, "bookmarks") is { } bookmarks => AddByName(bookmarks),
        JsonValueKind.Object => AddByName(json),
        _ => false,
    };

    /// <summary>Some runners leave the type out.</summary>
    static bool IsMessage(JsonElement json) =>
        json.TryGetProperty("type", out _)
        || (Object(json, "stream") is { } stream && Object(stream, "stream_descriptor") is not null) || Object(json, "global") is not null
        || Object(json, "data") is not null;

    bool AddMessage(JsonElement message)
    {
        if (message.ValueKind != JsonValueKind.Object) return false;
        if (Object(message, "state") is { } wrapped && !message.TryGetProperty("stream", out _)) return AddMessage(wrapped);
        if (Object(message, "stream") is { } stream) return AddStream(stream);
        if (Object(message, "global") is { } global)
        {
            if (!global.TryGetProperty("stream_states", out var states)) return Lacks(global, "stream_states");
            return states.ValueKind == JsonValueKind.Array && states.EnumerateArray().All(AddStream);
        }
        return Object(message, "data") is { } legacy && AddByName(legacy);
    }

    bool AddStream(JsonElement stream)
    {
        if (Object(stream, "stream_descriptor") is not { } descriptor
            || !descriptor.TryGetProperty("name", out var name) || name.ValueKind != JsonValueKind.String) return false;
        if (!stream.TryGetProperty("stream_state", out var state)) return Lacks(stream, "stream_state");
        _streams[name.GetString()!] = state;
        return true;
    }

    /// <summary>True where a member may be left out, and was; a mistyped one would otherwise be a silent start from nothing.</summary>
    bool Lacks(JsonElement json, string member)
    {
        foreach (var other in json.EnumerateObject())
            if (Misspelling.IsOf(other.Name, member)) throw Unusable($"\"{other.Name}\" should probably be \"{member}\"");
        return true;
    }

    /// <summary>Keys that are no stream's are other programs' business: nobody asks for them.</summary>
    bool AddByName(JsonElement states)
    {
        foreach (var state in states.EnumerateObject())
        {
            if (state.Value.ValueKind == JsonValueKind.Null) continue; // nothing either way
            if (s_words.FirstOrDefault(word => state.Name == word || Misspelling.IsOf(state.Name, word)) is { } word)
                throw Unusable(state.Name == word ? $"\"{word}\" stands where a stream's name should" : $"\"{state.Name}\" should probably be \"{word}\"");
            if (!IsStream(state.Name) && StateChecks.MemberLike(state.Name) is { } member)
            {
                throw Unusable(
                    $"\"{state.Name}\"{(state.Name == member ? "" : $", probably \"{member}\",")} is of one stream's state, and nothing says which "
                        + $"stream's. Put the state under the stream's name, as {{\"app_12_records\": {{…}}}}");
            }
            _streams[state.Name] = state.Value;
        }
        return true;
    }

    static bool IsStream(string name) => AppStreamName.Parse(name) is not null || ResourceStreams.Find(name) is not null;

    static JsonElement? Object(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? value : null;
}
