using HttpCaching.DistributedCache.Engines;

namespace HttpCaching.DistributedCache;

/// <summary>
/// Removes the chunks of bodies that nobody needs any more, beside the requests, one at a time. Nothing depends on it: what it does not get to is left to the time
/// for which the engine was told to keep it.
/// </summary>
internal sealed class BodyRemover(Engine engine, KeyNames names) : IDisposable
{
    private const int MostWaiting = 1024;

    private readonly Lock _lock = new();
    private readonly Queue<(BodyName Name, int Count)> _waiting = new();
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;
    private bool _isDisposed;

    /// <summary>What is under way, for tests.</summary>
    public Task Running
    {
        get
        {
            lock (_lock)
            {
                return _running;
            }
        }
    }

    /// <summary>Has a body removed.</summary>
    public void Add(BodyName name, int count)
    {
        lock (_lock)
        {
            if (_isDisposed || _waiting.Count >= MostWaiting)
            {
                return;
            }

            _waiting.Enqueue((name, count));
            if (_running.IsCompleted)
            {
                _running = Task.Run(RunAsync);
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            if (!_isDisposed)
            {
                _isDisposed = true;
                _waiting.Clear();
                _stop.Cancel();
            }
        }
    }

    private async Task RunAsync()
    {
        while (true)
        {
            (BodyName Name, int Count) body;
            lock (_lock)
            {
                if (!_waiting.TryDequeue(out body))
                {
                    // Whoever adds one after this finds nobody running.
                    _running = Task.CompletedTask;
                    return;
                }
            }

            try
            {
                // The first one first: without it the body is a miss from the beginning, and never breaks off.
                for (var i = 0; i < body.Count; i++)
                {
                    await engine.RemoveAsync(names.OfChunk(body.Name, i), _stop.Token).ConfigureAwait(false);
                }
            }
            catch (Exception)
            {
                // The engine is in trouble, or the store was disposed.
            }
        }
    }
}
