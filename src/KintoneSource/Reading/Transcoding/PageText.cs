using System.Text;
using System.Text.Unicode;

namespace KintoneSource.Reading.Transcoding;

/// <summary>What is known of a page before it is read: that it is UTF-8.</summary>
static class PageText
{
    /// <exception cref="MalformedPageException">It is not.</exception>
    public static void Check(ReadOnlySpan<byte> page)
    {
        if (!Utf8.IsValid(page)) throw new MalformedPageException("not valid UTF-8", ValidLength(page), page.Length);
    }

    static int ValidLength(ReadOnlySpan<byte> page)
    {
        var at = 0;
        while (Rune.DecodeFromUtf8(page[at..], out _, out var length) == System.Buffers.OperationStatus.Done) at += length;
        return at;
    }
}
