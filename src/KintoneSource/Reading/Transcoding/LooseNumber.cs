namespace KintoneSource.Reading.Transcoding;

/// <summary>
/// Numbers that a person reads at once and JSON does not allow: a plus sign, zeros in front, a point without digits on one of its sides.
/// Kintone writes none of these today; an import or a plug-in might. The value is kept and every digit of it, only the dress changes.
/// </summary>
static class LooseNumber
{
    /// <summary>Writes <c>+012.50</c> as <c>12.50</c>, <c>-.5</c> as <c>-0.5</c>, <c>5.</c> as <c>5</c>.</summary>
    /// <param name="isInteger">Neither point nor exponent is a number of this kind.</param>
    /// <returns>False, with nothing written, for what is no number.</returns>
    public static bool TryWrite(ReadOnlySpan<byte> text, bool isInteger, PageBuffer output)
    {
        var isNegative = text is [(byte)'-', ..];
        var rest = text is [(byte)'-' or (byte)'+', ..] ? text[1..] : text;
        var whole = rest[..DigitCount(rest)];
        rest = rest[whole.Length..];
        var fraction = default(ReadOnlySpan<byte>);
        if (!isInteger && rest is [(byte)'.', ..])
        {
            fraction = rest.Slice(1, DigitCount(rest[1..]));
            rest = rest[(1 + fraction.Length)..];
        }
        if (whole.IsEmpty && fraction.IsEmpty) return false;
        if (!rest.IsEmpty && (isInteger || !IsExponent(rest))) return false;

        if (isNegative) output.Write((byte)'-');
        whole = whole.TrimStart((byte)'0');
        output.Write(whole.IsEmpty ? "0"u8 : whole);
        if (!fraction.IsEmpty)
        {
            output.Write((byte)'.');
            output.Write(fraction);
        }
        output.Write(rest);
        return true;
    }

    static int DigitCount(ReadOnlySpan<byte> text) => text.IndexOfAnyExceptInRange((byte)'0', (byte)'9') is >= 0 and var end ? end : text.Length;

    static bool IsExponent(ReadOnlySpan<byte> text)
    {
        if ((text[0] | 0x20) != 'e') return false;
        var digits = text is [_, (byte)'+' or (byte)'-', ..] ? text[2..] : text[1..];
        return !digits.IsEmpty && DigitCount(digits) == digits.Length;
    }
}
