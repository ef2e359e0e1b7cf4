using System.Text.Json;
using KintoneSource.Catalog;

namespace KintoneSource.Reading.Transcoding;

/// <summary>Where the properties of an attached file stand in its page.</summary>
readonly record struct ModelFile(ModelSpan Key, ModelSpan Name, ModelSpan ContentType, ModelSpan Size)
{
    /// <summary>From the start of <c>{fileKey, name, contentType, size}</c> to its end.</summary>
    /// <param name="origin">Where in the page the reader began.</param>
    /// <param name="record">Where the record begins.</param>
    /// <exception cref="MalformedPageException">It is not described as documented.</exception>
    public static ModelFile Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> page, int origin, long record)
    {
        if (reader.TokenType != JsonTokenType.StartObject) throw new MalformedPageException("an attached file is no object", record, page.Length);
        var file = default(ModelFile);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (isKey, isName) = (JsonName.Equals(reader, "fileKey"u8), JsonName.Equals(reader, "name"u8));
            var (isType, isSize) = (JsonName.Equals(reader, "contentType"u8), JsonName.Equals(reader, "size"u8));
            if ((isKey && file.Key != default) || (isName && file.Name != default) || (isType && file.ContentType != default)
                || (isSize && file.Size != default))
                throw new MalformedPageException("a property of an attached file comes twice", record, page.Length);
            reader.Read();
            var span = ModelSpan.Pass(ref reader, origin);
            if (isKey) file = file with { Key = span };
            if (isName) file = file with { Name = span };
            if (isType) file = file with { ContentType = span };
            if (isSize) file = file with { Size = span };
        }
        return Fits(page, file.Key, ColumnKind.Text) && Fits(page, file.Name, ColumnKind.Text) && Fits(page, file.ContentType, ColumnKind.Text)
            && Fits(page, file.Size, ColumnKind.Integer)
            ? file : throw new MalformedPageException("an attached file is not described as documented", record, page.Length);
    }

    static bool Fits(ReadOnlySpan<byte> page, ModelSpan span, ColumnKind kind)
    {
        var reader = span.ReaderIn(page);
        if (reader.TokenType is JsonTokenType.None or JsonTokenType.Null) return true;
        using var scratch = new PageBuffer(64);
        return ModelValue.TryWrite(ref reader, kind, scratch);
    }
}
