using System.Runtime.InteropServices;

namespace KintoneSimulator;

/// <summary>The bytes of a file, read piece by piece.</summary>
public abstract class FileContent
{
    /// <summary>In bytes.</summary>
    public abstract long Length { get; }

    /// <summary>Fills a piece with the bytes from <paramref name="offset"/> on; all of it lies within the file.</summary>
    public abstract void Read(long offset, Span<byte> piece);

    /// <summary>All of it.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[Length];
        Read(0, bytes);
        return bytes;
    }

    public static implicit operator FileContent(ReadOnlyMemory<byte> bytes) => new HeldContent(bytes);

    public static implicit operator FileContent(byte[] bytes) => new HeldContent(bytes);

    /// <summary>Bytes that look random and are a function of the seed: a gigabyte takes no memory and no disk.</summary>
    public static FileContent Generated(long length, int seed = 1) => new GeneratedContent(length, seed);

    sealed class HeldContent(ReadOnlyMemory<byte> bytes) : FileContent
    {
        public override long Length => bytes.Length;

        public override void Read(long offset, Span<byte> piece) => bytes.Span.Slice((int)offset, piece.Length).CopyTo(piece);
    }

    sealed class GeneratedContent(long length, int seed) : FileContent
    {
        public override long Length => length;

        public override void Read(long offset, Span<byte> piece)
        {
            // Whole words where the piece allows it, single bytes at its ends.
            var at = 0;
            while (at < piece.Length && (offset + at) % sizeof(ulong) != 0) piece[at] = ByteAt(offset + at++);
            var words = MemoryMarshal.Cast<byte, ulong>(piece[at..]);
            for (var i = 0; i < words.Length; i++) words[i] = Word((offset + at) / sizeof(ulong) + i);
            for (at += words.Length * sizeof(ulong); at < piece.Length; at++) piece[at] = ByteAt(offset + at);
        }

        byte ByteAt(long offset) => (byte)(Word(offset / sizeof(ulong)) >> (int)(offset % sizeof(ulong) * 8));

        ulong Word(long number) => ((ulong)Scatter.Bits(number, seed) << 32) | Scatter.Bits(number, seed ^ 0x5bd1e995);
    }
}
