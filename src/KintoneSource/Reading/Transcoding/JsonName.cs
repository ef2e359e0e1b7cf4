using System.Buffers;
using System.Text.Json;

namespace KintoneSource.Reading.Transcoding;

/// <summary>Texts of a <see cref="Utf8JsonReader"/> compared by meaning: escapes count as what they stand for.</summary>
static class JsonName
{
    public static bool Equals(in Utf8JsonReader reader, ReadOnlySpan<byte> name)
    {
        if (!reader.ValueIsEscaped) return reader.ValueSpan.SequenceEqual(name);
        var rented = ArrayPool<byte>.Shared.Rent(reader.ValueSpan.Length);
        try { return TryUnescape(reader, rented, out var text) && text.SequenceEqual(name); }
        finally { ArrayPool<byte>.Shared.Return(rented); }
    }

    public static int Find(WantedFields fields, in Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped) return fields.Find(reader.ValueSpan);
        var rented = ArrayPool<byte>.Shared.Rent(reader.ValueSpan.Length);
        try { return TryUnescape(reader, rented, out var text) ? fields.Find(text) : -1; }
        finally { ArrayPool<byte>.Shared.Return(rented); }
    }

    /// <summary>The field that the type of a cell tells; -1 for every other value.</summary>
    /// <param name="cell">Stands on the value's first token.</param>
    public static int FindByType(WantedFields fields, Utf8JsonReader cell)
    {
        var field = -1;
        if (cell.TokenType != JsonTokenType.StartObject) return field;
        while (cell.Read() && cell.TokenType == JsonTokenType.PropertyName)
        {
            var isType = Equals(cell, "type"u8);
            cell.Read();
            if (isType) field = cell.TokenType == JsonTokenType.String ? OfType(fields, cell) : -1;
            cell.Skip();
        }
        return field;
    }

    static int OfType(WantedFields fields, in Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped) return fields.FindByType(reader.ValueSpan);
        var rented = ArrayPool<byte>.Shared.Rent(reader.ValueSpan.Length);
        try { return TryUnescape(reader, rented, out var text) ? fields.FindByType(text) : -1; }
        finally { ArrayPool<byte>.Shared.Return(rented); }
    }

    /// <summary>The text without escapes; false if half a surrogate pair makes it none.</summary>
    /// <param name="space">At least as long as the text with its escapes.</param>
    public static bool TryUnescape(in Utf8JsonReader reader, Span<byte> space, out ReadOnlySpan<byte> text)
    {
        try
        {
            text = space[..reader.CopyString(space)];
            return true;
        }
        catch (InvalidOperationException)
        {
            text = default;
            return false;
        }
    }
}
