using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using KintoneSimulator;

namespace AcceptanceTests.FaultMatrix;

/// <summary>Which request of a sync.</summary>
enum Position
{
    /// <summary>The form of the app.</summary>
    Form,

    /// <summary>The newest record's id.</summary>
    First,

    /// <summary>The second of three pages of records.</summary>
    Middle,

    /// <summary>The last page.</summary>
    Last,

    /// <summary>The contents of an attached file.</summary>
    File,

    /// <summary>A token of OAuth.</summary>
    Token,

    Other,
}

/// <summary>
/// A simulated Kintone behind sockets of its own: every answer is the simulator's, to the byte, until a fault is played instead of it.
/// </summary>
/// <param name="play">What to do to an answer; false to send it as it is.</param>
sealed class FaultyServer(Simulator simulator, Func<Position, Wire, WireAnswer, Task<bool>> play) : IAsyncDisposable
{
    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly HttpClient _inside = new(new InMemoryHandler(simulator));
    readonly CancellationTokenSource _stop = new();
    readonly List<Task> _connections = [];
    Task _accepting = Task.CompletedTask;

    public string Address => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    public FaultyServer Start()
    {
        _listener.Start(200);
        _accepting = AcceptAsync();
        return this;
    }

    async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_stop.Token);
                lock (_connections) _connections.Add(Task.Run(() => ServeAsync(socket)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException) { }
    }

    async Task ServeAsync(Socket socket)
    {
        using var mine = socket;
        try
        {
            var received = new List<byte>();
            while (await ReadRequestAsync(socket, received) is var (head, body))
            {
                var wire = new Wire(socket, head, _stop.Token);
                var answer = await AnswerAsync(head, body);
                if (!await play(PositionOf(head), wire, answer)) await wire.SendAsync(answer);
                if (wire.IsClosed) return;
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException or IOException) { }
    }

    async Task<(string Head, byte[] Body)?> ReadRequestAsync(Socket socket, List<byte> received)
    {
        var piece = new byte[16 * 1024];
        while (true)
        {
            var text = Encoding.Latin1.GetString([.. received]);
            if (text.IndexOf("\r\n\r\n", StringComparison.Ordinal) is > 0 and var end)
            {
                var head = text[..end];
                var length = Header(head, "Content-Length") is { } value ? int.Parse(value, CultureInfo.InvariantCulture) : 0;
                if (received.Count >= end + 4 + length)
                {
                    var body = received.GetRange(end + 4, length).ToArray();
                    received.RemoveRange(0, end + 4 + length);
                    return (head, body);
                }
            }
            var read = await socket.ReceiveAsync(piece, _stop.Token);
            if (read == 0) return null;
            received.AddRange(piece.AsSpan(0, read));
        }
    }

    async Task<WireAnswer> AnswerAsync(string head, byte[] body)
    {
        var lines = head.Split("\r\n");
        var words = lines[0].Split(' ');
        using var request = new HttpRequestMessage(new(words[0]), new Uri("http://localhost" + words[1]));
        if (body.Length > 0) request.Content = new ByteArrayContent(body);
        foreach (var line in lines.Skip(1))
        {
            var (name, value) = (line[..line.IndexOf(':', StringComparison.Ordinal)], line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim());
            if (!request.Headers.TryAddWithoutValidation(name, value)) request.Content?.Headers.TryAddWithoutValidation(name, value);
        }
        using var response = await _inside.SendAsync(request);
        var headers = response.Headers.Concat(response.Content.Headers)
            .Where(static h => !h.Key.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
            .SelectMany(static h => h.Value.Select(value => (h.Key, value)));
        return new((int)response.StatusCode, [.. headers], await response.Content.ReadAsByteArrayAsync());
    }

    static string? Header(string head, string name) =>
        head.Split("\r\n").FirstOrDefault(l => l.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..].Trim();

    static Position PositionOf(string head)
    {
        var target = Uri.UnescapeDataString(head.Split(' ')[1]);
        return target.Contains("form/fields", StringComparison.Ordinal) ? Position.Form
            : target.Contains("oauth2/token", StringComparison.Ordinal) ? Position.Token
            : target.Contains("/file.json", StringComparison.Ordinal) ? Position.File
            : target.Contains("order by $id desc", StringComparison.Ordinal) ? Position.First
            : target.Contains("$id > 500 ", StringComparison.Ordinal) ? Position.Middle
            : target.Contains("$id > 1000 ", StringComparison.Ordinal) ? Position.Last
            : Position.Other;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_connections);
        _inside.Dispose();
        _stop.Dispose();
    }
}
