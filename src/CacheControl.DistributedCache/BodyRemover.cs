using HttpCaching.DistributedCache.Engines;

namespace HttpCaching.DistributedCache;

/// <summary>
/// Removes the chunks of unused bodies in the background, one body at a time. Nothing depends on it: other chunks expire at the end of the retention
/// that the engine was given.
/// </summary>
internal sealed class BodyRemover(Engine engine, KeyNames names) : IDisposable
{
    private const int MostWaiting = 1024;

    private readonly Lock _lock = new();
    private readonly Queue<(BodyName Name, int Count)> _waiting = new();
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;
    private bool _isDisposed;

    /// <summary>The running work, for tests.</summary>
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

    /// <summary>Removes a body.</summary>
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
                    // A body that is added after this finds no running task.
                    _running = Task.CompletedTask;
                    return;
                }
            }

            try
            {
                // The first chunk first: without it the body is a miss from the beginning, and never ends early.
                for (var i = 0; i < body.Count; i++)
                {
                    await engine.RemoveAsync(names.OfChunk(body.Name, i), _stop.Token).ConfigureAwait(false);
                }
            }
            catch (Exception)
            {
                // The engine fails, or the store was disposed.
            }
        }
    }
}
