using HttpCaching.Tests.Storage;

namespace HttpCaching.Tests.Issues;

/// <summary>A store that can be away: its changes fail or hang then.</summary>
internal sealed class AwayStore(IHttpCacheStore inner) : PassingStore(inner), IHttpCacheStoreMaintenance
{
    private readonly IHttpCacheStore _inner = inner;
    private readonly TaskCompletionSource _never = new();
    private string? _away;
    private int _calls;
    private int _carried;
    private int _running;
    private int _most;

    public TaskCompletionSource Invalidated { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource RemovedTag { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Cleared { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Calls => Volatile.Read(ref _calls);

    public int Carried => Volatile.Read(ref _carried);

    public int MostAtOnce => Volatile.Read(ref _most);

    public void GoAway(string how) => Volatile.Write(ref _away, how);

    public void ComeBack() => Volatile.Write(ref _away, null);

    public override async ValueTask InvalidateAsync(string uri, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _calls);
        await AskAsync();
        await _inner.InvalidateAsync(uri, cancellationToken);
        Interlocked.Increment(ref _carried);
        Invalidated.TrySetResult();
    }

    public async ValueTask<long> RemoveByTagAsync(string tag, CancellationToken cancellationToken)
    {
        await AskAsync();
        var removed = await ((IHttpCacheStoreMaintenance)_inner).RemoveByTagAsync(tag, cancellationToken);
        RemovedTag.TrySetResult();
        return removed;
    }

    public async ValueTask<long> RemoveByPrefixAsync(string uriPrefix, CancellationToken cancellationToken)
    {
        await AskAsync();
        return await ((IHttpCacheStoreMaintenance)_inner).RemoveByPrefixAsync(uriPrefix, cancellationToken);
    }

    public async ValueTask ClearAsync(CancellationToken cancellationToken)
    {
        await AskAsync();
        await ((IHttpCacheStoreMaintenance)_inner).ClearAsync(cancellationToken);
        Cleared.TrySetResult();
    }

    public IAsyncEnumerable<ListedResponse> EnumerateAsync(CancellationToken cancellationToken) =>
        ((IHttpCacheStoreMaintenance)_inner).EnumerateAsync(cancellationToken);

    private async Task AskAsync()
    {
        var running = Interlocked.Increment(ref _running);
        _most = Math.Max(_most, running);
        try
        {
            switch (Volatile.Read(ref _away))
            {
                case "fails":
                    throw new IOException("away");
                case "hangs":
                    await _never.Task;
                    break;
            }
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }
}
