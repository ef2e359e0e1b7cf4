namespace KintoneSource.Kintone.Http;

/// <summary>A file as it comes. Tells the request how far it has got, and turns what is wrong with its compression into a torn connection.</summary>
sealed class ProgressStream(Stream inner, RetryCall call) : Stream
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

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
    public override void Flush() { }
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
