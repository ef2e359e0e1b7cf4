using System.Text.Encodings.Web;
using System.Text.Json;

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
