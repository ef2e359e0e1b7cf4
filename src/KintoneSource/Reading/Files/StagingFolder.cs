using System.Buffers;
using System.Globalization;
using KintoneSource.Protocol;

namespace KintoneSource.Reading.Files;

/// <summary>A staged file could not be written: the disk is full, or the like. Not the connection's fault.</summary>
sealed class StagingException(string message, Exception inner) : ConnectorException(message, inner)
{
    public override FailureType FailureType => FailureType.TransientError;
}

/// <summary>A file came with another number of bytes than Kintone had said.</summary>
sealed class FileSizeException(string message) : IOException(message);

/// <summary>
/// The folder that this program puts files into and the platform's destination takes them from. Whatever is in it under its own name is whole; a file under
/// way has another name, and none when it failed.
/// </summary>
sealed class StagingFolder
{
    /// <summary>Where the platform says, the platform's usual place, and that of a run without a platform: as its own connectors look for them.</summary>
    public const string Variable = "AIRBYTE_STAGING_DIRECTORY", PlatformFolder = "/staging/files", Local = "/tmp/airbyte-file-transfer";

    const int Piece = 128 * 1024;

    /// <summary>Read by any other container, and deleted by one of the same user or group, as Kubernetes gives to containers that share a volume.</summary>
    const UnixFileMode ForFiles = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead;
    const UnixFileMode ForFolders = ForFiles | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    const UnixFileMode ForLocal = ForFolders & ~UnixFileMode.GroupWrite;

    readonly string _root;

    StagingFolder(string root) => _root = root;

    public string Root => _root;

    /// <param name="local">Where nobody names one: everybody can make a folder there, so that it must be ours and closed to others.</param>
    /// <exception cref="ConfigurationException">There is none that can be written to, or trusted.</exception>
    public static StagingFolder Open(Func<string, string?> environment, string local = Local)
    {
        var named = environment(Variable) is { Length: > 0 } path ? path : null;
        if (named is not null && !Directory.Exists(named))
            throw new ConfigurationException($"The staging folder for files, {named}, does not exist: mount it, or let {Variable} name one that does.");
        var folder = new StagingFolder(Path.GetFullPath(named ?? (Directory.Exists(PlatformFolder) ? PlatformFolder : local)));
        try
        {
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder._root);
            else Directory.CreateDirectory(folder._root, ForLocal);
            if (folder._root == local && !FileOwner.IsOnlyOurs(local))
                throw new ConfigurationException($"The staging folder for files, {local}, is a link, somebody else's, or open to others: remove it, or let "
                    + $"{Variable} name a folder of this program's user.");
            var probe = Path.Combine(folder._root, $".source-kintone-{Guid.NewGuid():N}");
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
            return folder;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException(
                $"The staging folder for files, {folder._root}, can't be written to: {e.Message.TrimEnd('.')}. Let this program's user write there, or let "
                    + $"{Variable} name another folder.", e);
        }
    }

    /// <summary>Writes a file to its end, or not at all.</summary>
    /// <param name="path">As <see cref="FilePath.Of"/>.</param>
    /// <param name="size">Bytes that should come; null where nobody said.</param>
    /// <param name="most">More bytes are not read.</param>
    /// <returns>How many came.</returns>
    /// <exception cref="StagingException">It could not be written. Nothing is left of it.</exception>
    /// <exception cref="FileSizeException">Other bytes came than should.</exception>
    public async Task<long> SaveAsync(string path, Stream content, long? size, long most, CancellationToken ct)
    {
        var final = Resolve(path);
        var folder = Path.GetDirectoryName(final)!;
        var partial = Path.Combine(folder, ".partial");
        var buffer = ArrayPool<byte>.Shared.Rent(Piece);
        var isWhole = false;
        try
        {
            await using (var file = Guarded(path, () => Create(folder, partial, size)))
            {
                var length = 0L;
                while (await content.ReadAsync(buffer, ct) is > 0 and var read)
                {
                    length += read;
                    if (length > (size ?? most)) throw new FileSizeException($"more came than the {size ?? most} bytes that there should be");
                    Guarded(path, () => { file.Write(buffer, 0, read); return true; });
                }
                Guarded(path, () => Share(file));
                if (size is { } expected && length != expected) throw new FileSizeException($"{length} bytes came of the {expected} that there should be");
                size = length;
            }
            Guarded(path, () => { File.Move(partial, final, overwrite: true); return true; });
            isWhole = true;
            return size.Value;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            if (!isWhole) Remove(partial, folder);
        }
    }

    FileStream Create(string folder, string partial, long? size)
    {
        for (var made = _root; ;)
        {
            var rest = Path.GetRelativePath(made, folder);
            if (rest == ".") break;
            made = Path.Combine(made, rest.Split(Path.DirectorySeparatorChar)[0]);
            if (new DirectoryInfo(made) is { LinkTarget: not null }) throw new IOException("a link stands where a folder should be");
            if (Directory.Exists(made)) continue;
            Directory.CreateDirectory(made);
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(made, ForFolders); // whatever the umask is
        }
        // A new file and no other: whoever put a link in its place would have us write where it leads.
        File.Delete(partial);
        // Room for all of it is asked for at once: a full disk shows before the bytes have come.
        return new(partial, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0, PreallocationSize = size ?? 0 });
    }

    static bool Share(FileStream file)
    {
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file.SafeFileHandle, ForFiles); // whatever the umask is
        return true;
    }

    /// <summary>The folder is the file's own.</summary>
    static void Remove(string partial, string folder)
    {
        try
        {
            File.Delete(partial);
            if (Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any()) Directory.Delete(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { } // what went wrong before says more
    }

    public string Resolve(string path)
    {
        var full = Path.GetFullPath(Path.Combine(_root, path));
        return full.StartsWith(_root.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? full : throw new InvalidOperationException($"The path {path} leads out of the staging folder.");
    }

    T Guarded<T>(string path, Func<T> write)
    {
        try { return write(); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { throw Failure(path, e); }
    }

    StagingException Failure(string path, Exception e) => new(
        $"The file {path} could not be written to the staging folder {_root}: {e.Message.TrimEnd('.')}.{Room()} Nothing of it is left. Make room there, or "
            + $"let {Variable} name another folder; the next sync goes on from here.", e);

    string Room()
    {
        try { return string.Create(CultureInfo.InvariantCulture, $" {new DriveInfo(_root).AvailableFreeSpace / 1_000_000.0:#,0.#} MB are free."); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException) { return ""; }
    }
}
