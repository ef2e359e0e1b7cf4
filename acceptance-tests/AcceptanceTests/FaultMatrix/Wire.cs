using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace AcceptanceTests.FaultMatrix;

/// <summary>An answer before it is bytes.</summary>
sealed record WireAnswer(int Status, IReadOnlyList<(string Name, string Value)> Headers, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public WireAnswer With(string header, string value) => Without(header) with { Headers = [.. Without(header).Headers, (header, value)] };

    public WireAnswer Without(string header) =>
        this with { Headers = [.. Headers.Where(h => !h.Name.Equals(header, StringComparison.OrdinalIgnoreCase))] };

    public WireAnswer WithText(string text) => this with { Body = Encoding.UTF8.GetBytes(text) };

    public WireAnswer Changed(Func<string, string> change) => WithText(change(Text));

    public static WireAnswer Json(int status, string body) => new(status, [("Content-Type", "application/json;charset=utf-8")], Encoding.UTF8.GetBytes(body));

    public static WireAnswer Html(int status, string title) =>
        new(status, [("Content-Type", "text/html")], Encoding.UTF8.GetBytes($"<html><h1>{title}</h1></html>"));

    /// <param name="length">What Content-Length claims; the body's when null, nothing when negative.</param>
    public byte[] Bytes(long? length = null)
    {
        var head = new StringBuilder().Append(CultureInfo.InvariantCulture, $"HTTP/1.1 {Status} Status\r\n");
        foreach (var (name, value) in Headers) head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        if (length is not < 0) head.Append(CultureInfo.InvariantCulture, $"Content-Length: {length ?? Body.Length}\r\n");
        return [.. Encoding.Latin1.GetBytes(head.Append("\r\n").ToString()), .. Body];
    }
}

/// <summary>The server's end of a connection while it answers one request.</summary>
/// <param name="Request">The head of the request as it came, credentials and all.</param>
sealed record Wire(Socket Socket, string Request, CancellationToken Stop)
{
    public bool IsClosed { get; private set; }

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty) bytes = bytes[await Socket.SendAsync(bytes, Stop)..];
    }

    public Task SendAsync(WireAnswer answer) => SendAsync(answer.Bytes());

    public Task SendAsync(string head) => SendAsync(Encoding.Latin1.GetBytes(head));

    /// <summary>Ends the connection as one does.</summary>
    public void Close()
    {
        IsClosed = true;
        Socket.Shutdown(SocketShutdown.Both);
        Socket.Close();
    }

    /// <summary>Ends it by a reset.</summary>
    public void Reset()
    {
        IsClosed = true;
        Socket.LingerState = new(enable: true, seconds: 0);
        Socket.Close();
    }

    /// <summary>The same bytes again and again, for as long as anybody takes them.</summary>
    public async Task SendEndlesslyAsync(byte[] bytes)
    {
        try
        {
            while (true) await SendAsync(bytes);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            Reset();
        }
    }
}
