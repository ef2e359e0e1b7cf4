using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace KintoneSource.Tests.Simulation;

/// <summary>A proxy on loopback that answers CONNECT as it is told: whatever host is asked for, a tunnel leads to one port of this machine.</summary>
sealed class SmallProxy : IDisposable
{
    /// <summary>After this answer the tunnel is open.</summary>
    public const string Connected = "HTTP/1.1 200 Connection established\r\n\r\n";

    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly List<string> _heard = [];
    readonly Func<string, string> _answer;
    readonly int? _tunnelTo;

    /// <param name="answer">What comes back for a head; nothing but the end of the connection where it is empty.</param>
    /// <param name="tunnelTo">The port that a tunnel leads to; null for one that ends at once.</param>
    public SmallProxy(Func<string, string> answer, int? tunnelTo = null)
    {
        (_answer, _tunnelTo) = (answer, tunnelTo);
        _listener.Start();
        _ = AcceptAsync();
    }

    public string Name => ((IPEndPoint)_listener.LocalEndpoint).ToString();

    /// <summary>The heads that came, in order.</summary>
    public IReadOnlyList<string> Heard { get { lock (_heard) return [.. _heard]; } }

    /// <summary>An answer of a status without a body.</summary>
    public static string Refusal(int status, string header = "") =>
        string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} No\r\n{header}Content-Length: 0\r\n\r\n");

    async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException) { }
    }

    async Task ServeAsync(TcpClient accepted)
    {
        using var client = accepted;
        try
        {
            var stream = client.GetStream();
            while (await HeadAsync(stream) is { } head)
            {
                lock (_heard) _heard.Add(head);
                var answer = _answer(head);
                await stream.WriteAsync(Encoding.ASCII.GetBytes(answer));
                if (answer == Connected && _tunnelTo is { } port) await TunnelAsync(stream, port);
                if (answer is "" or Connected) return;
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException) { }
    }

    static async Task<string?> HeadAsync(NetworkStream stream)
    {
        var head = new List<byte>();
        var one = new byte[1];
        while (!head.TakeLast(4).SequenceEqual("\r\n\r\n"u8.ToArray()))
        {
            if (await stream.ReadAsync(one) == 0) return null;
            head.Add(one[0]);
        }
        return Encoding.ASCII.GetString([.. head]);
    }

    static async Task TunnelAsync(NetworkStream client, int port)
    {
        using var server = new TcpClient();
        await server.ConnectAsync(IPAddress.Loopback, port);
        var stream = server.GetStream();
        await Task.WhenAny(client.CopyToAsync(stream), stream.CopyToAsync(client));
    }

    public void Dispose() => _listener.Dispose();
}
