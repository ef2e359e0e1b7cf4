using KintoneSource.Kintone.Http;
using KintoneSource.Protocol;

namespace KintoneSource.Reading.Scanning;

/// <summary>
/// How many records a request asks for: Kintone's most, unless the app's records are so large that the pages of all
/// workers together would fill the memory. Nothing is known before the first page, which costs no request of its own to find
/// out: a page that finds no room is given up, and what came of it tells how large its records are. Thread-safe.
/// </summary>
sealed class PageLimit(int largest)
{
    /// <summary>Bytes of a page's body that are worth having at once.</summary>
    const int ComfortableBody = 8 * 1024 * 1024;

    /// <summary>What a record is expected to take before any was seen.</summary>
    const int UsualRecord = 2 * 1024;

    readonly int _largest = largest;
    int _current = largest;
    long _bytesPerRecord = UsualRecord;

    public int Current => Volatile.Read(ref _current);

    /// <summary>What to expect of a page of so many records.</summary>
    public BodyLimit BodyOf(int records, bool alone) => new(records * Volatile.Read(ref _bytesPerRecord), Array.MaxLength, IsPage: true, alone);

    /// <summary>Learns from a page how large the app's records are.</summary>
    public void Observe(int records, int bodyBytes, int comfortableBody = ComfortableBody)
    {
        if (records == 0) return;
        var fitting = (int)Math.Clamp((long)comfortableBody * records / Math.Max(1, bodyBytes), 1, _largest);
        // Shrinks at once and grows slowly: records of one size tend to stand together.
        Volatile.Write(ref _current, Math.Min(fitting, Math.Min(_largest, Current * 2)));
        Volatile.Write(ref _bytesPerRecord, bodyBytes / records * 5L / 4 + 1);
    }

    /// <summary>What is made of so many records is as much as may be held.</summary>
    public void Bound(int records) => Volatile.Write(ref _current, Math.Clamp(records, 1, Current));

    /// <summary>Learns from a page that was given up.</summary>
    /// <param name="bytes">How much of it came.</param>
    /// <param name="records">How many of its records had begun by then.</param>
    public void ObserveTooLarge(long bytes, int records, int comfortableBody)
    {
        var each = bytes / Math.Max(1, records);
        var fitting = (int)Math.Clamp(comfortableBody / Math.Max(1, each), 1, Math.Max(1, Current / 2));
        Volatile.Write(ref _current, fitting);
        Volatile.Write(ref _bytesPerRecord, Math.Max(UsualRecord, each));
    }
}

/// <summary>A page that there is no memory for.</summary>
sealed class PageTooLargeException(string app, int records, long bytes) : ConnectorException(
    $"{Quantity.Of(records, "record")} of {app} at a time {(records == 1 ? "takes" : "take")} more than {bytes / (1024 * 1024)} MB: "
    + "there is no memory for so many. Give the program more memory.",
    inner: null)
{
    public override FailureType FailureType => FailureType.TransientError;
}
