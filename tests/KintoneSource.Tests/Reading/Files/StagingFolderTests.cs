using CsCheck;
using KintoneSource.Protocol;
using KintoneSource.Reading.Files;

namespace KintoneSource.Tests.Reading.Files;

public sealed class StagingFolderTests : IDisposable
{
    readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("staging-");

    StagingFolder Folder => StagingFolder.Open(_ => _root.FullName);

    [Fact]
    public void A_folder_that_the_platform_names_must_be_there()
    {
        var failure = Assert.Throws<ConfigurationException>(() => StagingFolder.Open(_ => Path.Combine(_root.FullName, "nowhere")));
        Assert.Contains(StagingFolder.Variable, failure.Message, StringComparison.Ordinal);
        Assert.Equal(_root.FullName, Folder.Root);
        Assert.Empty(_root.EnumerateFileSystemInfos());
    }

    /// <summary>No rights, and a file system that takes no files, which is how a read-only mount looks, too.</summary>
    [Theory]
    [InlineData("/sys")]
    [InlineData("/proc")]
    public void A_folder_that_takes_no_files_is_for_the_user_to_mend_and_called_a_folder(string path)
    {
        if (!OperatingSystem.IsLinux()) return; // other systems have no such folders
        var failure = Assert.Throws<ConfigurationException>(() => StagingFolder.Open(_ => path));
        Assert.StartsWith($"The staging folder for files, {path}, can't be written to: ", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("The file ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_comes_in_pieces_of_any_size_is_written_whole_and_may_be_read_and_deleted_by_its_group()
    {
        var (folder, number) = (Folder, 0);
        await Gen.Select(Gen.Byte.Array[0, 400_000], Gen.Int[1, 100_000]).SampleAsync(async (bytes, piece) =>
        {
            var path = $"s/{Interlocked.Increment(ref number)}/h/見積.pdf";
            Assert.Equal(bytes.Length, await folder.SaveAsync(path, new Pieces(bytes, piece), bytes.Length, long.MaxValue, CancellationToken.None));
            Assert.Equal(bytes, await File.ReadAllBytesAsync(folder.Resolve(path)));
            if (OperatingSystem.IsWindows()) return;
            Assert.Equal(Convert.ToInt32("664", 8), (int)File.GetUnixFileMode(folder.Resolve(path)));
            for (var parent = Path.GetDirectoryName(folder.Resolve(path))!; parent != folder.Root; parent = Path.GetDirectoryName(parent)!)
                Assert.Equal(Convert.ToInt32("775", 8), (int)File.GetUnixFileMode(parent));
        }, iter: 40);
    }

    [Theory]
    [InlineData(9)]
    [InlineData(11)]
    public async Task Other_bytes_than_were_announced_leave_nothing(int announced)
    {
        await Assert.ThrowsAsync<FileSizeException>(() => Folder.SaveAsync("s/1/h/a", new Pieces(new byte[10], 3), announced, long.MaxValue,
            CancellationToken.None));
        Assert.Empty(Directory.EnumerateFiles(_root.FullName, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_connection_that_breaks_leaves_nothing_and_is_no_fault_of_the_disk()
    {
        await Assert.ThrowsAsync<IOException>(() => Folder.SaveAsync("s/1/h/a", new Pieces(new byte[10], 3, breaks: true), 10, long.MaxValue,
            CancellationToken.None));
        Assert.Empty(Directory.EnumerateFiles(_root.FullName, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_place_that_cannot_be_written_is_a_transient_error_that_says_where()
    {
        File.WriteAllText(Path.Combine(_root.FullName, "s"), "a file where a folder should be");
        var failure = await Assert.ThrowsAsync<StagingException>(() =>
            Folder.SaveAsync("s/1/h/a", new Pieces(new byte[10], 3), 10, long.MaxValue, CancellationToken.None));
        Assert.Contains(_root.FullName, failure.Message, StringComparison.Ordinal);
        Assert.Equal(FailureType.TransientError, failure.FailureType);
    }

    [Fact]
    public async Task No_link_is_followed_neither_of_a_file_nor_of_a_folder()
    {
        if (OperatingSystem.IsWindows()) return;
        var elsewhere = Path.Combine(_root.FullName, "elsewhere");
        File.WriteAllText(elsewhere, "not ours to write to");
        var (folder, named) = (Folder, Directory.CreateDirectory(Path.Combine(_root.FullName, "s", "1", "h")));
        File.CreateSymbolicLink(Path.Combine(named.FullName, ".partial"), elsewhere);
        File.CreateSymbolicLink(Path.Combine(named.FullName, "a"), elsewhere);
        await folder.SaveAsync("s/1/h/a", new Pieces(new byte[10], 3), 10, long.MaxValue, CancellationToken.None);
        Assert.Equal(10, new FileInfo(folder.Resolve("s/1/h/a")).Length);
        Assert.Equal("not ours to write to", File.ReadAllText(elsewhere));

        Directory.CreateSymbolicLink(Path.Combine(_root.FullName, "t"), named.FullName);
        await Assert.ThrowsAsync<StagingException>(() => folder.SaveAsync("t/b", new Pieces(new byte[10], 3), 10, long.MaxValue, CancellationToken.None));
        Assert.Single(named.EnumerateFileSystemInfos());
    }

    [Theory]
    [InlineData("new", true)]
    [InlineData("ours", true)]
    [InlineData("open to others", false)]
    [InlineData("a link", false)]
    public void A_folder_that_nobody_named_must_be_ours_alone(string kind, bool isTrusted)
    {
        if (!OperatingSystem.IsLinux()) return;
        var local = Path.Combine(_root.FullName, "local");
        if (kind is "ours" or "open to others") Directory.CreateDirectory(local, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (kind == "open to others") File.SetUnixFileMode(local, File.GetUnixFileMode(local) | UnixFileMode.OtherWrite);
        if (kind == "a link") Directory.CreateSymbolicLink(local, Directory.CreateDirectory(Path.Combine(_root.FullName, "theirs")).FullName);
        if (isTrusted) Assert.Equal(local, StagingFolder.Open(static _ => null, local).Root);
        else Assert.Contains(StagingFolder.Variable, Assert.Throws<ConfigurationException>(() => StagingFolder.Open(static _ => null, local)).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../a")]
    [InlineData("/etc/passwd")]
    [InlineData("s/../../a")]
    public void A_path_that_leads_out_is_refused(string path) => Assert.Throws<InvalidOperationException>(() => Folder.Resolve(path));

    public void Dispose() => _root.Delete(recursive: true);

    sealed class Pieces(byte[] bytes, int piece, bool breaks = false) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            breaks && Position > 0 ? throw new IOException("broken") : base.ReadAsync(buffer[..Math.Min(piece, buffer.Length)], cancellationToken);
    }
}
