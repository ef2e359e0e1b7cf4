using System.Buffers;
using System.Text.Json;
using KintoneSource.Catalog;
using KintoneSource.Protocol;

namespace KintoneSource.Reading.Files;

/// <summary>A file as a row of its stream, which brings its contents.</summary>
/// <param name="Path">As <see cref="FilePath.Of"/>.</param>
/// <param name="Size">Bytes that were staged.</param>
readonly record struct FileRow(AttachedFile File, string Path, long Size)
{
    /// <summary>Writes the value of one column. What did not fit was null before, and <see cref="More"/> says so.</summary>
    public static bool Write(Utf8JsonWriter json, Column column, FileRow row)
    {
        if (column.Origin == ColumnOrigin.FilePath) json.WriteStringValue(row.Path);
        else if (row.File.Data.TryGetProperty(column.Name, out var value)) value.WriteTo(json);
        else json.WriteNullValue();
        return true;
    }

    /// <summary>The members of the record beside its data: where the destination finds the file, and what did not fit. As the protocol (0.18) has
    /// them.</summary>
    /// <param name="staged">The file in the staging folder.</param>
    public ReadOnlyMemory<byte> More(string staged)
    {
        var output = new ArrayBufferWriter<byte>();
        output.Write(",\"file_reference\":"u8);
        using (var json = new Utf8JsonWriter(output, JsonText.Writer))
        {
            json.WriteStartObject();
            json.WriteString("staging_file_url"u8, staged);
            json.WriteString("source_file_relative_path"u8, Path);
            json.WriteNumber("file_size_bytes"u8, Size);
            json.WriteEndObject();
        }
        if (File.Changes.ValueKind != JsonValueKind.Array) return output.WrittenMemory;
        output.Write(",\"meta\":"u8);
        using (var json = new Utf8JsonWriter(output, JsonText.Writer))
        {
            json.WriteStartObject();
            json.WritePropertyName("changes"u8);
            File.Changes.WriteTo(json);
            json.WriteEndObject();
        }
        return output.WrittenMemory;
    }
}
