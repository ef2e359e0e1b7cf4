using System.Runtime.CompilerServices;

namespace KintoneSource.Reading.Transcoding;

/// <summary>Whether a text is what a typed column holds. The text is unescaped UTF-8 without quotes.</summary>
static class TextShape
{
    /// <summary>A JSON number: the digits Kintone sent can be written as they are.</summary>
    public static bool IsNumber(ReadOnlySpan<byte> text)
    {
        var at = IntegerLength(text);
        if (at == 0) return false;
        if (at < text.Length && text[at] == '.')
        {
            var digits = DigitCount(text[++at..]);
            if (digits == 0) return false;
            at += digits;
        }
        if (at < text.Length && (text[at] | 0x20) == 'e')
        {
            if (++at < text.Length && text[at] is (byte)'+' or (byte)'-') at++;
            var digits = DigitCount(text[at..]);
            if (digits == 0) return false;
            at += digits;
        }
        return at == text.Length;
    }

    /// <summary>A JSON number without fraction and exponent, of any length.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsInteger(ReadOnlySpan<byte> text) => text.Length > 0 && IntegerLength(text) == text.Length;

    /// <summary><c>yyyy-MM-dd</c>, a day of the calendar from year 1.</summary>
    public static bool IsDate(ReadOnlySpan<byte> text)
    {
        if (text.Length != 10 || text[4] != '-' || text[7] != '-') return false;
        var (century, year, month, day) = (Two(text), Two(text[2..]), Two(text[5..]), Two(text[8..]));
        if (century > 99 || year > 99 || century + year == 0) return false;
        return month - 1 < 12 && (day - 1 < 28 || (day > 28 && day <= DaysInMonth((100 * century) + year, month)));
    }

    /// <summary><c>HH:mm</c> or <c>HH:mm:ss</c>.</summary>
    public static bool IsTime(ReadOnlySpan<byte> text) =>
        text.Length is 5 or 8 && Two(text) < 24 && text[2] == ':' && Two(text[3..]) < 60
        && (text.Length == 5 || (text[5] == ':' && Two(text[6..]) < 60));

    /// <summary>RFC 3339 with seconds, in upper case: <c>2024-01-02T03:04:00Z</c>, <c>….000+09:00</c>.</summary>
    public static bool IsTimestamp(ReadOnlySpan<byte> text)
    {
        if (text.Length < 20 || text[10] != 'T' || !IsDate(text[..10]) || !IsTime(text[11..19])) return false;
        var rest = text[19..];
        if (rest[0] == '.')
        {
            var digits = DigitCount(rest[1..]);
            if (digits == 0) return false;
            rest = rest[(1 + digits)..];
        }
        return rest is [(byte)'Z'] || (rest is [(byte)'+' or (byte)'-', ..] && rest.Length == 6 && IsTime(rest[1..]));
    }

    static int IntegerLength(ReadOnlySpan<byte> text)
    {
        var at = text is [(byte)'-', ..] ? 1 : 0;
        if (at == text.Length) return 0;
        if (text[at] == '0') return at + 1;
        var digits = DigitCount(text[at..]);
        return digits == 0 ? 0 : at + digits;
    }

    static int DigitCount(ReadOnlySpan<byte> text)
    {
        var count = 0;
        while (count < text.Length && (uint)(text[count] - '0') <= 9) count++;
        return count;
    }

    /// <summary>The value of two digits, or something above 99.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static uint Two(ReadOnlySpan<byte> text)
    {
        var (tens, ones) = ((uint)(text[0] - '0'), (uint)(text[1] - '0'));
        return tens > 9 || ones > 9 ? uint.MaxValue / 2 : (10 * tens) + ones;
    }

    static uint DaysInMonth(uint year, uint month) => month switch
    {
        4 or 6 or 9 or 11 => 30,
        2 => year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29u : 28u,
        _ => 31,
    };
}
