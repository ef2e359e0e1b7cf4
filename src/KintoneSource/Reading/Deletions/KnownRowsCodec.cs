using System.Globalization;

namespace KintoneSource.Reading.Deletions;

/// <summary>
/// Known rows as <see cref="StateText"/>: for each block, ascending, the distance of its key to the one before less one, its length in bytes (both varints) and its <see cref="RowBlockCodec"/> bytes.
/// </summary>
static class KnownRowsCodec
{
    const long MaxKey = long.MaxValue >> RowBlock.IdBits;

    static readonly StateText s_text = new("known_rows", 1, "which reads all its records anew");

    public static string Encode(IReadOnlyList<(long Key, byte[] Bytes)> blocks)
    {
        var bytes = new byte[StateText.Room + blocks.Sum(static b => 20 + b.Bytes.Length)];
        var length = StateText.Room;
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
        return s_text.Encode(bytes.AsSpan(0, length));
    }

    public static List<(long Key, byte[] Bytes, int Count)> Decode(string text) => DecodeBlocks(s_text.Decode(text));

    static List<(long, byte[], int)> DecodeBlocks(ReadOnlySpan<byte> bytes)
    {
        var reader = new BitReader(bytes);
        List<(long, byte[], int)> blocks = [];
        var (next, total) = (0L, 0L);
        while (!reader.AtEnd)
        {
            if (!reader.TryReadVarint(out var distance) || distance > (ulong)(MaxKey - next)) throw s_text.Unreadable("a part of it is out of range");
            if (!reader.TryReadVarint(out var length) || length > (ulong)bytes.Length) throw s_text.Unreadable("a part of it is cut off");
            var key = next + (long)distance;
            var block = new byte[length];
            if (!reader.TryReadBytes(block) || RowBlockCodec.Decode(block) is not { } rows || (key == 0 && rows.Records[0] == 0))
                throw s_text.Unreadable("a part of it is not a list of rows");
            if ((total += rows.Ids.Count) > KnownRows.MaxCount)
                throw s_text.Unreadable(string.Create(CultureInfo.InvariantCulture, $"it holds more than {KnownRows.MaxCount:N0} rows"));
            blocks.Add((key, block, rows.Ids.Count));
            next = key + 1;
        }
        return blocks;
    }
}
