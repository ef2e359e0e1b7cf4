using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace KintoneSource.Reading.Transcoding;

/// <summary>What is known of a page before it is read.</summary>
/// <param name="HasControls">There are bytes below U+0020: white space, or an error.</param>
/// <param name="HasSeparators">U+0085, U+2028 or U+2029 is there.</param>
readonly record struct PageText(bool HasControls, bool HasSeparators)
{
    /// <summary>Looks at every byte once.</summary>
    /// <exception cref="MalformedPageException">The page is not UTF-8.</exception>
    public static PageText Check(ReadOnlySpan<byte> page)
    {
        if (Utf8Vectors.TryCheck(page, out var text)) return text;
        if (!Utf8.IsValid(page)) throw new MalformedPageException("not valid UTF-8", ValidLength(page), page.Length);
        return new(page.IndexOfAnyInRange((byte)0, (byte)0x1F) >= 0, HoldsSeparators(page));
    }

    /// <summary>Whether U+0085, U+2028 or U+2029 is there.</summary>
    public static bool HoldsSeparators(ReadOnlySpan<byte> utf8) =>
        utf8.IndexOf("\u2028"u8) >= 0 || utf8.IndexOf("\u2029"u8) >= 0 || utf8.IndexOf("\u0085"u8) >= 0;

    static int ValidLength(ReadOnlySpan<byte> page)
    {
        var at = 0;
        while (Rune.DecodeFromUtf8(page[at..], out _, out var length) == OperationStatus.Done) at += length;
        return at;
    }
}
