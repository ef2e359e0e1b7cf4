using System.Buffers.Binary;
using KintoneSource.Protocol;
using KintoneSource.Reading.Deletions;

namespace KintoneSource.Reading.Files;

/// <summary>
/// The files whose contents were delivered, by what tells rows and files from every other: the latest <see cref="Most"/> rows, and which file each has
/// brought last. One that is not among them any more is fetched again when its record is read again, which costs a request and is never wrong. Thread-safe.
/// </summary>
sealed class FetchedFiles
{
    /// <summary>5.6 MB of state, which take some 100 MB to read and to write: as much as a container of 256 MB has.</summary>
    public const int Most = 1 << 18;

    const int Length = 2 * sizeof(ulong);

    static readonly StateText s_text = new("fetched_files", 1, "which fetches its files anew");

    readonly Lock _lock = new();
    readonly Dictionary<ulong, (ulong File, long Order)> _rows = [];
    long _next;
    string? _encoded;

    public int Count { get { lock (_lock) return _rows.Count; } }

    /// <param name="row">As <see cref="AttachedFile.Row"/>. Two rows that meet only forget each other.</param>
    /// <param name="file">As <see cref="AttachedFile.Fingerprint"/>.</param>
    public bool Contains(ulong row, ulong file) { lock (_lock) return _rows.TryGetValue(row, out var last) && last.File == file; }

    /// <summary>Makes it the latest one.</summary>
    public void Note(ulong row, ulong file)
    {
        lock (_lock)
        {
            _rows[row] = (file, _next++);
            _encoded = null;
            if (_rows.Count <= Most + (Most / 8)) return; // now and then, not each time
            foreach (var (old, _) in _rows.OrderBy(static r => r.Value.Order).Take(_rows.Count - Most).ToArray()) _rows.Remove(old);
        }
    }

    /// <summary>As <see cref="StateText"/>: the rows with their files, the oldest first.</summary>
    public string Encode()
    {
        lock (_lock) return _encoded ??= EncodeLocked();
    }

    string EncodeLocked()
    {
        KeyValuePair<ulong, (ulong File, long Order)>[] latest = [.. _rows.OrderBy(static r => r.Value.Order).Skip(Math.Max(0, _rows.Count - Most))];
        var bytes = new byte[StateText.Room + (latest.Length * Length)];
        var rest = bytes.AsSpan(StateText.Room);
        foreach (var (row, (file, _)) in latest)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(rest, row);
            BinaryPrimitives.WriteUInt64LittleEndian(rest[sizeof(ulong)..], file);
            rest = rest[Length..];
        }
        return s_text.Encode(bytes);
    }

    /// <exception cref="ConfigurationException">The text was not made by <see cref="Encode"/>, or by a newer version of it.</exception>
    public static FetchedFiles Decode(string text)
    {
        var bytes = s_text.Decode(text);
        if (bytes.Length % Length != 0 || bytes.Length / Length > Most) throw s_text.Unreadable("its length does not fit");
        var files = new FetchedFiles();
        for (; !bytes.IsEmpty; bytes = bytes[Length..])
            files.Note(BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt64LittleEndian(bytes[sizeof(ulong)..]));
        return files;
    }
}
