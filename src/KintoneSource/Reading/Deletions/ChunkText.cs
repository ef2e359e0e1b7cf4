using System.Buffers.Binary;
using System.Runtime.InteropServices;
using KintoneSource.Protocol;

namespace KintoneSource.Reading.Deletions;

/// <summary>
/// How a state holds what has millions of parts: in chunks, each packed by itself, so that a state costs only those that changed. As
/// <see cref="StateText"/>: the length of what follows (4 bytes, little-endian), as <see cref="PackedNumbers"/> for each chunk, ascending, the distance of
/// its key to the one before less one and its length in bytes; then the chunks, each as <see cref="PackedNumbers"/>.
/// </summary>
/// <param name="mostKeys">A chunk's key is below it.</param>
sealed class ChunkText(StateText text, long mostKeys)
{
    public string Encode(IReadOnlyCollection<(long Key, byte[] Packed)> chunks)
    {
        var head = new List<long>(2 * chunks.Count);
        var (next, length) = (0L, 0);
        foreach (var (key, chunk) in chunks)
        {
            head.Add(key - next);
            head.Add(chunk.Length);
            next = key + 1;
            length += chunk.Length;
        }
        var packed = PackedNumbers.Pack(CollectionsMarshal.AsSpan(head));
        var bytes = new byte[StateText.Room + sizeof(int) + packed.Length + length];
        var rest = bytes.AsSpan(StateText.Room);
        BinaryPrimitives.WriteInt32LittleEndian(rest, packed.Length);
        rest = Append(rest[sizeof(int)..], packed);
        foreach (var (_, chunk) in chunks) rest = Append(rest, chunk);
        return text.Encode(bytes);
    }

    static Span<byte> Append(Span<byte> rest, byte[] bytes)
    {
        bytes.CopyTo(rest);
        return rest[bytes.Length..];
    }

    /// <summary>One chunk after the other, so that a long list of them takes no memory before the first is looked at.</summary>
    /// <exception cref="ConfigurationException">The text was not made by <see cref="Encode"/>, or by a newer version of it.</exception>
    public IEnumerable<(long Key, ReadOnlyMemory<byte> Packed)> Decode(string encoded)
    {
        ReadOnlyMemory<byte> rest = text.Decode(encoded).ToArray();
        if (rest.Length < sizeof(int)) throw text.Unreadable("it is cut off");
        var length = BinaryPrimitives.ReadInt32LittleEndian(rest.Span);
        rest = rest[sizeof(int)..];
        var head = new List<long>();
        // No chunk is shorter than a byte.
        if (length < 0 || length > rest.Length || !PackedNumbers.TryUnpack(rest.Span[..length], 2 * (rest.Length - length), head) || head.Count % 2 != 0)
            throw text.Unreadable("its beginning is not a list of its parts");
        rest = rest[length..];
        var next = 0L;
        for (var i = 0; i < head.Count; i += 2)
        {
            if (head[i] >= mostKeys - next) throw text.Unreadable("a part of it is out of range");
            if (head[i + 1] > rest.Length) throw text.Unreadable("a part of it is cut off");
            var key = next + head[i];
            yield return (key, rest[..(int)head[i + 1]]);
            rest = rest[(int)head[i + 1]..];
            next = key + 1;
        }
        if (!rest.IsEmpty) throw text.Unreadable("more of it is there than it says");
    }
}
