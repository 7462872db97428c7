using System.Collections.Concurrent;

namespace HttpCaching.Control.Time;

/// <summary>Short pieces of work that end by themselves, are limited in time, never throw, and that nobody waits for on the request path.</summary>
internal sealed class PendingWork
{
    private readonly ConcurrentDictionary<Task, bool> _running = new();

    /// <summary>Keeps a piece of work in view until it has ended.</summary>
    public void Add(Task work)
    {
        if (work.IsCompleted)
        {
            return;
        }

        _running[work] = true;
        work.ContinueWith(t => _running.TryRemove(t, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <summary>Waits until all of it has ended.</summary>
    public Task WhenIdleAsync() => Task.WhenAll(_running.Keys);
}
