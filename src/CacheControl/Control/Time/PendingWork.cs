using System.Collections.Concurrent;

namespace HttpCaching.Control.Time;

/// <summary>Short pieces of background work. They end without help, are limited in time and never throw, and no request waits for them.</summary>
internal sealed class PendingWork
{
    private readonly ConcurrentDictionary<Task, bool> _running = new();

    /// <summary>Tracks a piece of work until it has ended.</summary>
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
