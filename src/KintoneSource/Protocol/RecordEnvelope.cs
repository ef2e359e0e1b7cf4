using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace KintoneSource.Protocol;

/// <summary>
/// The constant bytes around a record's data, encoded once per stream and sync, then copied:
/// <c>{"type":"RECORD","record":{"stream":"…","data":</c> DATA <c>,"emitted_at":N}}⏎</c>,
/// with <c>,"meta":{"changes":[…]}</c> after <c>emitted_at</c> where a value did not fit its column.
/// </summary>
sealed class RecordEnvelope
{
    readonly byte[] _prefix;
    readonly byte[] _emittedAt;

    public RecordEnvelope(StreamDescriptor stream, DateTimeOffset emittedAt)
    {
        var ns = stream.Namespace is null ? "" : $"\"namespace\":\"{Encode(stream.Namespace)}\",";
        _prefix = Encoding.UTF8.GetBytes($"{{\"type\":\"RECORD\",\"record\":{{{ns}\"stream\":\"{Encode(stream.Name)}\",\"data\":");
        _emittedAt = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $",\"emitted_at\":{emittedAt.ToUnixTimeMilliseconds()}"));

        static JsonEncodedText Encode(string s) => JsonEncodedText.Encode(s, JsonText.Encoder);
    }

    /// <summary>Everything in front of the record's data object.</summary>
    public ReadOnlySpan<byte> Prefix => _prefix;

    /// <summary>What follows the data object; <see cref="End"/> or a meta object closes the line.</summary>
    public ReadOnlySpan<byte> EmittedAt => _emittedAt;

    /// <summary>The end of a line whose values all fitted.</summary>
    public static ReadOnlySpan<byte> End => "}}\n"u8;

    /// <summary>Opens the list of changes: <c>{"field":…,"change":…,"reason":…}</c> objects follow.</summary>
    public static ReadOnlySpan<byte> MetaOpen => ",\"meta\":{\"changes\":["u8;

    public static ReadOnlySpan<byte> MetaEnd => "]}}}\n"u8;

    /// <summary>Stands before the name of a value that did not fit, as JSON; <see cref="NulledEnd"/> behind it.</summary>
    public static ReadOnlySpan<byte> NulledStart => "{\"field\":"u8;

    public static ReadOnlySpan<byte> NulledEnd => ",\"change\":\"NULLED\",\"reason\":\"SOURCE_SERIALIZATION_ERROR\"}"u8;

    /// <summary>One whole line around <paramref name="data"/>, for records that are not read by the page.</summary>
    /// <param name="nulled">The values that did not fit their columns and are null; each once.</param>
    /// <param name="more">Further members of the record, each with a comma in front: <c>,"file_reference":{…}</c>. Where they hold a meta object,
    /// nothing is <paramref name="nulled"/>.</param>
    public void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> data, IReadOnlyList<string> nulled, ReadOnlySpan<byte> more = default)
    {
        output.Write(Prefix);
        output.Write(data);
        output.Write(EmittedAt);
        output.Write(more);
        if (nulled.Count == 0)
        {
            output.Write(End);
            return;
        }
        output.Write(MetaOpen);
        for (var i = 0; i < nulled.Count; i++)
        {
            if (i > 0) output.Write(","u8);
            output.Write(NulledStart);
            output.Write("\""u8);
            output.Write(JsonEncodedText.Encode(nulled[i], JsonText.Encoder).EncodedUtf8Bytes);
            output.Write("\""u8);
            output.Write(NulledEnd);
        }
        output.Write(MetaEnd);
    }
}
