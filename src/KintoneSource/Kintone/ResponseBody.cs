using System.Buffers;

namespace KintoneSource.Kintone;

/// <summary>A whole answer's body in pooled memory. <see cref="Bytes"/> is valid until it is disposed.</summary>
sealed class ResponseBody : IDisposable
{
    byte[] _bytes;
    int _length;

    ResponseBody(int capacity) => _bytes = ArrayPool<byte>.Shared.Rent(capacity);

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, _length);

    public static async Task<ResponseBody> ReadAsync(Stream stream, long? expectedLength, CancellationToken ct)
    {
        // One byte more than expected, so that the end is seen without growing.
        var body = new ResponseBody((int)Math.Clamp((expectedLength ?? 64 * 1024) + 1, 4096, 64 * 1024 * 1024));
        try
        {
            while (true)
            {
                if (body._length == body._bytes.Length) body.Grow();
                var read = await stream.ReadAsync(body._bytes.AsMemory(body._length), ct);
                if (read == 0) return body;
                body._length += read;
            }
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    void Grow()
    {
        var larger = ArrayPool<byte>.Shared.Rent(checked(_bytes.Length * 2));
        _bytes.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }

    public void Dispose()
    {
        if (_bytes.Length == 0) return;
        ArrayPool<byte>.Shared.Return(_bytes);
        (_bytes, _length) = ([], 0);
    }
}
