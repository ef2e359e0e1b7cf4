namespace KintoneSource.Reading.Output;

/// <summary>
/// When it is time for a STATE: every 10,000 records, 4 MB of files or 60 s, unless the state is so large that it would be more than about a twentieth of
/// what is written; every three minutes whatever it costs. Used in the writer's turn only.
/// </summary>
/// <param name="stateBytes">What a state is thought to take before the first one is written.</param>
sealed class StatePace(TimeProvider time, long stateBytes = 0)
{
    const int RecordsPerState = 10_000;
    const int BytesPerStateByte = 20;
    const long FileBytesPerState = 4 * 1024 * 1024;
    static readonly TimeSpan s_usual = TimeSpan.FromSeconds(60);
    static readonly TimeSpan s_longest = TimeSpan.FromMinutes(3);

    long _stateBytes = stateBytes;
    long _stateAt = time.GetTimestamp();
    long _records;
    long _bytes;
    long _fileBytes;

    public bool IsDue
    {
        get
        {
            var elapsed = time.GetElapsedTime(_stateAt);
            return elapsed >= s_longest
                || ((_records >= RecordsPerState || _fileBytes >= FileBytesPerState || elapsed >= s_usual) && _bytes >= BytesPerStateByte * _stateBytes);
        }
    }

    /// <param name="records">Of the stream that has most of them.</param>
    /// <param name="bytes">Of all streams that the state is of.</param>
    /// <param name="fileBytes">Of files that the lines refer to: they are not fetched again once a STATE says so.</param>
    public void Wrote(int records, int bytes, long fileBytes = 0)
    {
        _records += records;
        _bytes += bytes + fileBytes;
        _fileBytes += fileBytes;
    }

    public void WroteState(long bytes) => (_stateBytes, _stateAt, _records, _bytes, _fileBytes) = (bytes, time.GetTimestamp(), 0, 0, 0);
}
