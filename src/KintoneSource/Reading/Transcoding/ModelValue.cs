using System.Buffers;
using System.Text.Json;
using KintoneSource.Catalog;

namespace KintoneSource.Reading.Transcoding;

/// <summary>Values by the kind of their column, from a reader that stands on their first token.</summary>
static class ModelValue
{
    /// <summary>Writes a value that is not null; false, with something half written, if it does not fit.</summary>
    public static bool TryWrite(ref Utf8JsonReader value, ColumnKind kind, PageBuffer output) => kind switch
    {
        ColumnKind.Text => TryWriteString(ref value, output),
        ColumnKind.Number or ColumnKind.Integer or ColumnKind.Date or ColumnKind.Time or ColumnKind.Timestamp =>
            TryWriteScalar(ref value, kind, output),
        ColumnKind.TextList => TryWriteList(ref value, output, TryWriteString),
        ColumnKind.Entity => TryWriteEntity(ref value, output),
        ColumnKind.EntityList => TryWriteList(ref value, output, TryWriteEntity),
        ColumnKind.FileList => TryWriteList(ref value, output, TryWriteFile),
        ColumnKind.Any => TryWriteAny(ref value, output),
        _ => throw new InvalidOperationException($"{kind} has no value of its own."),
    };

    static bool TryWriteString(ref Utf8JsonReader value, PageBuffer output)
    {
        if (value.TokenType != JsonTokenType.String) return false;
        JsonStringText.Write(value.ValueSpan, output);
        return true;
    }

    static bool TryWriteScalar(ref Utf8JsonReader value, ColumnKind kind, PageBuffer output)
    {
        if (value.TokenType == JsonTokenType.Number && kind is ColumnKind.Number or ColumnKind.Integer)
            return TryWriteText(value.ValueSpan, kind, output);
        if (value.TokenType != JsonTokenType.String) return false;
        if (!value.ValueIsEscaped) return TryWriteText(value.ValueSpan, kind, output);

        var rented = ArrayPool<byte>.Shared.Rent(value.ValueSpan.Length);
        try { return JsonName.TryUnescape(value, rented, out var text) && TryWriteText(text, kind, output); }
        finally { ArrayPool<byte>.Shared.Return(rented); }
    }

    static bool TryWriteText(ReadOnlySpan<byte> text, ColumnKind kind, PageBuffer output)
    {
        if (text.IsEmpty)
        {
            output.Write("null"u8);
            return true;
        }
        var fits = kind switch
        {
            ColumnKind.Number => TextShape.IsNumber(text),
            ColumnKind.Integer => TextShape.IsInteger(text),
            ColumnKind.Date => TextShape.IsDate(text),
            ColumnKind.Time => TextShape.IsTime(text),
            _ => TextShape.IsTimestamp(text),
        };
        var quoted = kind is not (ColumnKind.Number or ColumnKind.Integer);
        if (!fits) return !quoted && LooseNumber.TryWrite(text, kind == ColumnKind.Integer, output);
        if (quoted) output.Write((byte)'"');
        output.Write(text);
        if (kind == ColumnKind.Time && text.Length == 5) output.Write(":00"u8);
        if (quoted) output.Write((byte)'"');
        return true;
    }

    delegate bool WriteItem(ref Utf8JsonReader value, PageBuffer output);

    static bool TryWriteList(ref Utf8JsonReader value, PageBuffer output, WriteItem tryWriteItem)
    {
        if (value.TokenType != JsonTokenType.StartArray) return false;
        output.Write((byte)'[');
        for (var first = true; value.Read() && value.TokenType != JsonTokenType.EndArray; first = false)
        {
            if (!first) output.Write((byte)',');
            if (!tryWriteItem(ref value, output)) return false;
        }
        output.Write((byte)']');
        return true;
    }

    /// <summary>A person of a list may be null: one who was deleted, perhaps. The others are no less there.</summary>
    static bool TryWriteEntity(ref Utf8JsonReader value, PageBuffer output)
    {
        if (value.TokenType != JsonTokenType.Null) return TryWriteObject(ref value, output, s_entity, "fileKey"u8);
        output.Write("null"u8);
        return true;
    }

    static bool TryWriteFile(ref Utf8JsonReader value, PageBuffer output) =>
        TryWriteObject(ref value, output, s_file, "code"u8);

    static readonly (byte[] Name, ColumnKind Kind)[] s_entity =
        [("code"u8.ToArray(), ColumnKind.Text), ("name"u8.ToArray(), ColumnKind.Text)];

