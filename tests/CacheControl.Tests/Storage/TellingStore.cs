namespace HttpCaching.Tests.Storage;

/// <summary>A shared store that tells of changes when the test says so, and holds a read just before or after it has seen what is stored.</summary>
internal sealed class TellingStore(IHttpCacheStore inner) : PassingStore(inner), IHttpCacheStoreChanges
{
    private readonly List<IHttpCacheStoreChangesObserver> _observers = [];

    public int Reads { get; private set; }

    public int OpenedBodies { get; private set; }

    public int Subscriptions => _observers.Count;

    /// <summary>Runs after a read has seen what is stored, and before it returns.</summary>
    public Func<Task>? AfterRead { get; set; }

    /// <summary>Runs before a read sees what is stored.</summary>
    public Action? BeforeRead { get; set; }

    public void Tell(Action<IHttpCacheStoreChangesObserver> told)
    {
        foreach (var observer in _observers.ToArray())
        {
            told(observer);
        }
    }

    public IDisposable Subscribe(IHttpCacheStoreChangesObserver observer)
    {
        _observers.Add(observer);
        return new Subscription(() => _observers.Remove(observer));
    }

    public override async ValueTask<HttpCacheSnapshot> ReadAsync(CacheKey key, CancellationToken cancellationToken)
    {
        Reads++;
        BeforeRead?.Invoke();
        var snapshot = await base.ReadAsync(key, cancellationToken);
        if (AfterRead is { } hold)
        {
            await hold();
        }

        return new Snapshot(this, snapshot);
    }

    private sealed class Subscription(Action end) : IDisposable
    {
        public void Dispose() => end();
    }

    private sealed class Snapshot(TellingStore store, HttpCacheSnapshot inner) : HttpCacheSnapshot
    {
        public override System.Collections.Immutable.ImmutableArray<StoredResponse> Responses => inner.Responses;

        public override long Stamp => inner.Stamp;

        public override ValueTask<StoredBody> OpenBodyAsync(StoredResponse response, CancellationToken cancellationToken)
        {
            store.OpenedBodies++;
            return inner.OpenBodyAsync(response, cancellationToken);
        }

        protected override void Dispose(bool disposing) => inner.Dispose();
    }
}
