namespace KintoneSimulator;

public enum Authentication
{
    None,
    Password,
    Token,
    OAuth,

    /// <summary>A token of cybozu.com's, for the User API alone.</summary>
    DirectoryToken,
}

/// <summary>One request and its answer.</summary>
public sealed class JournalEntry
{
    public required string Method { get; init; }

    /// <summary>The path without the query string, as sent.</summary>
    public required string Path { get; init; }

    /// <summary>The endpoint without prefix and suffix, such as <c>records</c> or <c>app/form/fields</c>.</summary>
    public required string Resource { get; init; }

    public Parameters Parameters { get; internal set; } = Parameters.None;

    public Authentication Authentication { get; internal set; }

    /// <summary>The user that it acts as.</summary>
    public string? User { get; internal set; }

    public long? App { get; internal set; }

    public string UserAgent { get; init; } = "";

    /// <summary>Requests under way when it arrived, itself and the domain's other work included.</summary>
    public int Running { get; init; }

    public DateTimeOffset Started { get; init; }

    public DateTimeOffset Ended { get; internal set; }

    internal bool HasEnded { get; set; }

    /// <summary>0 until the answer is there, and when none was sent.</summary>
    public int Status { get; internal set; }

    public string? Code { get; internal set; }

    public int Rows { get; internal set; }

    public long Bytes { get; internal set; }

    /// <summary>The scripted fault that it met.</summary>
    public string? Fault { get; internal set; }

    public string? Query => Parameters.Text("query");

    public override string ToString() => $"{Method} {Path} {string.Join('&', Parameters.All.Select(p => $"{p.Key}={p.Value}"))} → {Status} {Code}";
}

/// <summary>What was asked of the simulator. Counters go on when entries are no longer kept.</summary>
public sealed class Journal
{
    readonly Lock _lock = new();
    readonly Queue<JournalEntry> _entries = [];
    readonly Dictionary<long, int> _perApp = [];
    int _count;
    int _refused;
    int _peak;

    /// <summary>How many entries are kept, the newest ones; 0 keeps none.</summary>
    public int Capacity { get; set; } = 100_000;

    public IReadOnlyList<JournalEntry> Entries
    {
        get
        {
            lock (_lock)
                return [.. _entries];
        }
    }

    /// <summary>Requests since the last <see cref="Clear"/>.</summary>
    public int Count => Read(ref _count);

    /// <summary>Those of them that were refused for too many at once.</summary>
    public int Refused => Read(ref _refused);

    /// <summary>The most requests that were under way at once, background work not counted.</summary>
    public int PeakConcurrency => Read(ref _peak);

    public int CountOf(string resource) => Entries.Count(entry => entry.Resource == resource);

    /// <summary>Requests of an app, as its daily limit counts them: uploads and downloads of files are not counted (official docs).</summary>
    public int CountOf(App app)
    {
        ArgumentNullException.ThrowIfNull(app);
        lock (_lock)
            return _perApp.GetValueOrDefault(app.Id);
    }

    public void Clear()
    {
        lock (_lock)
        {
            _entries.Clear();
            _perApp.Clear();
            _count = _refused = _peak = 0;
        }
    }

    internal void Begin(JournalEntry entry, int running)
    {
        lock (_lock)
        {
            _count++;
            _peak = Math.Max(_peak, running);
            if (Capacity <= 0)
                return;
            if (_entries.Count >= Capacity)
                _entries.Dequeue();
            _entries.Enqueue(entry);
        }
    }

    internal void End(JournalEntry entry)
    {
        lock (_lock)
        {
            if (entry.Code == "GAIA_TO04")
                _refused++;
            if (entry.App is { } app && entry.Resource != "file")
                _perApp[app] = _perApp.GetValueOrDefault(app) + 1;
        }
    }

    int Read(ref int counter)
    {
        lock (_lock)
            return counter;
    }
}
