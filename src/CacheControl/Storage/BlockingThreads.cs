namespace HttpCaching.Storage;

/// <summary>
/// Threads that read from the network or from a store for blocking callers. A thread can't leave its blocking read, so the caller waits next to it.
/// The wait needs no thread of the pool, all of which may be blocking callers. An idle thread ends after a moment.
/// </summary>
internal sealed class BlockingThreads
{
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(1);

    private readonly Queue<Action> _work = new();
    private readonly object _gate = new();
    private int _waiting;

    /// <summary>Runs work on one of the threads, or on a new one if all are busy.</summary>
    /// <param name="work">The work, which does not throw.</param>
    public void Run(Action work)
    {
        lock (_gate)
        {
            _work.Enqueue(work);
            if (_waiting >= _work.Count)
            {
                Monitor.Pulse(_gate);
                return;
            }
        }

        new Thread(Serve) { IsBackground = true, Name = "CacheControl reader" }.UnsafeStart();
    }

    /// <summary>Runs work that has a result on one of the threads.</summary>
    /// <param name="work">The work. Its exception becomes the task's.</param>
    public Task<T> RunAsync<T>(Func<T> work)
    {
        var running = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            Run(() => Complete(running, work));
        }
        catch (Exception exception)
        {
            // The system gives no more threads.
            running.TrySetException(exception);
        }

        return running.Task;
    }

    private static void Complete<T>(TaskCompletionSource<T> running, Func<T> work)
    {
        try
        {
            running.TrySetResult(work());
        }
        catch (Exception exception)
        {
            running.TrySetException(exception);
        }
    }

    private void Serve()
    {
        while (Next() is { } work)
        {
            work();
        }
    }

    private Action? Next()
    {
        lock (_gate)
        {
            _waiting++;
            while (_work.Count == 0)
            {
                if (!Monitor.Wait(_gate, Idle) && _work.Count == 0)
                {
                    break;
                }
            }

            _waiting--;
            return _work.TryDequeue(out var work) ? work : null;
        }
    }
}
