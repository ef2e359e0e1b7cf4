using System.Runtime.InteropServices;

namespace KintoneSource.Protocol;

/// <summary>
/// File descriptor 1 through write(2). The runtime's console stream takes a closed pipe for success, which would
/// let a sync read on for nobody; a file stream keeps an offset of its own, which breaks <c>&gt; file 2&gt;&amp;1</c>.
/// A closed pipe is an <see cref="OutputException"/>, and so is a full disk.
/// </summary>
sealed partial class StandardOutput : Stream
{
    const int Descriptor = 1, Interrupted = 4, WouldBlock = 11, WouldBlockOnMac = 35, BrokenPipe = 32;
    const short WritableEvent = 4;

    public override unsafe void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            nint written;
            fixed (byte* start = buffer) written = WriteTo(Descriptor, start, buffer.Length);
            if (written >= 0)
            {
                buffer = buffer[(int)written..];
                continue;
            }
            switch (Marshal.GetLastPInvokeError())
            {
                case Interrupted: break;
                case WouldBlock or WouldBlockOnMac: WaitUntilWritable(); break; // a parent has made the pipe non-blocking
                case var error: throw new OutputException(Marshal.GetPInvokeErrorMessage(error), isClosed: error == BrokenPipe);
            }
        }
    }

    static unsafe void WaitUntilWritable()
    {
        var poll = new PollDescriptor { Descriptor = Descriptor, Events = WritableEvent };
        Poll(&poll, 1, -1);
    }

    internal struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static unsafe partial nint WriteTo(int descriptor, byte* bytes, nint count);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static unsafe partial int Poll(PollDescriptor* descriptors, nuint count, int timeoutMilliseconds);

    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
    public override void Flush() { }
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
}
