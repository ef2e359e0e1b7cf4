using System.Buffers;
using System.Buffers.Text;

namespace KintoneSource.Reading.Transcoding;

/// <summary>Text of JSON strings, copied with its escapes from input that a JSON reader has accepted.</summary>
static class JsonStringText
{
    static readonly SearchValues<byte> s_special = SearchValues.Create([(byte)'\\', 0xC2, 0xE2]);

    /// <summary>
    /// Writes the string with its quotes. Two things change: U+0085, U+2028 and U+2029, at which some readers
    /// of JSON lines cut, are escaped; and the escapes of half a surrogate pair and of NUL become <c>\ufffd</c>:
    /// no UTF-8 stands for the former, so that the first reader that decodes it would refuse the whole line, and
    /// PostgreSQL, for one, holds no text with the latter.
    /// </summary>
    /// <param name="raw">What stands between the quotes; valid UTF-8.</param>
    public static void Write(ReadOnlySpan<byte> raw, PageBuffer output)
    {
        output.Write((byte)'"');
        for (int at; (at = raw.IndexOfAny(s_special)) >= 0;)
        {
            output.Write(raw[..at]);
            raw = raw[at..];
            raw = raw[WriteSpecial(raw, output)..];
        }
        output.Write(raw);
        output.Write((byte)'"');
    }

    /// <summary>Writes the one escape or character at the start; returns its length in the input.</summary>
    static int WriteSpecial(ReadOnlySpan<byte> raw, PageBuffer output)
    {
        switch (raw)
        {
            case [0xC2, 0x85, ..]:
                output.Write("\\u0085"u8);
                return 2;
            case [0xE2, 0x80, 0xA8 or 0xA9, ..]:
                output.Write(raw[2] == 0xA8 ? "\\u2028"u8 : "\\u2029"u8);
                return 3;
            case [(byte)'\\', (byte)'u', ..]:
                var length = EscapeLength(raw);
                output.Write(length > 0 ? raw[..length] : "\\ufffd"u8);
                return length > 0 ? length : 6;
            default:
                var plain = raw[0] == '\\' ? 2 : 1;
                output.Write(raw[..plain]);
                return plain;
        }
    }

    /// <summary>6 for a character, 12 for a surrogate pair, 0 for half a pair and for NUL.</summary>
    static int EscapeLength(ReadOnlySpan<byte> raw)
    {
        var unit = Unit(raw);
        if (unit == 0) return 0;
        if (!char.IsSurrogate(unit)) return 6;
        return char.IsHighSurrogate(unit) && raw.Length >= 12 && raw[6] == '\\' && raw[7] == 'u' && char.IsLowSurrogate(Unit(raw[6..])) ? 12 : 0;
    }

    static char Unit(ReadOnlySpan<byte> escape) =>
        Utf8Parser.TryParse(escape[2..6], out ushort unit, out _, 'X') ? (char)unit
            : throw new InvalidOperationException("An escape the reader accepted is none.");
}
