using System.Collections.Frozen;

namespace KintoneSource.Protocol;

/// <summary>
/// The last line of defence: nothing prints a secret on purpose, but an exception's text, a URL or an answer
/// may carry one. What is added here leaves the program as <c>****</c>, in its plain and its URL-encoded form.
/// </summary>
sealed class SecretMask
{
    /// <summary>Shorter values would black out ordinary words.</summary>
    const int ShortestSecret = 4;

    /// <summary>So many characters in a row of a secret are not there by chance.</summary>
    const int Run = 6;

    readonly Lock _lock = new();
    string[] _secrets = [];
    FrozenSet<string> _runs = [];

    public void Add(IEnumerable<string> secrets)
    {
        lock (_lock)
        {
            string[] added = [.. secrets.Where(static s => s.Length >= ShortestSecret)];
            _secrets = [.. _secrets
                .Concat(added.SelectMany(static s => (string[])[s, Uri.EscapeDataString(s)]))
                .Distinct()
                .OrderByDescending(static s => s.Length)]; // a secret that contains another goes first
            Volatile.Write(ref _runs, _runs.Concat(added.SelectMany(RunsOf)).ToFrozenSet(StringComparer.OrdinalIgnoreCase));
        }
    }

    public string Apply(string text)
    {
        foreach (var secret in Volatile.Read(ref _secrets))
            text = text.Replace(secret, "****", StringComparison.Ordinal);
        return text;
    }

    /// <summary>Whether a text holds six characters in a row of a secret, in either case, or a shorter secret as a whole.</summary>
    public bool SharesRun(string text)
    {
        var known = Volatile.Read(ref _runs);
        if (known.Count == 0) return false;
        var runs = known.GetAlternateLookup<ReadOnlySpan<char>>();
        for (var length = ShortestSecret; length <= Run; length++)
            for (var at = 0; at + length <= text.Length; at++)
                if (runs.Contains(text.AsSpan(at, length))) return true;
        return false;
    }

    static IEnumerable<string> RunsOf(string secret) =>
        secret.Length <= Run ? [secret] : Enumerable.Range(0, secret.Length - Run + 1).Select(at => secret.Substring(at, Run));

    /// <summary>Masks the texts that people read; a CONTROL message must carry the configuration as it is.</summary>
    public AirbyteMessage Apply(AirbyteMessage message) => message switch
    {
        LogMessage log => log with { Body = log.Body with { Message = Apply(log.Body.Message) } },
        ConnectionStatusMessage { ConnectionStatus: { Message: { } text } status } check =>
            check with { ConnectionStatus = status with { Message = Apply(text) } },
        TraceMessage { Trace: { Error: { } error } trace } failure => failure with
        {
            Trace = trace with
            {
                Error = error with
                {
                    Message = Apply(error.Message),
                    InternalMessage = error.InternalMessage is null ? null : Apply(error.InternalMessage),
                    StackTrace = error.StackTrace is null ? null : Apply(error.StackTrace),
                },
            },
        },
        _ => message,
    };
}
