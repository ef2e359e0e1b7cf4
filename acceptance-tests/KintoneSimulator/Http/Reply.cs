using System.Text;
using System.Text.Json.Nodes;

namespace KintoneSimulator;

/// <summary>An answer before it is sent.</summary>
/// <param name="Code">Kintone's error code; null for an answer that is none.</param>
public sealed record Reply(int Status, string ContentType, ByteBuffer Body, string? Code = null)
{
    public const string JsonType = "application/json;charset=utf-8";
    public const string HtmlType = "text/html;charset=utf-8";

    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>Sent instead of the body, as it is read; null for every answer but a file.</summary>
    public FileContent? File { get; init; }

    /// <summary>Of the answer, in bytes.</summary>
    public long Length => File?.Length ?? Body.Length;

    /// <summary>How many records, comments or other rows are in it.</summary>
    public int Rows { get; init; }

    public static Reply Json(JsonNode body)
    {
        ArgumentNullException.ThrowIfNull(body);
        var bytes = new ByteBuffer();
        using (var writer = KintoneSimulator.Json.Writer(bytes))
            body.WriteTo(writer);
        return new(200, JsonType, bytes);
    }

    public static Reply Text(int status, string contentType, string text)
    {
        var bytes = new ByteBuffer();
        bytes.Append(Encoding.UTF8.GetBytes(text));
        return new(status, contentType, bytes);
    }

    public static Reply Html(int status, string title) =>
        Text(status, HtmlType, $"<!DOCTYPE html>\n<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>\n");

    public Reply With(string header, string value) => this with { Headers = [.. Headers, (header, value)] };
}
