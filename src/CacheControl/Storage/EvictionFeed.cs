using System.Collections.Immutable;

namespace HttpCaching.Storage;

/// <summary>The subscriptions to the evictions of one store, and their count: what an <see cref="IHttpCacheStoreUsage"/> needs. Any number of threads may use it.</summary>
public sealed class EvictionFeed
{
    private ImmutableArray<Subscription> _subscriptions = [];
    private long _count;

    /// <summary>The number of evictions so far.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>Counts an eviction and tells the subscribers.</summary>
    /// <param name="eviction">The evicted response.</param>
    public void Note(StoreEviction eviction)
    {
        Interlocked.Increment(ref _count);
        foreach (var subscription in _subscriptions)
        {
            subscription.Evicted(eviction);
        }
    }

    /// <summary>Adds a subscriber: see <see cref="IHttpCacheStoreUsage.SubscribeToEvictions"/>.</summary>
    /// <param name="evicted">Is called for each eviction.</param>
    public IDisposable Subscribe(Action<StoreEviction> evicted)
    {
        ArgumentNullException.ThrowIfNull(evicted);
        var subscription = new Subscription(this, evicted);
        ImmutableInterlocked.Update(ref _subscriptions, static (all, one) => all.Add(one), subscription);
        return subscription;
    }

    private sealed class Subscription(EvictionFeed feed, Action<StoreEviction> evicted) : IDisposable
    {
        public Action<StoreEviction> Evicted => evicted;

        public void Dispose() => ImmutableInterlocked.Update(ref feed._subscriptions, static (all, one) => all.Remove(one), this);
    }
}
