using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace KintoneSource.Reading.Transcoding;

/// <summary>
/// JSON values printed without white space, passed over byte by byte or sixteen at a time. Each method takes
/// the position of a value and returns the one behind it, or <see cref="Otherwise"/> for what is wrong or
/// unusual; the page is known to be UTF-8 without bytes below U+0020.
/// </summary>
static class PrintedJson
{
    public const int Otherwise = -1;

    const int MostNesting = 16; // well below what the model allows

    public static int TextList(ReadOnlySpan<byte> page, int at)
    {
        if (At(page, at) != '[') return Otherwise;
        if (At(page, at + 1) == ']') return at + 2;
        do
        {
            at = String(page, at + 1);
            if (at < 0) return Otherwise;
        }
        while (At(page, at) == ',');
        return At(page, at) == ']' ? at + 1 : Otherwise;
    }

    public static int Entity(ReadOnlySpan<byte> page, int at)
    {
        at = Property(page, at, "{\"code\":"u8);
        if (at >= 0) at = Property(page, at, ",\"name\":"u8);
        return at >= 0 && At(page, at) == '}' ? at + 1 : Otherwise;
    }

    public static int EntityList(ReadOnlySpan<byte> page, int at)
    {
        if (At(page, at) != '[') return Otherwise;
        if (At(page, at + 1) == ']') return at + 2;
        do
        {
            at = Entity(page, at + 1);
            if (at < 0) return Otherwise;
        }
        while (At(page, at) == ',');
        return At(page, at) == ']' ? at + 1 : Otherwise;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Property(ReadOnlySpan<byte> page, int at, ReadOnlySpan<byte> label) =>
        page[at..].StartsWith(label) ? String(page, at + label.Length) : Otherwise;

    /// <summary>Any JSON value; deep nesting is left to the model.</summary>
    public static int Any(ReadOnlySpan<byte> page, int at, int depth)
    {
        switch (At(page, at))
        {
            case (byte)'"': return String(page, at);
            case (byte)'n': return page[at..].StartsWith("null"u8) ? at + 4 : Otherwise;
            case (byte)'t': return page[at..].StartsWith("true"u8) ? at + 4 : Otherwise;
            case (byte)'f': return page[at..].StartsWith("false"u8) ? at + 5 : Otherwise;
            case (byte)'-' or (>= (byte)'0' and <= (byte)'9'): return Number(page, at);
            case (byte)'[' or (byte)'{' when depth < MostNesting: break;
            default: return Otherwise;
        }
        var (isObject, close) = page[at] == '{' ? (true, '}') : (false, ']');
        if (At(page, at + 1) == close) return at + 2;
        do
        {
            at++;
            if (isObject)
            {
                at = String(page, at);
                if (at < 0 || At(page, at) != ':') return Otherwise;
                at++;
            }
            at = Any(page, at, depth + 1);
            if (at < 0) return Otherwise;
        }
        while (At(page, at) == ',');
        return At(page, at) == close ? at + 1 : Otherwise;
    }

    static int Number(ReadOnlySpan<byte> page, int at)
    {
        var end = at;
        while (At(page, end) is (byte)'-' or (byte)'+' or (byte)'.' or (byte)'e' or (byte)'E' or (>= (byte)'0' and <= (byte)'9')) end++;
        return TextShape.IsNumber(page[at..end]) ? end : Otherwise;
    }

    /// <summary>The byte there; 0, which the page does not hold, behind its end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte At(ReadOnlySpan<byte> page, int at) => (uint)at < (uint)page.Length ? page[at] : (byte)0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Matches(ReadOnlySpan<byte> page, int at, byte[] header)
    {
        const int Step = 16;
        if (header.Length < Step || page.Length - at < header.Length) return false;
        ref var left = ref Unsafe.Add(ref MemoryMarshal.GetReference(page), at);
        ref var right = ref MemoryMarshal.GetArrayDataReference(header);
        var last = (nuint)(header.Length - Step);
        var differences = Vector128.LoadUnsafe(ref left, last) ^ Vector128.LoadUnsafe(ref right, last);
        for (nuint i = 0; i < last; i += Step)
            differences |= Vector128.LoadUnsafe(ref left, i) ^ Vector128.LoadUnsafe(ref right, i);
        return differences == Vector128<byte>.Zero;
    }

    /// <summary>From the quote that opens a string without escapes to behind the one that closes it.</summary>
    public static int PlainString(ReadOnlySpan<byte> page, int at)
    {
        if (At(page, at) != '"') return Otherwise;
        var end = Special(page, at + 1);
        return At(page, end) == '"' ? end + 1 : Otherwise;
    }

    /// <summary>From the quote that opens a string to behind the one that closes it.</summary>
    public static int String(ReadOnlySpan<byte> page, int at)
    {
        if (At(page, at) != '"') return Otherwise;
        at++;
        while (true)
        {
            at = Special(page, at);
            var special = At(page, at);
            if (special == '"') return at + 1;
            if (special != '\\') return Otherwise; // the end of the page
            at = Escape(page, at);
            if (at < 0) return Otherwise;
        }
    }

    /// <summary>The next quote or backslash, or the end of the page.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static int Special(ReadOnlySpan<byte> page, int at)
    {
        ref var start = ref MemoryMarshal.GetReference(page);
        for (; at <= page.Length - Vector128<byte>.Count; at += Vector128<byte>.Count)
        {
            var bytes = Vector128.LoadUnsafe(ref start, (nuint)at);
            var found = (Vector128.Equals(bytes, Vector128.Create((byte)'"')) | Vector128.Equals(bytes, Vector128.Create((byte)'\\')))
                .ExtractMostSignificantBits();
            if (found != 0) return at + BitOperations.TrailingZeroCount(found);
        }
        while (at < page.Length && page[at] is not ((byte)'"' or (byte)'\\')) at++;
        return at;
    }

    /// <summary>Behind the escape whose backslash stands here; surrogates and NUL are left to the model.</summary>
    static int Escape(ReadOnlySpan<byte> page, int at)
    {
        switch (At(page, at + 1))
        {
            case (byte)'"' or (byte)'\\' or (byte)'/' or (byte)'b' or (byte)'f' or (byte)'n' or (byte)'r' or (byte)'t':
                return at + 2;
            case (byte)'u':
                for (var i = at + 2; i < at + 6; i++)
                    if (!char.IsAsciiHexDigit((char)At(page, i))) return Otherwise;
                return ((page[at + 2] | 0x20) == 'd' && page[at + 3] >= '8') || page[(at + 2)..].StartsWith("0000"u8) ? Otherwise : at + 6;
            default:
                return Otherwise;
        }
    }
}
