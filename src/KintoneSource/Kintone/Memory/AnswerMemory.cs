namespace KintoneSource.Kintone.Memory;

/// <summary>
/// The memory that all answers under way share, in three parts. What an answer takes (its body, what is made of it, and lines that wait to be written)
/// comes out of the first: whoever reads an answer reserves a share of what it is expected to take, in order of asking, and waits for nothing but
/// the network and the writer's turn while holding it. What has to be kept while more is asked for (a page's comments, its list of files, a page that
/// was read early) is held out of the second: whoever waits for that holds nothing of either. An answer that is asked for with a page in hand comes
/// out of the third, which is held by nobody who asks for more. So every wait ends. A share that proves too small grows only while there is room: nobody
/// waits for more while holding some. Thread-safe.
/// </summary>
sealed class AnswerMemory
{
    /// <summary>Of the first two parts. With the program's own memory this stays below 300 MB, however much the machine has.</summary>
    const long Most = 160L * 1024 * 1024;

    const long Least = 16L * 1024 * 1024;

    /// <summary>Memory that is kept for the next answer instead of being asked of the system anew.</summary>
    const int MostIdle = 16, LargestIdle = 1024 * 1024;

    readonly Lock _lock = new();
    readonly Stack<GrowingMemory> _idle = [];
    readonly Pool _answers;
    readonly Pool _held;
    readonly Pool _besides;

    /// <param name="capacity">Bytes of answers; a third of it may be held besides, and a third is for what is asked with a page in hand.</param>
    public AnswerMemory(long capacity) => (_answers, _held, _besides) = (new(capacity), new(capacity / 3), new(capacity / 3));

    /// <summary>What is idle has no other owner. A process needs this once, at its end; whoever runs thousands of syncs in one does not keep what they
    /// had.</summary>
    ~AnswerMemory()
    {
        while (_idle.TryPop(out var idle)) idle.Free();
    }

    /// <summary>Bytes that answers may take.</summary>
    public long Capacity => _answers.Capacity;

    /// <summary>Bytes that may be held while more is asked for.</summary>
    public long HeldCapacity => _held.Capacity;

    /// <summary>
    /// Half of what the process may use, within bounds. In a container that is three quarters of its limit, which the runtime keeps its
    /// own heap to as well.
    /// </summary>
    public static AnswerMemory OfProcess() => new(Math.Clamp(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2, Least, Most) * 3 / 4);

    /// <summary>For one answer: waits until so many bytes are free; all of them where more is asked for than there is.</summary>
    /// <param name="hasPage">Whoever asks for it holds a page.</param>
    public ValueTask<Share> ReserveAsync(long bytes, CancellationToken ct, bool hasPage = false) => (hasPage ? _besides : _answers).ReserveAsync(bytes, ct);

    /// <summary>For what is kept while more is asked for. Call it with nothing in hand.</summary>
    public ValueTask<Share> HoldAsync(long bytes, CancellationToken ct) => _held.ReserveAsync(bytes, ct);

    /// <summary>The same without waiting; null where there is not enough free right now.</summary>
    public Share? TryHold(long bytes)
    {
        var share = new Share(_held, 0);
        return share.TryExtendTo(bytes) ? share : null;
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

    internal sealed class Pool(long capacity)
    {
        readonly Lock _lock = new();
        readonly Queue<(long Bytes, TaskCompletionSource<Share> Waiter)> _waiting = [];
        long _free = capacity;

        public long Capacity { get; } = capacity;

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

        public bool TryTake(long bytes)
        {
            lock (_lock)
            {
                if (bytes > _free) return false;
                _free -= bytes;
                return true;
            }
        }

        public void Release(long bytes)
        {
            lock (_lock)
            {
                _free += bytes;
                GrantWaiting();
            }
        }

        Share Grant(long bytes)
        {
            _free -= bytes;
            return new(this, bytes);
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
    }

    /// <summary>What one answer may take, or one page may keep. Not thread-safe; disposing gives back what is left of it.</summary>
    internal sealed class Share(Pool pool, long bytes) : IDisposable
    {
        public long Bytes { get; private set; } = bytes;

        /// <summary>Nothing more is to be had by waiting.</summary>
        public bool IsAll => Bytes >= pool.Capacity;

        /// <summary>Makes it at least so large. False, and as it was, where there is not enough free right now.</summary>
        public bool TryExtendTo(long bytes)
        {
            if (bytes <= Bytes) return true;
            if (!pool.TryTake(bytes - Bytes)) return false;
            Bytes = bytes;
            return true;
        }

        /// <summary>Moves a part, or all there is, to somebody who needs it for longer.</summary>
        public Share Split(long bytes)
        {
            bytes = Math.Min(bytes, Bytes);
            Bytes -= bytes;
            return new(pool, bytes);
        }

        public void Dispose()
        {
            var bytes = Bytes;
            Bytes = 0;
            if (bytes > 0) pool.Release(bytes);
        }
    }
}
