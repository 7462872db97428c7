namespace HttpCaching.DistributedCache.Tests;

/// <summary>Stops the first who comes, until it is opened.</summary>
internal sealed class Gate(WatchedCache engine) : IDisposable
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _passed;

    public Task Reached => _reached.Task.WaitAsync(TimeSpan.FromSeconds(30));

    public Task PassAsync()
    {
        if (Interlocked.Exchange(ref _passed, 1) != 0)
        {
            return Task.CompletedTask;
        }

        _reached.SetResult();
        return _open.Task;
    }

    public void Open() => _open.TrySetResult();

    public void Dispose()
    {
        Open();
        engine.Before = null;
    }
}
