using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using KintoneSource.Protocol;

namespace KintoneSource.Reading.Deletions;

/// <summary>
/// An id set as text: <c>1:</c> (the format's version) and, in base64, a CRC-32C (4 bytes, little-endian) of the bytes after
/// it, then for each chunk, ascending, the distance of its key to the one before less one (varint) and its <see cref="ChunkCodec"/> bytes.
/// </summary>
static class IdSetCodec
{
    const int Version = 1;
    const int ChecksumBytes = 4;
    const long MaxKey = long.MaxValue >> 16;

    public static string Encode(ReadOnlySpan<IdChunk> chunks)
    {
        var size = ChecksumBytes;
        foreach (var chunk in chunks) size += 10 + chunk.Encode().Length;
        var bytes = new byte[size];
        var length = ChecksumBytes;
        var next = 0L;
        foreach (var chunk in chunks)
        {
            var writer = new BitWriter(bytes.AsSpan(length));
            writer.WriteVarint((ulong)(chunk.Key - next));
            next = chunk.Key + 1;
            length += writer.Length;
            chunk.Encode().CopyTo(bytes, length);
            length += chunk.Encode().Length;
        }
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Checksum(bytes.AsSpan(ChecksumBytes..length)));
        return $"{Version}:{Convert.ToBase64String(bytes.AsSpan(0, length))}";
    }

    public static List<IdChunk> Decode(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        // The digits are looked at first: int.TryParse lets NULs stand behind them.
        if (colon is < 1 or > 9 || text.AsSpan(0, colon).ContainsAnyExceptInRange('0', '9') || !int.TryParse(text.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var version))
            throw Unreadable("it has no version in front");
        if (version > Version)
            throw new ConfigurationException(string.Create(CultureInfo.InvariantCulture,
                $"The state's known_ids were written by a newer version of this connector: format {version}, this version reads {Version}. Update the connector, or reset the stream (clear its state) and sync again, which reads all its records anew."));
        if (version < Version) throw Unreadable($"there is no format {version}");

        var buffer = new byte[(text.Length - colon) / 4 * 3 + 3];
        if (!Convert.TryFromBase64Chars(text.AsSpan(colon + 1), buffer, out var length)) throw Unreadable("it is not base64");
        if (length < ChecksumBytes) throw Unreadable("it is cut off");
        var bytes = buffer.AsSpan(ChecksumBytes..length);
        if (Checksum(bytes) != BinaryPrimitives.ReadUInt32LittleEndian(buffer)) throw Unreadable("its checksum does not fit: it was cut off or changed");
        return DecodeChunks(bytes);
    }

    static List<IdChunk> DecodeChunks(ReadOnlySpan<byte> bytes)
    {
        var reader = new BitReader(bytes);
        Span<ulong> bits = stackalloc ulong[IdChunk.Words];
        List<IdChunk> chunks = [];
        var (next, total) = (0L, 0L);
        while (!reader.AtEnd)
        {
            if (next > MaxKey || !reader.TryReadVarint(out var distance) || distance > (ulong)(MaxKey - next)) throw Unreadable("a part of it is out of range");
            var key = next + (long)distance;
            var count = ChunkCodec.Decode(ref reader, bits);
            if (count < 0 || (key == 0 && (bits[0] & 1) != 0)) throw Unreadable("a part of it is not a list of ids");
            if ((total += count) > IdSet.MaxCount)
                throw Unreadable(string.Create(CultureInfo.InvariantCulture, $"it holds more than {IdSet.MaxCount:N0} ids"));
            chunks.Add(IdChunk.FromBits(key, bits, count));
            next = key + 1;
        }
        return chunks;
    }

    public static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = ~0U;
        for (; bytes.Length >= 8; bytes = bytes[8..]) crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var b in bytes) crc = BitOperations.Crc32C(crc, b);
        return ~crc;
    }

    static ConfigurationException Unreadable(string why) => new(
        $"The known_ids in the stream's state cannot be read: {why}. Reset the stream (clear its state) and sync again, which reads all its records anew. If this comes back, the state is damaged where it is kept.");
}
