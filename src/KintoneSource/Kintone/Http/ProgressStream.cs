namespace KintoneSource.Kintone.Http;

/// <summary>A file as it comes, in pieces each of which comes in time. Tells the request how far it has got, and turns what is wrong with its
/// compression into a torn connection.</summary>
sealed class ProgressStream(Stream inner, RetryCall call, DomainConnection connection) : IncomingStream
{
    /// <summary>So much in two minutes: enough for the slowest line, and too much for a trickle that never ends.</summary>
    const int Step = 64 * 1024;

    long _read;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = 0;
        try
        {
            await connection.LimitAsync(call,
                async token => read = await inner.ReadAtLeastAsync(buffer, Math.Min(Step, buffer.Length), throwOnEndOfStream: false, token));
        }
        catch (Exception e) when (e is InvalidDataException or InvalidOperationException)
        {
            throw new TransportException("The compressed answer is broken.");
        }
        _read += read;
        if (_read <= call.Furthest) return read;
        // A file that is large comes for as long as it takes: what was spent on more than there had been before is not held against it.
        (call.Furthest, call.Started) = (_read, connection.Gate.Time.GetTimestamp());
        connection.Gate.NoteAnswer(isGood: true);
        return read;
    }
}
