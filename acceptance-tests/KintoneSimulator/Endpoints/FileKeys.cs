using System.Globalization;
using System.Text;

namespace KintoneSimulator;

/// <summary>File keys that are others in every answer: the file's own key, <c>~</c> and a number.</summary>
static class FileKeys
{
    public static string Own(string key) => key.Split('~')[0];

    /// <param name="number">Of the answer.</param>
    public static ByteBuffer Rewrite(ByteBuffer body, long number)
    {
        // Inside a text the quotes would be escaped.
        var label = "\"fileKey\":\""u8;
        var mark = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"~{number}"));
        var result = new ByteBuffer(body.Length + 1024);
        ReadOnlySpan<byte> rest = body.Span;
        for (var at = rest.IndexOf(label); at >= 0; at = rest.IndexOf(label))
        {
            var end = at + label.Length + rest[(at + label.Length)..].IndexOf((byte)'"');
            result.Append(rest[..end]).Append(mark);
            rest = rest[end..];
        }
        return result.Append(rest);
    }
}
