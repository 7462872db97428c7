namespace HttpCaching.Tests.Watching;

/// <summary>An observer that does not return from its first event until it is released.</summary>
internal sealed class BlockingObserver : IHttpCacheObserver, IDisposable
{
    private readonly ManualResetEventSlim _gate = new();
    private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Entered => _entered.Task;

    public int Calls { get; private set; }

    public void OnEvent(HttpCacheEvent cacheEvent)
    {
        Calls++;
        _entered.TrySetResult();
        _gate.Wait();
    }

    public void Release() => _gate.Set();

    public void Dispose() => _gate.Set();
}
