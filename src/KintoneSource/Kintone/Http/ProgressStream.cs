namespace KintoneSource.Kintone.Http;

/// <summary>A file as it comes. Tells the request how far it has got, and turns what is wrong with its compression into a torn connection.</summary>
sealed class ProgressStream(Stream inner, RetryCall call) : IncomingStream
{
    /// <summary>Often enough for the slowest line, and seldom enough to cost nothing.</summary>
    const long Step = 64 * 1024;

    long _read;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read;
        try
        {
            read = await inner.ReadAsync(buffer, cancellationToken);
        }
        catch (Exception e) when (e is InvalidDataException or InvalidOperationException)
        {
            throw new IOException("The compressed answer is broken.", e);
        }
        _read += read;
        if (_read < call.Furthest + Step) return read;
        call.Furthest = _read;
        call.OnProgress?.Invoke();
        return read;
    }
}
