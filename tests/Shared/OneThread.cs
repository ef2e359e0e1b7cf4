using System.Collections.Concurrent;

namespace KintoneSource.Testing;

/// <summary>Runs asynchronous code on one thread, so that what happens next is decided by the test and not by the machine.</summary>
static class OneThread
{
    /// <param name="whenIdle">Called whenever nothing is left to do and <paramref name="work"/> has not ended: must let something go on.</param>
    public static void Run(Func<Task> work, Action whenIdle)
    {
        var before = SynchronizationContext.Current;
        var queue = new Queue();
        SynchronizationContext.SetSynchronizationContext(queue);
        try
        {
            var task = work();
            while (!task.IsCompleted || queue.HasWork)
            {
                if (queue.HasWork) queue.RunNext();
                else whenIdle();
            }
            task.GetAwaiter().GetResult();
        }
        finally { SynchronizationContext.SetSynchronizationContext(before); }
    }

    sealed class Queue : SynchronizationContext
    {
        readonly ConcurrentQueue<(SendOrPostCallback Callback, object? State)> _work = new();

        public bool HasWork => !_work.IsEmpty;

        public void RunNext()
        {
            if (_work.TryDequeue(out var work)) work.Callback(work.State);
        }

        public override void Post(SendOrPostCallback d, object? state) => _work.Enqueue((d, state));
    }
}
