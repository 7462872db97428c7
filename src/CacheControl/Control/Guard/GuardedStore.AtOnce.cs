namespace HttpCaching.Control.Guard;

/// <content>Looks into a store in memory for a hit, which needs no limit in time.</content>
internal sealed partial class GuardedStore
{
    private readonly IHttpCacheStoreAtOnce? _atOnce;

    /// <summary>The clock of the last uses of a store that can answer out of memory; null if the store can't.</summary>
    public UseClock? UseClock => _atOnce?.Clock;

    /// <summary>The stored responses of a key; null if there are none, or if something has to be done with the look-up.</summary>
    /// <param name="key">The key.</param>
    /// <param name="began">When the look-up began, for <see cref="FoundAtOnce"/>; zero if nothing measures it.</param>
    public HttpCacheSnapshot? FindAtOnce(in CacheKey key, out long began)
    {
        began = _metrics.MeasuresStore ? _time.GetTimestamp() : 0;
        return _atOnce is null || _removals.Any || !_circuit.IsCalm ? null : _atOnce.FindAtOnce(key);
    }

    /// <summary>Measures a look-up that has led to a hit.</summary>
    public void FoundAtOnce(long began)
    {
        if (began != 0)
        {
            _metrics.StoreOperation("read", _time.GetElapsedTime(began));
        }
    }
}
