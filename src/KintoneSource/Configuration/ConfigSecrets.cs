using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using KintoneSource.Protocol;

namespace KintoneSource.Configuration;

/// <summary>What must be masked from the first message on, which may be one about the configuration itself.</summary>
static class ConfigSecrets
{
    /// <summary>
    /// What stands in the options that the form marks as secrets, at whatever place, in whatever shape, and in a file that breaks off later:
    /// nothing need be right but that the name is one of theirs.
    /// </summary>
    public static IEnumerable<string> In(ReadOnlySpan<byte> json)
    {
        var secrets = new List<string>();
        var reader = new Utf8JsonReader(
            json.StartsWith("\uFEFF"u8) ? json[3..] : json, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        int? within = null; // the depth of the name whose value is a secret
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.PropertyName)
                {
                    if (within is null && OptionRules.SecretNames.Contains(Text(reader))) within = reader.CurrentDepth;
                    continue;
                }
                if (within is null) continue;
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.Number) secrets.AddRange(WithParts(Text(reader)));
                if (reader.CurrentDepth == within && reader.TokenType is not (JsonTokenType.StartArray or JsonTokenType.StartObject)) within = null;
            }
        }
        catch (JsonException) { } // what follows is never read
        return AsShown(secrets);
    }

    /// <summary>
    /// Each as it stands, and as it looks inside a URL or a JSON string. Longer ones come first, so that masking one never leaves half of another.
    /// </summary>
    public static IEnumerable<string> AsShown(IEnumerable<string> secrets) => secrets
        .SelectMany(static value => (string[])
        [
            value,
            Uri.EscapeDataString(value),
            JsonEncodedText.Encode(value, JsonText.Encoder).ToString(),
            JsonEncodedText.Encode(value, JavaScriptEncoder.Default).ToString(),
        ])
        .Where(static value => value.Length > 0)
        .Distinct()
        .OrderByDescending(static value => value.Length);

    /// <summary>Tokens in one text are masked one by one as well; a password of several words is not taken apart.</summary>
    static IEnumerable<string> WithParts(string secret) =>
        secret.AsSpan().ContainsAny(",;\n\r") || secret != secret.Trim() ? [secret, .. Typed.Pieces(secret)] : [secret];

    static string Text(Utf8JsonReader reader)
    {
        if (reader.TokenType is JsonTokenType.Number) return Encoding.UTF8.GetString(reader.ValueSpan);
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException) // half a surrogate pair
        {
            return Encoding.UTF8.GetString(reader.ValueSpan);
        }
    }
}
