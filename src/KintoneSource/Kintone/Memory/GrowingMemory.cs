using System.Buffers;
using System.Runtime.InteropServices;

namespace KintoneSource.Kintone.Memory;

/// <summary>
/// One piece of memory that grows without a second copy beside it, and that the system has back at once when it is disposed: for bodies and
/// lines, whose sizes others decide. It is not the garbage collector's, which would keep what a large page once needed. A
/// <see cref="Span{T}"/> of it is valid until it grows or is disposed.
/// </summary>
/// <remarks>On Linux the pages of a mapping are moved and not copied (mremap), and take memory only once they are written to.</remarks>
sealed unsafe partial class GrowingMemory : MemoryManager<byte>
{
    const int Step = 64 * 1024;

    byte* _start;

    public int Capacity { get; private set; }

    /// <summary>Where it starts; null while the capacity is 0.</summary>
    public byte* Start => _start;

    /// <summary>Makes room for at least so many bytes; what is there stays.</summary>
    public void Reserve(int bytes)
    {
        if (bytes <= Capacity) return;
        var capacity = (int)Math.Min(((long)bytes + Step - 1) / Step * Step, Array.MaxLength);
        if (bytes > capacity) throw new InsufficientMemoryException("No answer may be as long as that.");
        _start = OperatingSystem.IsLinux() ? Remap(capacity) : (byte*)NativeMemory.Realloc(_start, (nuint)capacity);
        Capacity = capacity;
    }

    public override Span<byte> GetSpan() => new(_start, Capacity);

    public override MemoryHandle Pin(int elementIndex = 0) => new(_start + elementIndex, pinnable: this);

    public override void Unpin() { }

    /// <summary>Gives the memory back; it may be used again.</summary>
    public void Free() => Dispose(disposing: true);

    protected override void Dispose(bool disposing)
    {
        if (_start is null) return;
        if (OperatingSystem.IsLinux()) _ = UnmapPages(_start, (nuint)Capacity);
        else NativeMemory.Free(_start);
        _start = null;
        Capacity = 0;
    }

    byte* Remap(int capacity)
    {
        const int readAndWrite = 1 | 2, privateAndAnonymous = 2 | 0x20, mayMove = 1;
        var start = _start is null
            ? MapPages(null, (nuint)capacity, readAndWrite, privateAndAnonymous, -1, 0)
            : RemapPages(_start, (nuint)Capacity, (nuint)capacity, mayMove);
        return (nint)start == -1 ? throw new InsufficientMemoryException("The system has no memory left for an answer of Kintone's.") : start;
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial byte* MapPages(byte* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mremap")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial byte* RemapPages(byte* address, nuint oldLength, nuint newLength, int flags);

    [LibraryImport("libc", EntryPoint = "munmap")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int UnmapPages(byte* address, nuint length);
}
