using System.Diagnostics.Metrics;

namespace HttpCaching.Diagnostics;

/// <summary>
/// The gauges of one cache, read when a listener collects. A meter keeps its instruments until it is disposed, and a meter of a factory outlives the cache: after <see cref="Dispose"/> these
/// tell nothing and hold nothing of the cache.
/// </summary>
internal sealed class CacheGauges : IDisposable
{
    private readonly KeyValuePair<string, object?>[] _tags;
    private readonly UserRuleFaults _faults;
    private volatile Sources? _sources;

    /// <summary>Makes the gauges.</summary>
    /// <param name="meter">The meter.</param>
    /// <param name="tags">The tags of every measurement.</param>
    /// <param name="faults">Where a failure is noted.</param>
    /// <param name="stores">Reads the sizes of the store.</param>
    /// <param name="flights">Counts the flights.</param>
    /// <param name="isCircuitOpen">Whether the store is left alone.</param>
    public CacheGauges(
        Meter meter, KeyValuePair<string, object?>[] tags, UserRuleFaults faults, Func<IReadOnlyList<StoreReading>> stores, Func<int> flights, Func<bool> isCircuitOpen)
    {
        (_tags, _faults, _sources) = (tags, faults, new Sources(stores, flights, isCircuitOpen));
        meter.CreateObservableGauge("cachecontrol.store.entries", () => Read(static store => store.Entries), "{response}", "Stored responses now.");
        meter.CreateObservableGauge("cachecontrol.store.size", () => Read(static store => store.Bytes), "By", "Bytes of the stored responses now.");
        meter.CreateObservableGauge("cachecontrol.store.limit", () => Read(static store => store.MaximumBytes), "By", "The most bytes that the store keeps.");
        meter.CreateObservableCounter("cachecontrol.store.evictions", () => Read(static store => store.Evictions), "{response}", "Stored responses that this process removed to make room.");
        meter.CreateObservableGauge("cachecontrol.store.circuit", () => Read(static all => all.IsCircuitOpen() ? 1 : 0), null, "1 while the circuit is open and the store is not asked, else 0.");
        meter.CreateObservableGauge("cachecontrol.flights.active", () => Read(static all => all.Flights()), "{flight}", "Exchanges with the origin now that other requests may join.");
    }

    /// <inheritdoc/>
    public void Dispose() => _sources = null;

    private List<Measurement<long>> Read(Func<StoreReading, long> value)
    {
        List<Measurement<long>> measurements = [];
        try
        {
            foreach (var store in _sources?.Stores() ?? [])
            {
                measurements.Add(new Measurement<long>(value(store), store.Tier is { } tier ? [.. _tags, new("tier", tier)] : _tags));
            }
        }
        catch (Exception exception)
        {
            // A store that fails has no size to tell; the other instruments have.
            _faults.Note(UserRule.StoreUsage, exception);
        }

        return measurements;
    }

    private Measurement<int>[] Read(Func<Sources, int> value) => _sources is { } sources ? [new Measurement<int>(value(sources), _tags)] : [];

    private sealed record Sources(Func<IReadOnlyList<StoreReading>> Stores, Func<int> Flights, Func<bool> IsCircuitOpen);
}
