using System.Buffers.Text;
using System.Text.Json;

namespace KintoneSource.Reading.Transcoding;

/// <summary>Where a value stands in its page; the default is a value that is not there.</summary>
readonly record struct ModelSpan(int Start, int End)
{
    /// <summary>A field that is no object: fits nothing.</summary>
    public static readonly ModelSpan Odd = new(-1, -1);

    /// <summary>A field without a value: null.</summary>
    public static readonly ModelSpan NoValue = new(-2, -2);

    /// <summary>Of the value that a reader stands on, which it leaves behind.</summary>
    /// <param name="origin">Where in the page the reader began.</param>
    public static ModelSpan Pass(ref Utf8JsonReader reader, int origin)
    {
        var start = reader.TokenStartIndex;
        reader.Skip();
        return new(origin + (int)start, origin + (int)reader.BytesConsumed);
    }

    /// <summary>As it was printed; empty where there is none.</summary>
    public ReadOnlySpan<byte> TextIn(ReadOnlySpan<byte> page) => Start > 0 ? page[Start..End] : default;

    /// <summary>On the value's first token; on none where there is no value.</summary>
    public Utf8JsonReader ReaderIn(ReadOnlySpan<byte> page)
    {
        if (Start <= 0) return default;
        var reader = new Utf8JsonReader(page[Start..End]);
        reader.Read();
        return reader;
    }

    /// <summary>The integer that a string or number token holds; null if it is anything else.</summary>
    public static long? Integer(in Utf8JsonReader reader) =>
        reader.TokenType is JsonTokenType.String or JsonTokenType.Number && TextShape.IsInteger(reader.ValueSpan)
        && Utf8Parser.TryParse(reader.ValueSpan, out long value, out var length) && length == reader.ValueSpan.Length
            ? value : null;
}
