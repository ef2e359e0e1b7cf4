using System.Buffers.Binary;
using System.Globalization;
using KintoneSource.Protocol;
using KintoneSource.Reading.Deletions;

namespace KintoneSource.Reading.Files;

/// <summary>
/// The files whose contents were delivered, by their fingerprints: the latest <see cref="Most"/> of them. One that is not among them any more is
/// fetched again when its record is read again, which costs a request and is never wrong. Thread-safe.
/// </summary>
sealed class FetchedFiles
{
    /// <summary>700 KB of state at most.</summary>
    public const int Most = 65_536;

    const int Version = 1;
    const int ChecksumBytes = 4;

    readonly Lock _lock = new();
    readonly Dictionary<ulong, long> _order = [];
    long _next;
    string? _encoded;

    public int Count { get { lock (_lock) return _order.Count; } }

    public bool Contains(ulong fingerprint) { lock (_lock) return _order.ContainsKey(fingerprint); }

    /// <summary>Makes it the latest one.</summary>
    public void Note(ulong fingerprint)
    {
        lock (_lock)
        {
            _order[fingerprint] = _next++;
            _encoded = null;
            if (_order.Count <= Most + (Most / 8)) return; // now and then, not each time
            foreach (var old in _order.OrderBy(static o => o.Value).Take(_order.Count - Most).Select(static o => o.Key).ToArray()) _order.Remove(old);
        }
    }

    /// <summary>As text for the state: <c>1:</c> and, in base64, a CRC-32C of the bytes after it, then the fingerprints, the oldest first.</summary>
    public string Encode()
    {
        lock (_lock) return _encoded ??= EncodeLocked();
    }

    string EncodeLocked()
    {
        ulong[] latest = [.. _order.OrderBy(static o => o.Value).Skip(Math.Max(0, _order.Count - Most)).Select(static o => o.Key)];
        var bytes = new byte[ChecksumBytes + (latest.Length * sizeof(ulong))];
        for (var i = 0; i < latest.Length; i++) BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(ChecksumBytes + (i * sizeof(ulong))), latest[i]);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, IdSetCodec.Checksum(bytes.AsSpan(ChecksumBytes)));
        return $"{Version}:{Convert.ToBase64String(bytes)}";
    }

    /// <exception cref="ConfigurationException">The text was not made by <see cref="Encode"/>, or by a newer version of it.</exception>
    public static FetchedFiles Decode(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon is < 1 or > 9 || !int.TryParse(text.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var version)) throw Unreadable("it has no version in front");
        if (version != Version) throw Unreadable(string.Create(CultureInfo.InvariantCulture, $"it has the format {version}, and this version reads {Version}"));
        var bytes = new byte[(text.Length - colon) / 4 * 3 + 3];
        if (!Convert.TryFromBase64Chars(text.AsSpan(colon + 1), bytes, out var length)) throw Unreadable("it is not base64");
        if (length < ChecksumBytes || (length - ChecksumBytes) % sizeof(ulong) != 0 || (length - ChecksumBytes) / sizeof(ulong) > Most) throw Unreadable("its length does not fit");
        if (IdSetCodec.Checksum(bytes.AsSpan(ChecksumBytes, length - ChecksumBytes)) != BinaryPrimitives.ReadUInt32LittleEndian(bytes)) throw Unreadable("its checksum does not fit: it was cut off or changed");
        var files = new FetchedFiles();
        for (var at = ChecksumBytes; at < length; at += sizeof(ulong)) files.Note(BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at)));
        return files;
    }

    static ConfigurationException Unreadable(string why) => new(
        $"The fetched_files in the stream's state cannot be read: {why}. Reset the stream (clear its state) and sync again, which fetches its files anew. If this comes back, the state is damaged where it is kept.");
}
