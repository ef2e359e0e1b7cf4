namespace KintoneSource.Kintone.Http;

/// <summary>How a request that held a slot ended, as far as the domain's load is concerned.</summary>
enum SlotOutcome
{
    /// <summary>Answered as asked.</summary>
    Answered,
    /// <summary>Answered that it may not be, or can't be: says nothing about the load.</summary>
    Declined,
    /// <summary>Refused (429, 503) or not answered in time: the domain has too much to do.</summary>
    Overloaded,
    /// <summary>Says nothing about the load: cancelled, or the connection failed.</summary>
    Unknown,
}

/// <summary>
/// Decides how many requests may be under way at once. All scans of the process share one limiter, and the
/// domain's people and other programs share Kintone's limit of 100 with it: it starts low, leaps with the first answer to what is
/// its share of a calm domain, adds a slot per answer until it meets the ceiling or resistance, halves when Kintone refuses, then grows by one per
/// round. Where others
/// use the domain too (<c>X-ConcurrencyLimit-Running</c>), or nothing says whether they do, it grows by one per round from the start; where it is busy
/// not at all, and it gives way before the limit.
/// Free slots go to the lowest priority number first, then in order of asking.
/// </summary>
sealed class AdaptiveLimiter(int ceiling)
{
    const int Start = 2;

    /// <summary>With the first answer, no further than this: more has to be grown into.</summary>
    const int Leap = 8;

    /// <summary>Above this share others are at work too; where they are syncs that started with us, growing as fast as we can would overshoot
    /// together.</summary>
    const double Shared = 0.3;

    /// <summary>What syncs that begin at the same time may take together.</summary>
    const double Fair = 0.5;

    /// <summary>Above this share of the domain's limit nobody should grow: what is left is for people.</summary>
    const double Busy = 0.6;

    /// <summary>Above this share the next requests, anybody's, are about to be refused.</summary>
    const double Crowded = 0.8;

    readonly Lock _lock = new();
    readonly PriorityQueue<TaskCompletionSource<Slot>, (int Priority, long Order)> _waiting = new();
    double _limit = Math.Min(Start, ceiling);
    double _calmLimit = ceiling;
    long _order;
    long _epoch;
    int _running;
    bool _hasBegun;

    /// <summary>How many requests may be under way right now; between 1 and the ceiling.</summary>
    public int Limit { get { lock (_lock) return (int)_limit; } }

    public int Ceiling => ceiling;

    /// <summary>Waits for a free slot. The slot must be released exactly once.</summary>
    public async ValueTask<Slot> AcquireAsync(int priority, CancellationToken ct)
    {
        TaskCompletionSource<Slot> waiter;
        lock (_lock)
        {
            ct.ThrowIfCancellationRequested();
            if (_running < (int)_limit && _waiting.Count == 0) return Grant();
            waiter = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue(waiter, (priority, _order++));
        }
        await using (ct.UnsafeRegister(static (w, token) => ((TaskCompletionSource<Slot>)w!).TrySetCanceled(token), waiter))
            return await waiter.Task;
    }

    /// <param name="domainRunning">Requests under way in the whole domain, as the answer said; null if it did not.</param>
    /// <param name="domainLimit">The domain's limit, as the answer said.</param>
    public void Release(Slot slot, SlotOutcome outcome, int? domainRunning = null, int? domainLimit = null)
    {
        lock (_lock)
        {
            _running--;
            if (outcome == SlotOutcome.Overloaded) GiveWay(slot, 0.5);
            else if (outcome is SlotOutcome.Answered or SlotOutcome.Declined) Adjust(slot, outcome, domainRunning, domainLimit);
            while (_running < (int)_limit && _waiting.TryDequeue(out var waiter, out _))
            {
                var granted = Grant();
                if (!waiter.TrySetResult(granted)) _running--; // it was cancelled meanwhile
            }
        }
    }

    void Adjust(Slot slot, SlotOutcome outcome, int? running, int? most)
    {
        var load = running / (double?)most;
        if (load > Crowded) GiveWay(slot, 0.75);
        else if (load is null or <= Busy)
        {
            _limit = Math.Min(ceiling, !_hasBegun && outcome == SlotOutcome.Answered && load <= Shared
                ? Math.Max(_limit, Math.Min(Leap, FairShare(running!.Value, most!.Value))) // a refused login would be tried again by whoever leaps
                : _limit + (_limit < _calmLimit && load <= Shared ? 1 : 1 / _limit));
        }
        _hasBegun |= outcome == SlotOutcome.Answered;
    }

    /// <summary>What is left of the half for syncs, shared among as many as there may be that have just begun like this one.</summary>
    static double FairShare(int running, int most) => ((Fair * most) - running) / Math.Max(1, (running + 1) / Start);

    /// <summary>Once per round: the answers to requests that were already under way say nothing new.</summary>
    void GiveWay(Slot slot, double share)
    {
        if (slot.Epoch < _epoch) return;
        _epoch++;
        _hasBegun = true;
        _limit = Math.Max(1, _limit * share);
        _calmLimit = _limit;
    }

    Slot Grant()
    {
        _running++;
        return new(_epoch);
    }
}

/// <summary>The right to have one request under way.</summary>
readonly record struct Slot(long Epoch);