    static readonly (byte[] Name, ColumnKind Kind)[] s_file =
    [
        ("fileKey"u8.ToArray(), ColumnKind.Text), ("name"u8.ToArray(), ColumnKind.Text),
        ("contentType"u8.ToArray(), ColumnKind.Text), ("size"u8.ToArray(), ColumnKind.Integer),
    ];

    /// <summary>An object of these properties; what is missing is null, what is more follows in the order of its names.</summary>
    /// <param name="foreign">What has such a property is something else: people and files have names, and a field may have become the other.</param>
    static bool TryWriteObject(ref Utf8JsonReader value, PageBuffer output, (byte[] Name, ColumnKind Kind)[] properties, ReadOnlySpan<byte> foreign)
    {
        if (value.TokenType != JsonTokenType.StartObject) return false;
        var end = value;
        for (var i = 0; i < properties.Length; i++)
        {
            output.Write(i == 0 ? (byte)'{' : (byte)',');
            output.Write((byte)'"');
            output.Write(properties[i].Name);
            output.Write("\":"u8);
            end = value; // one walk per property: the order they came in does not matter
            if (!TryWriteProperty(ref end, output, properties[i].Name, properties[i].Kind)) return false;
        }
        if (!TryWriteOthers(value, output, properties, foreign)) return false;
        output.Write((byte)'}');
        value = end;
        return true;
    }

    /// <summary>The properties that nobody listed; false where one of them comes twice, or is foreign.</summary>
    static bool TryWriteOthers(Utf8JsonReader reader, PageBuffer output, (byte[] Name, ColumnKind Kind)[] listed, ReadOnlySpan<byte> foreign)
    {
        SortedDictionary<string, (byte[] Name, byte[] Value)>? others = null; // Kintone documents none, so it may cost something
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (IsListed(reader, listed))
            {
                reader.Read();
                reader.Skip();
                continue;
            }
            if (JsonName.Equals(reader, foreign)) return false;
            using var text = new PageBuffer(64);
            JsonStringText.Write(reader.ValueSpan, text);
            var name = text.WrittenSpan.ToArray();
            text.Clear();
            reader.Read();
            TryWriteAny(ref reader, text);
            others ??= new(StringComparer.Ordinal);
            if (!others.TryAdd(Decoded(name), (name, text.WrittenSpan.ToArray()))) return false; // it has no one meaning
        }
        if (others is null) return true;
        foreach (var (name, value) in others.Values)
        {
            output.Write((byte)',');
            output.Write(name);
            output.Write((byte)':');
            output.Write(value);
        }
        return true;
    }

    static string Decoded(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        return reader.GetString()!;
    }

    static bool IsListed(in Utf8JsonReader reader, (byte[] Name, ColumnKind Kind)[] listed)
    {
        foreach (var (name, _) in listed)
            if (JsonName.Equals(reader, name)) return true;
        return false;
    }

    static bool TryWriteProperty(ref Utf8JsonReader reader, PageBuffer output, byte[] name, ColumnKind kind)
    {
        var found = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var wanted = JsonName.Equals(reader, name);
            if (wanted && found) return false; // it has no one meaning
            reader.Read();
            found |= wanted;
            if (!wanted) reader.Skip();
            else if (reader.TokenType == JsonTokenType.Null) output.Write("null"u8);
            else if (!TryWrite(ref reader, kind, output)) return false;
        }
        if (!found) output.Write("null"u8);
        return true;
    }

    static bool TryWriteAny(ref Utf8JsonReader value, PageBuffer output)
    {
        var depth = value.CurrentDepth;
        var comma = false;
        do
        {
            if (comma && value.TokenType is not (JsonTokenType.EndObject or JsonTokenType.EndArray)) output.Write((byte)',');
            switch (value.TokenType)
            {
                case JsonTokenType.String:
                    JsonStringText.Write(value.ValueSpan, output);
                    break;
                case JsonTokenType.PropertyName:
                    JsonStringText.Write(value.ValueSpan, output);
                    output.Write((byte)':');
                    break;
                default:
                    output.Write(value.ValueSpan); // braces, brackets, numbers and literals are their own text
                    break;
            }
            comma = value.TokenType is not (JsonTokenType.PropertyName or JsonTokenType.StartObject or JsonTokenType.StartArray);
        }
        while ((value.CurrentDepth > depth || value.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray) && value.Read());
        return true;
    }
}
