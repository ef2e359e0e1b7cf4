namespace KintoneSource.Tests.Simulation;

/// <summary>
/// A clock for connector and simulator alike that nobody has to wind: when everybody has come to wait, it jumps to the next
/// timer. No test waits for real time, and whole minutes pass in a few milliseconds.
/// </summary>
/// <remarks>
/// A timer that only bounds something else (an attempt's two minutes, a period) is no reason to jump: nobody waits for it
/// while an answer is being made. It fires when the clock passes it, or when <see cref="IsHanging"/> says that an
/// answer will never come. The jump may come early, when the machine is busy: that is one more order of events.
/// </remarks>
sealed class VirtualTime : TimeProvider, IDisposable
{
    static readonly TimeSpan s_attempt = TimeSpan.FromMinutes(2);

    readonly Lock _lock = new();
    readonly List<VirtualTimer> _timers = [];
    readonly SemaphoreSlim _changed = new(0);
    readonly CancellationTokenSource _end = new();
    readonly Task _pump;
    long _now;
    long _activity;

    public VirtualTime(DateTimeOffset start)
    {
        _now = start.UtcTicks;
        _pump = PumpAsync();
    }

    /// <summary>Whether somebody waits for what will never come, and a bound must end that.</summary>
    public Func<bool> IsHanging { get; set; } = static () => false;

    /// <summary>Real time without activity after which the clock jumps; longer where a test measures by this clock, and early jumps would be waits
    /// that nobody had.</summary>
    public TimeSpan Stillness { get; init; } = TimeSpan.FromMilliseconds(1);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref _now);

    public override DateTimeOffset GetUtcNow() => new(GetTimestamp(), TimeSpan.Zero);

    /// <summary>Somebody is at work: the next jump waits a moment longer.</summary>
    public void NoteActivity() => Interlocked.Increment(ref _activity);

    public void Advance(TimeSpan by) => MoveTo(GetTimestamp() + by.Ticks);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>What is being waited for, for the message of a test that hangs.</summary>
    public override string ToString()
    {
        lock (_lock) return $"{GetUtcNow():O}, timers due in: {string.Join(", ", _timers.Select(t => new TimeSpan(t.Due - _now)))}";
    }

    async Task PumpAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            try { await _changed.WaitAsync(20, _end.Token); }
            catch (OperationCanceledException) { return; }
            for (var (i, seen) = (0, -1L); i < 5 && seen != (seen = Interlocked.Read(ref _activity)); i++)
                await Task.Delay(Stillness, CancellationToken.None); // the one real wait: until the others have come to theirs
            if (Next() is { } due) MoveTo(due);
        }
    }

    long? Next()
    {
        long? next = null, last = null;
        lock (_lock)
        {
            foreach (var timer in _timers)
                if (timer.IsBound) last = Math.Min(last ?? long.MaxValue, timer.Due);
                else next = Math.Min(next ?? long.MaxValue, timer.Due);
        }
        return next ?? (IsHanging() ? last : null);
    }

    void MoveTo(long target)
    {
        while (true)
        {
            VirtualTimer? due;
            lock (_lock)
            {
                due = _timers.Where(t => t.Due <= target).MinBy(static t => t.Due);
                _now = Math.Max(_now, due?.Due ?? target);
                due?.Rearm();
            }
            if (due is null) return;
            ThreadPool.UnsafeQueueUserWorkItem(static timer => timer.Fire(), due, preferLocal: false);
        }
    }

    public void Dispose()
    {
        _end.Cancel();
        _pump.GetAwaiter().GetResult();
        _end.Dispose();
        _changed.Dispose();
    }

    sealed class VirtualTimer(VirtualTime owner, Action callback) : ITimer
    {
        long _period;

        public long Due { get; private set; }

        /// <summary>Nobody waits for it.</summary>
        public bool IsBound { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (owner._lock)
            {
                owner._timers.Remove(this);
                if (dueTime == Timeout.InfiniteTimeSpan) return true;
                _period = period > TimeSpan.Zero ? period.Ticks : 0;
                (Due, IsBound) = (owner._now + dueTime.Ticks, dueTime == s_attempt || _period > 0);
                owner._timers.Add(this);
            }
            if (!IsBound) owner.Signal();
            return true;
        }

        /// <summary>Call under the lock.</summary>
        public void Rearm()
        {
            if (_period > 0) Due += _period;
            else owner._timers.Remove(this);
        }

        public void Fire() => callback();

        public void Dispose()
        {
            lock (owner._lock) owner._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }

    void Signal()
    {
        try { _changed.Release(); }
        catch (ObjectDisposedException) { }
    }
}
