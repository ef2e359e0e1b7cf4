namespace KintoneSource.Protocol;

/// <summary>
/// The last line of defence: nothing prints a secret on purpose, but an exception's text, a URL or an answer
/// may carry one. What is added here leaves the program as <c>****</c>, in its plain and its URL-encoded form.
/// </summary>
sealed class SecretMask
{
    /// <summary>Shorter values would black out ordinary words.</summary>
    const int ShortestSecret = 4;

    readonly Lock _lock = new();
    string[] _secrets = [];

    public void Add(IEnumerable<string> secrets)
    {
        lock (_lock)
        {
            _secrets = [.. _secrets
                .Concat(secrets.Where(static s => s.Length >= ShortestSecret).SelectMany(static s => (string[])[s, Uri.EscapeDataString(s)]))
                .Distinct()
                .OrderByDescending(static s => s.Length)]; // a secret that contains another goes first
        }
    }

    public string Apply(string text)
    {
        foreach (var secret in Volatile.Read(ref _secrets))
            text = text.Replace(secret, "****", StringComparison.Ordinal);
        return text;
    }

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
