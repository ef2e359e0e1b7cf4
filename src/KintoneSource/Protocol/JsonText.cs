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

    /// <summary>Whether all its names and texts can be read. Quick where no escape begins as half a pair does.</summary>
    /// <exception cref="JsonException">It is not JSON, as far as that was looked at.</exception>
    public static bool HoldsText(ReadOnlySpan<byte> json) =>
        Utf8.IsValid(json) && ((json.IndexOf("\\ud"u8) < 0 && json.IndexOf("\\uD"u8) < 0) || IncompleteEscape(json) is null);

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
