using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace KintoneSource.Protocol;

/// <summary>
/// One JSON value as UTF-8 bytes that its maker vouches for: copied to the output, never parsed.
/// A catalog of a thousand apps stays a few bytes per property this way.
/// </summary>
[JsonConverter(typeof(RawJsonConverter))]
readonly record struct RawJson(ReadOnlyMemory<byte> Utf8)
{
    /// <summary>Runs <paramref name="write"/> on a writer with the protocol's escaping.</summary>
    public static RawJson From(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, JsonText.Writer)) write(json);
        return new(buffer.WrittenMemory);
    }

    public override string ToString() => System.Text.Encoding.UTF8.GetString(Utf8.Span);
}

sealed class RawJsonConverter : JsonConverter<RawJson>
{
    public override RawJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return RawJson.From(document.RootElement.WriteTo);
    }

    public override void Write(Utf8JsonWriter writer, RawJson value, JsonSerializerOptions options) =>
        writer.WriteRawValue(value.Utf8.Span, skipInputValidation: true);
}
