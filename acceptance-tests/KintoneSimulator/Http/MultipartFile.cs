using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace KintoneSimulator;

/// <summary>The one file of a multipart/form-data body, under the name <c>file</c>.</summary>
public sealed record MultipartFile(string Name, string ContentType, ReadOnlyMemory<byte> Content)
{
    public static bool Is(HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return request.ContentType?.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase) ?? false;
    }

    /// <exception cref="ApiException">The body holds no such part.</exception>
    public static MultipartFile Read(HttpRequest request, ReadOnlyMemory<byte> body)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!Is(request) || !MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            || HeaderUtilities.RemoveQuotes(type.Boundary).Value is not { Length: > 0 } boundary)
            throw ApiException.Required("file");
        // Everything is in memory already: nothing here waits.
        var reader = new MultipartReader(boundary, new MemoryStream(body.ToArray(), writable: false));
        try
        {
            while (reader.ReadNextSectionAsync().GetAwaiter().GetResult() is { } section)
            {
                if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition)
                    || HeaderUtilities.RemoveQuotes(disposition.Name) != "file")
                    continue;
                using var content = new MemoryStream();
                section.Body.CopyTo(content);
                var name = disposition.FileNameStar.HasValue ? disposition.FileNameStar.Value
                    : Utf8(HeaderUtilities.RemoveQuotes(disposition.FileName).Value ?? "");
                return new(name!, section.ContentType ?? "application/octet-stream", content.ToArray());
            }
        }
        catch (Exception malformed) when (malformed is IOException or InvalidDataException)
        {
            throw ApiException.Invalid("file", "The multipart body cannot be read.", "マルチパートの形式が正しくありません。");
        }
        throw ApiException.Required("file");
    }

    /// <summary>Clients write a name's UTF-8 bytes into the header; a reader that took them for Latin letters left one character per byte.</summary>
    static string Utf8(string name) => name.Any(static c => c is >= '\u0080' and <= '\u00FF') && name.All(static c => c <= '\u00FF')
        ? Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(name))
        : name;
}
