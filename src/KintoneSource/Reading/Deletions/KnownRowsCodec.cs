using System.Buffers.Binary;
using System.Globalization;
using KintoneSource.Protocol;

namespace KintoneSource.Reading.Deletions;

/// <summary>
/// Known rows as text, framed as <see cref="IdSetCodec"/>'s: <c>1:</c> and, in base64, a CRC-32C of the bytes after it, then for each block,
/// ascending, the distance of its key to the one before less one, its length in bytes (both varints) and its <see cref="RowBlockCodec"/> bytes.
/// </summary>
static class KnownRowsCodec
{
    const int Version = 1;
    const int ChecksumBytes = 4;
    const long MaxKey = long.MaxValue >> RowBlock.IdBits;

    public static string Encode(IReadOnlyList<(long Key, byte[] Bytes)> blocks)
    {
        var bytes = new byte[ChecksumBytes + blocks.Sum(static b => 20 + b.Bytes.Length)];
        var length = ChecksumBytes;
        var next = 0L;
        foreach (var (key, block) in blocks)
        {
            var writer = new BitWriter(bytes.AsSpan(length));
            writer.WriteVarint((ulong)(key - next));
            writer.WriteVarint((ulong)block.Length);
            next = key + 1;
            length += writer.Length;
            block.CopyTo(bytes, length);
            length += block.Length;
        }
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, IdSetCodec.Checksum(bytes.AsSpan(ChecksumBytes..length)));
        return $"{Version}:{Convert.ToBase64String(bytes.AsSpan(0, length))}";
    }

    public static List<(long Key, byte[] Bytes, int Count)> Decode(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon is < 1 or > 9 || !int.TryParse(text.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var version))
            throw Unreadable("it has no version in front");
        if (version > Version)
            throw new ConfigurationException(string.Create(CultureInfo.InvariantCulture,
                $"The state's known_rows were written by a newer version of this connector: format {version}, this version reads {Version}. Update the connector, or reset the stream (clear its state) and sync again, which reads all its records anew."));
        if (version < Version) throw Unreadable($"there is no format {version}");

        var buffer = new byte[(text.Length - colon) / 4 * 3 + 3];
        if (!Convert.TryFromBase64Chars(text.AsSpan(colon + 1), buffer, out var length)) throw Unreadable("it is not base64");
        if (length < ChecksumBytes) throw Unreadable("it is cut off");
        var bytes = buffer.AsSpan(ChecksumBytes..length);
        if (IdSetCodec.Checksum(bytes) != BinaryPrimitives.ReadUInt32LittleEndian(buffer)) throw Unreadable("its checksum does not fit: it was cut off or changed");
        return DecodeBlocks(bytes);
    }

    static List<(long, byte[], int)> DecodeBlocks(ReadOnlySpan<byte> bytes)
    {
        var reader = new BitReader(bytes);
        List<(long, byte[], int)> blocks = [];
        var (next, total) = (0L, 0L);
        while (!reader.AtEnd)
        {
            if (!reader.TryReadVarint(out var distance) || distance > (ulong)(MaxKey - next)) throw Unreadable("a part of it is out of range");
            if (!reader.TryReadVarint(out var length) || length > (ulong)bytes.Length) throw Unreadable("a part of it is cut off");
            var key = next + (long)distance;
            var block = new byte[length];
            if (!reader.TryReadBytes(block) || RowBlockCodec.Decode(block) is not { } rows || (key == 0 && rows.Records[0] == 0))
                throw Unreadable("a part of it is not a list of rows");
            if ((total += rows.Ids.Count) > KnownRows.MaxCount)
                throw Unreadable(string.Create(CultureInfo.InvariantCulture, $"it holds more than {KnownRows.MaxCount:N0} rows"));
            blocks.Add((key, block, rows.Ids.Count));
            next = key + 1;
        }
        return blocks;
    }

    static ConfigurationException Unreadable(string why) => new(
        $"The known_rows in the stream's state cannot be read: {why}. Reset the stream (clear its state) and sync again, which reads all its records anew. If this comes back, the state is damaged where it is kept.");
}
