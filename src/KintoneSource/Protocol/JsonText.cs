using System.Buffers.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace KintoneSource.Protocol;

static class JsonText
{
    /// <summary>
    /// Escapes what JSON demands, and the line separators U+0085, U+2028 and U+2029, which some
    /// readers of JSON lines split at. The default encoder would turn every Japanese character
    /// into six bytes of <c>\uXXXX</c>; stdout is not a web page.
    /// </summary>
    public static readonly JavaScriptEncoder Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    public static readonly JsonWriterOptions Writer = new() { Encoder = Encoder, SkipValidation = true };

    /// <summary>A document all of whose names and texts can be read.</summary>
    /// <exception cref="JsonException">It is not JSON, or not UTF-8, or holds half a surrogate pair: parsing alone lets the latter two pass.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> utf8)
    {
        if (!Utf8.IsValid(utf8.Span)) throw new JsonException("It is not valid UTF-8.");
        var document = JsonDocument.Parse(utf8);
        if (IncompleteEscape(utf8.Span) is not { } at) return document;
        document.Dispose();
        throw new JsonException($@"The text at byte {at} has an incomplete \u escape.");
    }

    /// <summary>
    /// Makes the escapes of half a surrogate pair and of NUL those of U+FFFD: no string can hold the former, and hardly a database the latter. Other
    /// bytes stay as they are, whether they are JSON or not.
    /// </summary>
    public static void ReplaceWhatIsNoText(Span<byte> json)
    {
        for (int at; (at = json.IndexOf((byte)'\\')) >= 0;)
        {
            json = json[at..];
            if (json is not [_, (byte)'u', ..] || !TryReadUnit(json, out var unit))
            {
                json = json[Math.Min(2, json.Length)..];
                continue;
            }
            var isPair = char.IsHighSurrogate(unit) && json.Length >= 12 && json[6] == '\\' && json[7] == 'u'
                && TryReadUnit(json[6..], out var low) && char.IsLowSurrogate(low);
            if (!isPair && (char.IsSurrogate(unit) || unit == 0)) "fffd"u8.CopyTo(json[2..]);
            json = json[(isPair ? 12 : 6)..];
        }
    }

    static bool TryReadUnit(ReadOnlySpan<byte> escape, out char unit)
    {
        unit = default;
        if (escape.Length < 6 || !Utf8Parser.TryParse(escape[2..6], out ushort read, out var length, 'X') || length != 4) return false;
        unit = (char)read;
        return true;
    }

    /// <summary>Half a surrogate pair in an escape is valid JSON that no string can hold: reading it later would throw.</summary>
    /// <param name="json">Valid JSON, in UTF-8.</param>
    /// <returns>Where the string begins that holds one; null for none.</returns>
    public static int? IncompleteEscape(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            if (!reader.ValueIsEscaped) continue;
            try { _ = reader.GetString(); }
            catch (InvalidOperationException) { return (int)reader.TokenStartIndex; }
        }
        return null;
    }
}
