using System.IO.Compression;
using System.Text;
using CsCheck;
using KintoneSource.Kintone.Http;
using KintoneSource.Kintone.Memory;

namespace KintoneSource.Tests.Kintone.Http;

public class ResponseBodyTests
{
    const int Megabyte = 1024 * 1024;

    static readonly BodyLimit s_page = new(1000, int.MaxValue, IsPage: true);

    /// <summary>Whatever the size, the encoding and the pieces that it arrives in.</summary>
    [Fact]
    public async Task What_was_sent_is_what_is_read() =>
        await Gen.Select(Gen.Byte.Array[0, 300_000], OneOf("", "identity", "gzip", "br"), Gen.Int[1, 100_000], Gen.Bool)
            .SampleAsync(static async (bytes, encoding, piece, announced) =>
        {
            var memory = new AnswerMemory(16 * Megabyte);
            using var share = await memory.ReserveAsync(0, CancellationToken.None);
            using var body = await ResponseBody.ReadAsync(Content(Compress(bytes, encoding), encoding, piece, announced), s_page, memory, share,
                CancellationToken.None);
            Assert.True(body.Bytes.SequenceEqual(bytes));
            Assert.True(share.Bytes >= bytes.Length);
        }, iter: 50);

    [Theory]
    [InlineData("gzip", "cut")]
    [InlineData("gzip", "flipped")]
    [InlineData("gzip", "wrong sum")]
    [InlineData("gzip", "none")]
    [InlineData("br", "cut")]
    [InlineData("br", "none")]
    [InlineData("deflate", "none")]
    [InlineData("gzip, br", "none")]
    public async Task A_compressed_body_that_is_broken_is_torn_and_not_ours_to_explain(string encoding, string how)
    {
        var text = Encoding.UTF8.GetBytes(string.Join(',', Enumerable.Range(0, 20_000)));
        var sent = Compress(text, encoding);
        switch (how)
        {
            case "cut": sent = sent[..(sent.Length / 2)]; break;
            case "flipped": for (var i = sent.Length / 2; i < sent.Length / 2 + 20; i++) sent[i] ^= 0xA5; break;
            case "wrong sum": sent[^6] ^= 1; break;
            default: sent = text; break;
        }
        var memory = new AnswerMemory(16 * Megabyte);
        using var share = await memory.ReserveAsync(0, CancellationToken.None);
        await Assert.ThrowsAsync<TransportException>(() => ResponseBody.ReadAsync(Content(sent, encoding, 4096, false), s_page, memory, share,
            CancellationToken.None));
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("gzip", true)]
    [InlineData("br", true)]
    [InlineData("gzip", false)]
    public async Task An_endless_body_is_given_up_at_the_bound(string encoding, bool isPage)
    {
        var memory = new AnswerMemory(8 * Megabyte);
        var zeros = new byte[64 * Megabyte];
        using var share = await memory.ReserveAsync(0, CancellationToken.None);
        var failure = await Assert.ThrowsAsync<BodyTooLargeException>(() => ResponseBody.ReadAsync(
            Content(Compress(zeros, encoding), encoding, 100_000, false), isPage ? s_page : BodyLimit.Document with { Longest = Megabyte }, memory, share,
                CancellationToken.None));
        Assert.InRange(failure.BytesRead, Megabyte, 4 * Megabyte + 200_000);
        Assert.True(share.Bytes <= memory.Capacity);
        Assert.True(memory.Rent().Capacity <= Megabyte);
    }

    [Fact]
    public async Task A_page_that_is_given_up_tells_how_many_records_had_begun()
    {
        var record = "{\"$id\":{\"type\":\"__ID__\",\"value\":\"1\"},\"a\":{\"value\":\"\\\"$id\\\"" + new string('x', 100_000) + "\"}},";
        var memory = new AnswerMemory(2 * Megabyte);
        using var share = await memory.ReserveAsync(0, CancellationToken.None);
        var failure = await Assert.ThrowsAsync<BodyTooLargeException>(() => ResponseBody.ReadAsync(
            Content(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(record, 100))), "", 50_000, false), s_page, memory, share, CancellationToken.None));
        Assert.InRange(failure.BytesRead / failure.Rows, 80_000, 110_000);
    }

    [Fact]
    public async Task A_document_of_very_many_tokens_takes_more_memory_than_its_bytes()
    {
        var memory = new AnswerMemory(8 * Megabyte);
        using var share = await memory.ReserveAsync(0, CancellationToken.None);
        var dense = Encoding.UTF8.GetBytes("{\"a\":[" + string.Concat(Enumerable.Repeat("1,", 500_000)) + "1]}");
        await Assert.ThrowsAsync<BodyTooLargeException>(() => ResponseBody.ReadAsync(Content(dense, "", 50_000, true), BodyLimit.Document, memory, share,
            CancellationToken.None));
    }

    static byte[] Compress(byte[] bytes, string encoding)
    {
        using var compressed = new MemoryStream();
        using (Stream? stream = encoding switch
        {
            "gzip" => new GZipStream(compressed, CompressionLevel.Fastest),
            "br" => new BrotliStream(compressed, CompressionLevel.Fastest),
            _ => null
        })
        {
            if (stream is null) return [.. bytes];
            stream.Write(bytes);
        }
        return compressed.ToArray();
    }

    static StreamContent Content(byte[] sent, string encoding, int piece, bool announced)
    {
        var content = new StreamContent(new Pieces(sent, piece));
        foreach (var one in encoding.Split(", ", StringSplitOptions.RemoveEmptyEntries)) content.Headers.ContentEncoding.Add(one);
        if (announced) content.Headers.ContentLength = sent.Length;
        return content;
    }

    sealed class Pieces(byte[] bytes, int piece) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, piece)], cancellationToken);
    }

    static Gen<string> OneOf(params string[] choices) => Gen.Int[0, choices.Length - 1].Select(i => choices[i]);
}
