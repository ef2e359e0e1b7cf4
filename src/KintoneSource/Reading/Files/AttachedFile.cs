using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using KintoneSource.Catalog;

namespace KintoneSource.Reading.Files;

/// <summary>One file of a record, as its row says.</summary>
/// <param name="Data">The row with all its columns; what stands in no record is null.</param>
/// <param name="Changes">Values that did not fit and are null, as the line's <c>meta</c> has them; undefined for none.</param>
sealed record AttachedFile(JsonElement Data, JsonElement Changes)
{
    public long Record { get; } = Data.GetProperty(Column.Id).GetInt64();

    /// <summary>Among the files of the record, from 1.</summary>
    public long Number { get; } = Data.GetProperty(Column.FileNumber).GetInt64();

    /// <summary>How many values did not fit.</summary>
    public int Nulled => Changes.ValueKind == JsonValueKind.Array ? Changes.GetArrayLength() : 0;

    public string Field => Data.GetProperty("field").GetString()!;

    /// <summary>Null where Kintone sent none that is a text.</summary>
    public string? Key => Text("fileKey");

    public string? Name => Text("name");

    /// <summary>In bytes; null where Kintone sent no number.</summary>
    public long? Size { get; } = Data.GetProperty("size") is { ValueKind: JsonValueKind.Number } size && size.TryGetInt64(out var bytes) && bytes >= 0 ? bytes
        : null;

    /// <summary>
    /// What tells one file from every other: a hash of its number and place, its key, name and size. A file that was replaced is another one, and so is one
    /// that has moved to another number, where its row is to be; one whose record was edited is the same, as long as Kintone gives it the same key.
    /// </summary>
    public ulong Fingerprint { get; } = HashOf(Data, [Column.Id, Column.FileNumber, "field", Column.RowId, "fileKey", "name", "size"]);

    /// <summary>A hash of the row's key.</summary>
    public ulong Row { get; } = HashOf(Data, [Column.Id, Column.FileNumber]);

    /// <summary>
    /// The same file, whatever its key is now: it stands in the same place of a record that was not edited since. In an edited one a file of the
    /// same name and size may be another.
    /// </summary>
    public bool IsSame(AttachedFile other) =>
        (Record, Field, Name, Size) == (other.Record, other.Field, other.Name, other.Size)
        && (Place(Column.RowId), Place("position"), Place(Column.Revision)) == (other.Place(Column.RowId), other.Place("position"),
        other.Place(Column.Revision));

    /// <param name="lines">RECORD lines with all columns of the attachments.</param>
    public static List<AttachedFile> In(ReadOnlySpan<byte> lines)
    {
        var files = new List<AttachedFile>();
        for (; lines.IndexOf((byte)'\n') is >= 0 and var end; lines = lines[(end + 1)..]) files.Add(Parse(lines[..end]));
        return files;
    }

    /// <param name="line">One of them.</param>
    public static AttachedFile Parse(ReadOnlySpan<byte> line)
    {
        var record = JsonElement.Parse(line).GetProperty("record");
        return new(record.GetProperty("data"), record.TryGetProperty("meta", out var meta) ? meta.GetProperty("changes") : default);
    }

    static ulong HashOf(JsonElement data, ReadOnlySpan<string> columns)
    {
        var text = new StringBuilder();
        foreach (var name in columns)
            text.Append(CultureInfo.InvariantCulture, $"{data.GetProperty(name).GetRawText()}\n");
        return BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    string Place(string column) => Data.GetProperty(column).GetRawText();

    string? Text(string column) => Data.GetProperty(column) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
}
