using System.Buffers;
using CsCheck;
using KintoneSource.Reading.Transcoding;

namespace KintoneSource.Tests.Reading.Transcoding;

public class PageBufferTests
{
    [Fact]
    public void Holds_what_was_written_less_what_was_cut_off() =>
        Gen.Select(Gen.Int[0, 4], Gen.Byte.Array[0, 300], Gen.Double[0, 1]).Array[0, 30].Sample(
            static steps =>
            {
                using var buffer = new PageBuffer(1);
                var expected = new List<byte>();
                foreach (var (step, bytes, share) in steps)
                {
                    switch (step)
                    {
                        case 0: ((IBufferWriter<byte>)buffer).Write(bytes); expected.AddRange(bytes); break;
                        case 1: buffer.Write(bytes); expected.AddRange(bytes); break;
                        case 2: buffer.Write((byte)bytes.Length); expected.Add((byte)bytes.Length); break;
                        case 3:
                            buffer.Truncate((int)(share * expected.Count));
                            expected.RemoveRange((int)(share * expected.Count), expected.Count - (int)(share * expected.Count)); break;
                        default: if (share > 0.8) { buffer.Clear(); expected.Clear(); } break;
                    }
                }
                Assert.Equal(expected, buffer.WrittenMemory.ToArray());
                Assert.Equal(expected.Count, buffer.Length);
            },
            iter: 1_000);

    [Fact]
    public void Cannot_be_moved_beyond_its_content()
    {
        using var buffer = new PageBuffer(16);
        buffer.Write("abc"u8);
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Truncate(4));
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Truncate(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Advance(1_000_000));
    }

    [Fact]
    public void Is_empty_and_usable_after_it_gave_its_memory_back()
    {
        var buffer = new PageBuffer(16);
        buffer.Write("abc"u8);
        buffer.Dispose();
        Assert.Equal(0, buffer.Length);
        buffer.Write("d"u8);
        Assert.Equal("d"u8.ToArray(), buffer.WrittenMemory.ToArray());
        buffer.Dispose();
    }
}
