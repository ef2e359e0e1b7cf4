using System.Buffers.Binary;
using KintoneSource.Protocol;
using KintoneSource.Reading.Deletions;

namespace KintoneSource.Reading.Files;

/// <summary>
/// The files whose contents were delivered, by their fingerprints: the latest <see cref="Most"/> of them. One that is not among them any more is
/// fetched again when its record is read again, which costs a request and is never wrong. Thread-safe.
/// </summary>
sealed class FetchedFiles
{
    /// <summary>11 MB of state at most; 2 MB for 200,000 files.</summary>
    public const int Most = 1 << 20;

    static readonly StateText s_text = new("fetched_files", 1, "which fetches its files anew");

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

    /// <summary>As <see cref="StateText"/>: the fingerprints, the oldest first.</summary>
    public string Encode()
    {
        lock (_lock) return _encoded ??= EncodeLocked();
    }

    string EncodeLocked()
    {
        ulong[] latest = [.. _order.OrderBy(static o => o.Value).Skip(Math.Max(0, _order.Count - Most)).Select(static o => o.Key)];
        var bytes = new byte[StateText.Room + (latest.Length * sizeof(ulong))];
        for (var i = 0; i < latest.Length; i++) BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(StateText.Room + (i * sizeof(ulong))), latest[i]);
        return s_text.Encode(bytes);
    }

    /// <exception cref="ConfigurationException">The text was not made by <see cref="Encode"/>, or by a newer version of it.</exception>
    public static FetchedFiles Decode(string text)
    {
        var bytes = s_text.Decode(text);
        if (bytes.Length % sizeof(ulong) != 0 || bytes.Length / sizeof(ulong) > Most) throw s_text.Unreadable("its length does not fit");
        var files = new FetchedFiles();
        for (; !bytes.IsEmpty; bytes = bytes[sizeof(ulong)..]) files.Note(BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        return files;
    }
}
