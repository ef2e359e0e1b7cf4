using System.Runtime.InteropServices;

namespace KintoneSource.Reading.Files;

/// <summary>Whose a folder is, which the base library does not tell.</summary>
static partial class FileOwner
{
    const int FromHere = -100, NotFollowed = 0x100, Basics = 0x7ff;
    const int Kind = 0xf000, Folder = 0x4000, WritableByOthers = 0x12;

    /// <summary>A folder, and no link to one, that only this user can write to. Where nobody can tell, on other systems than Linux, it is believed.</summary>
    public static bool IsOnlyOurs(string path) =>
        !OperatingSystem.IsLinux() || (Stat(FromHere, path, NotFollowed, Basics, out var found) == 0
            && found.Owner == User() && (found.Mode & Kind) == Folder && (found.Mode & WritableByOthers) == 0);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Stat(int folder, string path, int flags, uint wanted, out Found found);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint User();

    /// <summary>The kernel's struct statx, which is the same on every machine.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    struct Found
    {
        [FieldOffset(20)] public uint Owner;
        [FieldOffset(28)] public ushort Mode;
    }
}
