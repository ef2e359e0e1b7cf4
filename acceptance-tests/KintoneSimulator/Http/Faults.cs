using System.Globalization;
using System.Net.Sockets;
using System.Security.Authentication;

namespace KintoneSimulator;

/// <summary>Something that goes wrong with one request. Parts may be joined with <c>with</c>.</summary>
public sealed record Fault(string Name)
{
    /// <summary>Time before the answer, besides the latency.</summary>
    public TimeSpan Wait { get; init; }

    /// <summary>Sent instead of the answer; the request does nothing.</summary>
    public Func<SimulatorOptions, Reply>? Instead { get; init; }

    /// <summary>The connection breaks after so many bytes of the body.</summary>
    public long? TearAfter { get; init; }

    /// <summary>The connection breaks before the answer. The request has done its work when <see cref="AfterWork"/>.</summary>
    public bool Abort { get; init; }

    public bool AfterWork { get; init; }

    /// <summary>What an aborted connection is to a client in memory; over a socket it is reset.</summary>
    public Func<HttpRequestException>? Failure { get; init; }

    /// <summary>A search comes back with part of its records and an <c>X-Cybozu-Warning</c>.</summary>
    public bool AbortSearch { get; init; }

    /// <summary>What is added to a total count.</summary>
    public long TotalCountOff { get; init; }

    /// <summary>The body is changed after it was made.</summary>
    public Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>? Garble { get; init; }

    public static Fault Error(int status, string code, string message = "Scripted fault.") =>
        new($"{status} {code}") { Instead = options => new ApiException(status, code, message, message).ToReply(options.Language) };

    /// <param name="retryAfter">Kintone sends no Retry-After; a proxy before it may.</param>
    public static Fault TooManyRequests(TimeSpan? retryAfter = null) => new("429")
    {
        Instead = options =>
        {
            var reply = Simulator.TooMany.ToReply(options.Language);
            return retryAfter is { } wait ? reply.With("Retry-After", ((int)wait.TotalSeconds).ToString(CultureInfo.InvariantCulture)) : reply;
        },
    };

    /// <summary>503 with a page for people, as during maintenance (measured by a third party).</summary>
    public static Fault Maintenance { get; } = new("maintenance") { Instead = _ => Reply.Html(503, "Service Unavailable") };

    /// <summary>503 with a bare text (measured by a third party).</summary>
    public static Fault Unavailable { get; } = new("503 text") { Instead = _ => Reply.Text(503, "text/plain", "Service Unavailable") };

    /// <summary>An edge server's error without a body.</summary>
    public static Fault BadGateway { get; } = new("502") { Instead = _ => Reply.Text(502, "text/plain", "") };

    /// <summary>A page for people with status 200.</summary>
    public static Fault Html { get; } = new("200 html") { Instead = _ => Reply.Html(200, "ログイン") };

    public static Fault LoginRedirect { get; } = new("302 login") { Instead = _ => Reply.Text(302, Reply.HtmlType, "").With("Location", "/login") };

    /// <summary>JSON that ends too early, with the right length.</summary>
    public static Fault Garbage { get; } = new("garbage") { Garble = body => body[..(body.Length / 2)] };

    public static Fault Delay(TimeSpan time) => new($"delay {time}") { Wait = time };

    public static Fault TornBody(long afterBytes) => new($"torn after {afterBytes}") { TearAfter = afterBytes };

    /// <summary>The request is lost before it does anything.</summary>
    public static Fault Reset { get; } = new("reset") { Abort = true };

    /// <summary>The request does its work and the answer is lost.</summary>
    public static Fault LostAnswer { get; } = new("lost answer") { Abort = true, AfterWork = true };

    public static Fault Refused { get; } = new("refused")
    {
        Abort = true,
        Failure = static () => new(HttpRequestError.ConnectionError, "Connection refused", new SocketException((int)SocketError.ConnectionRefused)),
    };

    /// <summary>The other side ends the handshake, as where it asks for a client certificate.</summary>
    public static Fault TlsAlert { get; } = new("TLS alert")
    {
        Abort = true,
        Failure = static () => new(HttpRequestError.SecureConnectionError, "The SSL connection could not be established",
            new AuthenticationException("Authentication failed", new InvalidOperationException("alert"))),
    };

    /// <summary>Never answers; only the client's patience ends it.</summary>
    public static Fault Hang { get; } = new("hang") { Wait = Timeout.InfiniteTimeSpan };

    public static Fault AbortedSearch { get; } = new("aborted search") { AbortSearch = true };

    public static Fault WrongTotalCount(long off) => new($"total count off by {off}") { TotalCountOff = off };
}

/// <summary>What goes wrong, and when. Scripted faults are used up in their order; random ones apply when no script does.</summary>
public sealed class Faults
{
    /// <summary>Faults that a client should overcome by trying again.</summary>
    public static IReadOnlyList<Fault> Passing { get; } =
    [
        Fault.Maintenance, Fault.Unavailable, Fault.BadGateway, Fault.TooManyRequests(), Fault.Reset, Fault.Refused, Fault.LostAnswer, Fault.TornBody(0),
        Fault.TornBody(700),
        Fault.Error(500, "CB_IL99"), Fault.Error(400, "GAIA_DA02"),
    ];

    readonly Lock _lock = new();
    readonly List<Scripted> _scripted = [];
    (double Rate, Random Dice, IReadOnlyList<Fault> Faults, Func<JournalEntry, bool> When)? _random;

    /// <summary>The next requests that match meet this fault.</summary>
    public void Next(int count, Fault fault, Func<JournalEntry, bool>? when = null)
    {
        lock (_lock)
            _scripted.Add(new(fault, when ?? (_ => true)) { Left = count });
    }

    public void Next(Fault fault, Func<JournalEntry, bool>? when = null) => Next(1, fault, when);

    /// <summary>Every request that matches meets this fault, until <see cref="Clear"/>.</summary>
    public void Always(Fault fault, Func<JournalEntry, bool>? when = null) => Next(int.MaxValue, fault, when);

    /// <summary>A share of the requests meets one of these faults; the same seed and requests give the same faults.</summary>
    public void Random(double rate, int seed, IReadOnlyList<Fault>? faults = null, Func<JournalEntry, bool>? when = null)
    {
        lock (_lock)
            _random = (rate, new(seed), faults ?? Passing, when ?? (_ => true));
    }

    public void Clear()
    {
        lock (_lock)
        {
            _scripted.Clear();
            _random = null;
        }
    }

    internal Fault? For(JournalEntry request)
    {
        lock (_lock)
        {
            foreach (var scripted in _scripted)
            {
                if (!scripted.When(request))
                    continue;
                if (scripted.Left != int.MaxValue && --scripted.Left == 0)
                    _scripted.Remove(scripted);
                return scripted.Fault;
            }
            if (_random is not { } random || !random.When(request) || random.Dice.NextDouble() >= random.Rate)
                return null;
            return random.Faults[random.Dice.Next(random.Faults.Count)];
        }
    }

    sealed class Scripted(Fault fault, Func<JournalEntry, bool> when)
    {
        public Fault Fault => fault;

        public Func<JournalEntry, bool> When => when;

        public int Left { get; set; }
    }
}
