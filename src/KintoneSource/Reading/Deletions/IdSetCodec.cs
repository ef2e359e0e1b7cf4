using System.Globalization;

namespace KintoneSource.Reading.Deletions;

/// <summary>
/// An id set as <see cref="StateText"/>: for each chunk, ascending, the distance of its key to the one before less one (varint) and its
/// <see cref="ChunkCodec"/> bytes.
/// </summary>
static class IdSetCodec
{
    const long MaxKey = long.MaxValue >> 16;

    static readonly StateText s_text = new("known_ids", 1, "which reads all its records anew");

    public static string Encode(ReadOnlySpan<IdChunk> chunks)
    {
        var size = StateText.Room;
        foreach (var chunk in chunks) size += 10 + chunk.Encode().Length;
        var bytes = new byte[size];
        var length = StateText.Room;
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
        return s_text.Encode(bytes.AsSpan(0, length));
    }

    public static List<IdChunk> Decode(string text) => DecodeChunks(s_text.Decode(text));

    static List<IdChunk> DecodeChunks(ReadOnlySpan<byte> bytes)
    {
        var reader = new BitReader(bytes);
        Span<ulong> bits = stackalloc ulong[IdChunk.Words];
        List<IdChunk> chunks = [];
        var (next, total) = (0L, 0L);
        while (!reader.AtEnd)
        {
            if (next > MaxKey || !reader.TryReadVarint(out var distance) || distance > (ulong)(MaxKey - next)) throw s_text.Unreadable("a part of it is out of range");
            var key = next + (long)distance;
            var count = ChunkCodec.Decode(ref reader, bits);
            if (count < 0 || (key == 0 && (bits[0] & 1) != 0)) throw s_text.Unreadable("a part of it is not a list of ids");
            if ((total += count) > IdSet.MaxCount)
                throw s_text.Unreadable(string.Create(CultureInfo.InvariantCulture, $"it holds more than {IdSet.MaxCount:N0} ids"));
            chunks.Add(IdChunk.FromBits(key, bits, count));
            next = key + 1;
        }
        return chunks;
    }
}
