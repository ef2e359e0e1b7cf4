using System.IO.Compression;
using System.Text;

namespace AcceptanceTests.FaultMatrix;

/// <summary>Compression and characters.</summary>
static class EncodingFaults
{
    const string Kind = "encoding";

    /// <summary>Compressed once: a gibibyte of zeros.</summary>
    static readonly Lazy<byte[]> s_gzipBomb = new(static () => Zeros(static s => new GZipStream(s, CompressionLevel.Fastest)));
    static readonly Lazy<byte[]> s_brotliBomb = new(static () => Zeros(static s => new BrotliStream(s, CompressionLevel.Fastest)));

    public static IEnumerable<WireFault> All =>
    [
        .. ((string[])["gzip", "br"]).SelectMany(static name => (WireFault[])
        [
            Encoded($"{name}", name, static bytes => bytes),
            Encoded($"{name}, cut", name, static bytes => bytes[..(bytes.Length / 2)]),
            Encoded($"{name}, without its last bytes", name, static bytes => bytes[..^5]),
            // Brotli has no sum: nothing could tell, as of plain bytes
            Encoded($"{name}, corrupt at its start", name, static bytes =>
                [.. bytes.Take(12), 0xFF, 0xFF, 0xFF, .. bytes.Skip(15)]) with { InCheck = name == "br", WithFile = name == "gzip" ? Outcome.SameRows : null },
            WireFault.Changed(Kind, $"{name} that is none", Outcome.SameRows,
                answer => answer.With("Content-Encoding", name)) with { InCheck = name == "gzip", Says = "The compressed answer is broken" },
            WireFault.Changed(Kind, $"{name}, a gibibyte of zeros", Outcome.SameRows,
                answer => answer.With("Content-Encoding", name) with { Body = name == "br" ? s_brotliBomb.Value : s_gzipBomb.Value })
                with { InCheck = true, IsApart = true, Says = "larger than any should be" },
        ]),
        Encoded("gzip, with a wrong sum", "gzip", static bytes => [.. bytes[..^7], (byte)(bytes[^7] ^ 1), .. bytes[^6..]]),
        WireFault.Changed(Kind, "deflate, which nobody asked for", Outcome.SameRows, static answer => answer.With("Content-Encoding", "deflate")),
        WireFault.Changed(Kind, "an encoding that nobody knows", Outcome.SameRows, static answer => answer.With("Content-Encoding", "zip, gzip")),
        WireFault.Changed(Kind, "bytes that are no UTF-8", Outcome.SameRows,
            static answer => answer with { Body = [.. answer.Body[..^1], 0xE9, .. answer.Body[^1..]] }),
        WireFault.Changed(Kind, "Latin-1 within a text", Outcome.SameRows,
            static answer => answer with { Body = Latin1(answer.Body) }) with { WithFile = null },
        WireFault.Changed(Kind, "half a surrogate pair within a text", Outcome.SameRows,
            static answer => answer.Changed(static text =>
            text.Replace("\"type\":\"", "\"type\":\"\\ud800", StringComparison.Ordinal))) with { Positions = [Position.Form], WithFile = null },
        WireFault.Changed(Kind, "UTF-16", Outcome.SameRows,
            static answer => answer with { Body = Encoding.Unicode.GetBytes(answer.Text) }) with { WithFile = null },
        WireFault.Changed(Kind, "a control character in a text", Outcome.SameRows,
            static answer => answer.Changed(static text => text.Replace(":\"", ":\"\u0001", StringComparison.Ordinal))) with { WithFile = null },
    ];

    static WireFault Encoded(string name, string encoding, Func<byte[], byte[]> change) =>
        WireFault.Changed(Kind, name, Outcome.SameRows,
            answer => answer.With("Content-Encoding", encoding) with { Body = change(Compress(answer.Body, encoding)) });

    static byte[] Compress(byte[] bytes, string encoding)
    {
        using var compressed = new MemoryStream();
        using (Stream stream = encoding == "gzip" ? new GZipStream(compressed, CompressionLevel.Fastest)
            : new BrotliStream(compressed, CompressionLevel.Fastest)) stream.Write(bytes);
        return compressed.ToArray();
    }

    /// <summary>Within the first value that is a text.</summary>
    static byte[] Latin1(byte[] body)
    {
        var at = body.AsSpan().IndexOf("\":\""u8) + 3;
        return [.. body[..at], 0xE9, .. body[at..]];
    }

    static byte[] Zeros(Func<Stream, Stream> compress)
    {
        using var compressed = new MemoryStream();
        using (var stream = compress(compressed))
        {
            var zeros = new byte[1024 * 1024];
            for (var i = 0; i < 1024; i++) stream.Write(zeros);
        }
        return compressed.ToArray();
    }
}
