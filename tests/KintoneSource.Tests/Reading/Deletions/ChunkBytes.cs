using System.Buffers.Binary;
using KintoneSource.Reading.Deletions;

namespace KintoneSource.Tests.Reading.Deletions;

/// <summary>Texts as a state holds them, put together by hand: rightly signed, whatever they say.</summary>
static class ChunkBytes
{
    public static string Signed(byte[] bytes)
    {
        var all = new byte[4 + bytes.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(all, StateText.Checksum(bytes));
        bytes.CopyTo(all, 4);
        return "1:" + Convert.ToBase64String(all);
    }

    /// <param name="chunks">Each with the distance of its key to the one before less one.</param>
    public static string Text(params IReadOnlyCollection<(long Distance, byte[] Packed)> chunks) =>
        Text(PackedNumbers.Pack([.. chunks.SelectMany(static c => new[] { c.Distance, c.Packed.Length })]), [.. chunks.SelectMany(static c => c.Packed)]);

    public static string Text(byte[] head, byte[] chunks) => Signed([.. BitConverter.GetBytes(head.Length), .. head, .. chunks]);
}
