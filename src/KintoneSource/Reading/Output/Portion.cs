namespace KintoneSource.Reading.Output;

/// <summary>
/// A part of a sync, and how much of it is done: in requests, which are what takes the time, whether they bring one record or five hundred. Thread-safe.
/// </summary>
/// <param name="name">As a person would call it.</param>
/// <param name="isCounted">How much it is will be known before it is done; otherwise it is named apart.</param>
sealed class Portion(string name, bool isCounted)
{
    readonly Lock _lock = new();
    double? _total;
    double _done;
    bool _hasEnded;

    public string Name => name;

    public bool IsCounted => isCounted;

    /// <summary>Null as long as nobody knows.</summary>
    public double? Total { get { lock (_lock) return _total; } }

    public double Done { get { lock (_lock) return Math.Min(_done, _total ?? _done); } }

    /// <summary>What it is thought to take; later knowledge replaces earlier.</summary>
    public void Expect(double requests)
    {
        lock (_lock)
            if (!_hasEnded) _total = requests;
    }

    /// <summary>So many more are done.</summary>
    public void Do(double requests)
    {
        lock (_lock) _done += requests;
    }

    /// <summary>So many are done, if not more.</summary>
    public void Reach(double requests)
    {
        lock (_lock) _done = Math.Max(_done, requests);
    }

    /// <summary>However it ended: nothing is left of it.</summary>
    public void End()
    {
        lock (_lock)
        {
            _hasEnded = true;
            _done = _total ??= _done;
        }
    }
}
