using System.Text.Json;
using KintoneSource.Protocol;

namespace KintoneSource.Reading;

/// <summary>
/// The states that the platform passes in, by stream name, in whatever shape the runner keeps them: nothing,
/// <c>null</c>, <c>{}</c>, <c>[]</c>, a list of STREAM messages (bare or as whole STATE messages), one GLOBAL state,
/// <c>{stream: state}</c> or Singer's <c>{"bookmarks": …}</c>. Namespaces are dropped by some runners and never used here.
/// </summary>
sealed class InputState
{
    readonly Dictionary<string, JsonElement> _streams = new(StringComparer.Ordinal);

    InputState() { }

    public static InputState Empty { get; } = new();

    /// <summary>Undefined where the runner passed none for this stream.</summary>
    public JsonElement Of(string stream) => _streams.GetValueOrDefault(stream);

    /// <exception cref="ConfigurationException">The file is not JSON, or of no known shape: starting anew would not be what was asked for.</exception>
    public static InputState Parse(ReadOnlyMemory<byte> utf8, string fileName)
    {
        var result = new InputState();
        if (utf8.Span.Trim(" \t\r\n"u8).IsEmpty) return result;
        JsonDocument document;
        try { document = JsonDocument.Parse(utf8); }
        catch (JsonException e)
        {
            throw new ConfigurationException(
                $"The state file {fileName} is not valid JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}. Pass what this connector wrote in its STATE messages, or no state.", e);
        }
        using (document)
        {
            if (!result.Add(document.RootElement.Clone()))
                throw new ConfigurationException($"The state file {fileName} is of no shape that this connector knows: pass what it wrote in its STATE messages, or no state.");
        }
        return result;
    }

    bool Add(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Null => true,
        JsonValueKind.Array => json.EnumerateArray().All(AddMessage),
        JsonValueKind.Object when json.TryGetProperty("type", out _) => AddMessage(json),
        JsonValueKind.Object when Object(json, "bookmarks") is { } bookmarks => AddByName(bookmarks),
        JsonValueKind.Object => AddByName(json),
        _ => false,
    };

    bool AddMessage(JsonElement message)
    {
        if (message.ValueKind != JsonValueKind.Object) return false;
        if (Object(message, "state") is { } wrapped && !message.TryGetProperty("stream", out _)) return AddMessage(wrapped);
        if (Object(message, "stream") is { } stream) return AddStream(stream);
        if (Object(message, "global") is { } global)
        {
            return !global.TryGetProperty("stream_states", out var states)
                || (states.ValueKind == JsonValueKind.Array && states.EnumerateArray().All(AddStream));
        }
        return Object(message, "data") is { } legacy && AddByName(legacy);
    }

    bool AddStream(JsonElement stream)
    {
        if (Object(stream, "stream_descriptor") is not { } descriptor
            || !descriptor.TryGetProperty("name", out var name) || name.ValueKind != JsonValueKind.String) return false;
        if (stream.TryGetProperty("stream_state", out var state)) _streams[name.GetString()!] = state;
        return true;
    }

    /// <summary>Keys that are no stream's are other programs' business: nobody asks for them.</summary>
    bool AddByName(JsonElement states)
    {
        foreach (var state in states.EnumerateObject()) _streams[state.Name] = state.Value;
        return true;
    }

    static JsonElement? Object(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? value : null;
}
