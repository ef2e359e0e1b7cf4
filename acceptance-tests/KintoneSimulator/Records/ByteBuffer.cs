using System.Buffers;
using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace KintoneSimulator;

/// <summary>Bytes of an answer under way, in an array from the pool. Dispose it when the answer is sent.</summary>
public sealed class ByteBuffer(int capacity = 4096) : IBufferWriter<byte>, IDisposable
{
    byte[] _bytes = ArrayPool<byte>.Shared.Rent(capacity);

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, Length);

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    /// <summary>Takes the last bytes back, down to this length.</summary>
    public void Truncate(int length) => Length = Math.Min(Length, length);

    public ByteBuffer Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(GetSpan(bytes.Length));
        Length += bytes.Length;
        return this;
    }

    public ByteBuffer Append(long number)
    {
        Utf8Formatter.TryFormat(number, GetSpan(20), out var written);
        Length += written;
        return this;
    }

    /// <summary>A time as Kintone writes it: UTC, whole seconds.</summary>
    public ByteBuffer Append(DateTimeOffset time)
    {
        var span = GetSpan(20);
        var utc = time.UtcDateTime;
        Digits(span, utc.Year, 4);
        Digits(span[5..], utc.Month, 2);
        Digits(span[8..], utc.Day, 2);
        Digits(span[11..], utc.Hour, 2);
        Digits(span[14..], utc.Minute, 2);
        Digits(span[17..], utc.Second, 2);
        (span[4], span[7], span[10], span[13], span[16], span[19]) = ((byte)'-', (byte)'-', (byte)'T', (byte)':', (byte)':', (byte)'Z');
        Length += 20;
        return this;
    }

    /// <summary>A string as JSON, with its quotes.</summary>
    public ByteBuffer AppendString(string text) => Append(Json.Encode(text));

    public ByteBuffer AppendRaw(JsonElement element) => Append(JsonMarshal.GetRawUtf8Value(element));

    public void Advance(int count) => Length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Grow(sizeHint);
        return _bytes.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Grow(sizeHint);
        return _bytes.AsSpan(Length);
    }

    public void Dispose()
    {
        if (_bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        Length = 0;
    }

    static void Digits(Span<byte> to, int number, int count)
    {
        for (var i = count - 1; i >= 0; i--, number /= 10)
            to[i] = (byte)('0' + (number % 10));
    }

    void Grow(int needed)
    {
        needed = Math.Max(needed, 1);
        if (_bytes.Length - Length >= needed)
            return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_bytes.Length * 2, Length + needed));
        Span.CopyTo(larger);
        if (_bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}

/// <summary>JSON as Kintone writes it: characters as they are, only what must be escaped is.</summary>
public static class Json
{
    static readonly ConcurrentDictionary<Entity, byte[]> s_entities = new();
    static readonly JsonWriterOptions s_writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static Utf8JsonWriter Writer(IBufferWriter<byte> to) => new(to, s_writing);

    public static byte[] Encode(string text) =>
        Encoding.UTF8.GetBytes($"\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text)}\"");

    /// <summary>A person as records name it. There are few of them and many records.</summary>
    public static byte[] Encode(Entity entity) => s_entities.GetOrAdd(entity, person =>
        [.. "{\"code\":"u8, .. Encode(person.Code), .. ",\"name\":"u8, .. Encode(person.Name), .. "}"u8]);

    /// <summary>The element that stands for a node; it lives as long as it is referenced.</summary>
    public static JsonElement Element(System.Text.Json.Nodes.JsonNode? node)
    {
        if (node is null)
            return Null;
        using var bytes = new ByteBuffer();
        using (var writer = Writer(bytes))
            node.WriteTo(writer);
        return Parse(bytes.Span);
    }

    public static JsonElement Parse(ReadOnlySpan<byte> utf8) => JsonElement.Parse(utf8);

    public static JsonElement Parse(string text) => Parse(Encoding.UTF8.GetBytes(text));

    public static JsonElement Null { get; } = Parse("null");
}
