using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using KintoneSource.Protocol;

namespace KintoneSource.Configuration;

/// <summary>A file's bytes as a JSON object, or a message that says where it is broken.</summary>
static partial class ConfigDocument
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
            throw Unreadable(json.Span, file, Offset(json.Span, e));
        }
        if (JsonText.IncompleteEscape(json.Span) is { } incomplete)
        {
            document.Dispose();
            throw Broken(json.Span, file, incomplete, @"The text there has an incomplete \u escape");
        }
        if (document.RootElement.ValueKind is JsonValueKind.Object) return document;
        var kind = ConfigValue.Kind(document.RootElement);
        document.Dispose();
        throw new ConfigurationException($"{file} must hold the configuration as a JSON object, in braces, and holds {kind}.");
    }

    /// <summary>Names that stand twice in one object: readers of JSON take one or the other.</summary>
    /// <returns>A sentence for each; a name only where it looks like one.</returns>
    public static IEnumerable<string> Repeated(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().GroupBy(static property => property.Name, StringComparer.Ordinal)
            .Where(static same => same.Skip(1).Any())
            .Select(static same => $"{(UnknownOption.LooksLikeName(same.Key) ? same.Key : "A name")} stands there twice. Remove one of the two.")
            .Concat(value.EnumerateObject().SelectMany(static property => Repeated(property.Value))),
        JsonValueKind.Array => value.EnumerateArray().SelectMany(Repeated),
        _ => [],
    };

    static ConfigurationException Unreadable(ReadOnlySpan<byte> json, string file, int offset)
    {
        var text = Encoding.UTF8.GetString(json);
        if (Yaml.IsMatch(text))
            return new($"{file} looks like YAML. It must hold the configuration as JSON: {{\"subdomain\": \"mycompany\", …}}, with braces and quotes.");
        var rest = Encoding.UTF8.GetString(json[offset..]);
        var line = Encoding.UTF8.GetString(json[(json[..offset].LastIndexOf((byte)'\n') + 1)..]).Split('\n')[0];
        return Broken(json, file, offset,
            rest.StartsWith("//", StringComparison.Ordinal) || rest.StartsWith("/*", StringComparison.Ordinal) || rest.StartsWith('#')
                ? "JSON has no comments: remove what stands there"
            : TypographicQuotes.IsMatch(line) ? "There are typographic quotes in that line, as word processors write them: replace them by straight ones (\")"
            : rest.StartsWith('\'') ? "JSON has no single quotes: replace them by double ones (\")"
            : "Check for a missing comma, quote or bracket there or just before");
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

    /// <summary>A name with a colon behind it, or the dashes of a document, where a brace belongs.</summary>
    [GeneratedRegex(@"\A\s*(?:#[^\n]*\n\s*)*(?:---|[A-Za-z_]+:(?:\s|\z))", RegexOptions.CultureInvariant)]
    static partial Regex Yaml { get; }

    [GeneratedRegex("[“”„‟＂]", RegexOptions.CultureInvariant)]
    static partial Regex TypographicQuotes { get; }
}
