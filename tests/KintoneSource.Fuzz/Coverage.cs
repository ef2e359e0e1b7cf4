using System.Diagnostics;
using System.Runtime.InteropServices;
using SharpFuzz;
using Trace = SharpFuzz.Common.Trace;

namespace KintoneSource.Fuzz;

/// <summary>
/// Which branches an input took. SharpFuzz rewrites a copy of the connector so that every branch counts itself; the copy runs in a
/// process of its own with the same arguments. Without that every input counts as nothing new.
/// </summary>
static class Coverage
{
    const int Size = 1 << 16;
    const string Variable = "KINTONE_FUZZ_GUIDED";

    static readonly unsafe byte* s_taken = Environment.GetEnvironmentVariable(Variable) == "1" ? (byte*)NativeMemory.AllocZeroed(Size) : null;
    static readonly byte[] s_known = new byte[Size];

    static unsafe Coverage()
    {
        if (s_taken is not null) Trace.SharedMem = s_taken;
    }

    public static unsafe void Clear()
    {
        if (s_taken is null) return;
        new Span<byte>(s_taken, Size).Clear();
        Trace.PrevLocation = 0;
    }

    /// <summary>Whether the last input took a branch that none before it took, or took one much more often.</summary>
    public static unsafe bool IsNew()
    {
        if (s_taken is null) return false;
        var isNew = false;
        for (var i = 0; i < Size; i += sizeof(ulong))
        {
            if (*(ulong*)(s_taken + i) == 0) continue;
            for (var j = i; j < i + sizeof(ulong); j++)
            {
                var often = s_taken[j] switch { 0 => 0, 1 => 1, 2 => 2, 3 => 4, < 8 => 8, < 16 => 16, < 32 => 32, < 128 => 64, _ => 128 };
                if ((often & ~s_known[j]) == 0) continue;
                s_known[j] |= (byte)often;
                isNew = true;
            }
        }
        return isNew;
    }

    /// <summary>Starts this program again over an instrumented connector.</summary>
    /// <param name="folder">Gets the copy.</param>
    /// <returns>Its exit code.</returns>
    public static async Task<int> RunGuidedAsync(string folder, IEnumerable<string> arguments)
    {
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        foreach (var file in Directory.EnumerateFiles(AppContext.BaseDirectory, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(folder, Path.GetRelativePath(AppContext.BaseDirectory, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
        foreach (var _ in SharpFuzz.Fuzzer.Instrument(Path.Combine(folder, "source-kintone.dll"), static type => true, Options.Value)) { }
        var start = new ProcessStartInfo(Environment.ProcessPath!, [.. Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet"
            ? (string[])[Path.Combine(folder, "KintoneSource.Fuzz.dll")] : [], .. arguments]);
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) != "dotnet") start.FileName = Path.Combine(folder,
            Path.GetFileName(Environment.ProcessPath!));
        start.Environment[Variable] = "1";
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync();
        return process.ExitCode;
    }
}
