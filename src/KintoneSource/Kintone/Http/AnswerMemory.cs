namespace KintoneSource.Kintone.Http;

/// <summary>
/// The memory that all answers under way share: bodies, what is made of them, and the lines that wait to be written. Whoever
/// reads an answer reserves a share of what it is expected to take, in order of asking, and holds nothing else of it meanwhile, so that
/// every wait ends. A share that proves too small grows only while there is room: nobody waits for more while holding some. Thread-safe.
/// </summary>
sealed class AnswerMemory
{
    /// <summary>With the program's own memory this stays below 300 MB, however much the machine has.</summary>
    const long Most = 160L * 1024 * 1024;

    const long Least = 16L * 1024 * 1024;

    /// <summary>Memory that is kept for the next answer instead of being asked of the system anew.</summary>
    const int MostIdle = 16, LargestIdle = 1024 * 1024;

    readonly Lock _lock = new();
    readonly Queue<(long Bytes, TaskCompletionSource<Share> Waiter)> _waiting = [];
    readonly Stack<GrowingMemory> _idle = [];
    long _free;

    /// <param name="capacity">Bytes.</param>
    public AnswerMemory(long capacity) => (Capacity, _free) = (capacity, capacity);

    /// <summary>What is idle has no other owner. A process needs this once, at its end; whoever runs thousands of syncs in one does not keep what they had.</summary>
    ~AnswerMemory()
    {
        while (_idle.TryPop(out var idle)) idle.Free();
    }

    public long Capacity { get; }

    /// <summary>
    /// Half of what the process may use, within bounds. In a container that is three quarters of its limit, which the runtime keeps its
    /// own heap to as well.
    /// </summary>
    public static AnswerMemory OfProcess() => new(Math.Clamp(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2, Least, Most));

    /// <summary>Waits until so many bytes are free; all of them where more is asked for than there is.</summary>
    public async ValueTask<Share> ReserveAsync(long bytes, CancellationToken ct)
    {
        bytes = Math.Min(bytes, Capacity);
        TaskCompletionSource<Share> waiter;
        lock (_lock)
        {
            ct.ThrowIfCancellationRequested();
            if (_waiting.Count == 0 && bytes <= _free) return Grant(bytes);
            waiter = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue((bytes, waiter));
        }
        await using (ct.UnsafeRegister(Cancel, waiter)) return await waiter.Task;

        void Cancel(object? cancelled, CancellationToken token)
        {
            if (!((TaskCompletionSource<Share>)cancelled!).TrySetCanceled(token)) return;
            lock (_lock) GrantWaiting(); // those behind it may be content with less
        }
    }

    /// <summary>Empty memory, from what is idle if there is some. Give it back.</summary>
    public GrowingMemory Rent()
    {
        lock (_lock) return _idle.TryPop(out var idle) ? idle : new();
    }

    public void Return(GrowingMemory memory)
    {
        lock (_lock)
        {
            if (memory.Capacity <= LargestIdle && _idle.Count < MostIdle)
            {
                _idle.Push(memory);
                return;
            }
        }
        memory.Free();
    }

    Share Grant(long bytes)
    {
        _free -= bytes;
        return new(this, bytes);
    }

    void Release(long bytes)
    {
        lock (_lock)
        {
            _free += bytes;
            GrantWaiting();
        }
    }

    void GrantWaiting()
    {
        while (_waiting.TryPeek(out var next) && (next.Bytes <= _free || next.Waiter.Task.IsCompleted))
        {
            _waiting.Dequeue();
            if (next.Waiter.Task.IsCompleted) continue; // it was cancelled meanwhile
            if (!next.Waiter.TrySetResult(Grant(next.Bytes))) _free += next.Bytes;
        }
    }

    /// <summary>What one answer may take. Not thread-safe; disposing gives back what is left of it.</summary>
    internal sealed class Share(AnswerMemory memory, long bytes) : IDisposable
    {
        public long Bytes { get; private set; } = bytes;

        /// <summary>Nothing more is to be had by waiting.</summary>
        public bool IsAll => Bytes >= memory.Capacity;

        /// <summary>Makes it at least so large. False, and as it was, where there is not enough free right now.</summary>
        public bool TryExtendTo(long bytes)
        {
            if (bytes <= Bytes) return true;
            lock (memory._lock)
            {
                if (bytes - Bytes > memory._free) return false;
                memory._free -= bytes - Bytes;
            }
            Bytes = bytes;
            return true;
        }

        /// <summary>Moves a part, or all there is, to somebody who needs it for longer.</summary>
        public Share Split(long bytes)
        {
            bytes = Math.Min(bytes, Bytes);
            Bytes -= bytes;
            return new(memory, bytes);
        }

        public void Dispose()
        {
            var bytes = Bytes;
            Bytes = 0;
            if (bytes > 0) memory.Release(bytes);
        }
    }
}
