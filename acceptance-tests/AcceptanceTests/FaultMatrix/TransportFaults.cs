namespace AcceptanceTests.FaultMatrix;

/// <summary>What happens to connections and bytes, and to HTTP itself.</summary>
static class TransportFaults
{
    const string Kind = "transport";

    public static IEnumerable<WireFault> All =>
    [
        Cut("closed before an answer", static (wire, _) => Task.CompletedTask) with { InCheck = true, Says = "The connection failed" },
        new(Kind, "reset before an answer", Outcome.SameRows, static (wire, _) => { wire.Reset(); return Task.CompletedTask; }),
        Cut("cut within the headers", static (wire, answer) => wire.SendAsync(answer.Bytes().AsMemory(0, 25))),
        Cut("cut before the body", static (wire, answer) => wire.SendAsync(answer.Bytes().AsMemory(0, answer.Bytes().Length - answer.Body.Length))),
        Cut("cut within the body", static (wire, answer) =>
            wire.SendAsync(answer.Bytes().AsMemory(0, answer.Bytes().Length - answer.Body.Length / 2))) with { InCheck = true,
            Says = "The connection failed" },
        new(Kind, "reset within the body", Outcome.SameRows, static async (wire, answer) =>
        {
            await wire.SendAsync(answer.Bytes().AsMemory(0, answer.Bytes().Length - answer.Body.Length / 2));
            wire.Reset();
        }),
        new(Kind, "byte by byte", Outcome.SameRows, static async (wire, answer) =>
        {
            var bytes = answer.Bytes();
            for (var at = 0; at < bytes.Length; at += at < 400 ? 1
                : 4000) await wire.SendAsync(bytes.AsMemory(at, Math.Min(at < 400 ? 1 : 4000, bytes.Length - at)));
        }),
        Cut("Content-Length longer than the body", static (wire, answer) => wire.SendAsync(answer.Bytes(answer.Body.Length + 100))),
        Cut("Content-Length shorter than the body", static (wire, answer) => wire.SendAsync(answer.Bytes(answer.Body.Length / 2))),
        Cut("two Content-Lengths that differ", static (wire, answer) => wire.SendAsync(answer.With("content-length", "3").Bytes())),
        Cut("no Content-Length, the end is the end", static (wire, answer) => wire.SendAsync(answer.Bytes(-1))),
        Cut("chunks without the last one",
            static (wire, answer) => wire.SendAsync((answer.With("Transfer-Encoding", "chunked") with { Body = [.. Chunk(answer.Body)] }).Bytes(-1))),
        new(Kind, "chunks", Outcome.SameRows, static (wire, answer) =>
            wire.SendAsync((answer.With("Transfer-Encoding", "chunked") with { Body = [.. Chunk(answer.Body), .. "0\r\n\r\n"u8] }).Bytes(-1))),
        Cut("no HTTP", static (wire, _) => wire.SendAsync("SSH-2.0-OpenSSH_9.6\r\n")) with { InCheck = true, Says = "the answer is not HTTP" },
        Cut("a header that throws back the request", static (wire, answer) =>
            wire.SendAsync($"HTTP/1.1 200 OK\r\n{wire.Request.Replace(':', ' ')}\r\n\r\n")) with { InCheck = true, Says = "the answer is not HTTP" },
        new(Kind, "endless headers", Outcome.SameRows, static async (wire, _) =>
        {
            await wire.SendAsync("HTTP/1.1 200 OK\r\n");
            await wire.SendEndlesslyAsync([.. "X-Filler: "u8, .. Enumerable.Repeat((byte)'x', 4000), .. "\r\n"u8]);
        }),
        new(Kind, "an endless body", Outcome.SameRows, static async (wire, answer) =>
        {
            await wire.SendAsync((answer with { Body = [.. "{\"records\":["u8] }).Bytes(-1));
            await wire.SendEndlesslyAsync([.. Enumerable.Repeat((byte)' ', 64 * 1024)]);
        }) { InCheck = true, IsApart = true, Says = "larger than any should be" },
        new(Kind, "an answer to nobody before it (103)", Outcome.SameRows, static async (wire, answer) =>
        {
            await wire.SendAsync("HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n");
            await wire.SendAsync(answer);
        }),
    ];

    static WireFault Cut(string name, Func<Wire, WireAnswer, Task> send) => new(Kind, name, Outcome.SameRows, async (wire, answer) =>
    {
        await send(wire, answer);
        wire.Close();
    });

    static IEnumerable<byte> Chunk(byte[] body) => [.. System.Text.Encoding.ASCII.GetBytes($"{body.Length:x}\r\n"), .. body, .. "\r\n"u8];
}
