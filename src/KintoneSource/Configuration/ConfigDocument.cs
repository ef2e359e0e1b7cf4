using System.Text;
using System.Text.Json;
using KintoneSource.Protocol;

namespace KintoneSource.Configuration;

/// <summary>A file's bytes as a JSON object, or a message that says where it is broken.</summary>
static class ConfigDocument
{
    /// <exception cref="ConfigurationException">Quotes nothing of the file: what stands at the broken place may be a secret.</exception>
    public static JsonDocument Open(ReadOnlyMemory<byte> json, string file)
    {
        if (json.Span.Trim(" \t\r\n"u8).IsEmpty)
            throw new ConfigurationException($"{file} is empty. It must hold the configuration as a JSON object.");
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(json);
        }
        catch (JsonException e)
        {
            throw Broken(json.Span, file, Offset(json.Span, e), "Check for a missing comma, quote or bracket there or just before");
        }
        if (JsonText.IncompleteEscape(json.Span) is { } incomplete)
        {
            document.Dispose();
            throw Broken(json.Span, file, incomplete, @"The text there has an incomplete \u escape");
        }
        if (document.RootElement.ValueKind is JsonValueKind.Object) return document;
        var kind = ConfigSection.Kind(document.RootElement);
        document.Dispose();
        throw new ConfigurationException($"{file} must hold the configuration as a JSON object, in braces, and holds {kind}.");
    }

    static ConfigurationException Broken(ReadOnlySpan<byte> json, string file, int offset, string hint)
    {
        var before = json[..offset];
        var line = before.Count((byte)'\n') + 1;
        var column = Encoding.UTF8.GetCharCount(before[(before.LastIndexOf((byte)'\n') + 1)..]) + 1;
        return new($"{file} is not valid JSON: it breaks at line {line}, column {column}. {hint}.");
    }

    static int Offset(ReadOnlySpan<byte> json, JsonException e)
    {
        var offset = 0;
        for (var line = 0; line < e.LineNumber; line++) offset += json[offset..].IndexOf((byte)'\n') + 1;
        return Math.Min(json.Length, offset + (int)(e.BytePositionInLine ?? 0));
    }
}
